//! Locks of lanes, held until the commit by the transaction that decides what leaves by them. A lane is all texts from
//! one of our numbers to one phone.
//!
//! A lane has no row, so its lock is one of the server's own, which a number stands for.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Row as _};

use super::{First, place};
use crate::domain::ids::NumberId;
use crate::store::{Error, Result, Tx};

/// Its place among what is held.
pub(super) const LANES: &str = "lanes";
/// Stands for all lanes. A transaction that holds some lanes shares it; one that wants very many holds it alone, and only
/// then is it among the locks that the transaction is known to hold.
const ALL: i64 = 0;
/// So many lanes at most are held one by one: a server has room for a few thousand locks of all its sessions.
const MOST: usize = 512;

/// Holds these lanes.
///
/// # Errors
/// [`crate::store::Error::OutOfTurn`] if another transaction has some of them, and they may not be waited for.
pub async fn hold_lanes(tx: &mut Tx, lanes: &[(NumberId, String)]) -> Result<()> {
    if !tx.holds_rows() {
        return Ok(());
    }
    let ids: BTreeSet<i64> = lanes.iter().map(|(number, phone)| id_of(*number, phone)).collect();
    hold(tx, ids.into_iter().collect()).await
}

/// Holds all lanes: until the commit nobody else puts anything into the outbox.
///
/// # Errors
/// As [`hold_lanes`].
pub async fn hold_all(tx: &mut Tx) -> Result<()> {
    hold(tx, vec![ALL]).await
}

/// The number that stands for a lane; the same on every node.
fn id_of(number: NumberId, phone: &str) -> i64 {
    let hash = Sha256::digest(format!("{} {phone}", number.0));
    let first = hash.iter().take(8).fold(0_i64, |sum, byte| sum << 8 | i64::from(*byte));
    // All that is held has a number of 0 or more.
    (first & i64::MAX).max(ALL + 1)
}

/// Holds the lanes that these numbers, in order, stand for.
pub(super) async fn hold(tx: &mut Tx, mut ids: Vec<i64>) -> Result<()> {
    let Tx::Postgres(session) = tx else { return Ok(()) };
    let place = place(LANES).ok_or(Error::GivenUp("lanes have no place among what is held"))?;
    if session.held.contains(&(place, ALL)) {
        return Ok(());
    }
    ids.retain(|id| !session.held.contains(&(place, *id)));
    if ids.is_empty() {
        return Ok(());
    }
    let held = session.held.range((place, ALL)..(place + 1, ALL)).count();
    let all = ids.contains(&ALL) || held + ids.len() > MOST;
    // Two that share all lanes must not wait for each other to let go.
    let late = if all { session.held.range((place, ALL)..).next().is_some() } else { session.is_late(place, &ids) };
    let (how, noted) = (if late { "pg_try_advisory_xact_lock" } else { "pg_advisory_xact_lock" }, noted(!late));
    let shared = if all || held > 0 {
        String::new()
    } else {
        let noted = if noted.is_empty() { "" } else { ", TRUE" };
        format!("SELECT {how}_shared({ALL})::TEXT{noted} UNION ALL ")
    };
    let sql = format!("{shared}SELECT {how}(k)::TEXT{noted} FROM unnest($1::BIGINT[]) k");
    let locks = if all { vec![ALL] } else { ids };
    crate::metrics::statement();
    let answers = sqlx::query(AssertSqlSafe(sql)).bind(&locks).fetch_all(&mut **session).await?;
    for answer in answers {
        if late && answer.try_get::<&str, _>(0)? == "false" {
            return Err(First::rows(place, &locks));
        }
    }
    session.held.extend(locks.into_iter().map(|id| (place, id)));
    Ok(())
}

#[cfg(feature = "faults")]
fn noted(waits: bool) -> String {
    super::watch::lane_noted(waits)
}

#[cfg(not(feature = "faults"))]
fn noted(_: bool) -> String {
    String::new()
}
