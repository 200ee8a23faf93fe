//! Does the steps of a sequence, one after the other, and has the oracle judge each.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::future::join_all;
use switchboard::clock::{At, hours, seconds};
use switchboard::desk::outbox::{claim, deliver, doubt, leases};
use switchboard::desk::upkeep::outage;
use switchboard::desk::{pairs, pool};
use switchboard::secret::Chance;
use switchboard::store::sql::{query, query_as};
use switchboard::store::{Error, Store};

use super::deeds::{Answer, Deed};
use super::oracle::{Mask, Oracle};
use super::regressions;
use super::steps::{Act, Step, sequence, stopped};
use crate::house::carrier_is_content;
use crate::model::oracle::{Event, hold};
use crate::model::rig::{Ground, Rig, START, Waiting};
use crate::model::seen::{Eyes, Seen};
use crate::model::sequences::{Game, Once, Tally};

/// A sequence that is being run.
pub struct Run {
    pub rig: Rig,
    pub oracle: Oracle,
    eyes: Eyes,
    /// Chance of the step that is being done.
    pub(super) chance: Chance,
    /// Counts what is said, so that no two things are the same.
    pub(super) said: u32,
    pub(super) texts: Vec<Deed>,
    pub(super) openings: Vec<Deed>,
    /// The manager who ends pairs on the web.
    pub(super) manager: i64,
    /// No background job runs.
    stopped: bool,
}

impl Game for Run {
    type Step = Step;

    fn sequence(seed: u64) -> Vec<Step> {
        sequence(seed)
    }

    fn kept() -> Vec<Once<Step>> {
        regressions::all()
    }

    async fn begin(ground: &Ground, seed: u64) -> Self {
        let rig = Rig::on(ground, seed).await;
        let oracle = Oracle::new(&rig.clock, masks(rig.store()).await);
        let mut tx = rig.store().read().await.unwrap();
        let manager: (i64,) = query_as("SELECT id FROM people WHERE name = 'Miriam'").fetch_one(&mut tx).await.unwrap();
        drop(tx);
        Run {
            rig,
            oracle,
            eyes: Eyes::default(),
            chance: Chance::seeded(seed),
            said: 0,
            texts: Vec::new(),
            openings: Vec::new(),
            manager: manager.0,
            stopped: stopped(seed),
        }
    }

    async fn step(&mut self, step: &Step) -> Event {
        self.chance = Chance::seeded(u64::from(step.salt));
        // Something always lies between two things that happen one after the other.
        self.rig.clock.pass(Duration::from_millis(1 + u64::from(step.salt % 400)));
        match &step.act {
            Act::Together(acts) => self.together(acts).await,
            Act::Passes { seconds: span } => {
                self.rig.clock.pass(seconds(u64::from(*span)));
                Ok(())
            }
            Act::Nears { pair, after } => {
                self.nears(*pair, *after);
                Ok(())
            }
            Act::Works if self.stopped => Ok(()),
            Act::Works => self.works().await,
            Act::Restarts => {
                self.oracle.count("restart");
                self.rig.restart();
                carrier_is_content(self.rig.store(), self.now()).await.map_err(said)
            }
            act => {
                let Some(deed) = self.named(act) else { return Ok(()) };
                self.does(&[deed]).await?;
                if self.chance.below(5) > 0 { self.makes_requests().await } else { Ok(()) }
            }
        }
    }

    /// The jobs begin again if they had stopped, time passes until nothing waits, and the books are compared.
    async fn ends(&mut self) -> Event {
        for _ in 0..12 {
            self.works().await?;
            if states(self.rig.store()).await.values().all(|state| !OPEN.contains(&state.as_str())) {
                break;
            }
            self.rig.clock.pass(hours(1));
        }
        let states = states(self.rig.store()).await;
        let mut there: BTreeSet<i64> = BTreeSet::new();
        for taken in self.rig.carrier.taken() {
            let id: i64 = taken.key.trim_start_matches("switchboard-").parse().unwrap_or(0);
            let out =
                self.oracle.outs.get(&id).ok_or_else(|| format!("the carrier has {taken:?}, and nobody wrote it"))?;
            hold!(
                (&out.from, &out.to, &out.body) == (&taken.from, &taken.to, &taken.body),
                "{taken:?} went astray: {out:?}"
            );
            hold!(there.insert(id), "the carrier has {taken:?} twice");
        }
        for (id, out) in &self.oracle.outs {
            let state = states.get(id).map_or("gone", String::as_str);
            let sent = ["accepted", "sent", "delivered"].contains(&state);
            let told = ["expired", "parked"].contains(&state);
            hold!(sent || told, "{out:?} is {state} in the end");
            hold!(sent == there.contains(id) || state == "parked", "{out:?} is {state}, and at the carrier: {}", !sent);
        }
        Ok(())
    }

