//! Whether a customer may be texted from a line, and the evidence: both ledgers, as people read them.

use super::Head;
use crate::clock::At;
use crate::domain::conversations::timeline::{Event, Told};
use crate::domain::customers::consent::Source;
use crate::domain::ids::{AttemptId, ConversationId, MessageId, PersonId};
use crate::store::sql::{from_row, query_as, query_scalar};
use crate::store::{Result, Tx};

/// How many entries are shown.
const MOST: i64 = 10;

/// What shows an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// They texted a word, in this message.
    Word(String, Option<(ConversationId, MessageId)>),
    /// The carrier refused a text with this code.
    Code(Option<i64>),
    /// A colleague entered it, with these words.
    Staff(Option<String>, String),
}

/// An entry of a ledger.
#[derive(Clone, Debug)]
pub struct Entry {
    /// They may be texted from then on, as far as it depends on this.
    pub given: bool,
    /// It is about this number alone, as the carrier keeps it.
    pub block: bool,
    /// When.
    pub at: At,
    /// What shows it.
    pub evidence: Evidence,
}

from_row! {
    struct Raw {
        given: i64,
        at: At,
        origin: Source,
        evidence: Option<String>,
        block: i32,
    }
}

/// The entries about the customer of `head` on its line, the newest first. A word that changed both ledgers is one.
pub async fn of(tx: &mut Tx, head: &Head) -> Result<Vec<Entry>> {
    let (Some(customer), Some(line)) = (head.customer, head.line) else { return Ok(Vec::new()) };
    let raw: Vec<Raw> = query_as(
        "SELECT k.id, CAST(k.given AS BIGINT) AS given, k.at, k.origin, k.evidence, 0 AS block FROM consents k \
           JOIN customers u ON u.phone = k.phone WHERE u.id = $1 AND k.scope = $2 \
         UNION ALL SELECT b.id, CAST(1 - b.blocked AS BIGINT), b.at, b.origin, b.evidence, 1 FROM blocks b \
           JOIN customers u ON u.phone = b.phone WHERE u.id = $1 AND b.number_id = $3 \
           AND NOT EXISTS (SELECT 1 FROM consents k WHERE k.phone = b.phone AND k.scope = $2 AND k.evidence = b.evidence) \
         ORDER BY 1 DESC LIMIT $4")
        .bind(customer).bind(format!("line:{line}")).bind(line).bind(MOST).fetch_all(tx).await?;
    let mut entries = Vec::with_capacity(raw.len());
    for Raw { given, at, origin, evidence, block } in raw {
        let evidence = match origin {
            Source::Keyword => word(tx, evidence.unwrap_or_default()).await?,
            Source::Staff => staff(tx, &evidence.unwrap_or_default()).await?,
            Source::Carrier => code(tx, evidence.unwrap_or_default()).await?,
        };
        entries.push(Entry { given: given == 1, block: block == 1, at, evidence });
    }
    Ok(entries)
}

from_row! {
    struct WordRow {
        body: String,
        id: MessageId,
        conversation_id: Option<ConversationId>,
    }
}

async fn word(tx: &mut Tx, carrier_id: String) -> Result<Evidence> {
    let row: Option<WordRow> = query_as("SELECT body, id, conversation_id FROM messages WHERE carrier_id = $1")
        .bind(carrier_id)
        .fetch_optional(tx)
        .await?;
    let Some(WordRow { body, id, conversation_id }) = row else { return Ok(Evidence::Word(String::new(), None)) };
    Ok(Evidence::Word(body.trim().to_owned(), conversation_id.map(|of| (of, id))))
}

async fn code(tx: &mut Tx, attempt: String) -> Result<Evidence> {
    let Some(attempt) = attempt.parse().ok().map(AttemptId) else { return Ok(Evidence::Code(None)) };
    let code: Option<Option<i64>> =
        query_scalar("SELECT d.error_code FROM attempts a JOIN deliveries d ON d.id = a.delivery_id WHERE a.id = $1")
            .bind(attempt)
            .fetch_optional(tx)
            .await?;
    Ok(Evidence::Code(code.flatten()))
}

/// Staff's entries are written as `person 12: what they said`.
async fn staff(tx: &mut Tx, evidence: &str) -> Result<Evidence> {
    let (who, words) = evidence.split_once(": ").unwrap_or(("", evidence));
    let person = who.strip_prefix("person ").and_then(|id| id.parse().ok()).map(PersonId);
    let name: Option<String> = match person {
        Some(person) => query_scalar("SELECT name FROM people WHERE id = $1").bind(person).fetch_optional(tx).await?,
        None => None,
    };
    let words = if words.starts_with("message ") { "by what they wrote" } else { words };
    Ok(Evidence::Staff(name, words.to_owned()))
}

/// Why and since when staff have blocked the customer of `head`: the reason of the newest such event.
pub async fn block_reason(tx: &mut Tx, head: &Head) -> Result<Option<String>> {
    let (Some(customer), Some(blocked)) = (head.customer, &head.blocked) else { return Ok(None) };
    let told: Option<Told> = query_as(
        "SELECT e.kind, e.data FROM events e JOIN conversations c ON c.id = e.conversation_id \
         WHERE c.customer_id = $1 AND e.kind = 'blocked' AND e.actor_id = $2 ORDER BY e.id DESC LIMIT 1",
    )
    .bind(customer)
    .bind(blocked.by_id)
    .fetch_optional(tx)
    .await?;
    Ok(match told {
        Some(Told::Event(Event::Blocked(blocking))) => Some(blocking.reason),
        _ => None,
    })
}
