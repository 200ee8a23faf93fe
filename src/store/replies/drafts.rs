//! What people are writing and have not sent, a reply and a note for each conversation.

use crate::clock::At;
use crate::domain::ids::{ConversationId, PersonId};
use crate::store::sql::{query, query_as};
use crate::store::{Result, Tx};

/// What somebody is writing in a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// To the customer.
    pub reply: String,
    /// For colleagues.
    pub note: String,
}

/// What `person` is writing there; empty if nothing.
pub async fn of(tx: &mut Tx, person: PersonId, conversation: ConversationId) -> Result<Draft> {
    let row: Option<(String, String)> =
        query_as("SELECT reply, note FROM drafts WHERE person_id = $1 AND conversation_id = $2")
            .bind(person)
            .bind(conversation)
            .fetch_optional(tx)
            .await?;
    Ok(row.map(|(reply, note)| Draft { reply, note }).unwrap_or_default())
}

/// Keeps a draft, or none where both are empty.
pub async fn keep(tx: &mut Tx, person: PersonId, conversation: ConversationId, draft: &Draft, now: At) -> Result<()> {
    if *draft == Draft::default() {
        query("DELETE FROM drafts WHERE person_id = $1 AND conversation_id = $2")
            .bind(person)
            .bind(conversation)
            .execute(tx)
            .await?;
        return Ok(());
    }
    query(
        "INSERT INTO drafts (person_id, conversation_id, reply, note, saved_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (person_id, conversation_id) DO UPDATE SET reply = $3, note = $4, saved_at = $5",
    )
    .bind(person)
    .bind(conversation)
    .bind(draft.reply.as_str())
    .bind(draft.note.as_str())
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}
