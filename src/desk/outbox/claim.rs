//! Sends what has waited: claims the deliveries whose turn has come, and gives up those whose time has run out.

use super::deliver::{note, unsent_of};
use super::{Departed, Enqueued, Sending, notice};
use crate::clock::At;
use crate::desk::conversations::reading;
use crate::desk::programs::events;
use crate::desk::routing::handover;
use crate::desk::{Desk, outbox};
use crate::domain::ids::DeliveryId;
use crate::domain::outbox::fitness::next_probe;
use crate::domain::outbox::outage::next_trial;
use crate::faults;
use crate::store::conversations::pins::Freed;
use crate::store::outbox::departures as table;
use crate::store::outbox::fitness::{self, Stopped};
use crate::store::{Job, Result, Tx};

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
    let claim = Claim { desk: desk.clone(), room: room.min(BATCH) };
    let (looked_at, next_due, stopped, sendings) = desk.store.write(claim).await?;
    faults::point("after_claim");
    desk.dispatch(sendings);
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
        let (then, sendings) = desk.store.write(Probe { desk: desk.clone(), stopped, before }).await?;
        if !sendings.is_empty() {
            desk.dispatch(sendings);
        }
        match then {
            Then::Tried => return Ok(looked_at + 1),
            Then::NotWith(text) => before = Some(text),
            Then::Nothing => return Ok(looked_at),
        }
    }
    Ok(PROBED_AT_MOST)
}

/// Tries with one waiting text whether what is stopped has to be.
struct Probe {
    desk: Desk,
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

impl Job for Probe {
    /// With the requests that were begun, by this text or by what follows from its end.
    type Out = (Then, Vec<Sending>);

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let (desk, stopped, now) = (&self.desk, self.stopped, self.desk.clock.now());
        let next = match stopped {
            Stopped::Number { probes, .. } | Stopped::Account { probes } => next_probe(probes + 1, &desk.chance, now),
            Stopped::Carrier { probes } => next_trial(probes + 1, &desk.chance, now),
        };
        let nothing = Ok((Then::Nothing, Vec::new()));
        let chosen = fitness::candidate(tx, stopped, now).await?.filter(|text| Some(*text) != self.before);
        let Some(text) = chosen else { return nothing };
        if !fitness::take_probe(tx, stopped, next, now).await? {
            return nothing;
        }
        let Some(departing) = table::waiting(tx, text).await? else {
            // Another node looks at it.
            fitness::give_probe_back(tx, stopped, now).await?;
            return nothing;
        };
        let done = outbox::probe(desk, tx, departing, now).await?;
        let then = if done.sendings.is_empty() { Then::NotWith(text) } else { Then::Tried };
        // What goes on waiting has a time of its own.
        let Enqueued { sendings, .. } = follow(desk, tx, done, now).await?;
        if matches!(then, Then::NotWith(_)) {
            fitness::give_probe_back(tx, stopped, now).await?;
        }
        Ok((then, sendings))
    }
}

struct Claim {
    desk: Desk,
    room: i64,
}

impl Job for Claim {
    type Out = (usize, Option<At>, Vec<Stopped>, Vec<Sending>);

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let now = self.desk.clock.now();
        let due = table::due(tx, now, self.room).await?;
        let looked_at = due.len();
        let done = outbox::depart(&self.desk, tx, due, now).await?;
        // What goes on waiting has a time, and the look below finds the earliest: whoever claims rests until then.
        let Enqueued { sendings, .. } = follow(&self.desk, tx, done, now).await?;
        faults::point("during_claim");
        let stopped = fitness::stopped(tx, now).await?;
        Ok((looked_at, table::next_due(tx, now).await?, stopped, sendings))
    }
}

/// Ends every text that waits beyond its time (not just after the clock jumped), and frees lanes in which something waits behind nothing.
/// Returns how many it looked at.
pub async fn sweep(desk: &Desk) -> Result<usize> {
    let (looked_at, sent) = desk.store.write(Sweep { desk: desk.clone() }).await?;
    faults::point("after_sweep");
    desk.send(sent);
    Ok(looked_at)
}

struct Sweep {
    desk: Desk,
}

impl Job for Sweep {
    type Out = (usize, Enqueued);

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let now = self.desk.clock.now();
        let calm = self.desk.readiness.is_calm();
        let stale = if calm { table::stale(tx, now, BATCH).await? } else { Vec::new() };
        let stranded = table::stranded(tx, BATCH).await?;
        if !stranded.is_empty() {
            tracing::warn!(lanes = stranded.len(), "lanes in which texts waited behind nothing were set going again");
        }
        let looked_at = stale.len() + stranded.len();
        let mut done = outbox::depart(&self.desk, tx, stale, now).await?;
        done.freed.extend(stranded);
        let sent = follow(&self.desk, tx, done, now).await?;
        Ok((looked_at, sent))
    }
}

/// Lets the next text of lanes leave from which texts were taken back, with all that follows.
pub(in crate::desk) async fn free(desk: &Desk, tx: &mut Tx, freed: Freed, now: At) -> Result<Enqueued> {
    follow(desk, tx, Departed { freed: freed.0, ..Departed::default() }, now).await
}

/// What follows once departures are written: the next in freed lanes leave, and people learn what was not sent.
async fn follow(desk: &Desk, tx: &mut Tx, mut done: Departed, now: At) -> Result<Enqueued> {
    let freed = std::mem::take(&mut done.freed);
    let promoted = outbox::promote(desk, tx, freed, now).await?;
    done.ended.extend(promoted.ended);
    done.touched.extend(promoted.touched);
    done.sendings.extend(promoted.sendings);
    done.lost.extend(promoted.lost);
    let waiting = done.waiting || promoted.waiting;
    let mut sent = Enqueued { sendings: done.sendings, unsent: Vec::new(), waiting };
    sent.add(handover::hand_on_late(desk, tx, &done.lost, now).await?);
    let unsent = unsent_of(tx, &done.ended).await?;
    reading::failed(tx, &unsent, now).await?;
    sent.add(notice::tell_authors(desk, tx, &unsent, now).await?);
    note(tx, &done.touched, now).await?;
    events::failed(desk, tx, &unsent, now).await?;
    Ok(sent)
}
