//! A phone in the simulation: its state on each mask that it has seen, in the shortest form that gives the same answers
//! as [`crate::domain::routing::allocation::choose`].

use std::time::Duration;

use crate::clock::At;

/// What a phone found for a job, from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Found {
    /// A mask that is free, or that of the same two people.
    Free,
    /// One whose rest was shortened.
    Early,
    /// None.
    None,
}

/// The newest leg on a mask.
#[derive(Clone, Copy, Debug)]
struct Leg {
    counterpart: u32,
    ends: At,
    rests: At,
}

/// A phone and the masks that it has seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Handset {
    legs: Vec<Leg>,
}

impl Handset {
    /// Masks that are live or rest.
    pub(super) fn taken(&self, now: At) -> usize {
        self.legs.iter().filter(|leg| leg.rests > now).count()
    }

    /// What there is for a job with `counterpart` if there are so many `masks`, and on which mask (the next unseen one, if
    /// it is as many as the phone has seen).
    pub(super) fn find(&self, counterpart: u32, masks: usize, now: At, floor: Duration) -> (Found, usize) {
        let idle = |place: &usize| self.legs[*place].ends <= now;
        let used = |place: &usize| self.legs[*place].ends;
        let places = || (0..self.legs.len()).filter(idle);
        let same = places().filter(|place| self.legs[*place].counterpart == counterpart).max_by_key(used);
        if let Some(place) = same {
            return (Found::Free, place);
        }
        if self.legs.len() < masks {
            return (Found::Free, self.legs.len());
        }
        if let Some(place) = places().filter(|place| self.legs[*place].rests <= now).min_by_key(used) {
            return (Found::Free, place);
        }
        let early = places().filter(|place| self.legs[*place].ends + floor <= now).min_by_key(used);
        early.map_or((Found::None, 0), |place| (Found::Early, place))
    }

    /// Takes what was found.
    pub(super) fn take(&mut self, place: usize, counterpart: u32, ends: At, rests: At) {
        let leg = Leg { counterpart, ends, rests };
        match self.legs.get_mut(place) {
            Some(known) => *known = leg,
            None => self.legs.push(leg),
        }
    }
}
