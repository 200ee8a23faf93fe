//! Who began conversations lately. A person's older rows are deleted when the person begins another.

use crate::clock::At;
use crate::domain::ids::PersonId;
use crate::store::sql::{query, query_scalar};
use crate::store::{Result, Tx};

/// When a person began conversations after `since`, the newest first, at most `most`. Forgets those before.
pub async fn since(tx: &mut Tx, person: PersonId, since: At, most: i64) -> Result<Vec<At>> {
    query("DELETE FROM starts WHERE person_id = $1 AND at <= $2").bind(person).bind(since).execute(tx).await?;
    let rows: Vec<At> = query_scalar("SELECT at FROM starts WHERE person_id = $1 ORDER BY at DESC LIMIT $2")
        .bind(person)
        .bind(most)
        .fetch_all(tx)
        .await?;
    Ok(rows)
}

/// Remembers that a person began a conversation.
pub async fn insert(tx: &mut Tx, id: i64, person: PersonId, at: At) -> Result<()> {
    query("INSERT INTO starts (id, person_id, at) VALUES ($1, $2, $3)")
        .bind(id)
        .bind(person)
        .bind(at)
        .execute(tx)
        .await?;
    Ok(())
}
