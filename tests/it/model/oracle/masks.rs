//! Legs and the choice of masks (model, section 3).

use switchboard::clock::{At, hours};

use super::{Event, Leg, Oracle, hold};
use crate::model::seen::Seen;

/// How long a mask rests for a phone.
const QUARANTINE: std::time::Duration = hours(72);
/// How long it rests at least.
const FLOOR: std::time::Duration = hours(4);

/// Which masks the order allows, and the rung that says so.
pub struct Allowed {
    pub masks: Vec<i64>,
    pub rung: &'static str,
}

impl Oracle {
    /// The masks of which any may be chosen for `phone`, whose other side is `counterpart`.
    pub fn allowed_masks(&self, phone: &str, counterpart: &str) -> Allowed {
        let now = self.now();
        let used = |leg: &Leg| leg.ended_at.unwrap_or(leg.opened_at);
        let usable: Vec<(i64, Option<&Leg>)> = self
            .numbers
            .values()
            .filter(|one| one.line.is_none() && !self.blocks.contains(&(phone.to_owned(), one.id)))
            .filter(|one| self.live_leg(phone, one.id).is_none())
            .map(|one| (one.id, self.last_leg(phone, one.id)))
            .collect();
        let theirs: Vec<(i64, At)> = usable
            .iter()
            .filter_map(|(id, last)| last.filter(|leg| leg.counterpart == counterpart).map(|leg| (*id, used(leg))))
            .collect();
        if let Some(newest) = theirs.iter().map(|(_, at)| *at).max() {
            let masks = theirs.into_iter().filter(|(_, at)| *at == newest).map(|(id, _)| id).collect();
            return Allowed { masks, rung: "mask: same two people" };
        }
        let near = |id: i64| self.numbers.get(&id).is_some_and(|one| one.abroad != phone.starts_with("+1"));
        let free = |near_only: bool| {
            usable
                .iter()
                .filter(move |(id, _)| !near_only || near(*id))
                .filter(|(_, last)| last.is_none_or(|leg| leg.rests_until <= now))
        };
        for (near_only, rungs) in
            [(true, ["mask: never seen", "mask: least recently used"]), (false, ["mask: abroad"; 2])]
        {
            let fresh: Vec<i64> = free(near_only).filter(|(_, last)| last.is_none()).map(|(id, _)| *id).collect();
            if !fresh.is_empty() {
                return Allowed { masks: fresh, rung: rungs[0] };
            }
            let oldest = free(near_only).filter_map(|(_, last)| last.map(used)).min();
            if let Some(oldest) = oldest {
                let masks =
                    free(near_only).filter(|(_, last)| last.map(used) == Some(oldest)).map(|(id, _)| *id).collect();
                return Allowed { masks, rung: rungs[1] };
            }
        }
        // The rest is shortened, down to its floor.
        let early = || usable.iter().filter_map(|(id, last)| last.map(|leg| ((!near(*id), used(leg)), *id)));
        let early = || early().filter(|((_, used), _)| *used + FLOOR <= now);
        let Some(best) = early().map(|(key, _)| key).min() else {
            return Allowed { masks: Vec::new(), rung: "mask: none" };
        };
        Allowed {
            masks: early().filter(|(key, _)| *key == best).map(|(_, id)| id).collect(),
            rung: "mask: rest shortened",
        }
    }

    /// `person` gets a way into the conversation on their phone, if a mask is free. `all` the rungs of the ladder are
    /// climbed for a conversation that they have just got; none beyond free masks for a later text.
    pub fn open_rep_leg(&mut self, talk: i64, person: i64, phone: &str, all: bool, seen: &mut Seen) -> Event {
        let counterpart = self.talk(talk)?.customer.clone();
        let allowed = self.allowed_masks(phone, &counterpart);
        self.count(allowed.rung);
        if allowed.masks.is_empty() {
            return if all { self.rests_idlest(talk, person, phone, seen) } else { Ok(()) };
        }
        seen.event(Some(talk), "leg_opened")?;
        let leg = self.see_leg(talk, Some(person), phone, seen)?;
        hold!(
            allowed.masks.contains(&leg.number),
            "{phone} got mask {} towards {counterpart}, and only {:?} were allowed ({})",
            leg.number,
            allowed.masks,
            allowed.rung
        );
        self.legs.push(leg);
        Ok(())
    }

    /// No mask is free: the thread of this phone in which nothing was said for longest rests.
    fn rests_idlest(&mut self, except: i64, person: i64, phone: &str, seen: &mut Seen) -> Event {
        seen.event(Some(except), "no_mask")?;
        let theirs = |leg: &&Leg| {
            leg.phone == phone
                && leg.person.is_some()
                && leg.ended_at.is_none()
                && leg.talk != except
                && !self.blocks.contains(&(phone.to_owned(), leg.number))
        };
        let idlest = self.legs.iter().filter(theirs).min_by_key(|leg| (self.talks[&leg.talk].last_at, leg.talk));
        let Some((talk, mask)) = idlest.map(|leg| (leg.talk, leg.number)) else { return Ok(()) };
        self.count("mask: the idlest thread rests");
        seen.event(Some(talk), "leg_rested")?;
        self.end_legs(talk, Some(person));
        self.answered(mask, phone, seen)
    }

    /// The leg that the program has opened, which the oracle does not know yet.
    pub fn see_leg(&self, talk: i64, person: Option<i64>, phone: &str, seen: &Seen) -> Event<Leg> {
        let new = |leg: &&crate::model::seen::Leg| {
            leg.talk == talk && leg.person == person && leg.phone == phone && self.leg(leg.id).is_none()
        };
        let found = seen.legs().iter().find(new).ok_or_else(|| format!("no leg was opened for {phone} in {talk}"))?;
        Ok(Leg {
            id: found.id,
            talk,
            person,
            phone: phone.to_owned(),
            number: found.number,
            counterpart: if person.is_some() { self.talk(talk)?.customer.clone() } else { String::new() },
            opened_at: self.now(),
            ended_at: None,
            rests_until: At::EPOCH,
            greeted: false,
        })
    }

    /// Ends the live legs of a conversation, all or one person's.
    pub fn end_legs(&mut self, talk: i64, person: Option<i64>) {
        let now = self.now();
        let legs = self.legs.iter_mut().filter(|leg| leg.talk == talk && leg.ended_at.is_none());
        for leg in legs.filter(|leg| person.is_none() || leg.person == person) {
            leg.ended_at = Some(now);
            leg.rests_until = now + QUARANTINE;
        }
    }
}
