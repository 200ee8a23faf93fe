//! Whose conversation it is, and its end.

use crate::clock::At;
use crate::domain::ids::{ConversationId, LegId, MessageId, NumberId, PersonId};
use crate::domain::words::files::Files;
use crate::store::engine::lock_order::hold_rows;
use crate::store::sql::{QueryBuilder, query, query_as};
use crate::store::{Result, Tx, padded, push_list};

/// Pins a conversation to a person, or to nobody, from `now` on; whoever gets it sees it at once even if it was put
/// aside.
pub async fn pin(tx: &mut Tx, conversation: ConversationId, person: Option<PersonId>, now: At) -> Result<()> {
    query("UPDATE conversations SET pinned_to = $1, pinned_at = $2, snoozed_until = NULL WHERE id = $3")
        .bind(person.map(|id| id.0))
        .bind(now.0)
        .bind(conversation.0)
        .execute(tx)
        .await?;
    Ok(())
}

/// Closes a conversation.
pub async fn close(tx: &mut Tx, conversation: ConversationId, now: At) -> Result<()> {
    query(
        "UPDATE conversations SET closed_at = $1, waiting_since = NULL, waits_from = NULL, snoozed_until = NULL, \
         unread_from = NULL, failed_at = NULL WHERE id = $2",
    )
    .bind(now.0)
    .bind(conversation.0)
    .execute(tx)
    .await?;
    Ok(())
}

/// Opens a closed conversation again.
pub async fn reopen(tx: &mut Tx, conversation: ConversationId) -> Result<()> {
    query("UPDATE conversations SET closed_at = NULL, loop_state = NULL, paused_at = NULL WHERE id = $1")
        .bind(conversation.0)
        .execute(tx)
        .await?;
    Ok(())
}

/// Lanes whose texts were taken back: the next in them may leave, once everything that is to be taken away has been.
#[derive(Debug, Default)]
#[must_use = "what stands behind in these lanes waits until they are let go"]
pub struct Freed(pub Vec<(NumberId, String)>);

impl Freed {
    /// Takes over other lanes.
    pub fn add(&mut self, mut other: Freed) {
        self.0.append(&mut other.0);
    }
}

/// Takes back the texts that still wait for a person's phone in a conversation, because it goes to somebody else.
/// Returns their messages, oldest first, each once; and the lanes they stood in.
pub async fn take_back(
    tx: &mut Tx,
    conversation: ConversationId,
    person: PersonId,
    why: &str,
    now: At,
) -> Result<(Vec<MessageId>, Freed)> {
    let waiting: Vec<(i64, i64, i64, String)> = query_as(
        "SELECT d.id, d.message_id, d.number_id, d.to_phone FROM deliveries d WHERE d.conversation_id = $1 \
         AND d.person_id = $2 AND d.state = 'ready' AND d.kind = 'text' AND d.message_id IS NOT NULL ORDER BY d.id",
    )
    .bind(conversation.0)
    .bind(person.0)
    .fetch_all(tx)
    .await?;
    let ids: Vec<i64> = waiting.iter().map(|(id, ..)| *id).collect();
    hold_rows(tx, "deliveries", &ids).await?;
    let (mut messages, mut lanes) = (Vec::new(), Vec::new());
    for (delivery, message, number, phone) in waiting {
        // Another node may have sent it on its way meanwhile; then it is not taken back.
        let taken = query(
            "UPDATE deliveries SET state = 'suppressed', why = $1, due_at = NULL, updated_at = $2 \
             WHERE id = $3 AND state = 'ready'",
        )
        .bind(why)
        .bind(now.0)
        .bind(delivery)
        .execute(tx)
        .await
        .map(|done| done.rows_affected())?;
        if taken == 0 {
            continue;
        }
        messages.push(MessageId(message));
        lanes.push((NumberId(number), phone));
    }
    messages.dedup();
    Ok((messages, Freed(lanes)))
}

/// A message that waited for somebody who no longer has its conversation.
#[derive(Clone, Debug)]
pub struct Waited {
    /// Which.
    pub id: MessageId,
    /// Verbatim.
    pub body: String,
    /// What came with it.
    pub files: Files,
    /// The customer's STOP.
    pub keyword: bool,
    /// Who said it, if staff.
    pub author: Option<PersonId>,
    /// Their name.
    pub author_name: Option<String>,
}

/// These messages in their order, but for those that went to `leg` before.
pub async fn waited(tx: &mut Tx, messages: &[MessageId], leg: LegId) -> Result<Vec<Waited>> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let rows = {
        let mut q = QueryBuilder::new(
            "SELECT m.id, m.body, m.media, m.kind, m.author_id, p.name FROM messages m \
             LEFT JOIN people p ON p.id = m.author_id WHERE NOT EXISTS (SELECT 1 FROM deliveries d \
             WHERE d.message_id = m.id AND d.kind = 'text' AND d.leg_id = ",
        );
        q.push_bind(leg.0).push(") AND m.id IN (");
        push_list(&mut q, padded(messages).map(|id| id.0));
        q.push(" ORDER BY m.id");
        q.build()
            .try_map(|row| {
                Ok(Waited {
                    id: MessageId(row.try_get(0)?),
                    body: row.try_get(1)?,
                    files: Files::kept(row.try_get::<Option<String>, _>(2)?.as_deref()),
                    keyword: row.try_get::<String, _>(3)? == "keyword",
                    author: row.try_get::<Option<i64>, _>(4)?.map(PersonId),
                    author_name: row.try_get(5)?,
                })
            })
            .fetch_all(tx)
            .await
    }?;
    Ok(rows)
}
