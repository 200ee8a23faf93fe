//! Texts that wait for a manager's decision, and the loop guard, which holds some (model, sections 3 and 4).

use switchboard::clock::{At, minutes};

use super::{Event, Leg, Oracle, Text, hold};
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

/// What two sides have said to each other, and when.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    said: Vec<Line>,
}

#[derive(Clone, Debug)]
struct Line {
    customer: bool,
    /// Without case, marks, and what has a digit in it; `None` if nobody but a person says it.
    alike: Option<String>,
    /// Long, and without figures.
    plain: bool,
    /// Not one more of a row that one side says alone.
    counts: bool,
    /// What was said before is long ago.
    anew: bool,
    at: At,
}

impl Exchange {
    /// Takes in what a side says; whether two machines seem to answer each other.
    pub fn hears(&mut self, customer: bool, body: &str, now: At) -> bool {
        let words: Vec<String> = body.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
        let figure = |word: &String| word.chars().any(char::is_numeric);
        let mut alike: Vec<&str> = words
            .iter()
            .filter(|word| !word.is_empty())
            .map(|word| if figure(word) { "#" } else { word.as_str() })
            .collect();
        alike.dedup_by(|one, next| *one == "#" && *next == "#");
        let letters: usize = alike.iter().filter(|word| **word != "#").map(|word| word.chars().count()).sum();
        let figures = alike.contains(&"#");
        let alike = if letters == 0 { body.trim().to_owned() } else { alike.join(" ") };
        let row = self.said.iter().rev().take_while(|line| line.customer == customer).count();
        let quiet = self.said.last().map(|line| now.since(line.at));
        let line = Line {
            customer,
            alike: (!body.trim().is_empty()).then_some(alike),
            plain: letters >= 12 && !figures,
            counts: row < 4,
            anew: quiet.is_none_or(|quiet| quiet > minutes(60) || (quiet > minutes(2) && letters < 12)),
            at: now,
        };
        self.said.push(line);
        let once = |side| (self.round(side, 1) >= 5 && self.plain(side) >= 5).then(|| self.one_thing_since());
        let same = matches!((once(true), once(false)), (Some(since), Some(_)) if since + minutes(10) >= now);
        same || (self.is_machine(true) && self.is_machine(false))
    }

    fn is_machine(&self, side: bool) -> bool {
        let round = (1..=6).map(|circle| self.round(side, circle)).max().unwrap_or(0);
        let mut last: Vec<_> = self.of(side).iter().rev().take(16).map(|(_, line)| &line.alike).collect();
        let full = last.len() == 16;
        last.sort();
        last.dedup();
        round >= 15 || (round >= 9 && self.plain(side) >= 9) || (full && last.len() <= 3 && self.plain(side) >= 16)
    }

    /// The lines of a side since it last said what only a person says, with their places in the whole.
    fn of(&self, side: bool) -> Vec<(usize, &Line)> {
        let mine: Vec<(usize, &Line)> =
            self.said.iter().enumerate().filter(|(_, line)| line.customer == side).collect();
        let from = mine.iter().rposition(|(_, line)| line.alike.is_none()).map_or(0, |at| at + 1);
        mine[from..].to_vec()
    }

    /// Where the counting begins: nothing before the last long silence counts.
    fn begins(&self) -> usize {
        self.said.iter().rposition(|line| line.anew).unwrap_or(0)
    }

    /// How many of a side's last lines are what it said `circle` lines before.
    fn round(&self, side: bool, circle: usize) -> usize {
        let lines = self.of(side);
        let again = |at: &usize| *at >= circle && lines[*at].1.alike == lines[*at - circle].1.alike;
        let run = (0..lines.len()).rev().take_while(again).filter(|at| lines[*at].0 >= self.begins());
        run.filter(|at| lines[*at].1.counts).count()
    }

    fn plain(&self, side: bool) -> usize {
        let lines = self.of(side);
        let run = lines.iter().rev().take_while(|(_, line)| line.plain).filter(|(at, _)| *at >= self.begins());
        run.filter(|(_, line)| line.counts).count()
    }

    /// When a side last said something else than just before.
    fn one_thing_since(&self) -> At {
        let fresh = |at: &usize| {
            let before = self.said[..*at].iter().rfind(|line| line.customer == self.said[*at].customer);
            let again = before.is_some_and(|before| before.alike == self.said[*at].alike && before.alike.is_some());
            !again || (self.said[*at].anew && !self.said[*at].counts)
        };
        (0..self.said.len()).rev().find(fresh).map_or(At::EPOCH, |at| self.said[at].at)
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
    pub(super) fn pauses(&mut self, talk: i64, seen: &mut Seen) -> Event {
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
    ) -> Event {
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

    fn can_go_on(&self, held: &Held, how: Decision) -> Event<bool> {
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
    fn goes_on(&mut self, talk: i64, seen: &mut Seen) -> Event {
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
