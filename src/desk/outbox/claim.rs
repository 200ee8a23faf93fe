//! Sends what has waited: claims the deliveries that are due, and gives up those whose time has run out.

use super::Departed;
use super::deliver::{note, unsent_of};
use super::hand_on::hand_on_late;
use crate::clock::At;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, outbox};
use crate::domain::ids::DeliveryId;
use crate::domain::outbox::fitness::next_probe;
use crate::domain::outbox::outage::next_trial;
use crate::faults;
use crate::store::conversations::pins::Freed;
use crate::store::outbox::departures as table;
use crate::store::outbox::fitness::{self, Stopped};
use crate::store::{self, Result};

/// Most deliveries in one claim.
const BATCH: i64 = 128;
/// Most texts that are chosen in a row to try what is stopped with, while none of them is requested.
const PROBED_AT_MOST: usize = 64;

/// What a claim did.
#[derive(Debug)]
pub struct Claimed {
    /// How many deliveries it looked at, and tried what is stopped with; a full batch means that more may be due.
    pub looked_at: usize,
    /// When the next one becomes due, if one waits for its time.
    pub next_due: Option<At>,
}

/// Claims what is due now and sends it on its way; nothing while a restored backup has not been ruled out.
pub async fn claim(desk: &Desk) -> Result<Claimed> {
    if !desk.readiness.is_outbox_checked() {
        return Ok(Claimed { looked_at: 0, next_due: None });
    }
    let room = i64::try_from(desk.room.available_permits()).unwrap_or(BATCH);
    let claim = Claim { room: room.min(BATCH) };
    let (looked_at, next_due, stopped) = desk.work_past(claim, || faults::point("after_claim")).await?;
    let mut probed = 0;
    for stopped in stopped {
        probed += probe(desk, stopped).await?;
    }
    Ok(Claimed { looked_at: looked_at + probed, next_due })
}

/// Tries what is stopped with one text. Returns at how many it looked: some have to be looked for first, or wait for something else.
async fn probe(desk: &Desk, stopped: Stopped) -> Result<usize> {
    let mut before = None;
    for looked_at in 0..PROBED_AT_MOST {
        // Each in a transaction of its own: it holds one number only.
        match desk.work(Probe { stopped, before }).await? {
            Then::Tried => return Ok(looked_at + 1),
            Then::NotWith(text) => before = Some(text),
            Then::Nothing => return Ok(looked_at),
        }
    }
    Ok(PROBED_AT_MOST)
}

/// Tries with one waiting text whether what is stopped has to be.
struct Probe {
    stopped: Stopped,
    /// What was chosen before and not requested: chosen again, it would not be now either.
    before: Option<DeliveryId>,
}

/// What a probe came to.
enum Then {
    /// A request was begun.
    Tried,
    /// The text that was chosen is not requested now: another one may be.
    NotWith(DeliveryId),
    /// Nothing can be tried, or somebody else does.
    Nothing,
}

impl Verb for Probe {
    type Out = Then;
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (desk, stopped, now) = (work.desk, self.stopped, work.now);
        let next = match stopped {
            Stopped::Number { probes, .. } | Stopped::Account { probes } => next_probe(probes + 1, &desk.chance, now),
            Stopped::Carrier { probes } => next_trial(probes + 1, &desk.chance, now),
        };
        let nothing = Ok(Then::Nothing);
        let chosen = fitness::candidate(work.tx, stopped, now).await?.filter(|text| Some(*text) != self.before);
        let Some(text) = chosen else { return nothing };
        if !fitness::take_probe(work.tx, stopped, next, now).await? {
            return nothing;
        }
        let Some(departing) = table::waiting(work.tx, text).await? else {
            // Another node looks at it.
            fitness::give_probe_back(work.tx, stopped, now).await?;
            return nothing;
        };
        let done = outbox::probe(work, departing).await?;
        let then = if done.begun == 0 { Then::NotWith(text) } else { Then::Tried };
        follow(work, done).await?;
        // What goes on waiting has a time of its own.
        work.rests();
        if matches!(then, Then::NotWith(_)) {
            fitness::give_probe_back(work.tx, stopped, now).await?;
        }
        Ok(then)
    }
}

struct Claim {
    room: i64,
}

impl Verb for Claim {
    type Out = (usize, Option<At>, Vec<Stopped>);
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        let due = table::due(work.tx, now, self.room).await?;
        let looked_at = due.len();
        let done = outbox::depart(work, due).await?;
        // What goes on waiting has a time, and the look below finds the earliest: the claim waits until then.
        follow(work, done).await?;
        work.rests();
        faults::point("during_claim");
        let stopped = fitness::stopped(work.tx, now).await?;
        Ok((looked_at, table::next_due(work.tx, now).await?, stopped))
    }
}

/// Ends every text that waits beyond its time (not just after the clock jumped), and frees lanes in which something waits behind nothing.
/// Returns how many it looked at.
pub async fn sweep(desk: &Desk) -> Result<usize> {
    desk.work_past(Sweep, || faults::point("after_sweep")).await
}

struct Sweep;

impl Verb for Sweep {
    type Out = usize;
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        let calm = work.desk.readiness.is_calm();
        let stale = if calm { table::stale(work.tx, now, BATCH).await? } else { Vec::new() };
        let stranded = table::stranded(work.tx, BATCH).await?;
        if !stranded.is_empty() {
            tracing::warn!(lanes = stranded.len(), "lanes in which texts waited behind nothing were set going again");
        }
        let looked_at = stale.len() + stranded.len();
        let mut done = outbox::depart(work, stale).await?;
        done.freed.extend(stranded);
        follow(work, done).await?;
        Ok(looked_at)
    }
}

/// Lets the next text of lanes leave from which texts were taken back, with all that follows.
pub(in crate::desk) async fn free(work: &mut UnitOfWork<'_>, freed: Freed) -> Result<()> {
    follow(work, Departed { freed: freed.0, ..Departed::default() }).await
}

/// What follows once departures are written: the next in freed lanes leave, and people learn what was not sent.
async fn follow(work: &mut UnitOfWork<'_>, mut done: Departed) -> Result<()> {
    let freed = std::mem::take(&mut done.freed);
    let promoted = outbox::promote(work, freed).await?;
    done.ended.extend(promoted.ended);
    done.touched.extend(promoted.touched);
    done.lost.extend(promoted.lost);
    hand_on_late(work, &done.lost).await?;
    let unsent = unsent_of(work.tx, &done.ended).await?;
    work.unsent(unsent);
    note(work, &done.touched);
    Ok(())
}
