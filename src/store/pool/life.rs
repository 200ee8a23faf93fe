//! A mask's way from one state to the next. Each statement names the state that the mask must have, so that two
//! processes take turns.

use crate::clock::At;
use crate::domain::ids::NumberId;
use crate::domain::money::Cents;
use crate::domain::pool::life::State;
use crate::store::sql::{query, query_scalar};
use crate::store::{Result, Tx};

/// Moves a mask; whether it was where it should have been.
pub async fn move_on(tx: &mut Tx, id: NumberId, (from, to): (State, State), now: At) -> Result<bool> {
    let rows = query(
        "UPDATE numbers SET state = $1, state_at = $2, release_tries = 0, release_due_at = NULL, release_why = NULL \
         WHERE id = $3 AND role = 'mask' AND state = $4",
    )
    .bind(to.word())
    .bind(now)
    .bind(id)
    .bind(from.word())
    .execute(tx)
    .await?
    .rows_affected();
    Ok(rows > 0)
}

/// The carrier is about to be asked to take a cooling mask back, and not by anybody else before `until`; whether it may be
/// asked.
pub async fn ask(tx: &mut Tx, id: NumberId, now: At, until: At) -> Result<bool> {
    let rows = query(
        "UPDATE numbers SET release_due_at = $1, release_tries = release_tries + 1 WHERE id = $2 AND role = 'mask' \
         AND state = 'cooling' AND (release_due_at IS NULL OR release_due_at <= $3)",
    )
    .bind(until)
    .bind(id)
    .bind(now)
    .execute(tx)
    .await?
    .rows_affected();
    Ok(rows > 0)
}

/// The carrier did not take it back.
pub async fn refused(tx: &mut Tx, id: NumberId, why: &str, again_at: At) -> Result<()> {
    query("UPDATE numbers SET release_why = $1, release_due_at = $2 WHERE id = $3 AND state = 'cooling'")
        .bind(why)
        .bind(again_at)
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

/// A number that was ordered is a mask of ours from `now`: a new one, or one that had been released.
pub async fn take_in(
    tx: &mut Tx,
    fresh: NumberId,
    (number, country): (&str, &str),
    price: Cents,
    now: At,
) -> Result<NumberId> {
    let id: i64 = query_scalar(
        "INSERT INTO numbers (id, number, role, state, country, in_service_at, state_at, price) \
         VALUES ($1, $2, 'mask', 'active', $3, $4, $4, $5) ON CONFLICT (number) DO UPDATE \
         SET role = 'mask', state = 'active', country = excluded.country, in_service_at = excluded.in_service_at, \
         state_at = excluded.state_at, price = excluded.price, paused_at = NULL, paused_why = NULL, \
         pause_scope = NULL, probes = 0, probed_at = NULL, probe_at = NULL, suspect = 0, \
         release_tries = 0, release_due_at = NULL, release_why = NULL RETURNING id",
    )
    .bind(fresh)
    .bind(number)
    .bind(country)
    .bind(now)
    .bind(price)
    .fetch_one(tx)
    .await?;
    Ok(NumberId(id))
}
