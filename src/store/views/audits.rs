//! Who looked at what is hidden, who took something out of the house, and who changed what others may: people, programs,
//! commands and the house itself. For admins.

use sqlx::Row;

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
    /// Who did it: a person's name, or an app's with its token; `None` if `origin` says enough.
    pub actor: Option<String>,
    /// `person`, `program`, `command` or `house`.
    pub origin: String,
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
    let rows = on!(tx, c, R => sqlx::query(
        "SELECT * FROM (SELECT a.id, a.at, p.name AS actor, 'person' AS origin, a.kind, a.conversation_id, a.customer_id, \
           o.name AS person, a.data FROM audit a JOIN people p ON p.id = a.actor_id \
           LEFT JOIN people o ON o.id = a.person_id \
           WHERE a.id < $1 AND ($2 < 0 OR a.conversation_id = $2) AND ($3 < 0 OR a.customer_id = $3) \
           ORDER BY a.id DESC LIMIT $4) people_did \
         UNION ALL SELECT * FROM (SELECT b.id, b.at, CASE WHEN t.name IS NULL THEN p.name \
             ELSE p.name || ' (' || t.name || ')' END AS actor, b.origin, b.kind, b.conversation_id, \
           CAST(NULL AS BIGINT) AS customer_id, CAST(NULL AS TEXT) AS person, b.data FROM acts b \
           LEFT JOIN apps p ON p.id = b.app_id LEFT JOIN api_tokens t ON t.id = b.token_id \
           WHERE b.id < $1 AND ($2 < 0 OR b.conversation_id = $2) AND $3 < 0 \
           ORDER BY b.id DESC LIMIT $4) others_did \
         ORDER BY 1 DESC LIMIT $4")
        .bind(before).bind(about.conversation.unwrap_or(-1)).bind(about.customer.unwrap_or(-1)).bind(PAGE)
        .try_map(|row: R| Ok(Audited {
            id: row.try_get(0)?,
            at: At(row.try_get(1)?),
            actor: row.try_get(2)?,
            origin: row.try_get(3)?,
            kind: row.try_get(4)?,
            conversation: row.try_get::<Option<i64>, _>(5)?.map(ConversationId),
            customer: row.try_get::<Option<i64>, _>(6)?.map(CustomerId),
            person: row.try_get(7)?,
            data: row.try_get(8)?,
        }))
        .fetch_all(&mut *c).await)?;
    Ok(rows)
}
