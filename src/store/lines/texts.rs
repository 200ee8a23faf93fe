//! The texts of the program for which a line has its own words.

use crate::domain::ids::{ConversationId, NumberId};
use crate::domain::words::text::Wording;
use crate::store::sql::{from_row, query, query_as, query_scalar};
use crate::store::{Result, Tx};

/// What `line` says instead of the usual words of `wording`.
pub async fn own(tx: &mut Tx, line: NumberId, wording: Wording) -> Result<Option<String>> {
    let body = query_scalar("SELECT body FROM line_texts WHERE line_id = $1 AND name = $2")
        .bind(line)
        .bind(wording.name())
        .fetch_optional(tx)
        .await?;
    Ok(body)
}

/// As [`own`], of the line of a conversation.
pub async fn own_in(tx: &mut Tx, conversation: ConversationId, wording: Wording) -> Result<Option<String>> {
    let body = query_scalar(
        "SELECT t.body FROM conversations c JOIN line_texts t ON t.line_id = c.line_id WHERE c.id = $1 AND t.name = $2",
    )
    .bind(conversation)
    .bind(wording.name())
    .fetch_optional(tx)
    .await?;
    Ok(body)
}

from_row! {
    struct AllRow {
        line_id: NumberId,
        name: String,
        body: String,
    }
}

/// Every line's own words: whose, which text, and the words; a name that the program does not know is left out.
pub async fn all(tx: &mut Tx) -> Result<Vec<(NumberId, Wording, String)>> {
    let rows: Vec<AllRow> =
        query_as("SELECT line_id, name, body FROM line_texts ORDER BY line_id, name").fetch_all(tx).await?;
    Ok(rows
        .into_iter()
        .filter_map(|AllRow { line_id: line, name, body }| Some((line, Wording::read(&name)?, body)))
        .collect())
}

/// Gives `line` its own words for a text, or takes them away.
pub async fn set(tx: &mut Tx, line: NumberId, wording: Wording, body: Option<&str>) -> Result<()> {
    match body {
        Some(body) => query(
            "INSERT INTO line_texts (line_id, name, body) VALUES ($1, $2, $3) \
             ON CONFLICT (line_id, name) DO UPDATE SET body = excluded.body",
        )
        .bind(line)
        .bind(wording.name())
        .bind(body)
        .execute(tx)
        .await
        .map(drop)?,
        None => query("DELETE FROM line_texts WHERE line_id = $1 AND name = $2")
            .bind(line)
            .bind(wording.name())
            .execute(tx)
            .await
            .map(drop)?,
    }
    Ok(())
}
