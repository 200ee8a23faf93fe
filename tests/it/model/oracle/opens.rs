//! First texts, and texts after the end, on a line (model, section 4).

use switchboard::clock::hours;

use super::{Event, Exchange, Leg, Oracle, Talk, hold};
use crate::model::seen::{Message, Seen};

impl Oracle {
    /// A text without a live leg takes up the conversation that was closed lately, or opens another; somebody is picked.
    pub(super) fn opens(&mut self, row: &Message, from: &str, line: i64, seen: &mut Seen) -> Event {
        self.drains(line, seen)?;
        let last = self.last_rep(from, line);
        let theirs = self.talks.iter().filter(|(_, talk)| talk.customer == from && talk.line == line);
        let newest = theirs.max_by_key(|(id, talk)| (talk.closed_at.unwrap_or(talk.last_at), **id));
        let lately =
            newest.filter(|(_, talk)| talk.closed_at.is_some_and(|at| at > self.sent_at() - self.reopen_within(line)));
        let leg = match lately.map(|(id, _)| *id) {
            Some(talk) => self.reopens(talk, last, seen)?,
            None => self.begins(from, line, last, seen)?,
        };
        self.said(row, &leg, None, seen)
    }

    /// The same conversation goes on; the same rep has it, if they can.
    fn reopens(&mut self, talk: i64, last: Option<i64>, seen: &mut Seen) -> Event<Leg> {
        self.count("reopened by the customer");
        let now = self.now();
        seen.event(Some(talk), "reopened")?;
        self.opens_again(talk);
        let held = self.talks.get_mut(&talk).ok_or("no such conversation")?;
        if held.pinned.take().is_some() {
            held.pinned_at = now;
        }
        let (line, from) = (held.line, held.customer.clone());
        let leg = self.customers_leg(talk, &from, line, seen)?;
        if let Some(person) = self.picks(talk, line, last, seen)? {
            self.give_to(talk, person, seen)?;
        }
        Ok(leg)
    }

    fn begins(&mut self, from: &str, line: i64, last: Option<i64>, seen: &mut Seen) -> Event<Leg> {
        let new = |talk: &&crate::model::seen::Talk| {
            talk.line == line && talk.customer == from && !self.talks.contains_key(&talk.id)
        };
        let Some(talk) = seen.talks().iter().find(new).map(|talk| talk.id) else {
            return Err(format!("{from} opened no conversation"));
        };
        self.count("opened");
        seen.event(Some(talk), "opened")?;
        let picked = self.picks(talk, line, last, seen)?;
        let now = self.now();
        let fresh = Talk {
            line,
            customer: from.to_owned(),
            pinned: picked,
            pinned_at: now,
            closed_at: None,
            last_at: now,
            waiting_since: None,
            answered_at: None,
            waits: None,
            snoozed: None,
            flagged: false,
            touched_at: now,
            exchange: Exchange::default(),
            paused: false,
        };
        self.talks.insert(talk, fresh);
        let leg = self.customers_leg(talk, from, line, seen)?;
        if let Some((person, phone)) = picked.and_then(|person| Some((person, self.phone_of(person)?))) {
            self.open_rep_leg(talk, person, &phone, true, seen)?;
        }
        self.greets(from, line, seen)?;
        Ok(leg)
    }

    /// Whoever opens a conversation is greeted once a day, if the line has words for it.
    fn greets(&mut self, from: &str, line: i64, seen: &mut Seen) -> Event {
        let now = self.now();
        let key = ("greeting", line, from.to_owned());
        let told = self.windows.get(&key).is_some_and(|began| *began + hours(24) > now);
        let born = seen.notice("greeting", line, from);
        let words = self.words(line, "greeting").filter(|words| !words.is_empty() && !told);
        hold!(born.is_some() == words.is_some(), "{from} is to be greeted with {words:?} and was with {born:?}");
        let (Some(words), Some(born)) = (words, born) else { return Ok(()) };
        let name = self.numbers[&line].line.clone().unwrap_or_default();
        hold!(born.body == words.replace("{line}", &name), "a greeting is {born:?}");
        self.count("greeted");
        self.windows.insert(key, now);
        self.is_born(born)
    }

    pub(super) fn customers_leg(&mut self, talk: i64, from: &str, line: i64, seen: &Seen) -> Event<Leg> {
        let leg = self.see_leg(talk, None, from, seen)?;
        hold!(leg.number == line, "a customer's leg is on {} and not on the line", leg.number);
        self.legs.push(leg.clone());
        Ok(leg)
    }
}
