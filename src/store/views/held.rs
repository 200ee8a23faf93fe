//! Held texts: stored, relayed to nobody, for managers to look at.

use super::Contact;
use crate::clock::At;
use crate::domain::ids::{ConversationId, MessageId};
use crate::on;
use crate::store::{Result, Tx};

/// How many a page shows.
pub const PAGE: i64 = 50;

/// A held text.
#[derive(Clone, Debug)]
pub struct HeldText {
    /// The message.
    pub id: MessageId,
    /// When it came.
    pub at: At,
    /// Who sent it.
    pub from: Contact,
    /// Which number of ours it was sent to: the line's name, else the number.
    pub to: String,
    /// What it says.
    pub body: String,
    /// Why it was held, in the word that routing recorded.
    pub why: String,
    /// The conversation that it used to belong to.
    pub conversation: Option<ConversationId>,
}

/// How many texts are held.
///
/// # Errors
/// What the database said.
pub async fn count(tx: &mut Tx) -> Result<i64> {
    let (count,): (i64,) = on!(tx, c => sqlx::query_as(
        "SELECT COUNT(*) FROM messages WHERE outcome = 'held'"
    ).fetch_one(c).await)?;
    Ok(count)
}

type Raw =
    (i64, i64, Option<String>, Option<String>, Option<String>, Option<String>, String, Option<String>, Option<i64>);

/// Held texts, newest first, those older than `before`. For managers.
///
/// # Errors
/// What the database said.
pub async fn list(tx: &mut Tx, before: MessageId) -> Result<Vec<HeldText>> {
    let raw: Vec<Raw> = on!(tx, c => sqlx::query_as(
        "SELECT m.id, m.accepted_at, u.name, m.from_phone, l.name, m.to_number, m.body, m.why, m.conversation_id \
         FROM messages m LEFT JOIN customers u ON u.phone = m.from_phone \
         LEFT JOIN numbers n ON n.number = m.to_number LEFT JOIN lines l ON l.id = n.id \
         WHERE m.outcome = 'held' AND m.id < $1 ORDER BY m.id DESC LIMIT $2"
    ).bind(before.0).bind(PAGE).fetch_all(c).await)?;
    Ok(raw
        .into_iter()
        .map(|(id, at, name, phone, line, number, body, why, conversation)| HeldText {
            id: MessageId(id),
            at: At(at),
            from: Contact::new(name, phone.as_deref()),
            to: line.or(number).unwrap_or_default(),
            body,
            why: why.unwrap_or_default(),
            conversation: conversation.map(ConversationId),
        })
        .collect())
}
