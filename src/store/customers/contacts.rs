//! What staff know of a customer, and which contacts stand for one person.
//!
//! The card is that of the contact who stands for all; each contact has the common name, so that every list shows it.

use std::sync::Arc;

use super::CARD_HIDDEN;
use crate::domain::customers::contact::Card;
use crate::domain::ids::{ConversationId, CustomerId};
use crate::store::engine::lock_order::hold_rows;
use crate::store::sql::{AssertSqlSafe, QueryBuilder, from_row, query, query_as, query_scalar};
use crate::store::{Error, Result, Tx, padded, push_list};

/// How many open conversations of a contact are told at once that its name has changed.
const TOLD: i64 = 200;

/// The contacts that are one person with `customer`, itself among them; the one who stands for all is first.
pub async fn group(tx: &mut Tx, customer: CustomerId) -> Result<Vec<CustomerId>> {
    let rows: Vec<(CustomerId, i32)> = query_as(
        "SELECT id, 0 AS rank FROM customers WHERE id = (SELECT COALESCE(merged_into, id) FROM customers WHERE id = $1) \
         UNION ALL SELECT id, 1 FROM customers \
           WHERE merged_into = (SELECT COALESCE(merged_into, id) FROM customers WHERE id = $1) ORDER BY rank, id")
        .bind(customer).fetch_all(tx).await?;
    Ok(rows.into_iter().map(|(id, _)| id).collect())
}

/// The groups of these customers, held until the commit; before any of their conversations.
///
/// # Errors
/// [`Error::Conflict`] if somebody has changed them in the same moment: begin anew.
pub async fn hold(tx: &mut Tx, customers: &[CustomerId]) -> Result<Vec<Vec<CustomerId>>> {
    let groups = groups(tx, customers).await?;
    let ids: Vec<i64> = groups.iter().flatten().map(|id| id.0).collect();
    if !tx.holds_rows() || ids.is_empty() {
        return Ok(groups);
    }
    hold_rows(tx, "customers", &ids).await?;
    let changed = || Error::Conflict(Arc::new(sqlx::Error::Protocol("contacts changed before they were held".into())));
    if self::groups(tx, customers).await? == groups { Ok(groups) } else { Err(changed()) }
}

async fn groups(tx: &mut Tx, customers: &[CustomerId]) -> Result<Vec<Vec<CustomerId>>> {
    let mut groups = Vec::with_capacity(customers.len());
    for customer in customers {
        groups.push(group(tx, *customer).await?);
    }
    Ok(groups)
}

/// The customer of a conversation.
pub async fn of(tx: &mut Tx, conversation: ConversationId) -> Result<Option<CustomerId>> {
    let id: Option<Option<i64>> = query_scalar("SELECT customer_id FROM conversations WHERE id = $1")
        .bind(conversation)
        .fetch_optional(tx)
        .await?;
    Ok(id.flatten().map(CustomerId))
}

/// Whether the card of a conversation's customer is hidden from reps: staff of this line began it, and its customer, whom
/// others know, has not texted it.
pub async fn is_hidden(tx: &mut Tx, conversation: ConversationId) -> Result<bool> {
    let sql = format!(
        "SELECT c.id FROM conversations c JOIN customers u ON u.id = c.customer_id WHERE c.id = $1 AND {CARD_HIDDEN}"
    );
    let row: Option<i64> = query_scalar(AssertSqlSafe(sql)).bind(conversation).fetch_optional(tx).await?;
    Ok(row.is_some())
}

/// Marks a conversation as one that staff began, and what they call its customer: the card shows once the customer texts.
pub async fn begun_by_staff(tx: &mut Tx, conversation: ConversationId, called: Option<&str>) -> Result<()> {
    query("UPDATE conversations SET card_hidden = 1, called = $2 WHERE id = $1")
        .bind(conversation)
        .bind(called)
        .execute(tx)
        .await?;
    Ok(())
}

/// A customer's number, as the carrier writes it.
pub async fn phone(tx: &mut Tx, customer: CustomerId) -> Result<Option<String>> {
    Ok(query_scalar("SELECT phone FROM customers WHERE id = $1").bind(customer).fetch_optional(tx).await?)
}

