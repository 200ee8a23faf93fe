//! Replies of a conversation that are not sent yet, and those that could not be sent.

use crate::clock::At;
use crate::domain::ids::{ConversationId, PlannedReplyId};
use crate::store::sql::{from_row, query_as};
use crate::store::{Result, Tx};

/// A reply that waits, or that could not be sent.
#[derive(Clone, Debug)]
pub struct Leaving {
    /// Which.
    pub id: PlannedReplyId,
    /// The name of its writer.
    pub author: String,
    /// What it says.
    pub body: String,
    /// It leaves at a time that somebody chose.
    pub scheduled: bool,
    /// When it leaves.
    pub due_at: At,
    /// When it ended, and why it was not sent.
    pub ended: Option<(At, String)>,
}

from_row! {
    struct LeavingRow {
        id: PlannedReplyId,
        name: String,
        body: String,
        scheduled: i64,
        due_at: At,
        ended_at: Option<i64>,
        why: Option<String>,
    }
}

/// Those of a conversation that wait, in the order in which they leave, and those from `from` on that could not be sent.
/// The caller has checked that the conversation may be seen.
pub async fn leaving(tx: &mut Tx, id: ConversationId, from: i64) -> Result<Vec<Leaving>> {
    let rows: Vec<LeavingRow> = query_as(
        "SELECT r.id, p.name, r.body, r.scheduled, r.due_at, r.ended_at, r.why FROM planned_replies r \
         JOIN people p ON p.id = r.author_id WHERE r.conversation_id = $1 \
           AND (r.ended_at IS NULL OR (r.why IS NOT NULL AND r.id >= $2)) ORDER BY r.due_at, r.id",
    )
    .bind(id)
    .bind(from)
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|LeavingRow { id, name: author, body, scheduled, due_at, ended_at, why }| Leaving {
            id,
            author,
            body,
            scheduled: scheduled != 0,
            due_at,
            ended: ended_at.map(|at| (At(at), why.unwrap_or_default())),
        })
        .collect())
}
