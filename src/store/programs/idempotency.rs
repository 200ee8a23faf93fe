//! Requests that must take effect once, and the answers that are given again.

use crate::clock::At;
use crate::domain::ids::AppId;
use crate::store::sql::{from_row, query, query_as};
use crate::store::{Result, Tx};

/// A request as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The hash of what was asked.
    pub body_hash: String,
    /// What it made, and whether that is new; none until it has taken effect.
    pub made: Option<(i64, bool)>,
    /// What it was answered with; none while it is being answered.
    pub answer: Option<(u16, String)>,
    /// When it came.
    pub at: At,
}

from_row! {
    struct FindRow {
        body_hash: String,
        made_id: Option<i64>,
        made_new: Option<i64>,
        status: Option<i64>,
        answer: Option<String>,
        created_at: At,
    }
}

/// The request of that key, if it came.
pub async fn find(tx: &mut Tx, app: AppId, key: &str) -> Result<Option<Kept>> {
    let row: Option<FindRow> = query_as(
        "SELECT body_hash, made_id, made_new, status, answer, created_at FROM idempotency_keys \
         WHERE app_id = $1 AND key = $2",
    )
    .bind(app)
    .bind(key)
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|FindRow { body_hash, made_id: made, made_new: new, status, answer, created_at: at }| Kept {
        body_hash,
        made: made.map(|id| (id, new == Some(1))),
        answer: status.and_then(|status| u16::try_from(status).ok()).map(|status| (status, answer.unwrap_or_default())),
        at,
    }))
}

/// Keeps a request that is being answered.
///
/// # Errors
/// [`crate::store::Error::Conflict`] if the key came at the same time.
pub async fn begin(tx: &mut Tx, app: AppId, key: &str, body_hash: &str, now: At) -> Result<()> {
    query("INSERT INTO idempotency_keys (app_id, key, body_hash, created_at) VALUES ($1, $2, $3, $4)")
        .bind(app)
        .bind(key)
        .bind(body_hash)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(())
}

/// Notes what a request that came at `at` made, in the transaction that made it. False if the request has been begun anew or has
/// taken effect already: nothing may come of it now.
pub async fn made(tx: &mut Tx, app: AppId, key: &str, at: At, (id, new): (i64, bool)) -> Result<bool> {
    let rows = query(
        "UPDATE idempotency_keys SET made_id = $4, made_new = $5 \
         WHERE app_id = $1 AND key = $2 AND created_at = $3 AND made_id IS NULL",
    )
    .bind(app)
    .bind(key)
    .bind(at)
    .bind(id)
    .bind(i64::from(new))
    .execute(tx)
    .await?
    .rows_affected();
    Ok(rows == 1)
}

/// Keeps the answer to a request that came at `at`.
pub async fn end(tx: &mut Tx, app: AppId, key: &str, at: At, (status, answer): (u16, &str)) -> Result<()> {
    query("UPDATE idempotency_keys SET status = $4, answer = $5 WHERE app_id = $1 AND key = $2 AND created_at = $3")
        .bind(app)
        .bind(key)
        .bind(at)
        .bind(i64::from(status))
        .bind(answer)
        .execute(tx)
        .await?;
    Ok(())
}

/// Forgets a request that came at `at`, unless it has taken effect. Whatever is about to make something for it is waited for.
pub async fn drop_unmade(tx: &mut Tx, app: AppId, key: &str, at: At) -> Result<()> {
    query("DELETE FROM idempotency_keys WHERE app_id = $1 AND key = $2 AND created_at = $3 AND made_id IS NULL")
        .bind(app)
        .bind(key)
        .bind(at)
        .execute(tx)
        .await?;
    Ok(())
}

/// Forgets a request that came at `at`, whatever came of it.
pub async fn drop_one(tx: &mut Tx, app: AppId, key: &str, at: At) -> Result<()> {
    query("DELETE FROM idempotency_keys WHERE app_id = $1 AND key = $2 AND created_at = $3")
        .bind(app)
        .bind(key)
        .bind(at)
        .execute(tx)
        .await?;
    Ok(())
}

/// Forgets at most `limit` requests that came before `before`; how many there were.
pub async fn forget(tx: &mut Tx, before: At, limit: i64) -> Result<u64> {
    let done = query(
        "DELETE FROM idempotency_keys WHERE (app_id, key) IN \
         (SELECT app_id, key FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2)",
    )
    .bind(before)
    .bind(limit)
    .execute(tx)
    .await?
    .rows_affected();
    Ok(done)
}
