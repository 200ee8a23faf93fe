//! The masks with their legs, as the pool's page and its plan see them.

use crate::clock::At;
use crate::domain::ids::NumberId;
use crate::domain::money::Cents;
use crate::domain::pool::life::State;
use crate::domain::pool::need::Owned;
use crate::store::sql::{from_row, query, query_as, query_scalar};
use crate::store::{Result, Tx};

/// A mask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    /// Which.
    pub id: NumberId,
    /// As the plan sees it.
    pub owned: Owned,
    /// Since when it has its state.
    pub since: At,
    /// What it costs a month, if it was ordered here.
    pub price: Option<Cents>,
    /// Since when its sending is paused.
    pub paused_at: Option<At>,
    /// How often the carrier refused to take it back.
    pub release_tries: i64,
    /// The carrier is not asked before this to take it back.
    pub release_due_at: Option<At>,
    /// What the carrier said when it was last asked.
    pub release_why: Option<String>,
}

/// All masks that ever were ours, by number.
pub async fn all(tx: &mut Tx) -> Result<Vec<Mask>> {
    let rows = query(
        "SELECT id, number, country, state, COALESCE(state_at, in_service_at) AS since, price, paused_at, release_tries, \
         release_due_at, release_why FROM numbers WHERE role = 'mask' ORDER BY number",
    )
    .try_map(|row| {
        Ok(Mask {
            id: row.try_get("id")?,
            owned: Owned {
                number: row.try_get("number")?,
                country: row.try_get("country")?,
                state: row.try_get("state")?,
            },
            since: row.try_get("since")?,
            price: row.try_get("price")?,
            paused_at: row.try_get("paused_at")?,
            release_tries: row.try_get("release_tries")?,
            release_due_at: row.try_get("release_due_at")?,
            release_why: row.try_get("release_why")?,
        })
    })
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// The masks that take new legs, by number.
pub async fn active(tx: &mut Tx) -> Result<Vec<Owned>> {
    let rows: Vec<(String, Option<String>)> =
        query_as("SELECT number, country FROM numbers WHERE role = 'mask' AND state = 'active' ORDER BY number")
            .fetch_all(tx)
            .await?;
    Ok(rows.into_iter().map(|(number, country)| Owned { number, country, state: State::Active }).collect())
}

/// What depends on a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Live legs.
    pub live: i64,
    /// Ended legs whose phone still rests on it.
    pub resting: i64,
    /// When the last of them has rested.
    pub rests_until: Option<At>,
}

/// The statement of [`load`]: by the clock, for each mask that leaves, so it looks at the legs of that mask alone.
pub const LOAD: &str = "SELECT (SELECT COUNT(*) FROM legs WHERE number_id = $1 AND ended_at IS NULL) AS live, COUNT(*) AS resting, \
     MAX(rests_until) AS until FROM legs WHERE number_id = $1 AND rests_until > $2";

from_row! {
    struct LoadRow {
        live: i64,
        resting: i64,
        until: Option<At>,
    }
}

/// What depends on this number.
pub async fn load(tx: &mut Tx, id: NumberId, now: At) -> Result<Load> {
    let LoadRow { live, resting, until }: LoadRow = query_as(LOAD).bind(id).bind(now).fetch_one(tx).await?;
    Ok(Load { live, resting, rests_until: until })
}

/// Whether a text from this number waits or is under way.
pub async fn sends(tx: &mut Tx, id: NumberId) -> Result<bool> {
    let row: Option<i64> = query_scalar(
        "SELECT id FROM deliveries WHERE number_id = $1 AND state = 'ready' \
         UNION ALL SELECT id FROM deliveries WHERE number_id = $1 AND state IN ('sending', 'unknown') LIMIT 1",
    )
    .bind(id)
    .fetch_optional(tx)
    .await?;
    Ok(row.is_some())
}