    fn over(self) -> Tally {
        self.rig.end();
        self.oracle.tally
    }
}

impl Run {
    fn now(&self) -> At {
        self.rig.clock.now()
    }

    async fn look(&mut self) -> Event<Seen> {
        let now = self.now();
        self.eyes.look(self.rig.store(), now, true).await.map_err(said)
    }

    async fn together(&mut self, acts: &[Act]) -> Event {
        let deeds: Vec<Deed> = acts.iter().filter_map(|act| self.named(act)).collect();
        self.does(&deeds).await?;
        self.oracle.count("together");
        self.makes_requests().await
    }

    /// Things happen at the same instant: in some order they must make sense.
    async fn does(&mut self, deeds: &[Deed]) -> Event {
        let nodes = self.rig.desks.len();
        let first = self.chance.below(nodes);
        let doing = deeds.iter().enumerate().map(|(i, deed)| deed.done(&self.rig.desks[(first + i) % nodes]));
        let answers: Vec<Answer> = join_all(doing).await;
        let seen = self.look().await?;
        let mut wrong = Vec::new();
        for order in orders(deeds.len()) {
            let (mut oracle, mut seen) = (self.oracle.clone(), seen.clone());
            let mut judge = || -> Event {
                for &i in &order {
                    oracle.takes_in(&deeds[i], &answers[i], &mut seen)?;
                }
                // Of texts that could not leave in time, and were begun since the last look.
                oracle.tells_of_failures(&mut seen)?;
                nothing_is_left(&oracle, &seen)
            };
            match judge() {
                Ok(()) => {
                    self.oracle = oracle;
                    return self.agrees().await.map_err(|why| format!("{why}\nafter {deeds:?}"));
                }
                Err(why) => wrong.push(format!("in the order {order:?}: {why}")),
            }
        }
        Err(format!("{deeds:?} were answered {answers:?}, which no order explains:\n{}", wrong.join("\n")))
    }

    /// The clock goes to the end of a pair, or near it.
    fn nears(&mut self, pair: u8, after: i8) {
        let now = self.now();
        let open: Vec<At> = self.oracle.pairs.values().filter(|one| !one.is_over(now)).map(|one| one.ends_at).collect();
        if open.is_empty() {
            return;
        }
        let at = open[usize::from(pair) % open.len()];
        let at = At(at.0 + i64::from(after) * 1_000_000);
        // Not so far that every mask has rested meanwhile.
        if at > now && at.since(now) < hours(90) {
            self.rig.clock.pass(at.since(now));
            self.oracle.count("the clock goes to an end");
        }
    }

    /// Makes the requests that were begun, and those that these let follow. The carrier is well.
    pub(super) async fn makes_requests(&mut self) -> Event {
        for _ in 0..200 {
            self.rig.collect();
            if self.rig.begun.is_empty() {
                return Ok(());
            }
            let mut made = Vec::new();
            for Waiting { sending, node, at } in std::mem::take(&mut self.rig.begun) {
                let desk = self.rig.desks[node].clone();
                if self.now() < at + desk.lease() {
                    made.push(async move { deliver::deliver(&desk, sending).await });
                }
            }
            join_all(made).await;
        }
        Err("requests never come to an end".to_owned())
    }

    /// Every background job runs until none has anything to do.
    async fn works(&mut self) -> Event {
        for _ in 0..500 {
            self.makes_requests().await?;
            let mut busy = false;
            for (node, desk) in self.rig.desks.clone().iter().enumerate() {
                let since = if node == 0 { self.rig.since } else { START };
                busy |= claim::claim(desk).await.map_err(said)?.looked_at > 0;
                busy |= claim::sweep(desk).await.map_err(said)? > 0;
                busy |= outage::probe(desk).await.map_err(said)?;
                busy |= doubt::look(desk).await.map_err(said)? > 0;
                busy |= leases::leases(desk, since).await.map_err(said)? > 0;
                busy |= pairs::warn(desk).await.map_err(said)? > 0;
                busy |= pairs::lapse(desk).await.map_err(said)? > 0;
                busy |= pool::buy::buy(desk).await.map_err(said)? > 0;
                busy |= pool::turn::turn(desk).await.map_err(said)? > 0;
            }
            if !busy {
                let mut seen = self.look().await?;
                self.oracle.time_has_passed(&mut seen)?;
                self.oracle.tells_of_failures(&mut seen)?;
                nothing_is_left(&self.oracle, &seen)?;
                self.masks_went_their_way().await?;
                return self.agrees().await;
            }
        }
        Err("the desk never comes to rest".to_owned())
    }

