//! Texts that come in (model, sections 2, 4 and 7).

use switchboard::clock::{hours, minutes};
use switchboard::desk::receiving::Outcome;

use super::commands::literal;
use super::{Event, Leg, Oracle, Text, hold, masked};
use crate::model::deeds::Answer;
use crate::model::seen::{Message, Seen};

/// What a whole message may be that is not just a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    Stop,
    Start,
    Help,
}

const STOPS: [&str; 8] = ["stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"];

/// The keyword that a body is, towards `number`.
pub fn word(body: &str, number: &str) -> Option<Word> {
    let body = body.trim().to_lowercase();
    let toll_free = number.starts_with("+1800");
    match body.as_str() {
        stop if STOPS.contains(&stop) => Some(Word::Stop),
        "start" | "unstop" => Some(Word::Start),
        "yes" if !toll_free => Some(Word::Start),
        "help" | "info" => Some(Word::Help),
        _ => None,
    }
}

impl Oracle {
    /// A text came in and was answered.
    pub fn hears(
        &mut self,
        key: &str,
        (from, to): (&str, &str),
        body: &str,
        answer: &Answer,
        seen: &mut Seen,
    ) -> Event {
        let Answer::Stored(outcome) = *answer else { return Err(format!("a text was answered {answer:?}")) };
        if !self.stored.insert(key.to_owned()) {
            self.count("text: doubled");
            hold!(outcome == Outcome::Duplicate, "{key} was stored before, and again it was {outcome:?}");
            return Ok(());
        }
        let row = seen.message(key)?;
        hold!(outcome.word() == row.outcome, "{outcome:?} was answered and {row:?} is stored");
        hold!(row.outcome == "relayed" || row.why.is_some(), "kept without a reason: {row:?}");
        let Some(number) = self.number_of(to).cloned() else {
            self.count("text: to a stranger's number");
            self.is_held(&row, (None, None));
            return stands(&row, "held", None);
        };
        if self.number_of(from).is_some() {
            self.count("text: a loop");
            return stands(&row, "refused", None);
        }
        let word = word(body, to);
        let leg = self.live_leg(from, number.id).cloned();
        let hash = body.trim_start().starts_with('#') && self.commands_work(from, number.id, leg.as_ref());
        let said = literal(body).filter(|_| hash).unwrap_or(body);
        hold!(row.body == said, "{body:?} is stored as {row:?}");
        self.effect(word, from, number.id, leg.as_ref(), seen)?;
        let command = hash && literal(body).is_none();
        let away = self.keeps_away(from, self.line_of(number.id));
        let inside = leg.as_ref().map_or(self.staff_with(from).is_some(), |leg| leg.person.is_some());
        match leg {
            Some(leg) if leg.person.is_some() && word == Some(Word::Stop) => {
                self.count("rep: STOP");
                seen.event(Some(leg.talk), "phone_off")?;
                stands(&row, "kept", Some(leg.talk))
            }
            // On a line it is the same customer and the same line.
            Some(leg) if number.line.is_none() && self.is_younger(&leg) => {
                self.count("text: late, and its number is another thread's");
                stands(&row, "held", None)?;
                let staff = self.staff_with(from).map(|one| one.id);
                self.is_held(&row, (None, staff));
                if word.is_some() { Ok(()) } else { self.throttled("ended", number.id, from, seen) }
            }
            leg if command => self.commanded(&row, from, number.id, leg, seen),
            Some(leg) => {
                if leg.person.is_none() {
                    self.readies(leg.talk, seen)?;
                }
                if leg.person.is_none() && away {
                    self.count("text: sender kept away");
                    stands(&row, "kept", Some(leg.talk))?;
                    if word == Some(Word::Stop) { Ok(()) } else { self.flags(leg.talk, &row.body, seen) }
                } else {
                    self.said(&row, &leg, word, seen)
                }
            }
            None if away && self.staff_with(from).is_none() => {
                self.count("text: sender kept away");
                let last = self.last_leg(from, number.id).map(|leg| leg.talk);
                stands(&row, "kept", last)?;
                match last {
                    Some(talk) if word.is_none() => self.flags(talk, &row.body, seen),
                    _ => Ok(()),
                }
            }
            None if number.line.is_none() => self.stray(&row, from, number.id, word, seen),
            None if self.staff_with(from).is_some() => self.rep_on_line(&row, from, number.id, word, seen),
            None if word == Some(Word::Stop) => {
                self.count("text: STOP without a conversation");
                stands(&row, "kept", self.last_leg(from, number.id).map(|leg| leg.talk))
            }
            None => self.opens(&row, from, number.id, seen),
        }?;
        if word == Some(Word::Help) { self.helps(from, number.id, inside, seen) } else { Ok(()) }
    }

