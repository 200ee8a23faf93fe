//! Which mask stands for somebody on a person's phone.
//!
//! The order: the mask that these two people had before; else one that this phone has never seen, at random; else the
//! one that it has not used for longest. A mask rests for a phone after their leg has ended, so that a late text does
//! not reach somebody else.
//!
//! If none is left: a mask of another country; then one whose rest is shortened to the minimum. What comes after that
//! (taking the mask of an idle thread, working on the web alone) is for the desk.

use std::time::Duration;

use crate::clock::At;
use crate::domain::ids::NumberId;

/// A mask, as one phone knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    /// Which of our numbers.
    pub id: NumberId,
    /// Takes new legs.
    pub active: bool,
    /// Of the right country for this phone.
    pub near: bool,
    /// This phone has a live leg on it.
    pub live: bool,
    /// The newest leg of this phone on it, if there ever was one.
    pub last: Option<LastLeg>,
}

/// The newest leg that a phone had on a mask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastLeg {
    /// When it began or ended, whichever is later.
    pub used_at: At,
    /// Until when the mask rests for this phone.
    pub rests_until: Option<At>,
    /// The other person's phone.
    pub counterpart: String,
}

/// The choice and its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The mask that these two had before.
    Same(NumberId),
    /// One that this phone has never seen.
    Fresh(NumberId),
    /// The one that this phone has not used for longest.
    Rested(NumberId),
    /// One of another country, because none of the right one is free.
    Abroad(NumberId),
    /// One whose rest was shortened, because none is free otherwise.
    Early(NumberId),
    /// None is free for this phone.
    Exhausted,
}

impl Choice {
    /// The chosen mask.
    #[must_use]
    pub fn mask(self) -> Option<NumberId> {
        match self {
            Choice::Same(id) | Choice::Fresh(id) | Choice::Rested(id) | Choice::Abroad(id) | Choice::Early(id) => {
                Some(id)
            }
            Choice::Exhausted => None,
        }
    }

    /// The reason, for the trace.
    #[must_use]
    pub fn why(self) -> &'static str {
        match self {
            Choice::Same(_) => "same two people, same mask",
            Choice::Fresh(_) => "new to this phone",
            Choice::Rested(_) => "least recently used by this phone",
            Choice::Abroad(_) => "of another country, because no mask of the right one is free",
            Choice::Early(_) => "its rest was shortened, because no mask is free otherwise",
            Choice::Exhausted => "no mask is free for this phone",
        }
    }
}

impl Mask {
    fn rests(&self, now: At) -> bool {
        self.last.as_ref().and_then(|last| last.rests_until).is_some_and(|until| until > now)
    }
}

impl Mask {
    /// Rests, and not yet for as long as the `floor` says.
    fn rests_hard(&self, now: At, floor: Duration) -> bool {
        self.rests(now) && self.last.as_ref().is_some_and(|last| last.used_at + floor > now)
    }
}

/// Chooses a mask for a phone whose other side is `counterpart`. `floor` is the least rest; `draw(n)` gives a number
/// below `n`.
pub fn choose(
    masks: &[Mask],
    counterpart: &str,
    now: At,
    floor: Duration,
    draw: impl FnOnce(usize) -> usize,
) -> Choice {
    // Their own quarantine is no obstacle to the same two people, but somebody else's after it is: the newest leg
    // of this phone on that mask must be theirs.
    let usable = || masks.iter().filter(|mask| mask.active && !mask.live);
    let same = usable()
        .filter(|mask| mask.last.as_ref().is_some_and(|last| last.counterpart == counterpart))
        .max_by_key(|mask| mask.last.as_ref().map(|last| last.used_at));
    if let Some(mask) = same {
        return Choice::Same(mask.id);
    }
    let free: Vec<&Mask> = usable().filter(|mask| !mask.rests(now)).collect();
    let near: Vec<&Mask> = free.iter().copied().filter(|mask| mask.near).collect();
    if let Some(choice) = first_or_oldest(&near, draw) {
        return choice;
    }
    // Every free one is of another country now; the first by id, so that chance is not asked twice.
    if let Some(choice) = first_or_oldest(&free, |_| 0) {
        return choice.mask().map_or(Choice::Exhausted, Choice::Abroad);
    }
    usable()
        .filter(|mask| !mask.rests_hard(now, floor))
        .min_by_key(|mask| (!mask.near, mask.last.as_ref().map(|last| last.used_at), mask.id))
        .map_or(Choice::Exhausted, |mask| Choice::Early(mask.id))
}