from_row! {
    #[derive(Default)]
    struct CardRow {
        name: Option<String>,
        language: Option<String>,
        notes: Option<String>,
    }
}

/// The card of one contact; an empty one if there is no such contact.
pub async fn card(tx: &mut Tx, customer: CustomerId) -> Result<Card> {
    let row: Option<CardRow> =
        query_as("SELECT name, language, notes FROM customers WHERE id = $1").bind(customer).fetch_optional(tx).await?;
    let tags: Vec<(String,)> =
        query_as("SELECT tag FROM customer_tags WHERE customer_id = $1").bind(customer).fetch_all(tx).await?;
    let mut tags: Vec<String> = tags.into_iter().map(|(tag,)| tag).collect();
    tags.sort_by_key(|tag| tag.to_lowercase());
    let CardRow { name, language, notes } = row.unwrap_or_default();
    Ok(Card { name: name.filter(|name| !name.trim().is_empty()), language, tags, notes })
}

/// Writes the card of one contact, but for the name, which [`name`] writes.
pub async fn write(tx: &mut Tx, customer: CustomerId, card: &Card) -> Result<()> {
    query("UPDATE customers SET language = $2, notes = $3 WHERE id = $1")
        .bind(customer)
        .bind(card.language.as_deref())
        .bind(card.notes.as_deref())
        .execute(tx)
        .await?;
    query("DELETE FROM customer_tags WHERE customer_id = $1").bind(customer).execute(tx).await?;
    if card.tags.is_empty() {
        return Ok(());
    }
    let mut q = QueryBuilder::new("INSERT INTO customer_tags (customer_id, tag) ");
    q.push_values(&card.tags, |mut row, tag| {
        row.push_bind(customer).push_bind(tag.clone());
    });
    q.build().execute(tx).await?;
    Ok(())
}

/// Gives contacts that are one person a name; `None` takes it away.
pub async fn name(tx: &mut Tx, group: &[CustomerId], name: Option<&str>) -> Result<()> {
    let mut q = QueryBuilder::new("UPDATE customers SET name = ");
    q.push_bind(name.map(str::to_owned)).push(" WHERE id IN (");
    push_list(&mut q, padded(group).copied());
    q.build().execute(tx).await?;
    Ok(())
}

/// Has `first` stand for `others` as well; each remembers its own name, and `first` from whom it will have its.
pub async fn join(tx: &mut Tx, first: CustomerId, others: &[CustomerId], name_of: Option<CustomerId>) -> Result<()> {
    for other in others {
        // Who was together with somebody before has remembered it already.
        query(
            "UPDATE customers SET own_name = CASE WHEN merged_into IS NULL THEN name ELSE own_name END, merged_into = $1 \
             WHERE id = $2").bind(first).bind(other).execute(tx).await?;
    }
    if let Some(name_of) = name_of {
        query("UPDATE customers SET name_of = $2 WHERE id = $1").bind(first).bind(name_of).execute(tx).await?;
    }
    Ok(())
}

/// Lets a contact go its own way again, with the name that it had before. The contact that stood for it loses the name
/// that it had from it, unless staff have given another since.
pub async fn leave(tx: &mut Tx, customer: CustomerId) -> Result<()> {
    query(
        "UPDATE customers SET name_of = NULL, name = CASE WHEN name = (SELECT own_name FROM customers WHERE id = $1) \
         THEN NULL ELSE name END WHERE name_of = $1",
    )
    .bind(customer)
    .execute(tx)
    .await?;
    query("UPDATE customers SET name = own_name, own_name = NULL, merged_into = NULL WHERE id = $1")
        .bind(customer)
        .execute(tx)
        .await?;
    Ok(())
}

/// The open conversations of these contacts, the newest first.
pub async fn open_conversations(tx: &mut Tx, group: &[CustomerId]) -> Result<Vec<ConversationId>> {
    let rows: Vec<ConversationId> = {
        let mut q = QueryBuilder::new("SELECT id FROM conversations WHERE closed_at IS NULL AND customer_id IN (");
        push_list(&mut q, padded(group).copied());
        q.push(" ORDER BY id DESC LIMIT ").push_bind(TOLD);
        q.build_query_scalar().fetch_all(tx).await
    }?;
    Ok(rows)
}
