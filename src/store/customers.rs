//! Whom staff want no texts from, and what staff were asked to look at.

use super::{Result, Tx};
use crate::clock::At;
use crate::domain::ids::{ConversationId, CustomerId, MessageId, NumberId, PersonId};
use crate::on;

/// Blocks a customer, by whom and when; with `None` they may write again.
///
/// # Errors
/// What the database said.
pub async fn set_block(tx: &mut Tx, customer: CustomerId, by: Option<(At, PersonId)>) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE customers SET blocked_at = $1, blocked_by = $2 WHERE id = $3")
        .bind(by.map(|(at, _)| at.0)).bind(by.map(|(_, person)| person.0)).bind(customer.0)
        .execute(&mut *c).await.map(drop))?;
    Ok(())
}

/// Whether staff have blocked the customer with this phone.
///
/// # Errors
/// What the database said.
pub async fn is_blocked(tx: &mut Tx, phone: &str) -> Result<bool> {
    let row: Option<(i64,)> = on!(tx, c => sqlx::query_as(
        "SELECT id FROM customers WHERE phone = $1 AND blocked_at IS NOT NULL")
        .bind(phone).fetch_optional(&mut *c).await)?;
    Ok(row.is_some())
}

/// Marks a conversation as one in which the customer seems to refuse texts, or takes the mark away.
///
/// # Errors
/// What the database said.
pub async fn flag(tx: &mut Tx, conversation: ConversationId, at: Option<At>) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE conversations SET flagged_at = $1 WHERE id = $2")
        .bind(at.map(|at| at.0)).bind(conversation.0).execute(&mut *c).await.map(drop))?;
    Ok(())
}

/// The message for which a conversation was marked last.
///
/// # Errors
/// What the database said.
pub async fn flagged_message(tx: &mut Tx, conversation: ConversationId) -> Result<Option<MessageId>> {
    let row: Option<(String,)> = on!(tx, c => sqlx::query_as(
        "SELECT data FROM events WHERE conversation_id = $1 AND kind = 'looks_like_refusal' ORDER BY id DESC LIMIT 1")
        .bind(conversation.0).fetch_optional(&mut *c).await)?;
    let data: Option<serde_json::Value> = row.and_then(|(data,)| serde_json::from_str(&data).ok());
    Ok(data.and_then(|data| data["message"].as_str()?.parse().ok()).map(MessageId))
}

/// The customer with this phone, if there ever was one.
///
/// # Errors
/// What the database said.
pub async fn by_phone(tx: &mut Tx, phone: &str) -> Result<Option<CustomerId>> {
    let id: Option<i64> = on!(tx, c => sqlx::query_scalar("SELECT id FROM customers WHERE phone = $1")
        .bind(phone).fetch_optional(&mut *c).await)?;
    Ok(id.map(CustomerId))
}

/// The open conversation into which a text from `phone` to `line` goes, and the name of its rep.
///
/// # Errors
/// What the database said.
pub async fn open_with(tx: &mut Tx, phone: &str, line: NumberId) -> Result<Option<(ConversationId, Option<String>)>> {
    let row: Option<(i64, Option<String>)> = on!(tx, c => sqlx::query_as(
        "SELECT c.id, p.name FROM legs l JOIN conversations c ON c.id = l.conversation_id \
         LEFT JOIN people p ON p.id = c.pinned_to WHERE l.phone = $1 AND l.number_id = $2 AND l.ended_at IS NULL")
        .bind(phone).bind(line.0).fetch_optional(&mut *c).await)?;
    Ok(row.map(|(id, rep)| (ConversationId(id), rep)))
}
