//! Held texts: stored, relayed to nobody, for managers to look at.

use crate::clock::At;
use crate::domain::conversations::kind::Kind;
use crate::domain::ids::{ConversationId, MessageId};
use crate::store::sql::{query, query_as};
use crate::store::views::Contact;
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
    /// That conversation is closed.
    pub closed: bool,
    /// That conversation is a pair.
    pub of_pair: bool,
}

/// How many texts are held, counted up to a thousand.
pub async fn count(tx: &mut Tx) -> Result<i64> {
    let (count,): (i64,) =
        query_as("SELECT COUNT(*) FROM (SELECT 1 FROM messages WHERE outcome = 'held' LIMIT 1000) n")
            .fetch_one(tx)
            .await?;
    Ok(count)
}

/// Held texts, newest first, those older than `before`. For managers.
pub async fn list(tx: &mut Tx, before: MessageId) -> Result<Vec<HeldText>> {
    let rows = query(
        "SELECT m.id, m.accepted_at, COALESCE(g.alias, u.name) AS from_name, m.from_phone, l.name, m.to_number, m.body, m.why, \
         m.conversation_id, c.closed_at, c.kind FROM messages m LEFT JOIN legs g ON g.id = m.leg_id AND g.role = 'party' \
          LEFT JOIN customers u ON u.phone = m.from_phone \
         LEFT JOIN conversations c ON c.id = m.conversation_id \
         LEFT JOIN numbers n ON n.number = m.to_number LEFT JOIN lines l ON l.id = n.id \
         WHERE m.outcome = 'held' AND m.id < $1 ORDER BY m.id DESC LIMIT $2")
        .bind(before)
        .bind(PAGE)
        .try_map(|row| {
            let (line, number): (Option<String>, Option<String>) = (row.try_get("name")?, row.try_get("to_number")?);
            Ok(HeldText {
                id: row.try_get("id")?,
                at: row.try_get("accepted_at")?,
                from: Contact::new(row.try_get("from_name")?, row.try_get::<Option<String>, _>("from_phone")?.as_deref()),
                to: line.or(number).unwrap_or_default(),
                body: row.try_get("body")?,
                why: row.try_get::<Option<String>, _>("why")?.unwrap_or_default(),
                conversation: row.try_get("conversation_id")?,
                closed: row.try_get::<Option<i64>, _>("closed_at")?.is_some(),
                of_pair: row.try_get::<Option<Kind>, _>("kind")? == Some(Kind::Pair),
            })
        })
        .fetch_all(tx).await?;
    Ok(rows)
}
