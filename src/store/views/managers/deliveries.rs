//! Texts in doubt, and the evidence. For managers.

use crate::clock::At;
use crate::domain::ids::{AttemptId, ConversationId, DeliveryId};
use crate::domain::outbox::delivery::{Kind, State};
use crate::domain::outbox::settlement::Outcome;
use crate::domain::vocabulary::MaybeKnown;
use crate::store::sql::{FromRow, Row, from_row, query_as, query_scalar};
use crate::store::views::Contact;
use crate::store::{Result, Tx};

/// How many a page shows.
pub const PAGE: i64 = 50;

/// A text in doubt.
#[derive(Clone, Debug)]
pub struct Doubtful {
    /// Which.
    pub id: DeliveryId,
    /// How far it is; if it is parked, the lane has gone on without it.
    pub state: State,
    /// Where people look for it.
    pub conversation: Option<ConversationId>,
    /// To whom, if not to staff.
    pub contact: Contact,
    /// Whose phone, if staff's.
    pub rep: Option<String>,
    /// From which of our numbers: the line's name, else the number.
    pub from: String,
    /// What it is.
    pub kind: Kind,
    /// What it says.
    pub body: String,
    /// When it was accepted.
    pub accepted_at: At,
    /// Why it stands so.
    pub why: Option<String>,
}

const SELECT: &str = "SELECT d.id, d.state, d.conversation_id, u.name AS contact, d.to_phone, p.name, COALESCE(l.name, n.number) AS from_name, \
     d.kind, d.body, d.accepted_at, d.why, cl.policies FROM deliveries d JOIN numbers n ON n.id = d.number_id \
     LEFT JOIN lines l ON l.id = n.id LEFT JOIN customers u ON u.phone = d.to_phone \
     LEFT JOIN people p ON p.id = d.person_id LEFT JOIN conversations c ON c.id = d.conversation_id \
     LEFT JOIN lines cl ON cl.id = c.line_id ";

impl FromRow for Doubtful {
    fn from_row(row: &Row) -> sqlx::Result<Self> {
        let (phone, policies): (String, Option<String>) = (row.try_get("to_phone")?, row.try_get("policies")?);
        Ok(Doubtful {
            id: row.try_get("id")?,
            state: row.try_get("state")?,
            conversation: row.try_get("conversation_id")?,
            contact: Contact::on(row.try_get("contact")?, Some(&phone), policies.as_deref()),
            rep: row.try_get("name")?,
            from: row.try_get("from_name")?,
            kind: row.try_get("kind")?,
            body: row.try_get("body")?,
            accepted_at: row.try_get("accepted_at")?,
            why: row.try_get("why")?,
        })
    }
}

/// Texts in doubt, the oldest first, those after `after`.
pub async fn list(tx: &mut Tx, after: DeliveryId) -> Result<Vec<Doubtful>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "{SELECT} WHERE d.state IN ('sending', 'unknown', 'parked') AND d.state <> 'sending' AND d.id > $1 ORDER BY d.id LIMIT $2"
    ));
    Ok(query_as(sql).bind(after).bind(PAGE).fetch_all(tx).await?)
}

/// How many texts are in doubt.
pub async fn count(tx: &mut Tx) -> Result<i64> {
    let count = query_scalar(
        "SELECT COUNT(*) FROM deliveries WHERE state IN ('sending', 'unknown', 'parked') AND state <> 'sending'",
    )
    .fetch_one(tx)
    .await?;
    Ok(count)
}

/// The text `id`, if it is in doubt.
pub async fn show(tx: &mut Tx, id: DeliveryId) -> Result<Option<Doubtful>> {
    let sql = sqlx::AssertSqlSafe(format!("{SELECT} WHERE d.id = $1 AND d.state IN ('unknown', 'parked')"));
    Ok(query_as(sql).bind(id).fetch_optional(tx).await?)
}

/// A request that was made for it.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Which.
    pub id: AttemptId,
    /// When it began.
    pub started_at: At,
    /// When it ended, one way or another.
    pub ended_at: Option<At>,
    /// How it ended.
    pub outcome: Option<MaybeKnown<Outcome>>,
    /// How often the carrier's list was looked at.
    pub looks: i64,
    /// When the list was last had.
    pub listed_at: Option<At>,
    /// When it is looked at next.
    pub next_look_at: Option<At>,
}

from_row! {
    struct AttemptsRow {
        id: AttemptId,
        started_at: At,
        ended_at: Option<At>,
        outcome: Option<MaybeKnown<Outcome>>,
        looks: i64,
        listed_at: Option<At>,
        next_look_at: Option<At>,
    }
}

/// The requests that were made for a text, oldest first.
pub async fn attempts(tx: &mut Tx, id: DeliveryId) -> Result<Vec<Attempt>> {
    let rows: Vec<AttemptsRow> = query_as(
        "SELECT id, started_at, ended_at, outcome, looks, listed_at, next_look_at FROM attempts WHERE delivery_id = $1 \
         ORDER BY fence",
    )
    .bind(id)
    .fetch_all(tx)
    .await?;
    let row = |AttemptsRow {
                   id,
                   started_at: started,
                   ended_at: ended,
                   outcome,
                   looks,
                   listed_at: listed,
                   next_look_at: next,
               }: AttemptsRow| {
        Attempt { id, started_at: started, ended_at: ended, outcome, looks, listed_at: listed, next_look_at: next }
    };
    Ok(rows.into_iter().map(row).collect())
}
