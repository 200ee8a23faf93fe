//! Everything said in a conversation, or with a customer, for an export. The caller has checked the reader's rights.

use crate::clock::At;
use crate::domain::ids::{ConversationId, CustomerId, MessageId};
use crate::domain::message::{Author, Channel, Kind, Outcome};
use crate::store::sql::{FromRow, QueryBuilder, Row, query_as, query_scalar};
use crate::store::views::thread::timeline::{TEXT, Text};
use crate::store::{Result, Tx};

/// Messages that are read at once.
const PIECE: i64 = 1000;

/// The most messages of one export.
pub const MOST: usize = 50_000;

/// Something said.
#[derive(Clone, Debug)]
pub struct Spoken {
    /// The message.
    pub id: i64,
    /// Its conversation.
    pub conversation: ConversationId,
    /// When.
    pub at: At,
    /// Who said it.
    pub author: Author,
    /// The author's name, if a person of ours; what a party is called.
    pub author_name: Option<String>,
    /// How it came in.
    pub way: Channel,
    /// What it is.
    pub kind: Kind,
    /// What became of it.
    pub outcome: Outcome,
    /// As it was written.
    pub body: String,
    /// The phone that it came from.
    pub from: Option<String>,
    /// What became of its texts.
    pub texts: Vec<Text>,
}

/// The conversations of a customer, oldest first; those of customers who were merged into this one belong to it.
pub async fn conversations(tx: &mut Tx, customer: CustomerId) -> Result<Vec<ConversationId>> {
    let rows: Vec<ConversationId> = query_scalar(
        "SELECT c.id FROM conversations c JOIN customers u ON u.id = c.customer_id \
         WHERE COALESCE(u.merged_into, u.id) = (SELECT COALESCE(merged_into, id) FROM customers WHERE id = $1) ORDER BY c.id")
        .bind(customer).fetch_all(tx).await?;
    Ok(rows)
}

/// The customer's phone in a conversation.
pub async fn phone(tx: &mut Tx, conversation: ConversationId) -> Result<Option<String>> {
    let phone =
        query_scalar("SELECT u.phone FROM conversations c JOIN customers u ON u.id = c.customer_id WHERE c.id = $1")
            .bind(conversation)
            .fetch_optional(tx)
            .await?;
    Ok(phone)
}

impl FromRow for Spoken {
    fn from_row(row: &Row) -> sqlx::Result<Self> {
        Ok(Spoken {
            id: row.try_get("id")?,
            conversation: row.try_get("conversation_id")?,
            at: row.try_get("accepted_at")?,
            author: row.try_get("author")?,
            author_name: row.try_get("author_name")?,
            way: row.try_get("way")?,
            kind: row.try_get("kind")?,
            outcome: row.try_get("outcome")?,
            body: row.try_get("body")?,
            from: row.try_get("from_phone")?,
            texts: Vec::new(),
        })
    }
}

/// Everything said in a conversation, oldest first, at most `most`.
pub async fn spoken(tx: &mut Tx, conversation: ConversationId, most: usize) -> Result<Vec<Spoken>> {
    let mut all: Vec<Spoken> = Vec::new();
    loop {
        let after = all.last().map_or(0, |last| last.id);
        let rows: Vec<Spoken> = query_as(
            "SELECT m.id, m.conversation_id, m.accepted_at, m.author, COALESCE(p.name, g.alias) AS author_name, m.way, m.kind, m.outcome, m.body, m.from_phone \
             FROM messages m LEFT JOIN people p ON p.id = m.author_id \
             LEFT JOIN legs g ON g.id = m.leg_id AND m.author = 'party' WHERE m.conversation_id = $1 AND m.id > $2 ORDER BY m.id LIMIT $3")
            .bind(conversation).bind(after).bind(PIECE).fetch_all(tx).await?;
        let count = rows.len();
        all.extend(rows);
        if i64::try_from(count).is_ok_and(|count| count < PIECE) || all.len() > most {
            break;
        }
    }
    all.truncate(most);
    let found = {
        let mut q = QueryBuilder::new(TEXT);
        q.push("WHERE d.conversation_id = ").push_bind(conversation);
        q.push(" AND d.message_id IS NOT NULL AND d.kind = 'text' ORDER BY d.id");
        q.build_query_as().fetch_all(tx).await
    }?;
    let mut texts = Text::by_message(found);
    for one in &mut all {
        one.texts = texts.remove(&MessageId(one.id)).unwrap_or_default();
    }
    Ok(all)
}
