//! What is counted and what is deleted by time.

pub mod account_moves;
pub mod carrier_clock;
pub mod checkup;
pub mod clock_jumps;
pub mod settings;
pub mod tallies;

use super::{Result, Tx};
use crate::clock::At;
use crate::store::sql::{query, query_as};

/// The outbox in figures.
#[derive(Clone, Debug)]
pub struct Queue {
    /// How many deliveries are in each state that is not an end.
    pub states: Vec<(&'static str, i64)>,
    /// When the oldest waiting text was accepted.
    pub oldest_ready: Option<At>,
}

/// Counts the outbox.
pub async fn queue(tx: &mut Tx) -> Result<Queue> {
    let rows: Vec<(String, i64)> = query_as(
        "SELECT state, COUNT(*) FROM deliveries WHERE state IN ('sending', 'unknown', 'parked') GROUP BY state",
    )
    .fetch_all(tx)
    .await?;
    let (ready, oldest): (i64, Option<i64>) =
        query_as("SELECT COUNT(*), MIN(accepted_at) FROM deliveries WHERE state = 'ready'").fetch_one(tx).await?;
    let of = |state: &str| rows.iter().find(|(name, _)| name == state).map_or(0, |(_, count)| *count);
    Ok(Queue {
        states: vec![
            ("ready", ready),
            ("sending", of("sending")),
            ("unknown", of("unknown")),
            ("parked", of("parked")),
        ],
        oldest_ready: oldest.map(At),
    })
}

/// Drops the raw webhooks of at most `limit` messages accepted before `before`.
pub async fn forget_raw(tx: &mut Tx, before: At, limit: i64) -> Result<u64> {
    let done = query(
        "UPDATE messages SET raw = NULL WHERE id IN (SELECT id FROM messages WHERE raw IS NOT NULL \
         AND accepted_at < $1 ORDER BY accepted_at LIMIT $2)",
    )
    .bind(before)
    .bind(limit)
    .execute(tx)
    .await?
    .rows_affected();
    Ok(done)
}
