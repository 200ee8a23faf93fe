//! Who changed something, looked at hidden data, exported something, signed in, or failed to: people, programs,
//! commands and the program itself. For admins.

use crate::clock::{At, hours};
use crate::domain::ids::{ConversationId, CustomerId};
use crate::domain::people::audit::{Action, Origin};
use crate::domain::vocabulary::MaybeKnown;
use crate::store::sql::{from_row, query, query_as};
use crate::store::{Result, Tx};

/// How many rows a page has.
pub const PAGE: i64 = 50;

/// A row.
#[derive(Clone, Debug)]
pub struct Audited {
    /// Which.
    pub id: i64,
    /// When.
    pub at: At,
    /// Who did it: a person's name, or an app's with its token; `None` if `origin` says enough.
    pub actor: Option<String>,
    /// By whose hand.
    pub origin: MaybeKnown<Origin>,
    /// What.
    pub action: MaybeKnown<Action>,
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
pub async fn list(tx: &mut Tx, about: About, before: i64) -> Result<Vec<Audited>> {
    let rows = query(
        "SELECT * FROM (SELECT a.id, a.at, p.name AS actor, 'person' AS origin, a.kind, a.conversation_id, a.customer_id, \
           o.name AS person, a.data FROM audit a JOIN people p ON p.id = a.actor_id \
           LEFT JOIN people o ON o.id = a.person_id \
           WHERE a.id < $1 AND ($2 < 0 OR a.conversation_id = $2) AND ($3 < 0 OR a.customer_id = $3) \
           ORDER BY a.id DESC LIMIT $4) people_did \
         UNION ALL SELECT * FROM (SELECT b.id, b.at, CASE WHEN t.name IS NULL THEN p.name \
             ELSE p.name || ' (' || t.name || ')' END AS actor, b.origin, b.kind, b.conversation_id, \
           CAST(NULL AS BIGINT) AS customer_id, o.name AS person, b.data FROM acts b \
           LEFT JOIN apps p ON p.id = b.app_id LEFT JOIN api_tokens t ON t.id = b.token_id \
           LEFT JOIN people o ON o.id = b.person_id \
           WHERE b.id < $1 AND ($2 < 0 OR b.conversation_id = $2) AND $3 < 0 \
           ORDER BY b.id DESC LIMIT $4) others_did \
         UNION ALL SELECT * FROM (SELECT s.id, s.at, p.name AS actor, 'person' AS origin, s.kind, \
           CAST(NULL AS BIGINT) AS conversation_id, CAST(NULL AS BIGINT) AS customer_id, CAST(NULL AS TEXT) AS person, \
           '{\"how\":\"' || s.how || '\",\"origin\":\"' || s.origin || '\",\"device\":\"' || s.device || '\"}' AS data \
           FROM sign_ins s JOIN people p ON p.id = s.person_id \
           WHERE s.id < $1 AND $2 < 0 AND $3 < 0 ORDER BY s.id DESC LIMIT $4) came \
         ORDER BY 1 DESC LIMIT $4")
        .bind(before).bind(about.conversation.unwrap_or(-1)).bind(about.customer.unwrap_or(-1)).bind(PAGE)
        .try_map(|row| Ok(Audited {
            id: row.try_get("id")?,
            at: row.try_get("at")?,
            actor: row.try_get("actor")?,
            origin: row.try_get("origin")?,
            action: row.try_get("kind")?,
            conversation: row.try_get("conversation_id")?,
            customer: row.try_get("customer_id")?,
            person: row.try_get("person")?,
            data: row.try_get("data")?,
        }))
        .fetch_all(tx).await?;
    Ok(rows)
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

from_row! {
    struct RefusedRow {
        hour: At,
        person: Option<String>,
        origin: String,
        wrong: i64,
        too_soon: i64,
    }
}

/// The newest of those who were not let in since `since`, at most [`PAGE`].
pub async fn refused(tx: &mut Tx, since: At) -> Result<Vec<Refused>> {
    let rows: Vec<RefusedRow> = query_as(
        "SELECT r.hour, MAX(p.name) AS person, r.origin, \
         CAST(SUM(CASE WHEN r.kind = 'wrong' THEN r.total ELSE 0 END) AS BIGINT) AS wrong, \
         CAST(SUM(CASE WHEN r.kind = 'wrong' THEN 0 ELSE r.total END) AS BIGINT) AS too_soon \
         FROM sign_in_refusals r LEFT JOIN people p ON p.id = r.person_id WHERE r.hour > $3 AND r.last_at > $1 \
         GROUP BY r.hour, r.person_id, r.origin ORDER BY r.hour DESC, 4 DESC LIMIT $2",
    )
    .bind(since)
    .bind(PAGE)
    .bind(since - hours(1))
    .fetch_all(tx)
    .await?;
    let row = |RefusedRow { hour, person, origin, wrong, too_soon }| Refused { hour, person, origin, wrong, too_soon };
    Ok(rows.into_iter().map(row).collect())
}
