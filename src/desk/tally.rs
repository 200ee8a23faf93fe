//! Things that happen too often for a row each: counted here, written down at most once a second.
//! Whoever posts rubbish all day must not get a transaction for each piece.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::Desk;
use crate::clock::At;
use crate::store::{self, Job, Tx, tallies};

/// What is counted under this name: webhooks without a valid signature, and such.
pub const REJECTED_WEBHOOKS: &str = "rejected_webhooks";

/// Counted and not written yet, by reason.
static WAITING: Mutex<BTreeMap<&'static str, i64>> = Mutex::new(BTreeMap::new());

/// A webhook was turned away for `reason`.
pub fn rejected_webhook(desk: &Desk, reason: &'static str) {
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    let first = waiting.is_empty();
    *waiting.entry(reason).or_default() += 1;
    drop(waiting);
    if first {
        let desk = desk.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            if let Err(error) = write(&desk).await {
                tracing::error!(%error, "the count of rejected webhooks could not be written");
            }
        });
    }
}

/// Writes down what was counted.
///
/// # Errors
/// What the database said; the counts are lost to it then, but not to the metrics.
pub async fn write(desk: &Desk) -> store::Result<()> {
    let waiting = std::mem::take(&mut *WAITING.lock().unwrap_or_else(PoisonError::into_inner));
    let Some(reason) = waiting.keys().next_back().copied() else { return Ok(()) };
    let count = waiting.values().sum();
    desk.store.write(Add { count, reason, now: desk.clock.now() }).await
}

struct Add {
    count: i64,
    reason: &'static str,
    now: At,
}

impl Job for Add {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> store::Result<()> {
        tallies::add(tx, REJECTED_WEBHOOKS, self.count, self.now, self.reason).await
    }
}
