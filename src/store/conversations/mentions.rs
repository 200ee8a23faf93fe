//! Colleagues named in notes. A mention grants no rights: only colleagues who may see the conversation can be named
//! there.

use std::collections::HashMap;

use crate::domain::ids::{ConversationId, MessageId, PersonId};
use crate::store::sql::{QueryBuilder, query_as};
use crate::store::{Result, Tx, pieces};

/// Who can be named in a conversation, by name: people who are enabled and may see it.
pub async fn candidates(tx: &mut Tx, conversation: ConversationId) -> Result<Vec<(PersonId, String)>> {
    let rows: Vec<(PersonId, String)> = query_as(
        "SELECT p.id, p.name FROM people p JOIN conversations c ON c.id = $1 \
         WHERE p.disabled_at IS NULL AND (p.role IN ('manager', 'admin') OR c.pinned_to = p.id \
           OR (c.kind = 'support' AND c.pinned_to IS NULL AND EXISTS (SELECT 1 FROM line_members m \
             WHERE m.line_id = c.line_id AND m.person_id = p.id))) ORDER BY p.name, p.id",
    )
    .bind(conversation)
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// Remembers who was named in a note.
pub async fn insert(tx: &mut Tx, conversation: ConversationId, note: MessageId, people: &[PersonId]) -> Result<()> {
    for piece in pieces(tx, people) {
        let mut q = QueryBuilder::new("INSERT INTO mentions (message_id, person_id, conversation_id) ");
        q.push_values(piece, |mut b, person| {
            b.push_bind(note).push_bind(person).push_bind(conversation);
        });
        q.build().execute(tx).await?;
    }
    Ok(())
}

/// The names of those who were named in each note of a conversation, from the message `from` on.
pub async fn names(tx: &mut Tx, conversation: ConversationId, from: i64) -> Result<HashMap<MessageId, Vec<String>>> {
    let rows: Vec<(i64, String)> = query_as(
        "SELECT n.message_id, p.name FROM mentions n JOIN people p ON p.id = n.person_id \
         WHERE n.conversation_id = $1 AND n.message_id >= $2 ORDER BY n.message_id, p.name",
    )
    .bind(conversation)
    .bind(from)
    .fetch_all(tx)
    .await?;
    let mut names: HashMap<MessageId, Vec<String>> = HashMap::new();
    for (note, name) in rows {
        names.entry(MessageId(note)).or_default().push(name);
    }
    Ok(names)
}
