//! What a set-up file changes: limits, schedules, who is on which line, phones that change hands (model, section 4).

use super::{Event, Hours, Oracle, hold};
use crate::model::deeds::Answer;
use crate::model::seen::Seen;

/// What a set-up file says about one person.
#[derive(Clone, Debug)]
pub enum Setup {
    Limit { person: i64, limit: Option<i64> },
    Schedule { person: i64, hours: Option<Hours> },
    Member { person: i64, line: i64, joins: bool },
    Phone { person: i64, phone: Option<String> },
}

impl Setup {
    fn person(&self) -> i64 {
        match self {
            Setup::Limit { person, .. }
            | Setup::Schedule { person, .. }
            | Setup::Member { person, .. }
            | Setup::Phone { person, .. } => *person,
        }
    }
}

impl Oracle {
    /// A set-up file was applied.
    pub(super) fn set_up(&mut self, what: &Setup, answer: &Answer, seen: &mut Seen) -> Event {
        hold!(*answer == Answer::Done, "{what:?} can be applied, and the answer was {answer:?}");
        let id = what.person();
        let Some(one) = self.people.get_mut(&id) else { return Err(format!("nobody is {id}")) };
        match what {
            Setup::Limit { limit, .. } => {
                if std::mem::replace(&mut one.limit, *limit) == *limit {
                    return Ok(());
                }
                self.count("set-up: limit");
            }
            Setup::Schedule { hours, .. } => {
                if std::mem::replace(&mut one.hours, *hours) == *hours {
                    return Ok(());
                }
                self.count("set-up: schedule");
            }
            Setup::Member { line, joins, .. } => {
                if one.lines.contains(line) == *joins {
                    return Ok(());
                }
                one.lines.retain(|other| other != line);
                if *joins {
                    one.lines.push(*line);
                    one.lines.sort_unstable();
                    self.count("set-up: joins a line");
                } else {
                    self.picked.remove(&(*line, id));
                    self.count("set-up: leaves a line");
                    self.repicks_on(id, &[*line], seen)?;
                }
            }
            Setup::Phone { phone, .. } => {
                if one.phone == *phone {
                    return Ok(());
                }
                self.changes_phone(id, phone.clone(), seen)?;
            }
        }
        let lines: Vec<i64> = self.numbers.values().filter(|one| one.line.is_some()).map(|one| one.id).collect();
        for line in lines {
            self.drains(line, seen)?;
        }
        self.settles(seen)
    }

    /// A phone is a colleague's now: whatever it had as a customer's ends.
    pub(super) fn is_no_customer_any_more(&mut self, phone: &str, seen: &mut Seen) -> Event {
        let theirs = |leg: &&super::Leg| leg.phone == phone && leg.person.is_none() && leg.ended_at.is_none();
        let talks: Vec<i64> = self.legs.iter().filter(theirs).map(|leg| leg.talk).collect();
        for talk in talks {
            self.count("closed: a customer's phone is a colleague's");
            self.ends(talk, seen)?;
        }
        Ok(())
    }

    /// A person's threads move to the new phone, with what still waited for the old one.
    fn changes_phone(&mut self, id: i64, to: Option<String>, seen: &mut Seen) -> Event {
        if let Some(phone) = &to {
            self.is_no_customer_any_more(phone, seen)?;
        }
        let Some(one) = self.people.get_mut(&id) else { return Ok(()) };
        let from = std::mem::replace(&mut one.phone, to.clone());
        one.muted = false;
        self.count(if to.is_some() { "set-up: another phone" } else { "set-up: no phone" });
        let Some(from) = from else { return Ok(()) };
        let theirs = |leg: &&super::Leg| leg.phone == from && leg.person == Some(id) && leg.ended_at.is_none();
        let mut talks: Vec<i64> = self.legs.iter().filter(theirs).map(|leg| leg.talk).collect();
        talks.sort_unstable();
        for talk in talks {
            self.count("set-up: a thread moves to another phone");
            self.end_legs(talk, Some(id));
            let back = self.take_back(talk, id, seen)?;
            if let Some(phone) = &to {
                self.open_rep_leg(talk, id, phone, true, seen)?;
            }
            if let Some(held) = self.talks.get_mut(&talk).filter(|held| held.pinned == Some(id)) {
                held.waits = held.waits.into_iter().chain(back).min();
                self.releases(talk, seen)?;
            }
        }
        Ok(())
    }
}
