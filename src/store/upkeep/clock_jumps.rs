//! Moves times that were planned by a clock that has jumped since. `jump` is in microseconds; what was written within
//! `fresh` was written by the clock as it is now.

use super::settings;
use crate::clock::At;
use crate::store::engine::dialect;
use crate::store::engine::lock_order::lanes::hold_all;
use crate::store::engine::lock_order::{Asked, hold_rows, hold_which};
use crate::store::sql::{query, query_scalar};
use crate::store::{Result, Tx};

/// The setting that keeps when this was done last.
const LEAPT_AT: &str = "clock.leapt_at";

/// When plans were moved last. The transaction that writes it holds it until the commit.
pub async fn last(tx: &mut Tx) -> Result<Option<At>> {
    // Words are held in their order, and that of the account comes after this one.
    // Nodes of other versions hold the same word: it is never renamed.
    dialect::one_at_a_time(tx, "a leap", "").await?;
    Ok(settings::get(tx, LEAPT_AT).await?.and_then(|at| at.parse().ok()).map(At))
}

/// Remembers that plans are moved at `now`, and holds what is about to be moved, in order.
pub async fn begin(tx: &mut Tx, fresh: (At, At), now: At) -> Result<()> {
    dialect::one_at_a_time(tx, "account", "").await?;
    settings::set(tx, LEAPT_AT, &now.0.to_string()).await?;
    if !tx.holds_rows() {
        return Ok(());
    }
    hold_which(tx, "carrier_outage", "id", "TRUE", &[]).await?;
    let (from, to) = (fresh.0.0, fresh.1.0);
    let planned: Vec<i64> = query_scalar(
        "SELECT DISTINCT conversation_id FROM planned_replies \
         WHERE ended_at IS NULL AND scheduled = 0 AND NOT (created_at BETWEEN $1 AND $2)",
    )
    .bind(from)
    .bind(to)
    .fetch_all(tx)
    .await?;
    hold_rows(tx, "conversations", &planned).await?;
    let deliveries: Vec<i64> = query_scalar(
        "SELECT delivery_id FROM attempts \
         WHERE (ended_at IS NULL OR next_look_at IS NOT NULL) AND NOT (started_at BETWEEN $1 AND $2) \
         UNION SELECT id FROM deliveries WHERE state IN ('ready', 'sending', 'unknown') \
         AND NOT (updated_at BETWEEN $1 AND $2)",
    )
    .bind(from)
    .bind(to)
    .fetch_all(tx)
    .await?;
    hold_rows(tx, "deliveries", &deliveries).await?;
    hold_numbers(tx).await?;
    // A transaction that was about to record a place by the old clock has done so, or begins by the new one.
    hold_all(tx).await
}

async fn hold_numbers(tx: &mut Tx) -> Result<()> {
    let numbers: Vec<i64> = query_scalar("SELECT id FROM numbers WHERE paused_at IS NOT NULL").fetch_all(tx).await?;
    hold_rows(tx, "numbers", &numbers).await
}

/// Requests that are open or in doubt: when they began, their leases, and the looks for them.
pub async fn requests(tx: &mut Tx, jump: i64, fresh: (At, At)) -> Result<()> {
    move_unless_fresh(
        tx,
        "UPDATE attempts SET started_at = started_at + $1, lease_until = lease_until + $1, \
         doubt_since = doubt_since + $1, next_look_at = next_look_at + $1, listed_at = listed_at + $1, \
         empty_at = empty_at + $1 \
         WHERE (ended_at IS NULL OR next_look_at IS NOT NULL) AND NOT (started_at BETWEEN $2 AND $3)",
        (jump, fresh),
    )
    .await
}

/// Texts that wait: when they may leave, their places, until when they are valid, and from when on they are looked for.
pub async fn deliveries(tx: &mut Tx, jump: i64, fresh: (At, At)) -> Result<()> {
    move_unless_fresh(
        tx,
        "UPDATE deliveries SET due_at = due_at + $1, place_at = place_at + $1, valid_until = valid_until + $1, \
         look_from = look_from + $1 \
         WHERE state IN ('ready', 'sending', 'unknown') AND NOT (updated_at BETWEEN $2 AND $3)",
        (jump, fresh),
    )
    .await
}

/// Replies that can still be taken back; a time that somebody chose is the clock's own.
pub async fn planned(tx: &mut Tx, jump: i64, fresh: (At, At)) -> Result<()> {
    move_unless_fresh(
        tx,
        "UPDATE planned_replies SET due_at = due_at + $1, created_at = created_at + $1 \
         WHERE ended_at IS NULL AND scheduled = 0 AND NOT (created_at BETWEEN $2 AND $3)",
        (jump, fresh),
    )
    .await
}

/// Runs an update of the jump, `$1`, and of what was written within `fresh`, `$2` to `$3`.
async fn move_unless_fresh(tx: &mut Tx, sql: &'static str, (jump, (from, to)): (i64, (At, At))) -> Result<()> {
    query(sql).bind(jump).bind(from).bind(to).execute(tx).await?;
    Ok(())
}

/// When what is stopped is tried again: a number, the account, a carrier that cannot be reached.
pub async fn probes(tx: &mut Tx, jump: i64) -> Result<()> {
    for statement in [
        "UPDATE numbers SET probe_at = probe_at + $1, probed_at = probed_at + $1 WHERE paused_at IS NOT NULL",
        "UPDATE account_pause SET probe_at = probe_at + $1",
        "UPDATE carrier_outage SET probe_at = probe_at + $1",
    ] {
        query(statement).bind(jump).execute(tx).await?;
    }
    Ok(())
}

/// The next free place of each number, where a clock that was set back would make it wait.
pub async fn paces(tx: &mut Tx, jump: i64, now: At) -> Result<()> {
    if jump >= 0 {
        return Ok(());
    }
    let from = now.0 - jump / 2;
    hold_which(tx, "paces", "number_id, session", "free_at > $1", &[Asked::Number(from)]).await?;
    query("UPDATE paces SET free_at = free_at + $1 WHERE free_at > $2").bind(jump).bind(from).execute(tx).await?;
    Ok(())
}
