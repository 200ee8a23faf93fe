//! What colleagues do on the web (model, sections 4 and 8).

use super::{Event, Exchange, Oracle, Talk, Text, hold};
use crate::model::deeds::{Answer, Deed};
use crate::model::seen::Seen;

impl Oracle {
    /// Takes in that `deed` was done and what the program answered.
    pub fn takes_in(&mut self, deed: &Deed, answer: &Answer, seen: &mut Seen) -> Event {
        self.touches(seen);
        match deed {
            Deed::Text { key, from, to, body } => self.hears(key, (from, to), body, answer, seen),
            Deed::Reply { key, by, talk, body } => self.replied((key, *by, *talk, body), answer, seen),
            Deed::Note { key, by, talk, body } => self.noted((key, *by, *talk, body), answer, seen),
            Deed::Claim { by, talk } => self.moved(*by, *talk, None, answer, seen),
            Deed::Transfer { by, talk, to } => self.moved(*by, *talk, Some(*to), answer, seen),
            Deed::Snooze { by, talk, span } => self.snoozed(*by, *talk, *span, answer, seen),
            Deed::Duty { by, person, duty } => self.duty_set(*by, *person, duty, answer, seen),
            Deed::Enable { person, enabled, .. } => self.enabled(*person, *enabled, answer, seen),
            Deed::Block { by, talk, blocked } => self.blocked(*by, *talk, *blocked, answer, seen),
            Deed::Consent { by, talk, given } => self.consented(*by, *talk, *given, answer, seen),
            Deed::Settle { by, talk, refused } => self.settled(*by, *talk, *refused, answer, seen),
            Deed::Close { by, talk } => self.closed(*by, *talk, answer, seen),
            Deed::Decide { by, message, how } => self.decided((*by, *message, *how), answer, seen),
            Deed::Rule { line, rule, .. } => self.ruled(*line, rule, answer, seen),
            Deed::SetUp { what, .. } => self.set_up(what, answer, seen),
            Deed::TextsOn { person } => self.turns_texts_on(*person, answer, seen),
        }?;
        // What could not be sent at all is told with it: before a STOP that comes at the same instant, or after it.
        self.authors_are_told(seen)
    }

    /// Whether a person may see a conversation.
    fn sees(&self, by: i64, talk: &Talk) -> bool {
        let Some(one) = self.people.get(&by).filter(|one| one.enabled) else { return false };
        one.manages || talk.pinned == Some(by) || (talk.pinned.is_none() && one.lines.contains(&talk.line))
    }

    /// `false` if the person may not know of the conversation, and was told so.
    pub(super) fn may(&mut self, by: i64, talk: i64, answer: &Answer) -> Event<bool> {
        if self.sees(by, self.talk(talk)?) {
            return Ok(true);
        }
        self.count("not found");
        hold!(*answer == Answer::NotFound, "{by} may not see {talk}, and the answer was {answer:?}");
        Ok(false)
    }

    fn replied(&mut self, (key, by, talk, body): (&str, i64, i64, &str), answer: &Answer, seen: &mut Seen) -> Event {
        if !self.may(by, talk, answer)? {
            return Ok(());
        }
        if self.stored.contains(key) {
            self.count("reply: doubled form");
            hold!(*answer == Answer::Done, "a doubled form was answered {answer:?}");
            return Ok(());
        }
        let held = self.talk(talk)?.clone();
        let refused = held.closed()
            || self.live_leg(&held.customer, held.line).is_none_or(|leg| leg.talk != talk)
            || self.obstacle(held.line, &held.customer).is_some();
        if refused {
            self.count("reply: refused");
            hold!(*answer == Answer::Refused, "nothing can be sent in {talk}, and the answer was {answer:?}");
            return Ok(());
        }
        hold!(*answer == Answer::Done, "{by} may reply in {talk}, and the answer was {answer:?}");
        self.count("reply");
        self.stored.insert(key.to_owned());
        if held.pinned.is_none() && !self.people[&by].manages {
            self.count("reply takes it");
            self.give(talk, by, "claimed", seen)?;
        }
        let row = seen.message(key)?;
        hold!(row.talk == Some(talk) && row.outcome == "relayed" && row.body == body, "a reply is stored as {row:?}");
        hold!(row.person == Some(by), "a reply by {by} is stored as {row:?}");
        self.texts.insert(row.id, Text { talk, staff: Some(by), leg: None, body: body.to_owned(), stop: false });
        self.answers(talk);
        if let Some(held) = self.talks.get_mut(&talk) {
            // Somebody has looked: relaying goes on, and what machines said is forgotten.
            held.paused = false;
            held.exchange = Exchange::default();
        }
        self.relay(talk, row.id, seen)
    }

