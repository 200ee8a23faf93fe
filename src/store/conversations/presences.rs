//! Who has a conversation open, and who is typing there. Rows that are older than [`HERE`] mean nothing.

use std::time::Duration;

use crate::clock::{At, seconds};
use crate::domain::ids::{ConversationId, PersonId};
use crate::store::sql::{from_row, query, query_as};
use crate::store::{Result, Tx};

/// Somebody whose page has been silent for so long is not there any more; pages report every 15 seconds.
pub const HERE: Duration = seconds(40);
/// Somebody who has not typed for so long is not typing any more.
pub const TYPING: Duration = seconds(20);

/// Notes that somebody is there; whether that is news to others.
pub async fn touch(tx: &mut Tx, conversation: ConversationId, person: PersonId, typing: bool, now: At) -> Result<bool> {
    let before: Option<(i64, Option<i64>)> =
        query_as("SELECT seen_at, typing_at FROM presences WHERE conversation_id = $1 AND person_id = $2")
            .bind(conversation)
            .bind(person)
            .fetch_optional(tx)
            .await?;
    let was_here = before.is_some_and(|(seen, _)| At(seen) + HERE > now);
    let was_typing = before.and_then(|(_, typing)| typing).is_some_and(|at| At(at) + TYPING > now);
    query(
        "INSERT INTO presences (conversation_id, person_id, seen_at, typing_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (conversation_id, person_id) DO UPDATE SET seen_at = $3, typing_at = $4",
    )
    .bind(conversation)
    .bind(person)
    .bind(now)
    .bind(typing.then_some(now.0))
    .execute(tx)
    .await?;
    Ok(!was_here || was_typing != typing)
}

/// Notes that somebody has left; whether that is news to others.
pub async fn leave(tx: &mut Tx, conversation: ConversationId, person: PersonId, now: At) -> Result<bool> {
    let gone = query("DELETE FROM presences WHERE conversation_id = $1 AND person_id = $2 AND seen_at > $3")
        .bind(conversation)
        .bind(person)
        .bind(now - HERE)
        .execute(tx)
        .await?
        .rows_affected();
    Ok(gone > 0)
}

/// Somebody who is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// Their name.
    pub name: String,
    /// They are typing.
    pub typing: bool,
    /// When they were last heard of.
    pub seen_at: At,
}

from_row! {
    struct OthersRow {
        name: String,
        seen_at: At,
        typing_at: Option<i64>,
    }
}

/// Who else is there, of those who may see the conversation. The caller has checked that `me` may.
pub async fn others(tx: &mut Tx, conversation: ConversationId, me: PersonId, now: At) -> Result<Vec<Present>> {
    let rows: Vec<OthersRow> = query_as(
        "SELECT p.name, r.seen_at, r.typing_at FROM presences r JOIN people p ON p.id = r.person_id \
         JOIN conversations c ON c.id = r.conversation_id \
         WHERE r.conversation_id = $1 AND r.person_id <> $2 AND r.seen_at > $3 AND p.disabled_at IS NULL \
           AND (p.role IN ('manager', 'admin') OR c.pinned_to = p.id OR (c.kind = 'support' AND c.pinned_to IS NULL \
             AND EXISTS (SELECT 1 FROM line_members m WHERE m.line_id = c.line_id AND m.person_id = p.id))) \
         ORDER BY p.name, p.id",
    )
    .bind(conversation)
    .bind(me)
    .bind(now - HERE)
    .fetch_all(tx)
    .await?;
    let present = |OthersRow { name, seen_at: seen, typing_at: typing }: OthersRow| Present {
        name,
        typing: typing.is_some_and(|at| At(at) + TYPING > now),
        seen_at: seen,
    };
    Ok(rows.into_iter().map(present).collect())
}

/// Forgets those who were last there before `before`, at most `limit`.
pub async fn forget(tx: &mut Tx, before: At, limit: i64) -> Result<u64> {
    let done = query(
        "DELETE FROM presences WHERE (conversation_id, person_id) IN (SELECT conversation_id, person_id \
         FROM presences WHERE seen_at < $1 ORDER BY seen_at LIMIT $2)",
    )
    .bind(before)
    .bind(limit)
    .execute(tx)
    .await?
    .rows_affected();
    Ok(done)
}
