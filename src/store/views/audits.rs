//! Who changed something, looked at what is hidden, took something out of the house, came in, or was not let in. For admins.

use crate::clock::At;
use crate::domain::ids::{ConversationId, CustomerId};
use crate::on;
use crate::store::{Result, Tx};

/// How many rows a page has.
pub const PAGE: i64 = 50;

/// Who did what a command did.
pub const COMMAND: &str = "a command on the machine";

/// A row.
#[derive(Clone, Debug)]
pub struct Audited {
    /// Which.
    pub id: i64,
    /// When.
    pub at: At,
    /// Who did it.
    pub actor: String,
    /// What: a word.
    pub kind: String,
    /// In which conversation.
    pub conversation: Option<ConversationId>,
    /// About which customer.
    pub customer: Option<CustomerId>,
    /// About whom of the staff.
    pub person: Option<String>,
    /// The particulars, as JSON.
    pub data: String,
}

/// What is asked for; all where nothing is.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    /// A conversation.
    pub conversation: Option<i64>,
    /// A customer.
    pub customer: Option<i64>,
}

/// The newest rows before `before`: what people did and looked at, what commands changed, who came in and went out. The
/// latter two are about no conversation and no customer.
///
/// # Errors
/// What the database said.
pub async fn list(tx: &mut Tx, about: About, before: i64) -> Result<Vec<Audited>> {
    let rows: Vec<(i64, i64, String, String, Option<i64>, Option<i64>, Option<String>, String)> = on!(tx, c => sqlx::query_as(
        "SELECT id, at, actor, kind, conversation_id, customer_id, person, data FROM ( \
           SELECT * FROM (SELECT a.id, a.at, p.name AS actor, a.kind, a.conversation_id, a.customer_id, o.name AS person, a.data \
             FROM audit a JOIN people p ON p.id = a.actor_id LEFT JOIN people o ON o.id = a.person_id \
             WHERE a.id < $1 AND ($2 < 0 OR a.conversation_id = $2) AND ($3 < 0 OR a.customer_id = $3) \
             ORDER BY a.id DESC LIMIT $4) AS done \
           UNION ALL SELECT * FROM (SELECT c.id, c.at, $5 AS actor, c.kind, CAST(NULL AS BIGINT) AS conversation_id, \
             CAST(NULL AS BIGINT) AS customer_id, o.name AS person, c.data \
             FROM command_acts c LEFT JOIN people o ON o.id = c.person_id \
             WHERE c.id < $1 AND $2 < 0 AND $3 < 0 ORDER BY c.id DESC LIMIT $4) AS commanded \
           UNION ALL SELECT * FROM (SELECT s.id, s.at, p.name AS actor, s.kind, CAST(NULL AS BIGINT) AS conversation_id, \
             CAST(NULL AS BIGINT) AS customer_id, CAST(NULL AS TEXT) AS person, \
             '{\"how\":\"' || s.how || '\",\"origin\":\"' || s.origin || '\",\"device\":\"' || s.device || '\"}' AS data \
             FROM sign_ins s JOIN people p ON p.id = s.person_id \
             WHERE s.id < $1 AND $2 < 0 AND $3 < 0 ORDER BY s.id DESC LIMIT $4) AS came \
         ) AS everything ORDER BY id DESC LIMIT $4")
        .bind(before).bind(about.conversation.unwrap_or(-1)).bind(about.customer.unwrap_or(-1)).bind(PAGE).bind(COMMAND)
        .fetch_all(&mut *c).await)?;
    let row = |(id, at, actor, kind, conversation, customer, person, data): (
        i64,
        i64,
        String,
        String,
        Option<i64>,
        Option<i64>,
        Option<String>,
        String,
    )| {
        Audited {
            id,
            at: At(at),
            actor,
            kind,
            conversation: conversation.map(ConversationId),
            customer: customer.map(CustomerId),
            person,
            data,
        }
    };
    Ok(rows.into_iter().map(row).collect())
}

/// How often somebody was not let in, within an hour, as one account and from one place.
#[derive(Clone, Debug)]
pub struct Refused {
    /// When the hour began.
    pub hour: At,
    /// Whose account it was, if anybody's.
    pub person: Option<String>,
    /// What stands for the network address.
    pub origin: String,
    /// Wrong passwords.
    pub wrong: i64,
    /// Attempts that came too soon after others.
    pub too_soon: i64,
}

/// The newest of those who were not let in since `since`, at most [`PAGE`].
///
/// # Errors
/// What the database said.
pub async fn refused(tx: &mut Tx, since: At) -> Result<Vec<Refused>> {
    let rows: Vec<(i64, Option<String>, String, i64, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT r.hour, MAX(p.name), r.origin, \
         CAST(SUM(CASE WHEN r.kind = 'wrong' THEN r.total ELSE 0 END) AS BIGINT), \
         CAST(SUM(CASE WHEN r.kind = 'wrong' THEN 0 ELSE r.total END) AS BIGINT) \
         FROM sign_in_refusals r LEFT JOIN people p ON p.id = r.person_id WHERE r.last_at > $1 \
         GROUP BY r.hour, r.person_id, r.origin ORDER BY r.hour DESC, 4 DESC LIMIT $2")
        .bind(since.0).bind(PAGE).fetch_all(&mut *c).await)?;
    let row = |(hour, person, origin, wrong, too_soon)| Refused { hour: At(hour), person, origin, wrong, too_soon };
    Ok(rows.into_iter().map(row).collect())
}
