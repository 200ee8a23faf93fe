//! The pin of a conversation, and its end.

use crate::clock::At;
use crate::domain::ids::{ConversationId, LegId, MessageId, NumberId, PersonId};
use crate::domain::message::Kind;
use crate::domain::words::files::Files;
use crate::store::engine::lock_order::hold_rows;
use crate::store::sql::{QueryBuilder, from_row, query, query_as};
use crate::store::{Result, Tx, padded, push_list};

/// Pins a conversation to a person, or to nobody, from `now` on. Its new rep sees it at once even if it was
/// snoozed.
pub async fn pin(tx: &mut Tx, conversation: ConversationId, person: Option<PersonId>, now: At) -> Result<()> {
    query("UPDATE conversations SET pinned_to = $1, pinned_at = $2, snoozed_until = NULL WHERE id = $3")
        .bind(person)
        .bind(now)
        .bind(conversation)
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
    .bind(now)
    .bind(conversation)
    .execute(tx)
    .await?;
    Ok(())
}

/// Opens a closed conversation again.
pub async fn reopen(tx: &mut Tx, conversation: ConversationId) -> Result<()> {
    query("UPDATE conversations SET closed_at = NULL, loop_state = NULL, paused_at = NULL WHERE id = $1")
        .bind(conversation)
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

from_row! {
    struct TakeBackRow {
        id: i64,
        message_id: MessageId,
        number_id: NumberId,
        to_phone: String,
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
    let waiting: Vec<TakeBackRow> = query_as(
        "SELECT d.id, d.message_id, d.number_id, d.to_phone FROM deliveries d WHERE d.conversation_id = $1 \
         AND d.person_id = $2 AND d.state = 'ready' AND d.kind = 'text' AND d.message_id IS NOT NULL ORDER BY d.id",
    )
    .bind(conversation)
    .bind(person)
    .fetch_all(tx)
    .await?;
    let ids: Vec<i64> = waiting.iter().map(|row| row.id).collect();
    hold_rows(tx, "deliveries", &ids).await?;
    let (mut messages, mut lanes) = (Vec::new(), Vec::new());
    for TakeBackRow { id: delivery, message_id: message, number_id: number, to_phone: phone } in waiting {
        // Another node may have sent it on its way meanwhile; then it is not taken back.
        let taken = query(
            "UPDATE deliveries SET state = 'suppressed', why = $1, due_at = NULL, updated_at = $2 \
             WHERE id = $3 AND state = 'ready'",
        )
        .bind(why)
        .bind(now)
        .bind(delivery)
        .execute(tx)
        .await?
        .rows_affected();
        if taken == 0 {
            continue;
        }
        messages.push(message);
        lanes.push((number, phone));
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
        q.push_bind(leg).push(") AND m.id IN (");
        push_list(&mut q, padded(messages).copied());
        q.push(" ORDER BY m.id");
        q.build()
            .try_map(|row| {
                Ok(Waited {
                    id: row.try_get("id")?,
                    body: row.try_get("body")?,
                    files: Files::kept(row.try_get::<Option<String>, _>("media")?.as_deref()),
                    keyword: row.try_get::<Kind, _>("kind")? == Kind::Keyword,
                    author: row.try_get("author_id")?,
                    author_name: row.try_get("name")?,
                })
            })
            .fetch_all(tx)
            .await
    }?;
    Ok(rows)
}
