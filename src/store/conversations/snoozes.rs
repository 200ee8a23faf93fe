//! Conversations that are snoozed until a time.

use crate::clock::At;
use crate::domain::ids::{ConversationId, PersonId};
use crate::store::sql::{query, query_as, query_scalar};
use crate::store::{Result, Tx};

/// Puts a conversation aside until a time; with `None` it is back.
pub async fn set(tx: &mut Tx, conversation: ConversationId, until: Option<At>) -> Result<()> {
    query("UPDATE conversations SET snoozed_until = $1 WHERE id = $2")
        .bind(until)
        .bind(conversation)
        .execute(tx)
        .await?;
    Ok(())
}

/// At most `limit` conversations whose time has come, the longest due first.
pub async fn due(tx: &mut Tx, now: At, limit: i64) -> Result<Vec<ConversationId>> {
    let rows: Vec<ConversationId> = query_scalar(
        "SELECT id FROM conversations WHERE snoozed_until IS NOT NULL AND snoozed_until <= $1 \
         ORDER BY snoozed_until, id LIMIT $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// The hours that say in which time zone a person works: their own, else the line's; as they are written.
pub async fn hours(tx: &mut Tx, person: PersonId, conversation: ConversationId) -> Result<Option<String>> {
    let row: Option<(Option<String>,)> = query_as(
        "SELECT COALESCE(p.schedule, l.hours) FROM people p JOIN conversations c ON c.id = $2 \
         LEFT JOIN lines l ON l.id = c.line_id WHERE p.id = $1",
    )
    .bind(person)
    .bind(conversation)
    .fetch_optional(tx)
    .await?;
    Ok(row.and_then(|(hours,)| hours))
}
