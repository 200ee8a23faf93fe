//! What ought to be: pairs, their legs and their masks, kept in plain lists and worked out from the rules alone.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use switchboard::clock::{At, Clock, hours};
use switchboard::domain::pairs::expiry::Wish;
use switchboard::domain::pairs::pair::Opening;

use crate::model::oracle::{Event, hold};
use crate::model::seen::{Delivery, Seen};

/// How long a mask rests for a phone, and how long at least.
pub const QUARANTINE: Duration = hours(72);
const FLOOR: Duration = hours(4);
/// The notice behind which nobody is goes out so often at most.
const QUIET: Duration = hours(1);

/// A way into a pair, live or ended.
#[derive(Clone, Debug)]
pub struct Leg {
    pub id: i64,
    pub pair: i64,
    pub alias: String,
    pub phone: String,
    pub mask: i64,
    pub counterpart: String,
    pub opened_at: At,
    pub ended_at: Option<At>,
}

/// A pair, and when it ends.
#[derive(Clone, Debug)]
pub struct Pair {
    pub wish: Wish,
    pub ends_at: At,
    pub hard_end: At,
    pub completed: bool,
    pub extension: Option<Duration>,
    pub extensions: u32,
    pub warn_before: Option<Duration>,
    pub warning: Option<String>,
    pub warned: bool,
    pub redact: bool,
    /// What apps call it while it is open, and what they asked.
    pub references: Vec<(String, String)>,
    /// Somebody has written down that it is over.
    pub ended: bool,
}

impl Pair {
    pub fn is_over(&self, now: At) -> bool {
        self.ended || self.ends_at <= now
    }

    /// Another end, never past the cap; the warning is given again.
    pub fn moves(&mut self, at: At) {
        let at = at.min(self.hard_end);
        if at != self.ends_at {
            (self.ends_at, self.warned) = (at, false);
        }
    }

    pub fn hears(&mut self, now: At) {
        if let Wish::Sliding(idle) = self.wish {
            self.moves(self.ends_at.max(now + idle));
        }
    }
}

/// One of our numbers that stands in for people.
#[derive(Clone, Debug)]
pub struct Mask {
    pub number: String,
    pub state: String,
}

/// A text that is on its way, or was.
#[derive(Clone, Debug)]
pub struct Out {
    pub from: String,
    pub to: String,
    pub body: String,
}

#[derive(Clone, Debug)]
pub struct Oracle {
    clock: Clock,
    pub pairs: BTreeMap<i64, Pair>,
    pub legs: Vec<Leg>,
    pub masks: BTreeMap<i64, Mask>,
    pub outs: BTreeMap<i64, Out>,
    /// Texts that were handed in.
    pub keys: BTreeSet<String>,
    /// When the last notice went: mask, phone.
    quiet: BTreeMap<(i64, String), At>,
    pub tally: BTreeMap<&'static str, u64>,
}

impl Oracle {
    pub fn new(clock: &Clock, masks: BTreeMap<i64, Mask>) -> Self {
        Oracle {
            clock: clock.clone(),
            pairs: BTreeMap::new(),
            legs: Vec::new(),
            masks,
            outs: BTreeMap::new(),
            keys: BTreeSet::new(),
            quiet: BTreeMap::new(),
            tally: BTreeMap::new(),
        }
    }

    pub fn now(&self) -> At {
        self.clock.now()
    }

    pub fn count(&mut self, what: &'static str) {
        *self.tally.entry(what).or_default() += 1;
    }

    pub fn live(&self, pair: i64) -> Vec<Leg> {
        self.legs.iter().filter(|leg| leg.pair == pair && leg.ended_at.is_none()).cloned().collect()
    }

    /// The newest leg of this phone on this mask.
    pub fn last(&self, phone: &str, mask: i64) -> Option<&Leg> {
        self.legs.iter().rev().find(|leg| leg.phone == phone && leg.mask == mask)
    }

