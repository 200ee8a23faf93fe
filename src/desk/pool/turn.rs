//! Moves draining masks on: their legs end, they cool until no phone rests on them, the carrier gets them back.
//!
//! It counts what depends on a mask outside the write. A draining mask gets no new legs, so a count of none stays none;
//! the first minute of a state is long enough for a transaction that chose the mask just before.

use super::{By, record};
use crate::carrier::Changed;
use crate::clock::{At, seconds};
use crate::desk::Desk;
use crate::desk::upkeep::lapse::may_lapse;
use crate::desk::work::{UnitOfWork, Verb};
use crate::domain::conversations::timeline::{HouseEvent, OfMask};
use crate::domain::ids::NumberId;
use crate::domain::pool::life::{Leaving, Next, SETTLED, State, ask_again_after, next};
use crate::store::pool::life;
use crate::store::pool::masks::{self, Mask};
use crate::store::{self, Job, Result, Tx};

/// Moves every mask that can be moved. Returns how many were.
///
/// # Errors
/// What the database said. A carrier that refuses is no error: it is asked again.
pub async fn turn(desk: &Desk) -> Result<usize> {
    let now = desk.clock.now();
    let standings = standings(desk, now).await?;
    // Asked afterwards: the connection may have found out that the database went back.
    if !may_lapse(desk) {
        return Ok(0);
    }
    let mut moved = 0;
    for (mask, leaving) in standings {
        moved += usize::from(match next(&leaving, now) {
            Next::Stay => false,
            Next::Cool => step(desk, mask.id, (State::Draining, State::Cooling), HouseEvent::MaskCooling).await?,
            Next::Drain => step(desk, mask.id, (State::Cooling, State::Draining), HouseEvent::MaskDraining).await?,
            Next::Release => release(desk, &mask).await?,
        });
    }
    Ok(moved)
}

/// The masks that leave and may have come to their next step.
async fn standings(desk: &Desk, now: At) -> Result<Vec<(Mask, Leaving)>> {
    let mut tx = desk.store.read().await?;
    let leaves = |mask: &Mask| {
        matches!(mask.owned.state, State::Draining | State::Cooling)
            && mask.since + SETTLED <= now
            && mask.release_due_at.is_none_or(|due| due <= now)
    };
    let leaving: Vec<Mask> = masks::all(&mut tx).await?.into_iter().filter(leaves).collect();
    let mut standings = Vec::with_capacity(leaving.len());
    for mask in leaving {
        let load = masks::load(&mut tx, mask.id, now).await?;
        let leaving = Leaving {
            state: mask.owned.state,
            since: mask.since,
            live: load.live,
            rests_until: load.rests_until,
            sends: masks::sends(&mut tx, mask.id).await?,
            ask_from: mask.release_due_at,
        };
        standings.push((mask, leaving));
    }
    Ok(standings)
}

/// Asks the carrier to take a mask back; whether it has.
async fn release(desk: &Desk, mask: &Mask) -> Result<bool> {
    let lease = desk.policies.delivery.request_timeout * 4 + seconds(5);
    if !desk.work(Ask { id: mask.id, lease }).await? {
        return Ok(false);
    }
    let changed = desk.carrier.release(&mask.owned.number).await;
    match changed {
        Changed::Done | Changed::Gone(_) => {
            step(desk, mask.id, (State::Cooling, State::Released), HouseEvent::MaskReleased).await
        }
        Changed::Refused(why) | Changed::NotDone(why) | Changed::InDoubt(why) => {
            tracing::warn!(tries = mask.release_tries + 1, why, "the carrier did not take a mask back");
            let after = ask_again_after(mask.release_tries + 1);
            desk.store.write(Refused { id: mask.id, why, at: desk.clock.now() + after }).await?;
            Ok(false)
        }
    }
}

async fn step(desk: &Desk, id: NumberId, way: (State, State), tells: fn(OfMask) -> HouseEvent) -> Result<bool> {
    desk.work(Step { id, way, tells }).await
}

struct Step {
    id: NumberId,
    way: (State, State),
    tells: fn(OfMask) -> HouseEvent,
}

impl Verb for Step {
    type Out = bool;
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        let moved = life::move_on(work.tx, self.id, self.way, now).await?;
        if moved {
            record(work, By::Automatic, &(self.tells)(OfMask { mask: self.id })).await?;
        }
        Ok(moved)
    }
}

struct Ask {
    id: NumberId,
    lease: std::time::Duration,
}

impl Verb for Ask {
    type Out = bool;
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        life::ask(work.tx, self.id, now, now + self.lease).await
    }
}

struct Refused {
    id: NumberId,
    why: String,
    at: At,
}

impl Job for Refused {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        life::refused(tx, self.id, &self.why, self.at).await
    }
}
