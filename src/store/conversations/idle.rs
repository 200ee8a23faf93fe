//! Conversations in which nothing was said or done for long.

use crate::clock::At;
use crate::domain::ids::{ConversationId, NumberId};
use crate::store::sql::{query_as, query_scalar};
use crate::store::{Result, Tx};

/// Every line with the policies of its own, as JSON.
pub async fn lines(tx: &mut Tx) -> Result<Vec<(NumberId, Option<String>)>> {
    let rows: Vec<(NumberId, Option<String>)> =
        query_as("SELECT id, policies FROM lines ORDER BY id").fetch_all(tx).await?;
    Ok(rows)
}

/// At most `limit` open conversations of a line that somebody has, in which nothing was said or done after `since`, that
/// are not put aside and have no text waiting for their rep; of all, or of `only` this one.
pub async fn since(
    tx: &mut Tx,
    line: NumberId,
    since: At,
    only: Option<ConversationId>,
    limit: i64,
) -> Result<Vec<ConversationId>> {
    let rows: Vec<ConversationId> = query_scalar(
        "SELECT c.id FROM conversations c WHERE c.closed_at IS NULL AND c.last_at <= $2 AND c.kind = 'support' \
         AND c.line_id = $1 AND c.pinned_to IS NOT NULL AND c.snoozed_until IS NULL AND c.waits_from IS NULL \
         AND ($3 IS NULL OR c.id = $3) \
         AND NOT EXISTS (SELECT 1 FROM events e WHERE e.conversation_id = c.id AND e.at > $2) \
         AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.accepted_at > $2) \
         ORDER BY c.last_at, c.id LIMIT $4",
    )
    .bind(line)
    .bind(since)
    .bind(only)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    Ok(rows)
}
