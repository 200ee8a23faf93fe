//! What a colleague's phone asks for by `#` (model, section 4), and conversations that are put aside.

use std::time::Duration;

use switchboard::clock::{At, days, hours, minutes};

use super::{Event, Leg, Oracle, hold};
use crate::model::seen::{Message, Seen};

/// What begins with `#`, and a few that only look like a command.
pub const COMMANDS: [&str; 16] = [
    "#help",
    "#who",
    "#note he wants worms",
    "#close",
    "#close the door",
    "#transfer Bo",
    "#TRANSFER ana",
    "#transfer cy",
    "#transfer somebody",
    "#later 2h",
    "#later 90",
    "#away",
    "#on",
    "#on",
    "#frobnicate",
    "##1 is fine",
];

/// Words for the customer in a body that begins with `##`.
pub fn literal(body: &str) -> Option<&str> {
    body.trim_start().strip_prefix('#').filter(|rest| rest.starts_with('#'))
}

fn span(text: &str) -> Option<Duration> {
    match text {
        "2h" => Some(hours(2)),
        _ => None,
    }
}

impl Oracle {
    /// Whether `#` is for us in a text by this phone to this number: by a colleague's way in, now or before, or from a
    /// colleague's phone where nobody ever was.
    pub(super) fn commands_work(&self, from: &str, number: i64, live: Option<&Leg>) -> bool {
        let published = self.numbers.get(&number).is_some_and(|one| one.line.is_some());
        let past = if published { None } else { self.last_leg(from, number) };
        match live.or(past) {
            Some(leg) => leg.person.is_some(),
            None => self.staff_with(from).is_some(),
        }
    }

    /// A command came, on the live leg `live` or none.
    pub(super) fn commanded(
        &mut self,
        row: &Message,
        from: &str,
        number: i64,
        live: Option<Leg>,
        seen: &mut Seen,
    ) -> Event {
        let published = self.numbers.get(&number).is_some_and(|one| one.line.is_some());
        let past = if published { None } else { self.last_leg(from, number).cloned() };
        let thread = live.clone().or(past.clone().filter(|leg| leg.person.is_some()));
        hold!(
            row.kind == "command" && row.outcome == "kept" && row.talk == thread.as_ref().map(|leg| leg.talk),
            "a command is stored as {row:?}"
        );
        let Some(by) = self.staff_with(from).map(|one| one.id) else { return Ok(()) };
        let place = match (live, past) {
            (Some(leg), _) => Some(leg.talk),
            // A leg that rests while its conversation is still theirs is a thread, too.
            (None, Some(leg)) => {
                let talk = self.talk(leg.talk)?;
                Some(leg.talk).filter(|_| !talk.closed() && talk.pinned == Some(by))
            }
            (None, None) => None,
        };
        let body = row.body.trim().trim_start_matches('#');
        let (word, more) = body.split_once(' ').unwrap_or((body, ""));
        match (word.to_lowercase().as_str(), more) {
            ("away", "") => {
                self.count("command: #away");
                self.takes_duty(Some(by), by, "away", seen)?;
            }
            ("on", "") => {
                self.count("command: #on");
                self.takes_duty(Some(by), by, "on", seen)?;
                if let Some(one) = self.people.get_mut(&by) {
                    one.muted = false;
                }
                self.leave_blocked(by, from, seen)?;
            }
            (word, more) => {
                if let Some(talk) = place {
                    self.commanded_in(by, talk, word, more, seen)?;
                }
            }
        }
        let theirs = |leg: &&Leg| Some(leg.talk) == place && leg.ended_at.is_none() && leg.person == Some(by);
        let number = self.legs.iter().find(theirs).map_or(number, |leg| leg.number);
        self.count("command answered");
        self.answered(number, from, seen)
    }

    fn commanded_in(&mut self, by: i64, talk: i64, word: &str, more: &str, seen: &mut Seen) -> Event {
        match (word, more) {
            ("note", text) if !text.is_empty() => {
                self.count("command: #note");
                let kept = |row: &Message| {
                    row.talk == Some(talk) && row.kind == "note" && row.body == text && row.person == Some(by)
                };
                let Some(at) = seen.messages.iter().position(kept) else {
                    return Err(format!("{text:?} was not noted"));
                };
                seen.messages.remove(at);
                Ok(())
            }
            ("close", "") => {
                self.count("command: #close");
                self.close_it(talk, seen)
            }
            ("later", text) => match span(text) {
                Some(span) => {
                    self.count("command: #later");
                    self.put_aside(talk, span, seen)
                }
                None => Ok(()),
            },
            ("transfer", name) if !name.is_empty() => {
                let line = self.talk(talk)?.line;
                let called = self.people.values().find(|one| {
                    one.id != by && one.enabled && one.lines.contains(&line) && one.name.eq_ignore_ascii_case(name)
                });
                match called.map(|one| one.id) {
                    Some(assignee) if self.talk(talk)?.pinned != Some(assignee) => {
                        self.count("command: #transfer");
                        self.give(talk, assignee, "transferred", seen)?;
                        self.drains(line, seen)
                    }
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// A conversation is out of the way for so long.
    pub(super) fn put_aside(&mut self, talk: i64, span: Duration, seen: &mut Seen) -> Event {
        hold!(span >= minutes(1) && span <= days(30), "put aside for {span:?}");
        seen.event(Some(talk), "snoozed")?;
        let until = self.now() + span;
        if let Some(held) = self.talks.get_mut(&talk) {
            held.snoozed = Some(until);
        }
        Ok(())
    }

    /// A conversation that was put aside is back: its time has come, and its rep is reminded.
    pub(super) fn wakes(&mut self, seen: &mut Seen) -> Event {
        let now = self.now();
        let due = |talk: &super::Talk| talk.snoozed.is_some_and(|until| until <= now);
        let due: Vec<i64> = self.talks.iter().filter(|(_, talk)| due(talk)).map(|(id, _)| *id).collect();
        for talk in due {
            if seen.event(Some(talk), "woke").is_err() {
                continue;
            }
            self.count("woke by time");
            let Some(held) = self.talks.get_mut(&talk) else { continue };
            held.snoozed = None;
            let pinned = held.pinned;
            let own =
                |leg: &&Leg| leg.talk == talk && leg.ended_at.is_none() && leg.person.is_some() && leg.person == pinned;
            let Some(leg) = self.legs.iter().find(own).filter(|leg| self.reachable(leg)).cloned() else { continue };
            let found = seen.notice("reminder", leg.number, &leg.phone);
            let born = found.ok_or_else(|| format!("{} was not reminded of {talk}", leg.phone))?;
            self.is_born(born)?;
        }
        Ok(())
    }

    /// When the next thing happens by itself that the rules know of.
    pub fn next_due(&self) -> Option<At> {
        let now = self.now();
        self.talks
            .values()
            .filter_map(|talk| talk.snoozed)
            .chain(self.next_turn())
            .chain(self.next_idle())
            .filter(|at| *at > now)
            .min()
    }

    /// What ought to have happened by itself by now has.
    pub fn nothing_is_due(&self) -> Event {
        let now = self.now();
        let asleep = self.talks.iter().find(|(_, talk)| talk.snoozed.is_some_and(|until| until <= now));
        hold!(asleep.is_none(), "its time has come, and it is still put aside: {asleep:?}");
        Ok(())
    }
}