    /// Writes down that a pair is over: at its end, or now.
    pub fn ends(&mut self, pair: i64) {
        let now = self.now();
        let Some(one) = self.pairs.get_mut(&pair).filter(|one| !one.ended) else { return };
        one.ended = true;
        one.references.clear();
        let at = one.ends_at.min(now);
        for leg in self.legs.iter_mut().filter(|leg| leg.pair == pair && leg.ended_at.is_none()) {
            leg.ended_at = Some(at);
        }
    }

    /// Those who want masks get those of pairs that are over by the clock.
    pub fn tidies(&mut self, phones: &[&str], except: Option<i64>) {
        let now = self.now();
        let with = |leg: &&Leg| leg.ended_at.is_none() && phones.contains(&leg.phone.as_str());
        let theirs: BTreeSet<i64> = self.legs.iter().filter(with).map(|leg| leg.pair).collect();
        for pair in theirs {
            if Some(pair) != except && self.pairs[&pair].ends_at <= now {
                self.ends(pair);
            }
        }
    }

    /// The masks of which any may be chosen for `phone`, and the rung of the ladder that says so.
    pub fn allowed(&self, phone: &str, counterpart: &str) -> (Vec<i64>, &'static str) {
        let now = self.now();
        let used = |leg: &Leg| leg.ended_at.unwrap_or(leg.opened_at);
        let active = self.masks.iter().filter(|(_, mask)| mask.state == "active");
        let usable: Vec<(i64, bool, Option<&Leg>)> = active
            .map(|(id, mask)| (*id, mask.number.starts_with("+44") == phone.starts_with("+44"), self.last(phone, *id)))
            .filter(|(.., last)| last.is_none_or(|leg| leg.ended_at.is_some()))
            .collect();
        let same = |last: Option<&Leg>| last.is_some_and(|leg| leg.counterpart == counterpart);
        let theirs = || usable.iter().filter(|(.., last)| same(*last));
        if let Some(newest) = theirs().filter_map(|(.., last)| last.map(used)).max() {
            let of = theirs().filter(|(.., last)| last.map(used) == Some(newest));
            return (of.map(|(id, ..)| *id).collect(), "mask: same people");
        }
        for (near_only, rungs) in
            [(true, ["mask: never seen", "mask: least recently used"]), (false, ["mask: abroad", "mask: abroad"])]
        {
            let free = || {
                let near = usable.iter().filter(move |(_, near, _)| !near_only || *near);
                near.filter(|(.., last)| last.is_none_or(|leg| !rests(leg, now)))
            };
            let fresh: Vec<i64> = free().filter(|(.., last)| last.is_none()).map(|(id, ..)| *id).collect();
            if !fresh.is_empty() {
                return (fresh, rungs[0]);
            }
            if let Some(oldest) = free().filter_map(|(.., last)| last.map(used)).min() {
                let of = free().filter(|(.., last)| last.map(used) == Some(oldest));
                return (of.map(|(id, ..)| *id).collect(), rungs[1]);
            }
        }
        let rested = || usable.iter().filter(|(.., last)| last.is_some_and(|leg| used(leg) + FLOOR <= now));
        let key = |(_, near, last): &(i64, bool, Option<&Leg>)| (!near, last.map(used));
        let Some(best) = rested().map(key).min() else { return (Vec::new(), "mask: none") };
        (rested().filter(|one| key(one) == best).map(|(id, ..)| *id).collect(), "mask: rest shortened")
    }

    /// Whether the mask of an ended leg may go on for somebody else's phone as it is.
    pub fn may_stay(&self, mask: i64, phone: &str, counterpart: &str) -> bool {
        let now = self.now();
        self.masks.get(&mask).is_some_and(|mask| mask.state == "active")
            && self
                .last(phone, mask)
                .is_none_or(|last| last.ended_at.is_some() && (last.counterpart == counterpart || !rests(last, now)))
    }

