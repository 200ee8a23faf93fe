//! Deliveries on their way: what may be begun, what may change, and what follows when something does not arrive.

use switchboard::clock::minutes;

use super::{Event, Oracle, Out, hold};
use crate::model::seen::{Delivery, Seen};

/// Why a text that waited for a rep who lost the conversation is not sent there.
const TAKEN_BACK: [&str; 2] = ["handed to somebody else", "the phone was changed"];
/// Words after which nothing follows.
const ENDS: [&str; 3] = ["suppressed", "expired", "dead"];
const FAILURES: [&str; 5] = ["undelivered", "failed", "suppressed", "expired", "dead"];
/// A phone is told of so many failures in a conversation within ten minutes.
const MOST_TOLD: usize = 5;

/// A request that the program has begun.
#[derive(Clone, Debug)]
pub struct Begun {
    pub delivery: i64,
    pub from: String,
    pub to: String,
    pub body: String,
}

impl Oracle {
    /// Whether there may be anything to do: something waits, is under way, or nobody knows what became of it.
    pub fn something_is_open(&self) -> bool {
        self.talks.values().any(|talk| !talk.closed())
            || self.outs.values().any(|out| ["ready", "sending", "unknown", "parked"].contains(&out.state.as_str()))
    }

    /// A delivery is there now: wanted, or suppressed with a reason.
    pub(super) fn is_born(&mut self, row: Delivery) -> Event {
        let obstacle = self.obstacle(row.number, &row.to);
        if obstacle.is_none() && row.why.as_deref().is_some_and(|why| TAKEN_BACK.contains(&why)) {
            // Something else at the same instant took it back: it waited in between.
            self.outs.insert(row.id, Out { state: "ready".to_owned(), ..out(row.clone()) });
            self.taken_back.push(row);
            return Ok(());
        }
        let suppressed = row.state == "suppressed";
        hold!(suppressed == obstacle.is_some(), "there is {obstacle:?} in the way, and this is on its way: {row:?}");
        hold!(!suppressed || row.why.is_some(), "suppressed without a reason: {row:?}");
        if suppressed {
            self.count("suppressed at once");
            self.fails(&row);
        }
        self.outs.insert(row.id, out(row));
        Ok(())
    }

    fn fails(&mut self, row: &Delivery) {
        if row.kind == "text" {
            self.failed.extend(row.message);
        }
    }

    /// Texts that still waited for `person`'s phone are taken back; their messages in order.
    pub(super) fn take_back(&mut self, talk: i64, person: i64, seen: &mut Seen) -> Event<Vec<i64>> {
        let waits = |out: &Out| {
            out.talk == Some(talk) && out.person == Some(person) && out.state == "ready" && out.kind == "text"
        };
        let waiting: Vec<(i64, Option<i64>)> =
            self.outs.iter().filter(|(_, out)| waits(out)).map(|(id, out)| (*id, out.message)).collect();
        let mut messages = Vec::new();
        for (id, message) in waiting {
            let gone = |row: &Delivery| row.id == id && row.state == "suppressed";
            let before = seen.moved.len() + self.taken_back.len();
            seen.moved.retain(|row| !gone(row));
            self.taken_back.retain(|row| !gone(row));
            let after = seen.moved.len() + self.taken_back.len();
            hold!(after < before, "delivery {id} still waits for somebody who lost it");
            if let Some(out) = self.outs.get_mut(&id) {
                "suppressed".clone_into(&mut out.state);
            }
            messages.extend(message);
        }
        messages.sort_unstable();
        messages.dedup();
        Ok(messages)
    }

    /// Messages that waited go to whoever has the conversation now, unless it is their own or they have had it.
    pub(super) fn hand_on(&mut self, talk: i64, messages: &[i64], seen: &mut Seen) -> Event {
        let pinned = self.talk(talk)?.pinned;
        let assignee = self
            .legs
            .iter()
            .find(|leg| leg.talk == talk && leg.ended_at.is_none() && leg.person.is_some() && leg.person == pinned);
        let Some(leg) = assignee.filter(|leg| self.reachable(leg)).cloned() else { return Ok(()) };
        for message in messages {
            let had = |out: &Out| out.message == Some(*message) && out.leg == Some(leg.id) && out.kind == "text";
            if self.texts[message].staff != pinned && !self.outs.values().any(had) {
                self.put(*message, leg.id, seen)?;
            }
        }
        Ok(())
    }

