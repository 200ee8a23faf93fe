//! What customers want and staff enter for them: consent, senders that are kept away, HELP, texts that read like a
//! refusal (model, sections 4 and 7).

use super::{Event, Oracle, hold};
use crate::model::deeds::Answer;
use crate::model::seen::Seen;

/// A text that asks for an end in words of its own.
pub const REFUSAL: &str = "Please stop texting me";

impl Oracle {
    /// Staff keep a sender away, or let them in again.
    pub(super) fn blocked(&mut self, by: i64, talk: i64, blocked: bool, answer: &Answer, seen: &mut Seen) -> Event {
        if !self.may(by, talk, answer)? {
            return Ok(());
        }
        let (customer, line) = (self.talk(talk)?.customer.clone(), self.talk(talk)?.line);
        let who = &self.people[&by];
        let (manages, mut lines) = (who.manages, who.lines.clone());
        lines.push(line);
        let everywhere = self.kept_away.get(&(customer.clone(), None)).copied();
        let changes = self.keeps_away(&customer, Some(line)) != blocked;
        if changes && !blocked && !manages && everywhere.is_some_and(|who| who != by) {
            self.count("sender: staff may not unblock");
            hold!(*answer == Answer::Refused, "{by} may not lift what holds everywhere, and the answer was {answer:?}");
            return Ok(());
        }
        hold!(*answer == Answer::Done, "{by} may block the customer of {talk}, and the answer was {answer:?}");
        if !changes {
            return Ok(());
        }
        // What a manager says holds on every line, what a rep says on the rep's.
        if blocked && manages {
            self.kept_away.insert((customer, None), by);
        } else if blocked {
            for line in lines {
                self.kept_away.entry((customer.clone(), Some(line))).or_insert(by);
            }
        } else if manages || everywhere.is_some() {
            self.kept_away.retain(|(phone, _), _| *phone != customer);
        } else {
            for line in lines {
                self.kept_away.remove(&(customer.clone(), Some(line)));
            }
        }
        self.count(if blocked { "sender: blocked" } else { "sender: unblocked" });
        seen.event(Some(talk), if blocked { "blocked" } else { "unblocked" }).map(drop)
    }

    /// Whether what a customer texts to this line, or to a mask, is passed on to nobody.
    pub(super) fn keeps_away(&self, phone: &str, line: Option<i64>) -> bool {
        let holds = |on: Option<i64>| on.is_none() || line.is_none() || on == line;
        self.kept_away.keys().any(|(who, on)| who == phone && holds(*on))
    }

    /// The line, if the number is one.
    pub(super) fn line_of(&self, number: i64) -> Option<i64> {
        self.numbers.get(&number).and_then(|one| one.line.as_ref().map(|_| number))
    }

    /// Staff enter that a customer wants no texts, or take that back: only what staff entered.
    pub(super) fn consented(&mut self, by: i64, talk: i64, given: bool, answer: &Answer, seen: &mut Seen) -> Event {
        if !self.may(by, talk, answer)? {
            return Ok(());
        }
        let held = self.talk(talk)?.clone();
        let key = (held.customer, Some(held.line));
        let out = self.consents.get(&key).is_some_and(|(given, _)| !given);
        let by_staff = self.by_staff.contains(&key);
        if out != given || (given && !by_staff) {
            self.count("consent: staff refused");
            hold!(*answer == Answer::Refused, "consent in {talk} cannot be changed so, and the answer was {answer:?}");
            return Ok(());
        }
        hold!(*answer == Answer::Done, "{by} may enter that in {talk}, and the answer was {answer:?}");
        self.count(if given { "consent: restored by staff" } else { "consent: withdrawn by staff" });
        seen.event(Some(talk), if given { "consent_restored" } else { "consent_withdrawn" })?;
        let now = self.now();
        self.by_staff.insert(key.clone());
        self.consents.insert(key, (given, now));
        Ok(())
    }

    /// A text that reads like a refusal is flagged, once until somebody has decided.
    pub(super) fn flags(&mut self, talk: i64, body: &str, seen: &mut Seen) -> Event {
        let Some(held) = self.talks.get_mut(&talk).filter(|held| body == REFUSAL && !held.flagged) else {
            return Ok(());
        };
        held.flagged = true;
        self.count("flagged as a refusal");
        seen.event(Some(talk), "looks_like_refusal").map(drop)
    }

    /// Somebody decides what it was.
    pub(super) fn settled(&mut self, by: i64, talk: i64, refused: bool, answer: &Answer, seen: &mut Seen) -> Event {
        if !self.may(by, talk, answer)? {
            return Ok(());
        }
        hold!(*answer == Answer::Done, "{by} may decide that in {talk}, and the answer was {answer:?}");
        let now = self.now();
        let Some(held) = self.talks.get_mut(&talk).filter(|held| held.flagged) else { return Ok(()) };
        held.flagged = false;
        let key = (held.customer.clone(), Some(held.line));
        if !refused {
            self.count("refusal: it was none");
            return seen.event(Some(talk), "no_refusal").map(drop);
        }
        self.count("refusal: it was one");
        if self.consents.get(&key).is_none_or(|(given, _)| *given) {
            seen.event(Some(talk), "consent_withdrawn")?;
            self.by_staff.insert(key.clone());
            self.consents.insert(key, (false, now));
        }
        Ok(())
    }

    /// HELP is answered by the carrier or by us.
    pub(super) fn helps(&mut self, from: &str, number: i64, inside: bool, seen: &mut Seen) -> Event {
        if inside || self.carrier_helps || self.keeps_away(from, self.line_of(number)) {
            return Ok(());
        }
        self.count("HELP answered");
        self.throttled("help", number, from, seen)
    }
}
