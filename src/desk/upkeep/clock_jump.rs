//! Moves planned times after the clock has jumped.
//!
//! After a jump back by an hour, everything that waits for its time would wait an hour longer. After a jump forward,
//! validity would end at once, and two searches of the carrier's list that must be a minute apart would follow each
//! other.

use crate::clock::{At, seconds};
use crate::desk::Desk;
use crate::desk::work::{UnitOfWork, Verb};
use crate::store::upkeep::{carrier_clock, clock_jumps};
use crate::store::{self, Result, Tx};

/// What was written within this time before now was written by the clock as it is now: jumps are noticed sooner.
const NOTICED: std::time::Duration = seconds(5);

/// Moves what waits, and the requests that are open or in doubt, by as much as the clock jumped. True if it did.
///
/// # Errors
/// What the database said; it is tried again.
pub async fn replan(desk: &Desk) -> Result<bool> {
    let jump = desk.readiness.jump();
    if jump == 0 {
        return Ok(false);
    }
    let done = desk.work(Replan { jump }).await;
    if done.is_err() {
        desk.readiness.jump_again(jump);
    }
    desk.ring();
    done
}

struct Replan {
    jump: i64,
}

impl Verb for Replan {
    type Out = bool;
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        // Nodes share the database's clock, and one of them is enough.
        if lately(work.tx, now).await? {
            return Ok(false);
        }
        plans(work.tx, self.jump, now).await?;
        carrier_clock::jumped(work.tx, self.jump).await?;
        Ok(true)
    }
}

/// Whether plans were moved within the last minute. The caller alone may move them until the commit.
pub(in crate::desk) async fn lately(tx: &mut Tx, now: At) -> Result<bool> {
    Ok(clock_jumps::last(tx).await?.is_some_and(|at| at.since(now) < seconds(60) && now.since(at) < seconds(60)))
}

/// Moves everything that was planned by the clock as it was `jump` microseconds ago, while no time passed.
pub(in crate::desk) async fn plans(tx: &mut Tx, jump: i64, now: At) -> Result<()> {
    let fresh: (At, At) = (now - NOTICED, now);
    clock_jumps::begin(tx, fresh, now).await?;
    clock_jumps::requests(tx, jump, fresh).await?;
    clock_jumps::deliveries(tx, jump, fresh).await?;
    clock_jumps::planned(tx, jump, fresh).await?;
    clock_jumps::probes(tx, jump).await?;
    clock_jumps::paces(tx, jump, now).await
}
