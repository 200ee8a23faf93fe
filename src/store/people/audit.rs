//! Who looked at hidden data, and who exported something: rows that nobody can change.

use serde_json::Value;

use crate::clock::At;
use crate::domain::ids::{ConversationId, CustomerId, PersonId};
use crate::domain::people::audit::Action;
use crate::store::sql::query;
use crate::store::{Result, Tx};

/// What somebody did.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Its row.
    pub id: i64,
    /// When.
    pub at: At,
    /// Who.
    pub actor: PersonId,
    /// What.
    pub action: Action,
    /// In which conversation.
    pub conversation: Option<ConversationId>,
    /// About which customer.
    pub customer: Option<CustomerId>,
    /// About whom of the staff.
    pub person: Option<PersonId>,
    /// The particulars; ids and counts, never a number or a body.
    pub data: &'a Value,
}

impl<'a> Entry<'a> {
    /// What `actor` did, about nobody and no conversation in particular.
    #[must_use]
    pub fn new(id: i64, at: At, actor: PersonId, action: Action, data: &'a Value) -> Self {
        Entry { id, at, actor, action, conversation: None, customer: None, person: None, data }
    }
}

/// Writes a row.
pub async fn record(tx: &mut Tx, entry: Entry<'_>) -> Result<()> {
    query(
        "INSERT INTO audit (id, at, actor_id, kind, conversation_id, customer_id, person_id, data) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(entry.id)
    .bind(entry.at)
    .bind(entry.actor)
    .bind(entry.action)
    .bind(entry.conversation)
    .bind(entry.customer)
    .bind(entry.person)
    .bind(entry.data.to_string())
    .execute(tx)
    .await?;
    Ok(())
}
