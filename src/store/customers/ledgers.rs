//! The two append-only ledgers: consent of a person for a line or the pool, and blocks between phone and number.

use crate::clock::At;
use crate::domain::customers::consent::Source;
use crate::domain::ids::{NumberId, PersonId};
use crate::secret::Ids;
use crate::store::engine::lock_order::hold_rows;
use crate::store::sql::{from_row, query, query_as, query_scalar};
use crate::store::{Result, Tx};

/// Where an entry comes from, and what shows it.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// Who or what says so.
    pub source: Source,
    /// The message's or attempt's id.
    pub evidence: &'a str,
}

/// Enters that `phone` gives or withdraws consent for `scope`. What is entered last is what holds, whichever node's clock
/// is ahead.
pub async fn consent(
    tx: &mut Tx,
    (ids, now): (&Ids, At),
    phone: &str,
    scope: &str,
    given: bool,
    at: At,
    origin: Origin<'_>,
) -> Result<()> {
    let newest: Option<i64> = query_scalar("SELECT MAX(id) FROM consents WHERE phone = $1 AND scope = $2")
        .bind(phone)
        .bind(scope)
        .fetch_one(tx)
        .await?;
    let id = ids.after(newest, now);
    query("INSERT INTO consents (id, phone, scope, given, at, origin, evidence) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(id)
        .bind(phone)
        .bind(scope)
        .bind(i64::from(given))
        .bind(at)
        .bind(origin.source)
        .bind(origin.evidence)
        .execute(tx)
        .await?;
    Ok(())
}

/// Enters that `phone` blocks `number` or lifts its block. What is entered last is what holds, whichever node's clock is
/// ahead.
pub async fn block(
    tx: &mut Tx,
    (ids, now): (&Ids, At),
    phone: &str,
    number: NumberId,
    blocked: bool,
    at: At,
    origin: Origin<'_>,
) -> Result<()> {
    let newest: Option<i64> = query_scalar("SELECT MAX(id) FROM blocks WHERE phone = $1 AND number_id = $2")
        .bind(phone)
        .bind(number)
        .fetch_one(tx)
        .await?;
    let id = ids.after(newest, now);
    query(
        "INSERT INTO blocks (id, phone, number_id, blocked, at, origin, evidence) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(phone)
    .bind(number)
    .bind(i64::from(blocked))
    .bind(at)
    .bind(origin.source)
    .bind(origin.evidence)
    .execute(tx)
    .await?;
    Ok(())
}

/// What holds of consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Given or withdrawn.
    pub given: bool,
    /// Since when.
    pub at: At,
    /// Where it comes from.
    pub origin: Source,
}

from_row! {
    struct NewestRow {
        given: i64,
        at: At,
        origin: Source,
    }
}

/// The newest entry of `phone` for `scope`, which is what holds.
pub async fn newest(tx: &mut Tx, phone: &str, scope: &str) -> Result<Option<Consent>> {
    let row: Option<NewestRow> =
        query_as("SELECT given, at, origin FROM consents WHERE phone = $1 AND scope = $2 ORDER BY id DESC LIMIT 1")
            .bind(phone)
            .bind(scope)
            .fetch_optional(tx)
            .await?;
    Ok(row.map(|NewestRow { given, at, origin }| Consent { given: given == 1, at, origin }))
}

/// When `phone` last gave consent for `scope`, if its newest entry gives it.
pub async fn given_at(tx: &mut Tx, phone: &str, scope: &str) -> Result<Option<At>> {
    Ok(newest(tx, phone, scope).await?.filter(|entry| entry.given).map(|entry| entry.at))
}

/// When `phone` last lifted its block of `number`, if its newest entry lifts it.
pub async fn lifted_at(tx: &mut Tx, phone: &str, number: NumberId) -> Result<Option<At>> {
    let row: Option<(i64, i64)> =
        query_as("SELECT blocked, at FROM blocks WHERE phone = $1 AND number_id = $2 ORDER BY id DESC LIMIT 1")
            .bind(phone)
            .bind(number)
            .fetch_optional(tx)
            .await?;
    Ok(row.filter(|(blocked, _)| *blocked == 0).map(|(_, at)| At(at)))
}

/// Turns texts to a person's phone off or on again.
pub async fn mute(tx: &mut Tx, person: PersonId, muted_at: Option<At>) -> Result<()> {
    hold_rows(tx, "people", &[person.0]).await?;
    query("UPDATE people SET phone_muted_at = $1 WHERE id = $2").bind(muted_at).bind(person).execute(tx).await?;
    Ok(())
}

/// Whether either ledger has an entry for `phone` in `scope` or on `number` from after the second of `at`.
pub async fn changed_since(tx: &mut Tx, phone: &str, scope: &str, number: NumberId, at: At) -> Result<bool> {
    let newer: i64 = query_scalar(
        "SELECT (SELECT COUNT(*) FROM consents WHERE phone = $1 AND scope = $2 AND at >= $4) \
              + (SELECT COUNT(*) FROM blocks WHERE phone = $1 AND number_id = $3 AND at >= $4)",
    )
    .bind(phone)
    .bind(scope)
    .bind(number)
    .bind(at.0 + 1_000_000)
    .fetch_one(tx)
    .await?;
    Ok(newer > 0)
}

/// Whether `phone` has blocked `number`.
pub async fn is_blocked(tx: &mut Tx, phone: &str, number: NumberId) -> Result<bool> {
    let blocked: Option<i64> =
        query_scalar("SELECT blocked FROM blocks WHERE phone = $1 AND number_id = $2 ORDER BY id DESC LIMIT 1")
            .bind(phone)
            .bind(number)
            .fetch_optional(tx)
            .await?;
    Ok(blocked == Some(1))
}