    /// Masks come active, and go only when nobody has or rests on them.
    async fn masks_went_their_way(&mut self) -> Event {
        let now = self.now();
        for (id, mask) in masks(self.rig.store()).await {
            let legs = || self.oracle.legs.iter().filter(|leg| leg.mask == id);
            let live = legs().any(|leg| leg.ended_at.is_none());
            let rests = legs().any(|leg| leg.ended_at.is_some_and(|at| at + super::oracle::QUARANTINE > now));
            let was = self.oracle.masks.get(&id).map(|mask| mask.state.clone());
            let what = match (was.as_deref(), mask.state.as_str()) {
                (Some(was), is) if was == is => continue,
                (None, "active") => "the pool grew",
                (Some("draining"), "cooling") if !live => "a mask cools",
                (Some("cooling" | "draining"), "released") if !live && !rests => "a mask is given back",
                (was, is) => return Err(format!("mask {id} was {was:?} and is {is}, live: {live}, resting: {rests}")),
            };
            self.oracle.count(what);
            self.oracle.masks.insert(id, mask);
        }
        Ok(())
    }

    /// What is in the database is what ought to be.
    async fn agrees(&mut self) -> Event {
        let rows = pairs(self.rig.store()).await;
        hold!(
            rows.len() == self.oracle.pairs.len(),
            "{} pairs, and {} ought to be",
            rows.len(),
            self.oracle.pairs.len()
        );
        for (id, row) in rows {
            let one = self.oracle.pairs.get(&id).ok_or_else(|| format!("nobody opened {id}"))?;
            let ought = (one.ends_at, one.hard_end, one.completed, i64::from(one.extensions), one.warned, one.ended);
            hold!(row == ought, "{id} is {row:?} and ought to be {ought:?}");
        }
        for (id, mask) in masks(self.rig.store()).await {
            // Automatic steps are looked at when jobs have run.
            let ought = self.oracle.masks.get(&id).map(|mask| mask.state.clone());
            hold!(ought.as_ref() == Some(&mask.state), "mask {id} is {} and ought to be {ought:?}", mask.state);
        }
        Ok(())
    }
}

/// States of a delivery that has not come to rest.
const OPEN: [&str; 3] = ["ready", "sending", "unknown"];

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn said(why: Error) -> String {
    why.to_string()
}

fn nothing_is_left(oracle: &Oracle, seen: &Seen) -> Event {
    hold!(seen.messages.is_empty(), "stored, and nobody said it: {:?}", seen.messages);
    hold!(seen.born.is_empty(), "on its way, and nobody ought to get it: {:?}", seen.born);
    hold!(seen.legs().len() == oracle.legs.len(), "{} legs, and {} ought to be", seen.legs().len(), oracle.legs.len());
    for leg in seen.legs() {
        let ought = oracle.legs.iter().find(|one| one.id == leg.id).ok_or_else(|| format!("nobody opened {leg:?}"))?;
        hold!(
            (ought.pair, &ought.phone, ought.mask, ought.ended_at.is_some())
                == (leg.talk, &leg.phone, leg.number, leg.ended),
            "a leg is {leg:?} and ought to be {ought:?}"
        );
    }
    Ok(())
}

type Row6 = (At, At, bool, i64, bool, bool);

async fn pairs(store: &Store) -> BTreeMap<i64, Row6> {
    let mut tx = store.read().await.unwrap();
    let rows =
        query("SELECT conversation_id, ends_at, hard_end_at, completed_at, extensions, warned_at, ended_at FROM pairs")
            .try_map(|row| {
                let some = |at: usize| row.try_get::<Option<i64>, _>(at).map(|at| at.is_some());
                Ok((
                    row.try_get(0)?,
                    (At(row.try_get(1)?), At(row.try_get(2)?), some(3)?, row.try_get(4)?, some(5)?, some(6)?),
                ))
            })
            .fetch_all(&mut tx)
            .await
            .unwrap();
    rows.into_iter().collect()
}

async fn masks(store: &Store) -> BTreeMap<i64, Mask> {
    let mut tx = store.read().await.unwrap();
    let rows = query("SELECT id, number, state FROM numbers WHERE role = 'mask'")
        .try_map(|row| Ok((row.try_get("id")?, Mask { number: row.try_get("number")?, state: row.try_get("state")? })))
        .fetch_all(&mut tx)
        .await
        .unwrap();
    rows.into_iter().collect()
}

async fn states(store: &Store) -> BTreeMap<i64, String> {
    let mut tx = store.read().await.unwrap();
    let rows: Vec<(i64, String)> = query_as("SELECT id, state FROM deliveries").fetch_all(&mut tx).await.unwrap();
    rows.into_iter().collect()
}

/// Every order of `n` things.
fn orders(n: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for i in 0..n {
        all = all
            .iter()
            .flat_map(|order: &Vec<usize>| {
                (0..=order.len()).rev().map(move |at| {
                    let mut order = order.clone();
                    order.insert(at, i);
                    order
                })
            })
            .collect();
    }
    all
}
