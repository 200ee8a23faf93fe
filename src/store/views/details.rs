//! What stands beside a thread: legs, whether we may text, colleagues, earlier conversations.

use sqlx::AssertSqlSafe;

use super::Viewer;
use super::thread::Head;
use crate::clock::At;
use crate::domain::ids::{ConversationId, NumberId, PersonId};
use crate::on;
use crate::store::{Result, Tx};

/// A way into the conversation.
#[derive(Clone, Debug)]
pub struct Leg {
    /// The rep whose phone it is; nobody's name on the customer's leg.
    pub rep: Option<String>,
    /// Our number's end: the line's name, else the mask's number.
    pub ours: String,
    /// Since when.
    pub opened_at: At,
}

/// The live legs of a conversation, the customer's first.
///
/// # Errors
/// What the database said.
pub async fn legs(tx: &mut Tx, id: ConversationId) -> Result<Vec<Leg>> {
    let raw: Vec<(Option<String>, Option<String>, String, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT p.name, l.name, n.number, g.opened_at FROM legs g JOIN numbers n ON n.id = g.number_id \
         LEFT JOIN lines l ON l.id = n.id LEFT JOIN people p ON p.id = g.person_id \
         WHERE g.conversation_id = $1 AND g.ended_at IS NULL ORDER BY g.role, g.id"
    ).bind(id.0).fetch_all(c).await)?;
    Ok(raw
        .into_iter()
        .map(|(rep, line, number, at)| Leg { rep, ours: line.unwrap_or(number), opened_at: At(at) })
        .collect())
}

/// Somebody a conversation can be handed to.
#[derive(Clone, Debug)]
pub struct Colleague {
    /// Who.
    pub id: PersonId,
    /// Name.
    pub name: String,
    /// Takes new customers now.
    pub on_duty: bool,
    /// Open conversations.
    pub open: i64,
}

/// The enabled members of a line, by name.
///
/// # Errors
/// What the database said.
pub async fn colleagues(tx: &mut Tx, line: NumberId) -> Result<Vec<Colleague>> {
    let raw: Vec<(i64, String, String, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT p.id, p.name, p.duty, \
         (SELECT COUNT(*) FROM conversations c WHERE c.pinned_to = p.id AND c.closed_at IS NULL) \
         FROM line_members m JOIN people p ON p.id = m.person_id \
         WHERE m.line_id = $1 AND p.disabled_at IS NULL ORDER BY p.name, p.id"
    ).bind(line.0).fetch_all(c).await)?;
    Ok(raw
        .into_iter()
        .map(|(id, name, duty, open)| Colleague { id: PersonId(id), name, on_duty: duty == "on", open })
        .collect())
}

/// Another conversation with the same customer.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// The conversation.
    pub id: ConversationId,
    /// When something was last said.
    pub at: At,
    /// The beginning of what was last said.
    pub preview: String,
}

/// The customer's other conversations that the viewer may see, newest first.
///
/// # Errors
/// What the database said.
pub async fn earlier(tx: &mut Tx, viewer: Viewer, head: &Head) -> Result<Vec<Earlier>> {
    let Some(customer) = head.customer else { return Ok(Vec::new()) };
    let sql = format!(
        "SELECT c.id, c.last_at, c.preview FROM conversations c \
         WHERE c.customer_id = $2 AND c.id <> $3 AND {} ORDER BY c.id DESC LIMIT 5",
        viewer.sees()
    );
    let raw: Vec<(i64, i64, String)> = on!(tx, c => sqlx::query_as(AssertSqlSafe(sql))
        .bind(viewer.person.0).bind(customer.0).bind(head.id.0).fetch_all(c).await)?;
    Ok(raw.into_iter().map(|(id, at, preview)| Earlier { id: ConversationId(id), at: At(at), preview }).collect())
}

/// Whether a customer may be texted from a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MayText {
    /// Nothing speaks against it.
    Yes,
    /// Nothing any more: they opted in again.
    Again(At),
    /// They said no.
    OptedOut(At),
    /// A colleague entered that they said no.
    OptedOutByStaff(At),
    /// The carrier or their phone blocks the number.
    Blocked(At),
}

/// Reads both ledgers for the customer of `head` on its line.
///
/// # Errors
/// What the database said.
pub async fn may_text(tx: &mut Tx, head: &Head) -> Result<MayText> {
    let (Some(customer), Some(line)) = (head.customer, head.line) else { return Ok(MayText::Yes) };
    let scope = format!("line:{line}");
    let consent: Option<(i64, i64, String)> = on!(tx, c => sqlx::query_as(
        "SELECT k.given, k.at, k.origin FROM consents k JOIN customers u ON u.phone = k.phone \
         WHERE u.id = $1 AND k.scope = $2 ORDER BY k.id DESC LIMIT 1"
    ).bind(customer.0).bind(scope).fetch_optional(c).await)?;
    let block: Option<(i64, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT b.blocked, b.at FROM blocks b JOIN customers u ON u.phone = b.phone \
         WHERE u.id = $1 AND b.number_id = $2 ORDER BY b.id DESC LIMIT 1"
    ).bind(customer.0).bind(line.0).fetch_optional(c).await)?;
    Ok(match (consent, block) {
        (Some((0, at, origin)), _) if origin == "staff" => MayText::OptedOutByStaff(At(at)),
        (Some((0, at, _)), _) => MayText::OptedOut(At(at)),
        (_, Some((1, at))) => MayText::Blocked(At(at)),
        (Some((_, at, _)), _) => MayText::Again(At(at)),
        (None, _) => MayText::Yes,
    })
}
