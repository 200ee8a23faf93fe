//! Totals of things that happen too often for a row each.

use crate::clock::At;
use crate::store::engine::dialect;
use crate::store::sql::{from_row, query, query_as};
use crate::store::{Result, Tx};

/// A total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// How often.
    pub total: i64,
    /// The last time.
    pub last_at: At,
    /// What it was the last time.
    pub detail: Option<String>,
}

from_row! {
    struct GetRow {
        total: i64,
        last_at: At,
        detail: Option<String>,
    }
}

/// The total of `name`, if it ever happened.
pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<Tally>> {
    let row: Option<GetRow> =
        query_as("SELECT total, last_at, detail FROM tallies WHERE name = $1").bind(name).fetch_optional(tx).await?;
    Ok(row.map(|GetRow { total, last_at, detail }| Tally { total, last_at, detail }))
}

/// Adds to a total.
pub async fn add(tx: &mut Tx, name: &str, count: i64, at: At) -> Result<()> {
    // All nodes add to the same row, and often when they hold much else.
    dialect::one_at_a_time(tx, "tally", name).await?;
    query(
        "INSERT INTO tallies (name, total, last_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE \
         SET total = tallies.total + excluded.total, last_at = excluded.last_at",
    )
    .bind(name)
    .bind(count)
    .bind(at)
    .execute(tx)
    .await?;
    Ok(())
}
