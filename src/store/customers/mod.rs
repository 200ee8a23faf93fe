//! Blocks by staff, and texts that staff were asked to look at.

pub mod contacts;
pub mod ledgers;

use super::engine::lock_order::hold_rows;
use super::{Result, Tx};
use crate::clock::At;
use crate::domain::conversations::timeline::{Event, Told};
use crate::domain::ids::{ConversationId, CustomerId, MessageId, NumberId, PersonId};
use crate::store::sql::{query, query_as, query_scalar};

/// The card of customer `u` is hidden from the reps of conversation `c`: staff began it, the customer has not texted its
/// line, and another line has talked with them, or they are one person with somebody else.
pub(super) const CARD_HIDDEN: &str = "(c.card_hidden = 1 AND (u.merged_into IS NOT NULL \
     OR EXISTS (SELECT 1 FROM customers m WHERE m.merged_into = u.id) \
     OR EXISTS (SELECT 1 FROM conversations o WHERE o.customer_id = c.customer_id AND o.line_id <> c.line_id \
       AND o.card_hidden = 0)))";

/// Blocks a customer on every line, by whom and when.
pub async fn block(tx: &mut Tx, customer: CustomerId, by: (At, PersonId)) -> Result<()> {
    hold_rows(tx, "customers", &[customer.0]).await?;
    query("UPDATE customers SET blocked_at = $1, blocked_by = $2 WHERE id = $3")
        .bind(by.0.0)
        .bind(by.1.0)
        .bind(customer)
        .execute(tx)
        .await?;
    Ok(())
}

/// Blocks a customer on the lines of a rep, and on `line` in any case; lines on which they are blocked stay as they are.
pub async fn block_on_lines_of(tx: &mut Tx, customer: CustomerId, line: NumberId, by: (At, PersonId)) -> Result<()> {
    hold_rows(tx, "customers", &[customer.0]).await?;
    query(
        "INSERT INTO line_blocks (customer_id, line_id, blocked_at, blocked_by) SELECT $1, l.id, $2, $3 FROM lines l \
         WHERE l.id = $4 OR EXISTS (SELECT 1 FROM line_members m WHERE m.line_id = l.id AND m.person_id = $3) \
         ON CONFLICT (customer_id, line_id) DO NOTHING",
    )
    .bind(customer)
    .bind(by.0.0)
    .bind(by.1.0)
    .bind(line)
    .execute(tx)
    .await?;
    Ok(())
}

/// Lets a customer write to every line again.
pub async fn unblock(tx: &mut Tx, customer: CustomerId) -> Result<()> {
    hold_rows(tx, "customers", &[customer.0]).await?;
    query("UPDATE customers SET blocked_at = NULL, blocked_by = NULL WHERE id = $1").bind(customer).execute(tx).await?;
    query("DELETE FROM line_blocks WHERE customer_id = $1").bind(customer).execute(tx).await?;
    Ok(())
}

/// Lets a customer write to the lines of a rep again, and to `line` in any case.
pub async fn unblock_on_lines_of(tx: &mut Tx, customer: CustomerId, line: NumberId, by: PersonId) -> Result<()> {
    hold_rows(tx, "customers", &[customer.0]).await?;
    query(
        "DELETE FROM line_blocks WHERE customer_id = $1 AND (line_id = $2 OR line_id IN \
         (SELECT m.line_id FROM line_members m WHERE m.person_id = $3))",
    )
    .bind(customer)
    .bind(line)
    .bind(by)
    .execute(tx)
    .await?;
    Ok(())
}

/// Who has blocked a customer on every line, if somebody has.
pub async fn blocked_everywhere(tx: &mut Tx, customer: CustomerId) -> Result<Option<PersonId>> {
    let by: Option<Option<i64>> =
        query_scalar("SELECT blocked_by FROM customers WHERE id = $1 AND blocked_at IS NOT NULL")
            .bind(customer)
            .fetch_optional(tx)
            .await?;
    Ok(by.map(|by| PersonId(by.unwrap_or_default())))
}

/// Whether staff have blocked the customer with this phone on `line` or on every line; on any one, where none is named.
pub async fn is_blocked(tx: &mut Tx, phone: &str, line: Option<NumberId>) -> Result<bool> {
    let row: Option<i64> = query_scalar(
        "SELECT u.id FROM customers u WHERE u.phone = $1 AND (u.blocked_at IS NOT NULL \
         OR EXISTS (SELECT 1 FROM line_blocks k WHERE k.customer_id = u.id AND ($2 IS NULL OR k.line_id = $2)))",
    )
    .bind(phone)
    .bind(line)
    .fetch_optional(tx)
    .await?;
    Ok(row.is_some())
}

/// Marks a conversation as one in which the customer seems to refuse texts, or takes the mark away.
pub async fn flag(tx: &mut Tx, conversation: ConversationId, at: Option<At>) -> Result<()> {
    query("UPDATE conversations SET flagged_at = $1 WHERE id = $2").bind(at).bind(conversation).execute(tx).await?;
    Ok(())
}

/// The message for which a conversation was marked last.
pub async fn flagged_message(tx: &mut Tx, conversation: ConversationId) -> Result<Option<MessageId>> {
    let told: Option<Told> = query_as(
        "SELECT kind, data FROM events WHERE conversation_id = $1 AND kind = 'looks_like_refusal' ORDER BY id DESC LIMIT 1",
    )
    .bind(conversation)
    .fetch_optional(tx)
    .await?;
    Ok(match told {
        Some(Told::Event(Event::LooksLikeRefusal { message, .. })) => Some(message),
        _ => None,
    })
}

/// The customer with this phone, if there ever was one.
pub async fn by_phone(tx: &mut Tx, phone: &str) -> Result<Option<CustomerId>> {
    let id: Option<i64> =
        query_scalar("SELECT id FROM customers WHERE phone = $1").bind(phone).fetch_optional(tx).await?;
    Ok(id.map(CustomerId))
}

/// The open conversation into which a text from `phone` to `line` goes, and the name of its rep.
pub async fn open_with(tx: &mut Tx, phone: &str, line: NumberId) -> Result<Option<(ConversationId, Option<String>)>> {
    let row: Option<(ConversationId, Option<String>)> = query_as(
        "SELECT c.id, p.name FROM legs l JOIN conversations c ON c.id = l.conversation_id \
         LEFT JOIN people p ON p.id = c.pinned_to WHERE l.phone = $1 AND l.number_id = $2 AND l.ended_at IS NULL",
    )
    .bind(phone)
    .bind(line)
    .fetch_optional(tx)
    .await?;
    Ok(row)
}
