//! One conversation's head, if the viewer may see it.
//! Unknown and forbidden look the same from here on.

use sqlx::AssertSqlSafe;

use super::{Contact, Viewer};
use crate::clock::At;
use crate::domain::ids::{ConversationId, CustomerId, NumberId, PersonId};
use crate::domain::phone::Sender;
use crate::on;
use crate::store::{Result, Tx};

/// A conversation's head.
#[derive(Clone, Debug)]
pub struct Head {
    /// The number that people say.
    pub id: ConversationId,
    /// The customer.
    pub contact: Contact,
    /// The customer's row.
    pub customer: Option<CustomerId>,
    /// Since when we know the customer.
    pub customer_since: Option<At>,
    /// Whether the customer's number can be answered (a sender name cannot).
    pub answerable: bool,
    /// The line.
    pub line: Option<NumberId>,
    /// The line's name; empty in a pair.
    pub line_name: String,
    /// The rep it is pinned to.
    pub rep: Option<PersonId>,
    /// That rep's name.
    pub rep_name: Option<String>,
    /// When it was opened.
    pub opened_at: At,
    /// When it was closed.
    pub closed_at: Option<At>,
    /// Since when relaying is paused, because two machines answer each other.
    pub paused_at: Option<At>,
}

type Raw = (
    i64,
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<i64>,
    Option<String>,
    i64,
    Option<i64>,
    Option<i64>,
);

/// The conversation `id`, if `viewer` may see it.
///
/// # Errors
/// What the database said.
pub async fn head(tx: &mut Tx, viewer: Viewer, id: ConversationId) -> Result<Option<Head>> {
    let sql = format!(
        "SELECT c.id, u.id, u.name, u.phone, u.created_at, l.id, l.name, p.id, p.name, c.opened_at, c.closed_at, \
         c.paused_at FROM conversations c LEFT JOIN customers u ON u.id = c.customer_id \
         LEFT JOIN lines l ON l.id = c.line_id LEFT JOIN people p ON p.id = c.pinned_to \
         WHERE c.id = $2 AND {}",
        viewer.sees()
    );
    let raw: Option<Raw> = on!(tx, c => sqlx::query_as(AssertSqlSafe(sql))
        .bind(viewer.person.0).bind(id.0).fetch_optional(c).await)?;
    Ok(raw.map(
        |(id, customer, name, phone, since, line, line_name, rep, rep_name, opened_at, closed_at, paused_at)| Head {
            id: ConversationId(id),
            answerable: phone.as_deref().is_some_and(|phone| Sender::read(phone).answerable()),
            contact: Contact::new(name, phone.as_deref()),
            customer: customer.map(CustomerId),
            customer_since: since.map(At),
            line: line.map(NumberId),
            line_name: line_name.unwrap_or_default(),
            rep: rep.map(PersonId),
            rep_name,
            opened_at: At(opened_at),
            closed_at: closed_at.map(At),
            paused_at: paused_at.map(At),
        },
    ))
}
