//! Who may see a conversation: decided where it is read, so that somebody who guesses an id finds nothing.

use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::people::person::Role;
use crate::store::routing::routes::{self, Conversation};
use crate::store::sql::query_as;
use crate::store::{Result, Tx};

/// Somebody who may see a conversation.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// Who.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Manager or admin.
    pub manages: bool,
}

/// The person, if enabled and allowed to see this conversation: managers and admins all of them, a rep those pinned
/// to the rep and the unassigned ones of the rep's lines.
pub async fn viewer(tx: &mut Tx, person: PersonId, conversation: ConversationId) -> Result<Option<Viewer>> {
    let row: Option<(String, Role)> = query_as(
        "SELECT p.name, p.role FROM people p JOIN conversations c ON c.id = $2 \
         WHERE p.id = $1 AND p.disabled_at IS NULL AND (p.role IN ('manager', 'admin') OR c.pinned_to = p.id \
           OR (c.kind = 'support' AND c.pinned_to IS NULL AND EXISTS (SELECT 1 FROM line_members m \
             WHERE m.line_id = c.line_id AND m.person_id = p.id)))",
    )
    .bind(person)
    .bind(conversation)
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|(name, role)| Viewer { id: person, name, manages: role >= Role::Manager }))
}

/// A conversation, locked until the commit as by [`routes::conversations`], and who asks for it; `None` if there is no such
/// conversation for this person.
pub async fn conversation(
    tx: &mut Tx,
    person: PersonId,
    conversation_id: ConversationId,
) -> Result<Option<(Conversation, Viewer)>> {
    let conversation = routes::conversations(tx, &[conversation_id]).await?.into_iter().next();
    Ok(conversation.zip(viewer(tx, person, conversation_id).await?))
}

/// Somebody to whom a conversation may be handed: enabled, and a member of its line.
#[derive(Clone, Debug)]
pub struct Assignee {
    /// Their name.
    pub name: String,
    /// Their phone, if it takes texts.
    pub phone: Option<String>,
}

/// The person, if the conversation may be handed to them.
pub async fn assignee(tx: &mut Tx, person: PersonId, conversation: ConversationId) -> Result<Option<Assignee>> {
    let row: Option<(String, Option<String>)> = query_as(
        "SELECT p.name, CASE WHEN p.phone_verified_at IS NOT NULL AND p.phone_muted_at IS NULL THEN p.phone END \
         FROM people p JOIN conversations c ON c.id = $2 JOIN line_members m ON m.line_id = c.line_id \
           AND m.person_id = p.id WHERE p.id = $1 AND p.disabled_at IS NULL",
    )
    .bind(person)
    .bind(conversation)
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|(name, phone)| Assignee { name, phone }))
}