    /// A keyword takes effect wherever its text goes.
    fn effect(&mut self, word: Option<Word>, from: &str, number: i64, leg: Option<&Leg>, seen: &mut Seen) -> Event {
        let stop = match word {
            Some(Word::Stop) => true,
            Some(Word::Start) => false,
            Some(Word::Help) | None => return Ok(()),
        };
        let pair = (from.to_owned(), number);
        let now = self.now();
        if stop {
            self.lifted.remove(&pair);
            self.blocks.insert(pair);
        } else {
            self.blocks.remove(&pair);
            self.lifted.insert(pair, now);
        }
        let rep = match leg {
            Some(leg) => leg.person,
            None => self.staff_with(from).map(|one| one.id),
        };
        let Some(rep) = rep else {
            self.count(if stop { "consent: STOP" } else { "consent: START" });
            let line = self.numbers[&number].line.as_ref().map(|_| number);
            let key = (from.to_owned(), line);
            self.by_staff.remove(&key);
            self.consents.insert(key, (!stop, now));
            return Ok(());
        };
        if let Some(one) = self.people.get_mut(&rep) {
            one.muted = stop;
        }
        if stop {
            return Ok(());
        }
        self.count("rep: START");
        self.leave_blocked(rep, from, seen)
    }

    /// Texts to a colleague's phone are on again: threads on numbers that it still blocks go to others.
    pub(super) fn leave_blocked(&mut self, rep: i64, from: &str, seen: &mut Seen) -> Event {
        let blocked = |leg: &&Leg| {
            leg.ended_at.is_none()
                && leg.person == Some(rep)
                && leg.phone == from
                && self.blocks.contains(&(leg.phone.clone(), leg.number))
        };
        let stuck: Vec<i64> = self.legs.iter().filter(blocked).map(|leg| leg.talk).collect();
        for talk in stuck {
            self.count("rep: START leaves a blocked mask");
            self.end_legs(talk, Some(rep));
            self.open_rep_leg(talk, rep, from, false, seen)?;
        }
        Ok(())
    }

    /// A text on a live leg goes to everybody else in the conversation.
    pub(super) fn said(&mut self, row: &Message, leg: &Leg, word: Option<Word>, seen: &mut Seen) -> Event {
        self.count(if leg.person.is_some() { "text: from a rep" } else { "text: from a customer" });
        hold!(row.person == leg.person, "said by {:?} and stored as {row:?}", leg.person);
        let stop = word == Some(Word::Stop);
        if let Some(talk) = self.talks.get_mut(&leg.talk).filter(|_| leg.person.is_none())
            && talk.snoozed.take().is_some()
        {
            seen.event(Some(leg.talk), "woke")?;
            self.count("woke by the customer");
        }
        let now = self.now();
        let sent_at = self.sent_at();
        let held = self.talks.get_mut(&leg.talk).ok_or("no such conversation")?;
        if held.exchange.hears(leg.person.is_none(), &row.body, sent_at) && !held.paused {
            self.pauses(leg.talk, seen)?;
        }
        if self.talk(leg.talk)?.paused {
            return self.said_in_vain(row, leg, stop, seen);
        }
        stands(row, "relayed", Some(leg.talk))?;
        let text = Text { talk: leg.talk, staff: leg.person, leg: Some(leg.id), body: row.body.clone(), stop };
        self.texts.insert(row.id, text);
        if leg.person.is_some() {
            self.answers(leg.talk);
            return self.relay(leg.talk, row.id, seen);
        }
        let held = self.talks.get_mut(&leg.talk).ok_or("no such conversation")?;
        held.last_at = now;
        held.waiting_since = held.waiting_since.or(Some(sent_at));
        if !stop {
            self.flags(leg.talk, &row.body, seen)?;
        }
        self.relay(leg.talk, row.id, seen)?;
        if stop { Ok(()) } else { self.after_hours(leg.talk, seen) }
    }

