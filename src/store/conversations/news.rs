//! What happened in a conversation since somebody read it.

use crate::domain::ids::{ConversationId, PersonId};
use crate::store::sql::query_as;
use crate::store::{Result, Tx};

/// The most that is told.
const MOST: i64 = 20;

/// Something that a writer has not seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The colleague's name; nobody's if the customer said it.
    pub by: Option<String>,
    /// What was said.
    pub body: String,
}

/// What others have said in a conversation after `seen`, a message or a reply that was about to leave: the customer's
/// texts and colleagues' replies, also those that can still be taken back. Oldest first.
pub async fn since(tx: &mut Tx, conversation: ConversationId, me: PersonId, seen: i64) -> Result<Vec<News>> {
    // What was seen as a reply about to leave is no news when it has left.
    let rows: Vec<(Option<String>, String)> = query_as(
        "SELECT name, body FROM (SELECT m.id AS id, p.name AS name, m.body AS body FROM messages m \
           LEFT JOIN people p ON p.id = m.author_id \
           WHERE m.conversation_id = $1 AND m.id > $3 AND m.kind IN ('text', 'keyword') AND m.author <> 'system' \
             AND (m.author_id IS NULL OR m.author_id <> $2) \
             AND NOT EXISTS (SELECT 1 FROM planned_replies s WHERE s.conversation_id = $1 AND s.message_id = m.id \
               AND s.id <= $3) \
         UNION ALL SELECT r.id, p.name, r.body FROM planned_replies r JOIN people p ON p.id = r.author_id \
           WHERE r.conversation_id = $1 AND r.id > $3 AND r.author_id <> $2 AND r.ended_at IS NULL \
             AND r.scheduled = 0) told ORDER BY id LIMIT $4",
    )
    .bind(conversation)
    .bind(me)
    .bind(seen)
    .bind(MOST)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(by, body)| News { by, body }).collect())
}
