//! The last known difference between the carrier's clock and ours: over restarts, and for every node.

use crate::clock::At;
use crate::store::sql::{query, query_as};
use crate::store::{Result, Tx};

/// How far the clocks are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// By how many microseconds the carrier's is ahead of ours.
    pub ahead: i64,
    /// Since when people are told, if they are.
    pub off_since: Option<At>,
}

/// What is kept, if anything is.
pub async fn get(tx: &mut Tx) -> Result<Option<Kept>> {
    let row: Option<(i64, Option<At>)> =
        query_as("SELECT ahead, off_since FROM carrier_clock WHERE id = 1").fetch_optional(tx).await?;
    Ok(row.map(|(ahead, off_since)| Kept { ahead, off_since }))
}

/// Keeps how far the clocks are apart at `now`.
pub async fn keep(tx: &mut Tx, kept: Kept, now: At) -> Result<()> {
    query(
        "INSERT INTO carrier_clock (id, ahead, noted_at, off_since) VALUES (1, $1, $2, $3) ON CONFLICT (id) DO UPDATE \
         SET ahead = excluded.ahead, noted_at = excluded.noted_at, off_since = excluded.off_since",
    )
    .bind(kept.ahead)
    .bind(now)
    .bind(kept.off_since)
    .execute(tx)
    .await?;
    Ok(())
}

/// Our clock has gone on by `jump` microseconds while no time passed: the carrier's is ahead of it by so much less.
pub async fn jumped(tx: &mut Tx, jump: i64) -> Result<()> {
    query("UPDATE carrier_clock SET ahead = ahead - $1").bind(jump).execute(tx).await?;
    Ok(())
}