    /// A leg that the program has opened, on one of the masks that are `allowed`.
    pub fn sees_leg(
        &mut self,
        pair: i64,
        (alias, phone, others): (&str, &str, String),
        allowed: &[i64],
        seen: &Seen,
    ) -> Event {
        let known = |id: i64| self.legs.iter().any(|leg| leg.id == id);
        let new = seen.legs().iter().find(|leg| leg.talk == pair && leg.phone == phone && !known(leg.id));
        let new = new.ok_or_else(|| format!("no leg was opened for {phone} in {pair}"))?;
        hold!(
            allowed.contains(&new.number),
            "{phone} got mask {} towards {others}, and only {allowed:?} were allowed",
            new.number
        );
        let (id, mask, opened_at) = (new.id, new.number, self.now());
        let (alias, phone) = (alias.to_owned(), phone.to_owned());
        self.legs.push(Leg { id, pair, alias, phone, mask, counterpart: others, opened_at, ended_at: None });
        Ok(())
    }

    /// A text that was written for somebody.
    pub fn is_born(&mut self, born: Delivery) -> Event {
        let mask = self.masks.get(&born.number).ok_or_else(|| format!("{born:?} comes from none of our masks"))?;
        let out = Out { from: mask.number.clone(), to: born.to, body: born.body };
        self.outs.insert(born.id, out);
        Ok(())
    }

    /// Takes the texts of one message out of the look: each of these (leg, body) has one, and nobody else.
    pub fn texts(&mut self, message: i64, wanted: &[(Leg, String)], seen: &mut Seen) -> Event {
        for (leg, body) in wanted {
            let mut born = seen.texts(message, leg.id);
            hold!(born.len() == 1, "{} of {} got {} texts", leg.alias, leg.pair, born.len());
            let born = born.remove(0);
            hold!(
                (&born.to, born.number, &born.body) == (&leg.phone, leg.mask, body),
                "{body:?} for {leg:?} went astray: {born:?}"
            );
            self.is_born(born)?;
        }
        Ok(())
    }

    /// The notice to whoever texts where nobody is: once within the hour.
    pub fn notice(&mut self, mask: i64, phone: &str, seen: &mut Seen) -> Event {
        let (key, now) = ((mask, phone.to_owned()), self.now());
        let quiet = self.quiet.get(&key).is_some_and(|at| *at + QUIET > now);
        let born = seen.notice("ended", mask, phone);
        hold!(born.is_none() == quiet, "{phone} was told {born:?}, and last at {:?}", self.quiet.get(&key));
        let Some(born) = born else { return Ok(()) };
        self.quiet.insert(key, now);
        self.count("notice");
        self.is_born(born)
    }

    /// Authors are told of texts that did not arrive.
    pub fn tells_of_failures(&mut self, seen: &mut Seen) -> Event {
        let (told, rest): (Vec<Delivery>, Vec<Delivery>) = seen.born.drain(..).partition(|one| one.kind == "failure");
        seen.born = rest;
        for one in told {
            hold!(self.last(&one.to, one.number).is_some(), "who has nothing on it is told of a failure: {one:?}");
            self.count("told of a failure");
            self.is_born(one)?;
        }
        Ok(())
    }

    /// An open pair of exactly these people.
    pub fn of_same_people(&self, opening: &Opening) -> Vec<i64> {
        let wanted: BTreeSet<&str> = opening.parties.iter().map(|party| party.phone.as_str()).collect();
        let now = self.now();
        let open = self.pairs.iter().filter(|(_, pair)| !pair.is_over(now)).map(|(id, _)| *id);
        open.filter(|id| {
            let there: Vec<Leg> = self.live(*id);
            there.len() == wanted.len() && there.iter().all(|leg| wanted.contains(leg.phone.as_str()))
        })
        .collect()
    }
}

/// The mask of this leg rests for its phone.
fn rests(leg: &Leg, now: At) -> bool {
    leg.ended_at.is_none_or(|at| at + QUARANTINE > now)
}
