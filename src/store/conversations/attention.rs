//! What waits for attention: texts that the responsible person has not seen, and texts that did not arrive.

use crate::clock::At;
use crate::domain::ids::{ConversationId, MessageId, PersonId};
use crate::store::engine::lock_order::hold_rows;
use crate::store::sql::{QueryBuilder, query, query_scalar};
use crate::store::{Result, Tx, padded, push_list};

/// Everything up to `last` has been seen. Returns whether something had not been.
pub async fn seen(tx: &mut Tx, conversation: ConversationId, last: MessageId) -> Result<bool> {
    let rows = query(
        "UPDATE conversations SET unread_from = (SELECT MIN(m.id) FROM messages m WHERE m.conversation_id = $1 \
         AND m.author IN ('customer', 'party') AND m.outcome <> 'kept' AND m.id > $2) \
         WHERE id = $1 AND unread_from <= $2",
    )
    .bind(conversation)
    .bind(last)
    .execute(tx)
    .await?
    .rows_affected();
    Ok(rows > 0)
}

/// Marks what the customer waits for as unread for the new rep of a conversation; with `anyway`, the customer's last text
/// even if nothing waits.
pub async fn unseen(tx: &mut Tx, conversation: ConversationId, anyway: bool) -> Result<()> {
    query(
        "UPDATE conversations SET unread_from = COALESCE(\
           (SELECT MIN(m.id) FROM messages m WHERE m.conversation_id = $1 AND m.author = 'customer' \
             AND m.accepted_at >= conversations.waiting_since), \
           (SELECT MAX(m.id) FROM messages m WHERE m.conversation_id = $1 AND m.author = 'customer')) \
         WHERE id = $1 AND closed_at IS NULL AND unread_from IS NULL AND (waiting_since IS NOT NULL OR $2 = 1)",
    )
    .bind(conversation)
    .bind(i64::from(anyway))
    .execute(tx)
    .await?;
    Ok(())
}

/// Whatever `person` was called to in a conversation, up to `last`, has been seen. Returns whether something had not been.
pub async fn answered_to(
    tx: &mut Tx,
    person: PersonId,
    conversation: ConversationId,
    last: MessageId,
    now: At,
) -> Result<bool> {
    let rows = query(
        "UPDATE mentions SET seen_at = $1 WHERE person_id = $2 AND conversation_id = $3 AND message_id <= $4 \
         AND seen_at IS NULL",
    )
    .bind(now)
    .bind(person)
    .bind(conversation)
    .bind(last)
    .execute(tx)
    .await?
    .rows_affected();
    Ok(rows > 0)
}

/// Whether somebody called `person` in a conversation and `person` has not looked.
pub async fn called(tx: &mut Tx, person: PersonId, conversation: ConversationId) -> Result<bool> {
    let row: Option<i64> = query_scalar(
        "SELECT message_id FROM mentions WHERE person_id = $1 AND conversation_id = $2 AND seen_at IS NULL LIMIT 1",
    )
    .bind(person)
    .bind(conversation)
    .fetch_optional(tx)
    .await?;
    Ok(row.is_some())
}

/// Marks the conversations of those of these messages that did not reach the customer.
pub async fn failed(tx: &mut Tx, messages: &[MessageId], now: At) -> Result<()> {
    if messages.is_empty() {
        return Ok(());
    }
    let conversations: Vec<i64> = {
        let mut q = QueryBuilder::new(
            "SELECT DISTINCT d.conversation_id FROM deliveries d WHERE d.kind = 'text' AND d.person_id IS NULL \
             AND d.conversation_id IS NOT NULL \
             AND d.state IN ('failed', 'undelivered', 'expired', 'suppressed', 'dead', 'parked') AND d.message_id IN (",
        );
        push_list(&mut q, padded(messages).copied());
        q.build_query_scalar().fetch_all(tx).await
    }?;
    if conversations.is_empty() {
        return Ok(());
    }
    hold_rows(tx, "conversations", &conversations).await?;
    let mut q = QueryBuilder::new("UPDATE conversations SET failed_at = ");
    q.push_bind(now).push(" WHERE id IN (");
    push_list(&mut q, padded(&conversations).copied());
    q.build().execute(tx).await?;
    Ok(())
}

/// Somebody has dealt with what failed. Returns whether something had.
pub async fn mended(tx: &mut Tx, conversation: ConversationId) -> Result<bool> {
    let rows = query("UPDATE conversations SET failed_at = NULL WHERE id = $1 AND failed_at IS NOT NULL")
        .bind(conversation)
        .execute(tx)
        .await?
        .rows_affected();
    Ok(rows > 0)
}