    /// As [`Oracle::hand_on`], of texts that turned out unsent after their addressee had lost the conversation: if
    /// nobody is there to get them, they wait.
    fn hand_on_late(&mut self, talk: i64, messages: &[i64], seen: &mut Seen) -> Event {
        self.count("handed on late");
        let held = self.talk(talk)?.clone();
        let there = held.pinned.is_some_and(|rep| self.phone_of(rep).is_none() || self.works(rep, held.line));
        if there || held.closed() {
            return self.hand_on(talk, messages, seen);
        }
        if let Some(held) = self.talks.get_mut(&talk) {
            held.waits = held.waits.into_iter().chain(messages.iter().copied()).min();
        }
        Ok(())
    }

    /// What the carrier and time have done to deliveries, and what the program made of it.
    pub fn follows(&mut self, seen: &mut Seen, turned: bool) -> Event {
        let idle = if turned { self.idle(seen) } else { Vec::new() };
        self.touches(seen);
        if turned {
            self.turns(seen)?;
            self.wakes(seen)?;
            self.idles(idle, seen)?;
        }
        for row in std::mem::take(&mut seen.moved) {
            self.changes(row)?;
        }
        let lost = std::mem::take(&mut self.lost);
        let mut talks: Vec<i64> = lost.iter().map(|(talk, _)| *talk).collect();
        talks.dedup();
        for talk in talks {
            let messages: Vec<i64> = lost.iter().filter(|(one, _)| *one == talk).map(|(_, message)| *message).collect();
            self.hand_on_late(talk, &messages, seen)?;
        }
        self.authors_are_told(seen)
    }

    fn changes(&mut self, row: Delivery) -> Event {
        let Some(before) = self.outs.get(&row.id).cloned() else { return Err(format!("nobody wrote {row:?}")) };
        let now = self.now();
        hold!(
            (before.number, &before.to, &before.body) == (row.number, &row.to, &row.body),
            "a delivery was changed on its way: {before:?}, now {row:?}"
        );
        hold!(row.rank >= before.rank, "a status went back: {before:?}, now {row:?}");
        let (old, new) = (before.state.as_str(), row.state.as_str());
        if old == new {
            return Ok(());
        }
        let waiting = ["ready", "sending", "unknown"];
        hold!(!ENDS.contains(&old), "{old} became {new}: {row:?}");
        hold!(waiting.contains(&old) || !waiting.contains(&new), "{old} became {new}: {row:?}");
        match new {
            "expired" => hold!(now >= row.valid_until, "given up before its time: {row:?}"),
            "suppressed" => self.is_suppressed(&row)?,
            _ => {}
        }
        if FAILURES.contains(&new) {
            self.fails(&row);
        }
        self.outs.insert(row.id, out(row));
        Ok(())
    }

    fn is_suppressed(&mut self, row: &Delivery) -> Event {
        let leg = row.leg.and_then(|id| self.leg(id)).cloned();
        let lost = leg.filter(|leg| leg.person.is_some() && leg.ended_at.is_some() && row.kind == "text");
        let lost = lost.filter(|leg| self.talks[&leg.talk].pinned != leg.person);
        let obstacle = self.obstacle(row.number, &row.to);
        hold!(lost.is_some() || obstacle.is_some(), "suppressed without a reason: {row:?}");
        if let (Some(leg), Some(message)) = (lost, row.message) {
            self.lost.insert((leg.talk, message));
        } else {
            self.count("suppressed while it waited");
        }
        Ok(())
    }

