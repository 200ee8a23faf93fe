//! The browsers in which somebody has signed in before. Only hashes of their tokens are stored.
//!
//! Several people may use one browser; what one of them did there says nothing about another.

use crate::clock::At;
use crate::domain::ids::PersonId;
use crate::store::engine::lock_order::{Asked, hold_which};
use crate::store::sql::{query, query_scalar};
use crate::store::{Result, Tx};

/// So many browsers of one person, and people of one browser, are remembered: those that signed in last.
const MOST: i64 = 20;

/// Whether the person has signed in with this browser after `since`.
pub async fn knows(tx: &mut Tx, token_hash: &str, person: PersonId, since: At) -> Result<bool> {
    let seen: Option<i64> =
        query_scalar("SELECT seen_at FROM devices WHERE token_hash = $1 AND person_id = $2 AND seen_at > $3")
            .bind(token_hash)
            .bind(person)
            .bind(since)
            .fetch_optional(tx)
            .await?;
    Ok(seen.is_some())
}

/// The person has signed in with the browser that was called `before` and is called `token_hash` from now on, for
/// everybody who has signed in with it after `since`.
pub async fn renew(
    tx: &mut Tx,
    before: Option<&str>,
    token_hash: &str,
    (person, now): (PersonId, At),
    since: At,
) -> Result<()> {
    let asked = [Asked::Number(person.0), Asked::Word(before.unwrap_or(token_hash))];
    hold_which(tx, "devices", "token_hash, person_id", "person_id = $1 OR token_hash = $2", &asked).await?;
    if let Some(before) = before {
        query("UPDATE devices SET token_hash = $2 WHERE token_hash = $1 AND seen_at > $3")
            .bind(before)
            .bind(token_hash)
            .bind(since)
            .execute(tx)
            .await?;
    }
    query(
        "INSERT INTO devices (token_hash, person_id, seen_at) VALUES ($1, $2, $3) \
         ON CONFLICT (token_hash, person_id) DO UPDATE SET seen_at = excluded.seen_at",
    )
    .bind(token_hash)
    .bind(person)
    .bind(now)
    .execute(tx)
    .await?;
    query(
        "DELETE FROM devices WHERE person_id = $1 AND token_hash NOT IN \
         (SELECT token_hash FROM devices WHERE person_id = $1 ORDER BY seen_at DESC, token_hash LIMIT $2)",
    )
    .bind(person)
    .bind(MOST)
    .execute(tx)
    .await?;
    query(
        "DELETE FROM devices WHERE token_hash = $1 AND person_id NOT IN \
         (SELECT person_id FROM devices WHERE token_hash = $1 ORDER BY seen_at DESC, person_id LIMIT $2)",
    )
    .bind(token_hash)
    .bind(MOST)
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets all browsers of a person.
pub async fn forget(tx: &mut Tx, person: PersonId) -> Result<()> {
    hold_which(tx, "devices", "token_hash, person_id", "person_id = $1", &[Asked::Number(person.0)]).await?;
    query("DELETE FROM devices WHERE person_id = $1").bind(person).execute(tx).await?;
    Ok(())
}