    /// Somebody wants texts on their own phone again.
    fn turns_texts_on(&mut self, person: i64, answer: &Answer, seen: &mut Seen) -> Event {
        let Some(one) = self.people.get_mut(&person).filter(|one| one.enabled) else {
            hold!(*answer == Answer::NotFound, "{person} is disabled, and the answer was {answer:?}");
            return Ok(());
        };
        let Some(phone) = one.phone.clone() else {
            hold!(*answer == Answer::Refused, "{person} has no phone, and the answer was {answer:?}");
            return Ok(());
        };
        hold!(*answer == Answer::Done, "{person} has a phone, and the answer was {answer:?}");
        one.muted = false;
        self.count("texts on again on the web");
        self.leave_blocked(person, &phone, seen)
    }

    /// The customer has been answered.
    pub(super) fn answers(&mut self, talk: i64) {
        let now = self.now();
        if let Some(held) = self.talks.get_mut(&talk) {
            (held.last_at, held.answered_at, held.waiting_since) = (now, Some(now), None);
        }
    }

    fn noted(&mut self, (key, by, talk, body): (&str, i64, i64, &str), answer: &Answer, seen: &mut Seen) -> Event {
        if !self.may(by, talk, answer)? {
            return Ok(());
        }
        hold!(*answer == Answer::Done, "{by} may note in {talk}, and the answer was {answer:?}");
        self.count("note");
        let row = seen.message(key)?;
        hold!(row.kind == "note" && row.talk == Some(talk) && row.body == body, "a note is stored as {row:?}");
        Ok(())
    }

    fn moved(&mut self, by: i64, talk: i64, to: Option<i64>, answer: &Answer, seen: &mut Seen) -> Event {
        if !self.may(by, talk, answer)? {
            return Ok(());
        }
        let held = self.talk(talk)?.clone();
        let assignee = to.unwrap_or(by);
        let theirs = self.people.get(&assignee).is_some_and(|one| one.enabled && one.lines.contains(&held.line));
        let taken = to.is_none() && held.pinned.is_some_and(|pinned| pinned != by) && !self.people[&by].manages;
        if held.pinned == Some(assignee) && !held.closed() {
            hold!(*answer == Answer::Done, "{assignee} has {talk} already, and the answer was {answer:?}");
            return Ok(());
        }
        if held.closed() || !theirs || taken {
            self.count("transfer: refused");
            hold!(*answer == Answer::Refused, "{talk} cannot go to {assignee}, and the answer was {answer:?}");
            return Ok(());
        }
        hold!(*answer == Answer::Done, "{talk} can go to {assignee}, and the answer was {answer:?}");
        self.count(if assignee == by { "claim" } else { "transfer" });
        self.give(talk, assignee, if assignee == by { "claimed" } else { "transferred" }, seen)?;
        // Whoever had it may take another.
        self.drains(held.line, seen)
    }

    /// The conversation goes to `assignee` because somebody said so.
    pub(super) fn give(&mut self, talk: i64, assignee: i64, event: &str, seen: &mut Seen) -> Event {
        seen.event(Some(talk), event)?;
        self.give_to(talk, assignee, seen)
    }

    /// Somebody's duty changes: waiting customers come, or one's own go.
    pub(super) fn takes_duty(&mut self, by: Option<i64>, person: i64, duty: &str, seen: &mut Seen) -> Event {
        let Some(one) = self.people.get_mut(&person).filter(|one| one.enabled) else { return Ok(()) };
        if one.duty == duty {
            return Ok(());
        }
        let _ = by;
        duty.clone_into(&mut one.duty);
        seen.event(None, "duty")?;
        if duty == "away_reassign" {
            self.count("duty: away, reassign");
            return self.repicks(person, seen);
        }
        self.count(if duty == "on" { "duty: on" } else { "duty: away" });
        self.drains_for(person, seen)
    }