    /// While relaying is paused, what is said waits for a manager.
    fn said_in_vain(&mut self, row: &Message, leg: &Leg, stop: bool, seen: &mut Seen) -> Event {
        self.count("loop guard: held");
        stands(row, "held", Some(leg.talk))?;
        self.is_held(row, (Some(leg), leg.person));
        let (now, sent_at) = (self.now(), self.sent_at());
        let held = self.talks.get_mut(&leg.talk).ok_or("no such conversation")?;
        held.last_at = now;
        held.waiting_since = if leg.person.is_some() { None } else { held.waiting_since.or(Some(sent_at)) };
        if leg.person.is_some() || stop { Ok(()) } else { self.flags(leg.talk, &row.body, seen) }
    }

    /// A customer whom nobody can answer now is told so: once a day, and not just after an answer.
    fn after_hours(&mut self, talk: i64, seen: &mut Seen) -> Event {
        let now = self.now();
        let held = self.talk(talk)?.clone();
        let attended = held.pinned.is_some_and(|rep| self.works(rep, held.line));
        let key = ("after_hours", held.line, held.customer.clone());
        let told = self.windows.get(&key).is_some_and(|began| *began + hours(24) > now);
        let answered = held.answered_at.is_some_and(|at| at + minutes(5) > now);
        let born = seen.notice("after_hours", held.line, &held.customer);
        let own = self.words(held.line, "after_hours");
        let due = !attended && !told && !answered && own != Some("");
        hold!(
            own.is_none_or(|own| born.as_ref().is_none_or(|born| born.body == own)),
            "not in its own words: {born:?}"
        );
        hold!(
            born.is_some() == due,
            "attended {attended}, told {told}, answered {answered}, and the notice is {born:?}"
        );
        let Some(born) = born else { return Ok(()) };
        self.count("after-hours notice");
        self.windows.insert(key, now);
        self.is_born(born)
    }

    /// Nobody is behind a mask any more, or never was.
    fn stray(&mut self, row: &Message, from: &str, mask: i64, word: Option<Word>, seen: &mut Seen) -> Event {
        let past = self.last_leg(from, mask).cloned();
        if let Some(past) = past.as_ref().filter(|_| matches!(word, None | Some(Word::Help)))
            && let Some(leg) = self.takes_up(from, past, seen)?
        {
            return self.said(row, &leg, word, seen);
        }
        stands(row, "held", past.as_ref().map(|leg| leg.talk))?;
        let staff = self.staff_with(from).map(|one| one.id);
        self.is_held(row, (past.as_ref(), staff));
        let own = past.as_ref().and_then(|leg| self.words(self.talks[&leg.talk].line, "ended"));
        let moved = past.is_some_and(|leg| {
            let talk = &self.talks[&leg.talk];
            leg.person.is_some() && !talk.closed() && talk.pinned.is_some() && talk.pinned != leg.person
        });
        self.count(if moved { "held: moved" } else { "held: ended" });
        if word.is_some() {
            return Ok(());
        }
        if moved {
            return self.throttled("to_rep", mask, from, seen);
        }
        if own == Some("") {
            self.count("held: nothing said");
            return Ok(());
        }
        let said = |row: &crate::model::seen::Delivery| {
            row.kind == "ended" && row.to == from && own.is_some_and(|own| row.body != own)
        };
        hold!(!seen.born.iter().any(said), "not in the words of its line: {:?}", seen.born);
        self.throttled("ended", mask, from, seen)
    }

    fn rep_on_line(&mut self, row: &Message, from: &str, line: i64, word: Option<Word>, seen: &mut Seen) -> Event {
        stands(row, "kept", None)?;
        if word == Some(Word::Stop) {
            self.count("rep: STOP to a line");
            return Ok(());
        }
        self.count("rep: text to a line");
        if word.is_some() { Ok(()) } else { self.throttled("rep_on_line", line, from, seen) }
    }

