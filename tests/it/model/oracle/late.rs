//! Conversations that end by themselves, and answers that come after the end (model, sections 3 and 4).

use switchboard::clock::{At, days, hours};

use super::{Leg, Oracle, Talk, Told};
use crate::model::seen::Seen;

const IDLE: std::time::Duration = hours(72);

/// Since when a conversation is idle, if it can be.
fn idle_since(talk: &Talk) -> Option<At> {
    let can = !talk.closed() && talk.pinned.is_some() && talk.snoozed.is_none() && talk.waits.is_none();
    can.then(|| talk.last_at.max(talk.touched_at))
}

impl Oracle {
    /// Conversations in which nothing was said or done for 72 hours are closed.
    pub(super) fn idles(&mut self, idle: Vec<i64>, seen: &mut Seen) -> Told {
        for talk in idle {
            self.count("closed: idle");
            self.close_it(talk, seen)?;
        }
        Ok(())
    }

    /// Those of them in which the look shows nothing that kept them open at the last moment.
    pub(super) fn idle(&self, seen: &Seen) -> Vec<i64> {
        let now = self.now();
        let due = |talk: &Talk| idle_since(talk).is_some_and(|since| since + IDLE <= now);
        let mut idle: Vec<(i64, At, i64)> =
            self.talks.iter().filter(|(_, talk)| due(talk)).map(|(id, talk)| (talk.line, talk.last_at, *id)).collect();
        idle.sort_unstable();
        let kept = |id: i64| seen.events.iter().any(|event| event.talk == Some(id) && event.kind != "closed");
        idle.into_iter().map(|(.., id)| id).filter(|id| !kept(*id)).collect()
    }

    pub(super) fn next_idle(&self) -> Option<At> {
        let now = self.now();
        self.talks.values().filter_map(idle_since).map(|since| since + IDLE).filter(|at| *at > now).min()
    }

    /// A rep's text on the ended leg of a conversation that is still theirs takes it up again. `None` if it is held.
    pub(super) fn takes_up(&mut self, from: &str, past: &Leg, seen: &mut Seen) -> Told<Option<Leg>> {
        let Some(rep) = self.staff_with(from).map(|one| one.id) else { return Ok(None) };
        let (talk, held) = (past.talk, self.talk(past.talk)?.clone());
        let theirs =
            past.person == Some(rep) && held.pinned == Some(rep) && self.people[&rep].lines.contains(&held.line);
        if !theirs {
            return Ok(None);
        }
        if let Some(closed_at) = held.closed_at {
            let elsewhere = self.live_leg(&held.customer, held.line).is_some();
            if elsewhere || closed_at + days(7) < self.now() {
                return Ok(None);
            }
            self.count("reopened by a late answer");
            seen.event(Some(talk), "reopened")?;
            if let Some(held) = self.talks.get_mut(&talk) {
                held.closed_at = None;
            }
            self.customers_leg(talk, &held.customer, held.line, seen)?;
            if let Some(phone) = self.phone_of(rep) {
                self.open_rep_leg(talk, rep, &phone, false, seen)?;
            }
        }
        let own = |leg: &&Leg| leg.talk == talk && leg.phone == from && leg.ended_at.is_none();
        if !self.legs.iter().any(|leg| own(&leg)) {
            self.count("late answer on a leg that rested");
            self.open_rep_leg(talk, rep, from, false, seen)?;
        }
        Ok(self.legs.iter().find(own).cloned())
    }
}