    /// The queues of a person's lines drain.
    fn drains_for(&mut self, person: i64, seen: &mut Seen) -> Event {
        for line in self.people[&person].lines.clone() {
            self.drains(line, seen)?;
        }
        Ok(())
    }

    fn duty_set(&mut self, by: i64, person: i64, duty: &str, answer: &Answer, seen: &mut Seen) -> Event {
        let manages = self.people.get(&by).is_some_and(|one| one.enabled && one.manages);
        let there = self.people.get(&person).is_some_and(|one| one.enabled);
        if !there || (by != person && !manages) {
            hold!(*answer == Answer::NotFound, "{by} may not set the duty of {person}: {answer:?}");
            return Ok(());
        }
        hold!(*answer == Answer::Done, "{by} may set the duty of {person}: {answer:?}");
        self.takes_duty(Some(by), person, duty, seen)
    }

    /// Somebody is disabled, and loses their customers; or enabled again.
    fn enabled(&mut self, person: i64, enabled: bool, answer: &Answer, seen: &mut Seen) -> Event {
        let phone = self.people.get(&person).and_then(|one| one.phone.clone());
        let taken = phone.as_ref().is_some_and(|phone| self.staff_with(phone).is_some_and(|one| one.id != person));
        let back = enabled && self.people.get(&person).is_some_and(|one| !one.enabled);
        if taken && back {
            self.count("enabled: refused");
            hold!(*answer == Answer::Refused, "the phone of {person} is another's: {answer:?}");
            return Ok(());
        }
        hold!(*answer == Answer::Done, "an admin may do that to {person}: {answer:?}");
        if let (true, Some(phone)) = (back, phone) {
            self.is_no_customer_any_more(&phone, seen)?;
        }
        let Some(one) = self.people.get_mut(&person).filter(|one| one.enabled != enabled) else { return Ok(()) };
        one.enabled = enabled;
        seen.event(None, if enabled { "enabled" } else { "disabled" })?;
        if !enabled {
            self.count("disabled");
            return self.repicks(person, seen);
        }
        self.count("enabled");
        self.drains_for(person, seen)
    }

    fn closed(&mut self, by: i64, talk: i64, answer: &Answer, seen: &mut Seen) -> Event {
        if !self.may(by, talk, answer)? {
            return Ok(());
        }
        hold!(*answer == Answer::Done, "{by} may close {talk}, and the answer was {answer:?}");
        if self.talk(talk)?.closed() {
            return Ok(());
        }
        self.count("close");
        self.close_it(talk, seen)
    }

    /// A conversation ends: its legs end, its masks rest, and whoever had it may take another.
    pub(super) fn close_it(&mut self, talk: i64, seen: &mut Seen) -> Event {
        self.ends(talk, seen)?;
        let line = self.talk(talk)?.line;
        self.drains(line, seen)
    }

    /// A conversation ends, and nobody gets anything for it.
    pub(super) fn ends(&mut self, talk: i64, seen: &mut Seen) -> Event {
        seen.event(Some(talk), "closed")?;
        self.end_legs(talk, None);
        let now = self.now();
        let Some(held) = self.talks.get_mut(&talk) else { return Ok(()) };
        held.closed_at = Some(now);
        (held.snoozed, held.waits, held.waiting_since) = (None, None, None);
        Ok(())
    }

    fn snoozed(&mut self, by: i64, talk: i64, span: std::time::Duration, answer: &Answer, seen: &mut Seen) -> Event {
        if !self.may(by, talk, answer)? {
            return Ok(());
        }
        if self.talk(talk)?.closed() {
            hold!(*answer == Answer::Refused, "{talk} is closed, and the answer was {answer:?}");
            return Ok(());
        }
        hold!(*answer == Answer::Done, "{by} may put {talk} aside, and the answer was {answer:?}");
        self.count("snooze");
        self.put_aside(talk, span, seen)
    }
}
