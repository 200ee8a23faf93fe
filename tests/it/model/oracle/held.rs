//! Texts that wait for a manager's decision, and the loop guard, which holds some (model, sections 3 and 4).

use switchboard::clock::{At, minutes};

use super::{Leg, Oracle, Text, Told, hold};
use crate::model::deeds::Answer;
use crate::model::seen::{Message, Seen};

/// A text that is held.
#[derive(Clone, Debug)]
pub struct Held {
    pub talk: Option<i64>,
    /// Whose it is, if a colleague's.
    staff: Option<i64>,
    /// It came from a phone that is neither the customer's nor a colleague's.
    stray: bool,
    keyword: bool,
    body: String,
    /// The leg by which it came, live or ended.
    leg: Option<i64>,
    at: At,
}

/// What is done about one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Forward,
    Reopen,
    Dismiss,
}

/// What two sides have said to each other lately.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    customer: Option<String>,
    ours: Option<String>,
    customer_last: bool,
    rounds: u32,
    since: At,
}

impl Exchange {
    /// Takes in what a side says; whether the same two things have now been said more than five times in ten minutes.
    pub fn hears(&mut self, customer: bool, body: &str, now: At) -> bool {
        let mine = if customer { &mut self.customer } else { &mut self.ours };
        let again = mine.as_deref() == Some(body) && self.customer_last != customer;
        *mine = Some(body.to_owned());
        self.customer_last = customer;
        if !again || self.since + minutes(10) < now {
            (self.rounds, self.since) = (0, now);
        }
        self.rounds += u32::from(!customer);
        self.rounds > 5
    }
}

impl Oracle {
    /// A text is kept for a manager.
    pub(super) fn is_held(&mut self, row: &Message, (leg, staff): (Option<&Leg>, Option<i64>)) {
        let held = Held {
            talk: row.talk,
            staff,
            stray: staff.is_none() && leg.is_none_or(|leg| leg.person.is_some()),
            keyword: row.kind == "keyword",
            body: row.body.clone(),
            leg: leg.map(|leg| leg.id),
            at: self.now(),
        };
        self.held.insert(row.id, held);
    }

    /// Two machines seem to answer each other: relaying pauses, and the colleague's phone is told.
    pub(super) fn pauses(&mut self, talk: i64, seen: &mut Seen) -> Told {
        self.count("loop guard: paused");
        seen.event(Some(talk), "loop_paused")?;
        if let Some(held) = self.talks.get_mut(&talk) {
            held.paused = true;
        }
        let live = |leg: &&Leg| leg.talk == talk && leg.ended_at.is_none() && leg.person.is_some();
        let told: Vec<Leg> = self.legs.iter().filter(live).filter(|leg| self.reachable(leg)).cloned().collect();
        for leg in told {
            self.answered(leg.number, &leg.phone, seen)?;
        }
        Ok(())
    }

    /// A manager has decided about a held text, or somebody else has tried.
    pub(super) fn decided(
        &mut self,
        (by, message, how): (i64, i64, Decision),
        answer: &Answer,
        seen: &mut Seen,
    ) -> Told {
        if !self.people.get(&by).is_some_and(|one| one.enabled && one.manages) {
            hold!(*answer == Answer::NotFound, "{by} decides about no held text, and the answer was {answer:?}");
            return Ok(());
        }
        let able = match self.held.get(&message) {
            None => false,
            Some(_) if how == Decision::Dismiss => true,
            Some(held) => self.can_go_on(held, how)?,
        };
        if !able {
            self.count("held: not so");
            hold!(
                *answer == Answer::Refused,
                "{message} cannot be decided so ({how:?}), and the answer was {answer:?}"
            );
            return Ok(());
        }
        hold!(*answer == Answer::Done, "{message} can be decided so ({how:?}), and the answer was {answer:?}");
        let Some(held) = self.held.get(&message).cloned() else { return Ok(()) };
        if how == Decision::Dismiss {
            self.count("held: dismissed");
            self.held.remove(&message);
            return seen.event(held.talk, "held_dismissed").map(drop);
        }
        let talk = held.talk.ok_or("it belongs to no conversation")?;
        if self.talk(talk)?.closed() {
            self.goes_on(talk, seen)?;
        }
        if how == Decision::Reopen {
            self.count("held: conversation reopened");
            return Ok(());
        }
        self.count("held: forwarded");
        self.held.remove(&message);
        seen.event(Some(talk), "held_forwarded")?;
        let customers = self.legs.iter().find(|leg| leg.talk == talk && leg.ended_at.is_none() && leg.person.is_none());
        let leg = if held.staff.is_some() { held.leg } else { customers.map(|leg| leg.id) };
        self.texts.insert(message, Text { talk, staff: held.staff, leg, body: held.body, stop: false });
        let now = self.now();
        let Some(open) = self.talks.get_mut(&talk) else { return Ok(()) };
        open.last_at = now;
        if held.staff.is_some() {
            (open.answered_at, open.waiting_since) = (open.answered_at.max(Some(held.at)), None);
        } else {
            open.waiting_since = open.waiting_since.or(Some(now));
        }
        self.relay(talk, message, seen)
    }

    fn can_go_on(&self, held: &Held, how: Decision) -> Told<bool> {
        let Some(talk) = held.talk else { return Ok(false) };
        let talk = self.talk(talk)?;
        if how == Decision::Forward && (held.keyword || held.stray) {
            return Ok(false);
        }
        if !talk.closed() {
            return Ok(how == Decision::Forward);
        }
        let elsewhere = self.live_leg(&talk.customer, talk.line).is_some();
        Ok(!elsewhere && self.staff_with(&talk.customer).is_none())
    }

    /// The conversation of a held text is taken up again: by the same rep if they may have it, or by whoever is picked.
    fn goes_on(&mut self, talk: i64, seen: &mut Seen) -> Told {
        seen.event(Some(talk), "reopened")?;
        let now = self.now();
        let held = self.talk(talk)?.clone();
        self.opens_again(talk);
        self.customers_leg(talk, &held.customer, held.line, seen)?;
        let may = |rep: &i64| self.people.get(rep).is_some_and(|one| one.enabled && one.lines.contains(&held.line));
        if let Some(rep) = held.pinned.filter(may) {
            return match self.phone_of(rep) {
                Some(phone) => self.open_rep_leg(talk, rep, &phone, false, seen),
                None => Ok(()),
            };
        }
        if let Some(open) = self.talks.get_mut(&talk).filter(|_| held.pinned.is_some()) {
            (open.pinned, open.pinned_at) = (None, now);
        }
        let last = self.last_rep(&held.customer, held.line);
        match self.picks(talk, held.line, last, seen)? {
            Some(picked) => self.give_to(talk, picked, seen),
            None => Ok(()),
        }
    }

    /// It is open; what machines said to each other before is forgotten.
    pub(super) fn opens_again(&mut self, talk: i64) {
        if let Some(held) = self.talks.get_mut(&talk) {
            (held.closed_at, held.paused) = (None, false);
            held.exchange = Exchange::default();
        }
    }
}
