//! Plans anew, after the clock has jumped, what was planned by the clock as it was.
//!
//! Set back by an hour, everything that waits for its time would wait an hour longer; set forward, what is valid for a
//! while would be over at once, and two looks at the carrier's list that must be a minute apart would follow each other.

use super::Desk;
use crate::clock::{At, seconds};
use crate::store::{Job, Result, Tx, leaps};

/// What was written within this time before now was written by the clock as it is now: jumps are noticed sooner.
const NOTICED: std::time::Duration = seconds(5);

/// Moves what waits, and the requests that are open or in doubt, by as much as the clock jumped. True if it did.
///
/// # Errors
/// What the database said; it is tried again.
pub async fn replan(desk: &Desk) -> Result<bool> {
    let leap = desk.gate.leap(&desk.clock);
    if leap == 0 {
        return Ok(false);
    }
    let done = desk.store.write(Replan { desk: desk.clone(), leap }).await;
    if done.is_err() {
        desk.gate.leap_again(leap);
    }
    desk.ring();
    done
}

struct Replan {
    desk: Desk,
    leap: i64,
}

impl Job for Replan {
    type Out = bool;

    async fn run(&self, tx: &mut Tx) -> Result<bool> {
        let now = self.desk.clock.now();
        // Nodes share the database's clock, and one of them is enough.
        if let Some(at) = leaps::last(tx).await?
            && (at.since(now) < seconds(60) && now.since(at) < seconds(60))
        {
            return Ok(false);
        }
        leaps::remember(tx, now).await?;
        let fresh: (At, At) = (now - NOTICED, now);
        leaps::hold(tx, fresh).await?;
        leaps::requests(tx, self.leap, fresh).await?;
        leaps::deliveries(tx, self.leap, fresh).await?;
        leaps::planned(tx, self.leap, fresh).await?;
        leaps::paces(tx, self.leap, now).await?;
        Ok(true)
    }
}