    /// An answer to a rep's own word.
    pub(super) fn answered(&mut self, number: i64, to: &str, seen: &mut Seen) -> Event {
        let found = seen.notice("to_rep", number, to);
        let born = found.ok_or_else(|| format!("{to} was not answered"))?;
        self.is_born(born)
    }

    /// A notice of which one goes out within an hour.
    pub(super) fn throttled(&mut self, kind: &'static str, number: i64, to: &str, seen: &mut Seen) -> Event {
        let now = self.now();
        let key = (kind, number, to.to_owned());
        let quiet = self.windows.get(&key).is_some_and(|began| *began + hours(1) > now);
        let born = seen.notice(kind, number, to);
        hold!(
            born.is_none() == quiet,
            "{kind} to {to}: told {born:?}, and the last time was {:?}",
            self.windows.get(&key)
        );
        let Some(born) = born else {
            self.count("notice: throttled");
            return Ok(());
        };
        self.windows.insert(key, now);
        self.count("notice");
        self.is_born(born)
    }

    /// One text to every other leg of the conversation whose phone takes texts. A rep who is off, or whoever gets the
    /// conversation that nobody has, is texted later.
    pub(super) fn relay(&mut self, talk: i64, message: i64, seen: &mut Seen) -> Event {
        let text = self.texts[&message].clone();
        let held = self.talk(talk)?.clone();
        let waits = match held.pinned {
            None => true,
            Some(rep) => text.staff != Some(rep) && self.phone_of(rep).is_some() && !self.works(rep, held.line),
        };
        if waits {
            self.count("text: waits for a rep");
            if let Some(held) = self.talks.get_mut(&talk) {
                // A text that was held is older than those that came meanwhile.
                held.waits = held.waits.into_iter().chain([message]).min();
            }
        }
        let legs: Vec<Leg> =
            self.legs.iter().filter(|leg| leg.talk == talk && leg.ended_at.is_none()).cloned().collect();
        for leg in legs {
            let own = text.leg == Some(leg.id) || (text.staff.is_some() && text.staff == leg.person);
            if !own && self.reachable(&leg) && !(waits && leg.person.is_some()) {
                self.put(message, leg.id, seen)?;
            }
        }
        Ok(())
    }

    /// A text of `message` is on its way to a leg, in the words that its owner ought to read.
    pub(super) fn put(&mut self, message: i64, leg: i64, seen: &mut Seen) -> Event {
        let parts = seen.texts(message, leg);
        let leg = self.leg(leg).ok_or("no such leg")?.clone();
        let text = self.texts.get(&message).ok_or_else(|| format!("nobody said {message}"))?.clone();
        hold!(!parts.is_empty(), "{:?} ought to be on its way to {} and is not", text.body, leg.phone);
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        let got = squeezed(&parts.iter().map(|part| part.body.as_str()).collect::<Vec<_>>().join(" "));
        let customer = masked(&self.talk(leg.talk)?.customer);
        let context = self.context(self.talk(leg.talk)?.line, &customer);
        let mut core = text.body.clone();
        if text.stop {
            core = format!("{customer} opted out. Texts to them are not sent until they text START.");
        }
        if leg.person.is_some() {
            if let Some(staff) = text.staff {
                core = format!("{}: {core}", self.people[&staff].name);
            }
            if let Some(context) = context.as_ref().filter(|_| !leg.greeted) {
                core = format!("{context}{core}");
            }
        }
        hold!(got == squeezed(&core), "{} is to read {got:?} and ought to read {core:?}", leg.phone);
        for part in parts {
            hold!(
                (part.number, &part.to, part.person) == (leg.number, &leg.phone, leg.person),
                "a text for {leg:?} goes astray: {part:?}"
            );
            self.is_born(part)?;
        }
        if let Some(leg) = self.legs.iter_mut().find(|one| one.id == leg.id) {
            leg.greeted |= context.is_some();
        }
        Ok(())
    }
}

/// What became of a text, and with which conversation it is kept.
fn stands(row: &Message, outcome: &str, talk: Option<i64>) -> Event {
    hold!(row.outcome == outcome && row.talk == talk, "{row:?} ought to be {outcome} with {talk:?}");
    Ok(())
}
