//! Replies that are not sent yet: they may still be undone, or are scheduled.

use crate::clock::At;
use crate::domain::ids::{ConversationId, MessageId, PersonId, PlannedReplyId};
use crate::store::sql::{query, query_scalar};
use crate::store::{Result, Tx};

/// A reply that waits for its time.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Which.
    pub id: PlannedReplyId,
    /// Where.
    pub conversation: ConversationId,
    /// Who wrote it.
    pub author: PersonId,
    /// The customer's phone when it was written; it never goes to another.
    pub to_phone: String,
    /// What it says.
    pub body: String,
    /// It leaves at a time that somebody chose; else when it can be undone no more.
    pub scheduled: bool,
    /// When it was written.
    pub created_at: At,
    /// When it leaves.
    pub due_at: At,
    /// The form that it was typed into.
    pub form_key: Option<String>,
}

/// Writes one down.
///
/// # Errors
/// [`crate::store::Error::Conflict`] if its form was sent before.
pub async fn insert(tx: &mut Tx, planned: &Planned) -> Result<()> {
    query(
        "INSERT INTO planned_replies (id, conversation_id, author_id, to_phone, body, scheduled, created_at, due_at, \
         form_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(planned.id)
    .bind(planned.conversation)
    .bind(planned.author)
    .bind(planned.to_phone.as_str())
    .bind(planned.body.as_str())
    .bind(i64::from(planned.scheduled))
    .bind(planned.created_at)
    .bind(planned.due_at)
    .bind(planned.form_key.as_deref())
    .execute(tx)
    .await?;
    Ok(())
}

/// The one that was typed into the form of that key, unless it was taken back.
pub async fn by_form_key(tx: &mut Tx, key: &str) -> Result<Option<PlannedReplyId>> {
    let id: Option<i64> =
        query_scalar("SELECT id FROM planned_replies WHERE form_key = $1").bind(key).fetch_optional(tx).await?;
    Ok(id.map(PlannedReplyId))
}

/// Those of a conversation that wait, in the order in which they leave. Hold the conversation first.
pub async fn waiting(tx: &mut Tx, conversation: ConversationId) -> Result<Vec<Planned>> {
    let rows = query(
        "SELECT id, conversation_id, author_id, to_phone, body, scheduled, created_at, due_at, form_key \
         FROM planned_replies WHERE conversation_id = $1 AND ended_at IS NULL ORDER BY due_at, id",
    )
    .bind(conversation)
    .try_map(|row| {
        Ok(Planned {
            id: row.try_get("id")?,
            conversation: row.try_get("conversation_id")?,
            author: row.try_get("author_id")?,
            to_phone: row.try_get("to_phone")?,
            body: row.try_get("body")?,
            scheduled: row.try_get::<i64, _>("scheduled")? != 0,
            created_at: row.try_get("created_at")?,
            due_at: row.try_get("due_at")?,
            form_key: row.try_get("form_key")?,
        })
    })
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// Whether a conversation has or had this one.
pub async fn exists(tx: &mut Tx, conversation: ConversationId, id: PlannedReplyId) -> Result<bool> {
    let found: Option<i64> = query_scalar("SELECT id FROM planned_replies WHERE id = $1 AND conversation_id = $2")
        .bind(id)
        .bind(conversation)
        .fetch_optional(tx)
        .await?;
    Ok(found.is_some())
}

/// At most `limit` conversations in which something is due at `now`. With `free` of everything; else only of what was
/// written from `since` on and is not scheduled.
pub async fn due(tx: &mut Tx, now: At, (free, since): (bool, At), limit: i64) -> Result<Vec<ConversationId>> {
    let rows: Vec<ConversationId> = query_scalar(
        "SELECT conversation_id FROM planned_replies WHERE ended_at IS NULL AND due_at <= $1 \
         AND ($2 = 1 OR (scheduled = 0 AND created_at >= $3)) \
         GROUP BY conversation_id ORDER BY MIN(due_at) LIMIT $4",
    )
    .bind(now)
    .bind(i64::from(free))
    .bind(since)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// How the waiting of a reply ended.
#[derive(Clone, Debug)]
pub enum End {
    /// It was accepted as this message.
    Sent(MessageId),
    /// Somebody took it back.
    TakenBack,
    /// It could not be sent, for this reason.
    Refused(String),
}

/// Ends one that waits. What was taken back may be sent by the same form again.
pub async fn end(tx: &mut Tx, id: PlannedReplyId, end: &End, now: At) -> Result<()> {
    let (message, why) = match end {
        End::Sent(message) => (Some(message.0), None),
        End::TakenBack => (None, None),
        End::Refused(why) => (None, Some(why.as_str())),
    };
    query(
        "UPDATE planned_replies SET ended_at = $1, message_id = $2, why = $3, \
         form_key = CASE WHEN $2 IS NULL THEN NULL ELSE form_key END WHERE id = $4 AND ended_at IS NULL",
    )
    .bind(now)
    .bind(message)
    .bind(why)
    .bind(id)
    .execute(tx)
    .await?;
    Ok(())
}

/// Lets one leave at another time, which is scheduled then.
pub async fn move_to(tx: &mut Tx, id: PlannedReplyId, due_at: At) -> Result<()> {
    query("UPDATE planned_replies SET due_at = $1, scheduled = 1 WHERE id = $2 AND ended_at IS NULL")
        .bind(due_at)
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}
