//! Labels: words that staff put on conversations, so that they can be found together.

use crate::clock::At;
use crate::domain::ids::{ConversationId, LabelId, PersonId};
use crate::store::sql::{from_row, query, query_as};
use crate::store::{Result, Tx};

/// A label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Which.
    pub id: LabelId,
    /// Its word.
    pub name: String,
    /// How many conversations have it, open or closed.
    pub uses: i64,
}

/// Every label, by name.
pub async fn all(tx: &mut Tx) -> Result<Vec<Label>> {
    let rows: Vec<(LabelId, String)> =
        query_as("SELECT id, name FROM labels ORDER BY lower(name), id").fetch_all(tx).await?;
    Ok(rows.into_iter().map(|(id, name)| Label { id, name, uses: 0 }).collect())
}

from_row! {
    struct CountedRow {
        id: LabelId,
        name: String,
        uses: i64,
    }
}

/// Every label with its uses, by name.
pub async fn counted(tx: &mut Tx) -> Result<Vec<Label>> {
    let rows: Vec<CountedRow> = query_as(
        "SELECT l.id, l.name, (SELECT COUNT(*) FROM conversation_labels x WHERE x.label_id = l.id) AS uses FROM labels l \
         ORDER BY lower(l.name), l.id",
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|CountedRow { id, name, uses }| Label { id, name, uses }).collect())
}

/// The labels of a conversation, by name.
pub async fn of(tx: &mut Tx, conversation: ConversationId) -> Result<Vec<Label>> {
    let rows: Vec<(LabelId, String)> = query_as(
        "SELECT l.id, l.name FROM labels l JOIN conversation_labels x ON x.label_id = l.id \
         WHERE x.conversation_id = $1 ORDER BY lower(l.name), l.id",
    )
    .bind(conversation)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(id, name)| Label { id, name, uses: 0 }).collect())
}

/// Makes a label.
///
/// # Errors
/// [`crate::store::Error::Conflict`] if there is one of that name.
pub async fn insert(tx: &mut Tx, id: LabelId, name: &str, now: At) -> Result<()> {
    query("INSERT INTO labels (id, name, created_at) VALUES ($1, $2, $3)")
        .bind(id)
        .bind(name)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(())
}

/// Gives a label another name.
///
/// # Errors
/// [`crate::store::Error::Conflict`] if there is one of that name.
pub async fn rename(tx: &mut Tx, id: LabelId, name: &str) -> Result<()> {
    query("UPDATE labels SET name = $1 WHERE id = $2").bind(name).bind(id).execute(tx).await?;
    Ok(())
}

/// Puts a label on a conversation. Returns whether it was not there.
pub async fn put_on(tx: &mut Tx, conversation: ConversationId, label: LabelId, by: PersonId, now: At) -> Result<bool> {
    let rows = query(
        "INSERT INTO conversation_labels (conversation_id, label_id, added_at, added_by) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (conversation_id, label_id) DO NOTHING",
    )
    .bind(conversation)
    .bind(label)
    .bind(now)
    .bind(by)
    .execute(tx)
    .await?
    .rows_affected();
    Ok(rows > 0)
}

/// Takes a label off a conversation. Returns whether it was there.
pub async fn take_off(tx: &mut Tx, conversation: ConversationId, label: LabelId) -> Result<bool> {
    let rows = query("DELETE FROM conversation_labels WHERE conversation_id = $1 AND label_id = $2")
        .bind(conversation)
        .bind(label)
        .execute(tx)
        .await?
        .rows_affected();
    Ok(rows > 0)
}
