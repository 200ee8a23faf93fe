//! Who looked at what is hidden, and who took something out of the house. For admins.

use crate::clock::At;
use crate::domain::ids::{ConversationId, CustomerId};
use crate::on;
use crate::store::{Result, Tx};

/// How many rows a page has.
pub const PAGE: i64 = 50;

/// A row.
#[derive(Clone, Debug)]
pub struct Audited {
    /// Which.
    pub id: i64,
    /// When.
    pub at: At,
    /// Who did it.
    pub actor: String,
    /// What: a word.
    pub kind: String,
    /// In which conversation.
    pub conversation: Option<ConversationId>,
    /// About which customer.
    pub customer: Option<CustomerId>,
    /// About whom of the staff.
    pub person: Option<String>,
    /// The particulars, as JSON.
    pub data: String,
}

/// What is asked for; all where nothing is.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    /// A conversation.
    pub conversation: Option<i64>,
    /// A customer.
    pub customer: Option<i64>,
}

/// The newest rows before `before`.
///
/// # Errors
/// What the database said.
pub async fn list(tx: &mut Tx, about: About, before: i64) -> Result<Vec<Audited>> {
    let rows: Vec<(i64, i64, String, String, Option<i64>, Option<i64>, Option<String>, String)> = on!(tx, c => sqlx::query_as(
        "SELECT a.id, a.at, p.name, a.kind, a.conversation_id, a.customer_id, o.name, a.data FROM audit a \
         JOIN people p ON p.id = a.actor_id LEFT JOIN people o ON o.id = a.person_id \
         WHERE a.id < $1 AND ($2 < 0 OR a.conversation_id = $2) AND ($3 < 0 OR a.customer_id = $3) \
         ORDER BY a.id DESC LIMIT $4")
        .bind(before).bind(about.conversation.unwrap_or(-1)).bind(about.customer.unwrap_or(-1)).bind(PAGE)
        .fetch_all(&mut *c).await)?;
    let row = |(id, at, actor, kind, conversation, customer, person, data): (
        i64,
        i64,
        String,
        String,
        Option<i64>,
        Option<i64>,
        Option<String>,
        String,
    )| {
        Audited {
            id,
            at: At(at),
            actor,
            kind,
            conversation: conversation.map(ConversationId),
            customer: customer.map(CustomerId),
            person,
            data,
        }
    };
    Ok(rows.into_iter().map(row).collect())
}
