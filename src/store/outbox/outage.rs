//! The carrier cannot be reached: since when, why, and when it is asked again. At most one row, which every node sees.

use crate::clock::At;
use crate::domain::outbox::outage::{Silence, WITHIN};
use crate::store::sql::{QueryBuilder, from_row, query, query_as};
use crate::store::{Result, Tx};

/// An outage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// Since when.
    pub since: At,
    /// Why, in words for people.
    pub why: String,
    /// It answers what is small: a text is tried next.
    pub trial: bool,
    /// When it is asked next.
    pub probe_at: At,
}

from_row! {
    struct GetRow {
        since: At,
        why: String,
        trial: i64,
        probe_at: At,
    }
}

/// The outage, if there is one.
pub async fn get(tx: &mut Tx) -> Result<Option<Outage>> {
    let row: Option<GetRow> =
        query_as("SELECT since, why, trial, probe_at FROM carrier_outage WHERE id = 1").fetch_optional(tx).await?;
    Ok(row.map(|GetRow { since, why, trial, probe_at }| Outage { since, why, trial: trial == 1, probe_at }))
}

/// What the newest requests show at `now`.
pub async fn silence(tx: &mut Tx, now: At) -> Result<Silence> {
    let (unreached, phones): (i64, i64) = query_as(
        "WITH newest AS (SELECT delivery_id, ended_at, outcome FROM attempts ORDER BY id DESC LIMIT 256) \
         SELECT COUNT(CASE WHEN n.outcome = 'unreached' THEN 1 END), COUNT(DISTINCT d.to_phone) \
         FROM newest n JOIN deliveries d ON d.id = n.delivery_id \
         WHERE n.outcome IN ('unreached', 'unknown') AND n.ended_at BETWEEN $1 AND $2 \
           AND n.ended_at > COALESCE((SELECT MAX(o.ended_at) FROM newest o \
             WHERE o.outcome IN ('accepted', 'refused', 'not_sent') AND o.ended_at <= $2), 0)",
    )
    .bind(now - WITHIN)
    .bind(now)
    .fetch_one(tx)
    .await?;
    Ok(Silence { unreached, phones })
}

/// Nothing leaves from `now` on; the carrier is asked at once. False if that was so before.
pub async fn begin(tx: &mut Tx, why: &str, now: At) -> Result<bool> {
    let done = query(
        "INSERT INTO carrier_outage (id, since, why, trial, probes, probe_at) VALUES (1, $1, $2, 0, 0, $1) \
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(now)
    .bind(why)
    .execute(tx)
    .await?
    .rows_affected();
    Ok(done > 0)
}

/// Takes the right to ask the carrier; it is asked next at `probe_at`. False where it is not its time, or another node asks.
pub async fn take(tx: &mut Tx, probe_at: At, now: At) -> Result<bool> {
    let done = query("UPDATE carrier_outage SET probe_at = $1 WHERE trial = 0 AND probe_at <= $2")
        .bind(probe_at)
        .bind(now)
        .execute(tx)
        .await?
        .rows_affected();
    Ok(done > 0)
}

/// The carrier answers: the next text that waits is tried, and what is in doubt is looked for at `now`.
pub async fn answers(tx: &mut Tx, now: At) -> Result<()> {
    let done = query("UPDATE carrier_outage SET trial = 1 WHERE trial = 0").execute(tx).await?.rows_affected();
    if done > 0 {
        // What another node holds just now is being settled; it has a look of its own later.
        let skip = tx.hold_free("attempts d");
        let mut q = QueryBuilder::new("WITH later AS (SELECT d.id");
        q.push(skip.noted()).push(" FROM attempts d WHERE d.next_look_at > ");
        q.push_bind(now)
            .push(" ORDER BY d.id")
            .push(skip.clause())
            .push(") UPDATE attempts SET next_look_at = ")
            .push_bind(now)
            .push(" WHERE id IN (SELECT id FROM later)");
        q.build().execute(tx).await?;
        due(tx, now).await?;
    }
    Ok(())
}

/// The carrier takes texts again: what it could not be reached for is due at `now`. False if there was no outage.
pub async fn end(tx: &mut Tx, now: At) -> Result<bool> {
    let done = query("DELETE FROM carrier_outage").execute(tx).await?.rows_affected();
    if done == 0 {
        return Ok(false);
    }
    due(tx, now).await?;
    Ok(true)
}

/// Texts that wait because the carrier was not reached are due at `now`.
async fn due(tx: &mut Tx, now: At) -> Result<()> {
    let skip = tx.hold_free("deliveries d");
    let mut q = QueryBuilder::new("WITH later AS (SELECT d.id");
    q.push(skip.noted()).push(" FROM deliveries d WHERE d.state = 'ready' AND d.due_at > ");
    q.push_bind(now)
        .push(
            " AND EXISTS (SELECT 1 FROM attempts a WHERE a.delivery_id = d.id AND a.fence = d.fence \
             AND a.outcome = 'unreached') ORDER BY d.id",
        )
        .push(skip.clause())
        .push(") UPDATE deliveries SET due_at = ")
        .push_bind(now)
        .push(" WHERE id IN (SELECT id FROM later)");
    q.build().execute(tx).await?;
    Ok(())
}
