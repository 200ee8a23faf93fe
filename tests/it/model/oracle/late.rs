//! Conversations that end by themselves, answers that come after the end, and texts that were missed (model, sections 3 and 4).

use switchboard::clock::At;
use switchboard::desk::receiving::Outcome;

use super::{Event, Leg, Oracle, Talk};
use crate::model::deeds::{Answer, Deed};
use crate::model::seen::Seen;

/// Since when a conversation is idle, if it can be.
fn idle_since(talk: &Talk) -> Option<At> {
    let can = !talk.closed() && talk.pinned.is_some() && talk.snoozed.is_none() && talk.waits.is_none();
    can.then(|| talk.last_at.max(talk.touched_at))
}

impl Oracle {
    /// A text that was missed was found at the carrier, which took it at `sent_at`.
    pub fn hears_late(&mut self, deed: &Deed, sent_at: At, seen: &mut Seen) -> Event {
        let Deed::Text { key, from, to, body } = deed else { return Ok(()) };
        self.count("text: found late");
        let stored = seen.messages.iter().find(|row| row.key.as_deref() == Some(key.as_str()));
        let outcomes = [Outcome::Relayed, Outcome::Held, Outcome::Kept, Outcome::Refused];
        let outcome = outcomes.into_iter().find(|one| stored.is_some_and(|row| row.outcome == one.word()));
        let answer = Answer::Stored(outcome.ok_or("it is not stored")?);
        self.touches(seen);
        self.sent = Some(sent_at);
        let judged = self.hears(key, (from, to), body, &answer, seen);
        self.sent = None;
        judged
    }

    /// A leg that began after a text was sent is not that text's leg. The carrier's time is whole seconds.
    pub(super) fn is_younger(&self, leg: &Leg) -> bool {
        self.sent.is_some_and(|sent| leg.opened_at.0.div_euclid(1_000_000) > sent.0.div_euclid(1_000_000))
    }

    /// Conversations in which nothing was said or done for 72 hours are closed.
    pub(super) fn idles(&mut self, idle: Vec<i64>, seen: &mut Seen) -> Event {
        for talk in idle {
            self.count("closed: idle");
            self.close_it(talk, seen)?;
        }
        Ok(())
    }

    /// Those of them in which the look shows nothing that kept them open at the last moment.
    pub(super) fn idle(&self, seen: &Seen) -> Vec<i64> {
        let now = self.now();
        let due = |talk: &Talk| idle_since(talk).is_some_and(|since| since + self.idle_close(talk.line) <= now);
        let mut idle: Vec<(i64, At, i64)> =
            self.talks.iter().filter(|(_, talk)| due(talk)).map(|(id, talk)| (talk.line, talk.last_at, *id)).collect();
        idle.sort_unstable();
        let kept = |id: i64| seen.events.iter().any(|event| event.talk == Some(id) && event.kind != "closed");
        idle.into_iter().map(|(.., id)| id).filter(|id| !kept(*id)).collect()
    }

    pub(super) fn next_idle(&self) -> Option<At> {
        let now = self.now();
        let ends = |talk: &Talk| idle_since(talk).map(|since| since + self.idle_close(talk.line));
        self.talks.values().filter_map(ends).filter(|at| *at > now).min()
    }

    /// A rep's text on the ended leg of a conversation that is still theirs takes it up again. `None` if it is held.
    pub(super) fn takes_up(&mut self, from: &str, past: &Leg, seen: &mut Seen) -> Event<Option<Leg>> {
        let Some(rep) = self.staff_with(from).map(|one| one.id) else { return Ok(None) };
        let (talk, held) = (past.talk, self.talk(past.talk)?.clone());
        let theirs =
            past.person == Some(rep) && held.pinned == Some(rep) && self.people[&rep].lines.contains(&held.line);
        if !theirs {
            return Ok(None);
        }
        if let Some(closed_at) = held.closed_at {
            let elsewhere = self.live_leg(&held.customer, held.line).is_some();
            if elsewhere
                || closed_at + self.reopen_within(held.line) < self.sent_at()
                || self.staff_with(&held.customer).is_some()
            {
                return Ok(None);
            }
            self.count("reopened by a late answer");
            seen.event(Some(talk), "reopened")?;
            self.opens_again(talk);
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