    /// An author on a phone learns that a text did not arrive: once a text, and not more than a few in ten minutes.
    pub(super) fn authors_are_told(&mut self, seen: &mut Seen) -> Event {
        let now = self.now();
        for message in std::mem::take(&mut self.failed) {
            let by = self.texts.get(&message).and_then(|text| text.leg);
            let Some(leg) = by.and_then(|leg| self.leg(leg)).filter(|leg| leg.person.is_some()).cloned() else {
                continue;
            };
            if self.told_of.contains(&message) {
                continue;
            }
            let told = self.told.entry((leg.talk, leg.phone.clone())).or_default();
            let recently = told.iter().filter(|at| **at + minutes(10) > now).count();
            let of_it = |row: &Delivery| row.kind == "failure" && row.message == Some(message);
            let found = seen.born.iter().position(of_it).map(|at| seen.born.remove(at));
            if recently >= MOST_TOLD {
                hold!(found.is_none(), "{} was told too often: {found:?}", leg.phone);
                continue;
            }
            let Some(born) = found else {
                return Err(format!("{} was not told that {message} did not arrive", leg.phone));
            };
            hold!((born.number, &born.to) == (leg.number, &leg.phone), "somebody else was told: {born:?}");
            told.push(now);
            self.told_of.insert(message);
            self.count("author told of a failure");
            self.is_born(born)?;
        }
        Ok(())
    }

    /// The carrier said that this recipient has opted out of this number, about a text accepted at some time.
    pub fn carrier_said_opted_out(&mut self, delivery: i64) -> Event {
        let out = self.outs.get(&delivery).ok_or_else(|| format!("there is no delivery {delivery}"))?.clone();
        self.count("carrier: opted out");
        let lifted = self.lifted.remove(&(out.to.clone(), out.number));
        self.blocks.insert((out.to.clone(), out.number));
        if let Some(person) = self.staff_with(&out.to).map(|one| one.id) {
            // A colleague's phone is no customer's: there it is as if they had texted STOP.
            if lifted.is_none_or(|at| at < out.accepted_at) {
                self.count("carrier: a rep opted out");
                self.people.get_mut(&person).ok_or("nobody")?.muted = true;
            }
            return Ok(());
        }
        let line = self.numbers.get(&out.number).is_some_and(|one| one.line.is_some());
        let key = (out.to, Some(out.number));
        let newer = self.consents.get(&key).is_some_and(|(given, at)| *given && *at >= out.accepted_at);
        if line && !newer {
            let now = self.now();
            self.by_staff.remove(&key);
            self.consents.insert(key, (false, now));
        }
        Ok(())
    }

    /// A request was begun: it is the delivery's own, its turn, and wanted. `before` is the world a moment ago, where
    /// that may have been the moment of the decision.
    pub fn may_begin(&mut self, begun: &Begun, before: Option<&Oracle>) -> Event {
        let Some(out) = self.outs.get(&begun.delivery).cloned() else {
            return Err(format!("a request for a delivery that ought not to be: {begun:?}"));
        };
        let from = &self.numbers[&out.number].e164;
        hold!(
            (from, &out.to, &out.body) == (&begun.from, &begun.to, &begun.body),
            "a request is {begun:?} and ought to be {out:?}"
        );
        if let Some(why) = self.obstacle(out.number, &out.to) {
            let then = before.is_some_and(|before| before.obstacle(out.number, &out.to).is_none());
            hold!(then, "there is {why} in the way of {begun:?}");
        }
        let open = |one: &Out| ["ready", "sending", "unknown"].contains(&one.state.as_str());
        let earlier = self
            .outs
            .range(..begun.delivery)
            .filter(|(_, one)| one.number == out.number && one.to == out.to && open(one))
            // Of what two nodes accept at the same instant either may be first.
            .find(|(_, one)| before.is_none() || one.accepted_at < out.accepted_at);
        hold!(earlier.is_none(), "{begun:?} overtakes {earlier:?}");
        self.count("request");
        Ok(())
    }
}

fn out(row: Delivery) -> Out {
    Out {
        message: row.message,
        leg: row.leg,
        talk: row.talk,
        kind: row.kind,
        number: row.number,
        to: row.to,
        person: row.person,
        body: row.body,
        state: row.state,
        rank: row.rank,
        accepted_at: row.accepted_at,
    }
}
