//! How one message travelled: the leg by which it came, and every text that it became.

use crate::clock::At;
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::message::{Author, Channel, Outcome};
use crate::domain::outbox::delivery::State;
use crate::store::sql::{FromRow, Row, query_as};
use crate::store::{Result, Tx};

/// A message's way.
#[derive(Clone, Debug)]
pub struct Travel {
    /// Who said it.
    pub author: Author,
    /// The author's name, if a person of ours; what a party is called.
    pub author_name: Option<String>,
    /// How it came in.
    pub way: Channel,
    /// When it was taken in.
    pub at: At,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it was not relayed.
    pub why: Option<String>,
    /// Our end of the leg that it came by: the line's name, else the mask's number; and since when the leg was live.
    pub leg: Option<(String, At)>,
    /// The texts that it became, in the order in which they were written.
    pub texts: Vec<Went>,
}

/// One text of a message.
#[derive(Clone, Debug)]
pub struct Went {
    /// The rep whose phone it goes to; nobody's name if it goes to the customer.
    pub to_rep: Option<String>,
    /// The party whose phone it goes to, if it does.
    pub to_party: Option<String>,
    /// Our end: the line's name, else the mask's number.
    pub from: String,
    /// How far it is.
    pub state: State,
    /// Why it is in this state.
    pub why: Option<String>,
    /// In segments.
    pub segments: i64,
    /// Requests that were made for it.
    pub tries: i64,
    /// When its state changed last.
    pub at: At,
}

impl FromRow for Travel {
    fn from_row(row: &Row) -> sqlx::Result<Self> {
        let (line, number): (Option<String>, Option<String>) = (row.try_get("line")?, row.try_get("number")?);
        Ok(Travel {
            author: row.try_get("author")?,
            author_name: row.try_get("author_name")?,
            way: row.try_get("way")?,
            at: row.try_get("accepted_at")?,
            outcome: row.try_get("outcome")?,
            why: row.try_get("why")?,
            leg: line.or(number).zip(row.try_get("opened_at")?),
            texts: Vec::new(),
        })
    }
}

impl FromRow for Went {
    fn from_row(row: &Row) -> sqlx::Result<Self> {
        let (line, number): (Option<String>, String) = (row.try_get("line")?, row.try_get("number")?);
        Ok(Went {
            to_rep: row.try_get("to_rep")?,
            to_party: row.try_get("to_party")?,
            from: line.unwrap_or(number),
            state: row.try_get("state")?,
            why: row.try_get("why")?,
            segments: row.try_get("segments")?,
            tries: row.try_get("fence")?,
            at: row.try_get("updated_at")?,
        })
    }
}

/// The way of a message of a conversation; `None` if there is none. The caller has checked that the conversation may be
/// seen.
pub async fn travel(tx: &mut Tx, conversation: ConversationId, message: MessageId) -> Result<Option<Travel>> {
    let found: Option<Travel> = query_as(
        "SELECT m.author, COALESCE(p.name, g.alias) AS author_name, m.way, m.accepted_at, m.outcome, m.why, l.name AS line, n.number, g.opened_at \
         FROM messages m LEFT JOIN people p ON p.id = m.author_id LEFT JOIN legs g ON g.id = m.leg_id \
         LEFT JOIN numbers n ON n.id = g.number_id LEFT JOIN lines l ON l.id = n.id \
         WHERE m.id = $1 AND m.conversation_id = $2 AND m.kind = 'text'"
    ).bind(message).bind(conversation).fetch_optional(tx).await?;
    let Some(mut travel) = found else { return Ok(None) };
    travel.texts = query_as(
        "SELECT p.name AS to_rep, g.alias AS to_party, l.name AS line, n.number, d.state, d.why, d.segments, d.fence, d.updated_at FROM deliveries d \
         JOIN numbers n ON n.id = d.number_id LEFT JOIN lines l ON l.id = n.id \
         LEFT JOIN people p ON p.id = d.person_id LEFT JOIN legs g ON g.id = d.leg_id AND g.role = 'party' \
         WHERE d.message_id = $1 AND d.kind = 'text' ORDER BY d.id",
    )
    .bind(message)
    .fetch_all(tx)
    .await?;
    Ok(Some(travel))
}
