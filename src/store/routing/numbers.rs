//! Our numbers: lines and masks, and whether they may send.

use crate::clock::At;
use crate::domain::ids::NumberId;
use crate::domain::numbers::country;
use crate::domain::numbers::role::Role;
use crate::domain::pool::life::State;
use crate::store::sql::{FromRow, Row, query, query_as, query_scalar};
use crate::store::{Result, Tx};

/// One of our numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "what a number is called is its number")]
pub struct Number {
    /// Row id.
    pub id: NumberId,
    /// E.164, or a short code.
    pub number: String,
    /// A published line (else a mask).
    pub is_line: bool,
    /// Where it stands in its life.
    pub state: State,
    /// ISO 3166 code, if set.
    pub country: Option<String>,
    /// Since when its sending is paused.
    pub paused_at: Option<At>,
    /// Why, in plain words.
    pub paused_why: Option<String>,
    /// When it is tried again; `None` where it is stopped with the whole account.
    pub probe_at: Option<At>,
}

impl FromRow for Number {
    fn from_row(row: &Row) -> sqlx::Result<Self> {
        Ok(Number {
            id: row.try_get("id")?,
            number: row.try_get("number")?,
            is_line: row.try_get::<Role, _>("role")? == Role::Line,
            state: row.try_get("state")?,
            country: row.try_get("country")?,
            paused_at: row.try_get("paused_at")?,
            paused_why: row.try_get("paused_why")?,
            probe_at: row.try_get("probe_at")?,
        })
    }
}

/// All that ever were ours, lines first.
pub async fn all(tx: &mut Tx) -> Result<Vec<Number>> {
    Ok(query_as(
        "SELECT id, number, role, state, country, paused_at, paused_why, probe_at FROM numbers \
         ORDER BY role, number",
    )
    .fetch_all(tx)
    .await?)
}

/// The countries of our lines, as [`country::homes`] tells them.
pub async fn homes(tx: &mut Tx) -> Result<Vec<String>> {
    homes_of(tx, false).await
}

/// The countries of our lines and masks, as [`country::homes`] tells them.
pub async fn homes_of_all(tx: &mut Tx) -> Result<Vec<String>> {
    homes_of(tx, true).await
}

async fn homes_of(tx: &mut Tx, masks: bool) -> Result<Vec<String>> {
    let ours: Vec<(String, Option<String>)> =
        query_as("SELECT number, country FROM numbers WHERE state = 'active' AND (role = 'line' OR $1 = 1)")
            .bind(i64::from(masks))
            .fetch_all(tx)
            .await?;
    Ok(country::homes(ours.iter().map(|(number, country)| (number.as_str(), country.as_deref()))))
}

/// The country of one of our numbers: the one that it was set up for, or else the one that its digits tell; `None` if
/// neither says, or it is none of ours.
pub async fn home(tx: &mut Tx, id: NumberId) -> Result<Option<String>> {
    let row: Option<(String, Option<String>)> =
        query_as("SELECT number, country FROM numbers WHERE id = $1").bind(id).fetch_optional(tx).await?;
    Ok(row.and_then(|(number, set)| set.or_else(|| country::of(&number).map(str::to_owned))))
}

/// Whether a number is one of ours, as long as it is not given back.
pub async fn is_ours(tx: &mut Tx, number: &str) -> Result<bool> {
    let row: Option<i64> = query_scalar("SELECT id FROM numbers WHERE number = $1 AND state <> 'released'")
        .bind(number)
        .fetch_optional(tx)
        .await?;
    Ok(row.is_some())
}

/// Takes a number into service, active from `now`.
pub async fn insert(tx: &mut Tx, id: NumberId, number: &str, role: Role, country: Option<&str>, now: At) -> Result<()> {
    query(
        "INSERT INTO numbers (id, number, role, state, country, in_service_at) \
         VALUES ($1, $2, $3, 'active', $4, $5)",
    )
    .bind(id)
    .bind(number)
    .bind(role)
    .bind(country)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

/// Sets a number's country.
pub async fn set_country(tx: &mut Tx, id: NumberId, country: Option<&str>) -> Result<()> {
    query("UPDATE numbers SET country = $2 WHERE id = $1").bind(id).bind(country).execute(tx).await?;
    Ok(())
}

/// A number that had been released is ours again, from `now`.
pub async fn back_in_service(tx: &mut Tx, id: NumberId, now: At) -> Result<()> {
    query(
        "UPDATE numbers SET state = 'active', in_service_at = $2, state_at = $2, paused_at = NULL, paused_why = NULL, \
         pause_scope = NULL, probes = 0, probed_at = NULL, probe_at = NULL, suspect = 0, release_tries = 0, release_due_at = NULL, release_why = NULL WHERE id = $1")
        .bind(id).bind(now).execute(tx).await?;
    Ok(())
}

/// The statement of [`ever_used`]: an ended leg of a mask has the time until which the mask rests, so the indexes of live
/// and of resting legs have every leg of it.
pub const EVER_USED: &str = "SELECT id FROM legs WHERE number_id = $1 AND ended_at IS NULL \
     UNION ALL SELECT id FROM legs WHERE number_id = $1 AND rests_until IS NOT NULL LIMIT 1";

/// Whether a mask has ever stood between two people.
pub async fn ever_used(tx: &mut Tx, id: NumberId) -> Result<bool> {
    let row: Option<i64> = query_scalar(EVER_USED).bind(id).fetch_optional(tx).await?;
    Ok(row.is_some())
}

/// A mask becomes a published line's number.
pub async fn make_line(tx: &mut Tx, id: NumberId) -> Result<()> {
    query("UPDATE numbers SET role = 'line' WHERE id = $1").bind(id).execute(tx).await?;
    Ok(())
}

/// The statement of [`unused_masks`], which finds a mask's legs as [`EVER_USED`] does.
pub const UNUSED_MASKS: &str = "SELECT number FROM numbers n WHERE role = 'mask' AND state = 'active' \
     AND (SELECT l.number_id FROM legs l WHERE l.number_id = n.id AND l.ended_at IS NULL \
       ORDER BY l.ended_at LIMIT 1) IS NULL \
     AND (SELECT l.number_id FROM legs l WHERE l.number_id = n.id AND l.rests_until IS NOT NULL \
       ORDER BY l.rests_until DESC LIMIT 1) IS NULL ORDER BY number";

/// Masks in use of ours that have not stood between anybody yet, in order.
pub async fn unused_masks(tx: &mut Tx) -> Result<Vec<String>> {
    let rows: Vec<String> = query_scalar(UNUSED_MASKS).fetch_all(tx).await?;
    Ok(rows)
}