/// One that the phone has never seen, at random; else the one that it has not used for longest.
fn first_or_oldest(masks: &[&Mask], draw: impl FnOnce(usize) -> usize) -> Option<Choice> {
    let fresh: Vec<&&Mask> = masks.iter().filter(|mask| mask.last.is_none()).collect();
    if !fresh.is_empty() {
        return fresh.get(draw(fresh.len())).map(|mask| Choice::Fresh(mask.id));
    }
    let oldest = masks.iter().min_by_key(|mask| (mask.last.as_ref().map(|last| last.used_at), mask.id));
    oldest.map(|mask| Choice::Rested(mask.id))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::clock::seconds;

    const FLOOR: Duration = seconds(40);

    /// A phone's legs over a pool, driven by the allocator: the plain picture of what must never happen.
    #[derive(Default)]
    struct Phone {
        live: HashMap<i64, String>,
        last: HashMap<i64, LastLeg>,
    }

    impl Phone {
        fn masks(&self, pool: i64) -> Vec<Mask> {
            (0..pool)
                .map(|id| Mask {
                    id: NumberId(id),
                    active: true,
                    near: true,
                    live: self.live.contains_key(&id),
                    last: self.last.get(&id).cloned(),
                })
                .collect()
        }
    }

    proptest! {
        #[test]
        fn no_mask_is_live_twice_or_beside_another_pairs_rest(
            pool in 1_i64..6,
            steps in proptest::collection::vec((0_u8..2, 0_u8..6, 0_u64..40, any::<usize>()), 1..120),
        ) {
            let mut phone = Phone::default();
            let mut now = At::from_seconds(1_000);
            for (what, who, wait, draw) in steps {
                now = now + seconds(wait);
                let counterpart = format!("+1505555010{who}");
                if what == 0 {
                    if phone.live.values().any(|other| *other == counterpart) {
                        continue;
                    }
                    let choice = choose(&phone.masks(pool), &counterpart, now, FLOOR, |n| draw % n);
                    let free = phone.masks(pool).iter().any(|mask| !mask.live && !mask.rests_hard(now, FLOOR));
                    if let Some(NumberId(id)) = choice.mask() {
                        prop_assert!(!phone.live.contains_key(&id), "live twice");
                        if let Some(last) = phone.last.get(&id) {
                            prop_assert!(
                                last.counterpart == counterpart
                                    || last.rests_until.is_none_or(|until| until <= now)
                                    || (matches!(choice, Choice::Early(_)) && last.used_at + FLOOR <= now),
                                "beside another pair's rest"
                            );
                        }
                        phone.live.insert(id, counterpart.clone());
                        phone.last.insert(id, LastLeg { used_at: now, rests_until: None, counterpart });
                    } else {
                        prop_assert!(!free, "a free mask was not used");
                    }
                } else if let Some(id) = phone.live.iter().find(|(_, c)| **c == counterpart).map(|(id, _)| *id) {
                    phone.live.remove(&id);
                    phone.last.insert(id, LastLeg { used_at: now, rests_until: Some(now + seconds(100)), counterpart });
                }
            }
        }
    }

    #[test]
    fn the_order_is_same_then_fresh_then_longest_unused() {
        let now = At::from_seconds(1000);
        let used = |at, rests: Option<u64>, counterpart: &str| {
            Some(LastLeg {
                used_at: At::from_seconds(at),
                rests_until: rests.map(|n| At::from_seconds(0) + seconds(n)),
                counterpart: counterpart.into(),
            })
        };
        let mask = |id, last| Mask { id: NumberId(id), active: true, near: true, live: false, last };
        let all = [mask(1, used(10, Some(2000), "joel")), mask(2, None), mask(3, used(5, Some(900), "nora"))];
        assert_eq!(choose(&all, "joel", now, seconds(995), |_| 0), Choice::Same(NumberId(1)));
        assert_eq!(choose(&all, "max", now, seconds(995), |_| 0), Choice::Fresh(NumberId(2)));
        let seen = [all[0].clone(), mask(2, used(20, Some(900), "pia")), all[2].clone()];
        assert_eq!(choose(&seen, "max", now, seconds(995), |_| 0), Choice::Rested(NumberId(3)));
        assert_eq!(choose(&all[..1], "max", now, seconds(995), |_| 0), Choice::Exhausted);
    }

    #[test]
    fn the_ladder_goes_abroad_before_it_shortens_a_rest_and_never_below_the_floor() {
        let now = At::from_seconds(1000);
        let resting = Some(LastLeg {
            used_at: At::from_seconds(900),
            rests_until: Some(At::from_seconds(2000)),
            counterpart: "joel".into(),
        });
        let mask = |id, near, last| Mask { id: NumberId(id), active: true, near, live: false, last };
        let all = [mask(1, true, resting.clone()), mask(2, false, None)];
        assert_eq!(choose(&all, "max", now, seconds(100), |_| 0), Choice::Abroad(NumberId(2)));
        assert_eq!(choose(&all[..1], "max", now, seconds(100), |_| 0), Choice::Early(NumberId(1)));
        assert_eq!(choose(&all[..1], "max", now, seconds(101), |_| 0), Choice::Exhausted);
    }
}
