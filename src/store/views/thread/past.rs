//! What belongs to one customer: the conversations of a line that make one timeline, each with the reader's own rights.
//!
//! Merged contacts count as one customer.

use super::Head;
use crate::clock::At;
use crate::domain::ids::{ConversationId, CustomerId, MessageId};
use crate::store::customers::contacts;
use crate::store::sql::{AssertSqlSafe, Query, query, query_scalar};
use crate::store::views::{Contact, Viewer, params};
use crate::store::{Result, Tx, padded};

/// How many conversations one page of a timeline is made of.
const MOST: i64 = 12;

/// A conversation in the timeline of another.
#[derive(Clone, Debug)]
pub struct Part {
    /// Which.
    pub id: ConversationId,
    /// Its customer; after a merge not everywhere the same phone.
    pub contact: Contact,
}

/// The conversations whose messages before `before` stand in the timeline of `head`, itself among them: those of its
/// customer on its line that began before it ended, as far as `viewer` may see them.
pub async fn together(tx: &mut Tx, viewer: Viewer, head: &Head, before: MessageId) -> Result<Vec<Part>> {
    let alone = || vec![Part { id: head.id, contact: head.contact.clone() }];
    let (Some(customer), Some(line)) = (head.customer, head.line) else { return Ok(alone()) };
    // Who else it is stands on the card.
    let customers = if head.knows { contacts::group(tx, customer).await? } else { vec![customer] };
    let until = began_before(tx, before).await?.min(head.closed_at.unwrap_or(At(i64::MAX)));
    let sql = format!(
        "SELECT c.id, {} AS contact, u.phone, l.policies FROM conversations c JOIN customers u ON u.id = c.customer_id \
         JOIN lines l ON l.id = c.line_id WHERE c.line_id = $2 AND c.opened_at <= $3 AND {} AND c.customer_id IN ({}) \
         ORDER BY c.last_at DESC, c.id DESC LIMIT $4",
        viewer.name(),
        viewer.sees(),
        params(5, &customers)
    );
    let parts = {
        let q = query(AssertSqlSafe(sql)).bind(viewer.person).bind(line).bind(until).bind(MOST);
        padded(&customers)
            .fold(q, Query::bind)
            .try_map(|row| {
                let (phone, policies): (String, Option<String>) = (row.try_get("phone")?, row.try_get("policies")?);
                Ok(Part {
                    id: row.try_get("id")?,
                    contact: Contact::on(row.try_get("contact")?, Some(&phone), policies.as_deref()),
                })
            })
            .fetch_all(tx)
            .await
    }?;
    Ok(if parts.is_empty() { alone() } else { parts })
}

/// When the message `before` was accepted, so that only what began earlier is looked at; the end of time if it is none.
async fn began_before(tx: &mut Tx, before: MessageId) -> Result<At> {
    let at: Option<i64> =
        query_scalar("SELECT accepted_at FROM messages WHERE id = $1").bind(before).fetch_optional(tx).await?;
    Ok(At(at.unwrap_or(i64::MAX)))
}

/// Another conversation with the same customer, on whichever line.
#[derive(Clone, Debug)]
pub struct Other {
    /// The conversation.
    pub id: ConversationId,
    /// When something was last said.
    pub at: At,
    /// The beginning of what was last said.
    pub preview: String,
    /// Its line.
    pub line: String,
    /// Who has or had it.
    pub rep: Option<String>,
    /// Its phone, where that is another one than the reader looks at.
    pub masked: String,
    /// It is not closed.
    pub open: bool,
}

/// At most `most` other conversations of a customer that the viewer may see, newest first.
pub async fn others(
    tx: &mut Tx,
    viewer: Viewer,
    (customers, except): (&[CustomerId], ConversationId),
    most: i64,
) -> Result<Vec<Other>> {
    if customers.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT c.id, c.last_at, c.preview, l.name AS line, p.name, u.phone, l.policies, c.closed_at FROM conversations c \
         JOIN customers u ON u.id = c.customer_id LEFT JOIN lines l ON l.id = c.line_id \
         LEFT JOIN people p ON p.id = c.pinned_to WHERE c.id <> $2 AND {} AND c.customer_id IN ({}) \
         ORDER BY c.id DESC LIMIT $3",
        viewer.sees(),
        params(4, customers)
    );
    let others = {
        let q = query(AssertSqlSafe(sql)).bind(viewer.person).bind(except).bind(most);
        padded(customers)
            .fold(q, Query::bind)
            .try_map(|row| {
                let (phone, policies): (String, Option<String>) = (row.try_get("phone")?, row.try_get("policies")?);
                Ok(Other {
                    id: row.try_get("id")?,
                    at: row.try_get("last_at")?,
                    preview: row.try_get("preview")?,
                    line: row.try_get::<Option<String>, _>("line")?.unwrap_or_default(),
                    rep: row.try_get("name")?,
                    masked: Contact::on(None, Some(&phone), policies.as_deref()).masked,
                    open: row.try_get::<Option<i64>, _>("closed_at")?.is_none(),
                })
            })
            .fetch_all(tx)
            .await
    }?;
    Ok(others)
}
