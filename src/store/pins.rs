//! Whose conversation it is, and its end.

use sqlx::QueryBuilder;

use super::{Result, Tx};
use crate::clock::At;
use crate::domain::ids::{ConversationId, LegId, MessageId, PersonId};
use crate::on;

/// Pins a conversation to a person.
///
/// # Errors
/// What the database said.
pub async fn pin(tx: &mut Tx, conversation: ConversationId, person: PersonId) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE conversations SET pinned_to = $1 WHERE id = $2")
        .bind(person.0).bind(conversation.0).execute(&mut *c).await.map(drop))?;
    Ok(())
}

/// Closes a conversation.
///
/// # Errors
/// What the database said.
pub async fn close(tx: &mut Tx, conversation: ConversationId, now: At) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE conversations SET closed_at = $1, waiting_since = NULL WHERE id = $2")
        .bind(now.0).bind(conversation.0).execute(&mut *c).await.map(drop))?;
    Ok(())
}

/// Takes back the texts that still wait for a person's phone in a conversation, because it goes to somebody else.
/// Returns their messages, oldest first, each once, with its words; and the lanes they stood in.
///
/// # Errors
/// What the database said.
pub async fn take_back(
    tx: &mut Tx,
    conversation: ConversationId,
    person: PersonId,
    why: &str,
    now: At,
) -> Result<(Vec<(MessageId, String, Option<LegId>)>, Vec<(crate::domain::ids::NumberId, String)>)> {
    let waiting: Vec<(i64, i64, i64, String)> = on!(tx, c => sqlx::query_as(
        "SELECT d.id, d.message_id, d.number_id, d.to_phone FROM deliveries d WHERE d.conversation_id = $1 \
         AND d.person_id = $2 AND d.state = 'ready' AND d.kind = 'text' AND d.message_id IS NOT NULL ORDER BY d.id")
        .bind(conversation.0).bind(person.0).fetch_all(&mut *c).await)?;
    let (mut messages, mut lanes) = (Vec::new(), Vec::new());
    for (delivery, message, number, phone) in waiting {
        // Another node may have sent it on its way meanwhile; then it is not taken back.
        let taken = on!(tx, c => sqlx::query(
            "UPDATE deliveries SET state = 'suppressed', why = $1, due_at = NULL, updated_at = $2 \
             WHERE id = $3 AND state = 'ready'")
            .bind(why).bind(now.0).bind(delivery).execute(&mut *c).await.map(|done| done.rows_affected()))?;
        if taken == 0 {
            continue;
        }
        messages.push(message);
        lanes.push((crate::domain::ids::NumberId(number), phone));
    }
    messages.dedup();
    if messages.is_empty() {
        return Ok((Vec::new(), lanes));
    }
    let rows: Vec<(i64, String, Option<i64>)> = on!(tx, c => {
        let mut q = QueryBuilder::new("SELECT id, body, leg_id FROM messages WHERE id IN (");
        let mut wanted = q.separated(", ");
        for id in super::padded(&messages) {
            wanted.push_bind(*id);
        }
        q.push(") ORDER BY id");
        q.build_query_as().fetch_all(&mut *c).await
    })?;
    Ok((rows.into_iter().map(|(id, body, leg)| (MessageId(id), body, leg.map(LegId))).collect(), lanes))
}
