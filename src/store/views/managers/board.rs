//! The state of support now, for managers: what is open and waits, who has what, what did not arrive.

use std::time::Duration;

use crate::clock::At;
use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::outbox::delivery::State;
use crate::domain::people::person::Duty;
use crate::domain::policy::Policies;
use crate::domain::routing::shift::Shift;
use crate::store::sql::{from_row, query, query_as, query_scalar};
use crate::store::views::Contact;
use crate::store::{Result, Tx};

/// How many conversations that wait, and how many failures, are shown.
pub const MOST: i64 = 20;

/// The figures.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Open conversations.
    pub open: i64,
    /// Of those, with nobody.
    pub unassigned: i64,
    /// The longest that one of them has been open.
    pub oldest_unassigned: Option<At>,
    /// Of the open ones, those whose customer waits for an answer.
    pub waiting: i64,
    /// Since when the longest of them waits.
    pub oldest_waiting: Option<At>,
    /// Put aside.
    pub snoozed: i64,
}

from_row!(Figures { open, unassigned, oldest_unassigned, waiting, oldest_waiting, snoozed });

/// The figures of one line, or of all.
pub async fn figures(tx: &mut Tx, line: Option<i64>) -> Result<Figures> {
    // Each half is a range of an index that pairs, of which there may be any number, are not in.
    Ok(query_as(
        "SELECT COUNT(*) AS open, COUNT(since) AS unassigned, MIN(since) AS oldest_unassigned, COUNT(waiting_since) AS waiting, \
           MIN(waiting_since) AS oldest_waiting, COUNT(snoozed_until) AS snoozed FROM (\
           SELECT waiting_since, snoozed_until, CAST(NULL AS BIGINT) AS since FROM conversations \
           WHERE closed_at IS NULL AND pinned_to IS NOT NULL AND ($1 < 0 OR line_id = $1) \
           UNION ALL SELECT waiting_since, snoozed_until, COALESCE(waiting_since, opened_at) FROM conversations \
           WHERE closed_at IS NULL AND pinned_to IS NULL AND line_id IS NOT NULL AND ($1 < 0 OR line_id = $1)) o")
        .bind(line.unwrap_or(-1)).fetch_one(tx).await?)
}

/// A conversation whose customer waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its number.
    pub id: ConversationId,
    /// The customer.
    pub contact: Contact,
    /// Since when.
    pub since: At,
    /// The beginning of what was last said.
    pub preview: String,
    /// The line.
    pub line: String,
    /// Who has it.
    pub rep: Option<String>,
    /// How long a customer of the line may wait.
    pub target: Duration,
}

/// Those who wait longest.
pub async fn waiting(tx: &mut Tx, line: Option<i64>, house: &Policies) -> Result<Vec<Waiting>> {
    let rows = query(
        "SELECT c.id, u.name AS contact, u.phone, l.policies, c.waiting_since, c.preview, l.name AS line, p.name FROM (\
           SELECT id, waiting_since FROM conversations WHERE closed_at IS NULL AND pinned_to IS NOT NULL \
           AND waiting_since IS NOT NULL AND ($1 < 0 OR line_id = $1) \
           UNION ALL SELECT id, waiting_since FROM conversations WHERE closed_at IS NULL AND pinned_to IS NULL \
           AND line_id IS NOT NULL AND waiting_since IS NOT NULL AND ($1 < 0 OR line_id = $1) \
           ORDER BY waiting_since, id LIMIT $2) w JOIN conversations c ON c.id = w.id \
         LEFT JOIN customers u ON u.id = c.customer_id LEFT JOIN lines l ON l.id = c.line_id \
         LEFT JOIN people p ON p.id = c.pinned_to ORDER BY c.waiting_since, c.id",
    )
    .bind(line.unwrap_or(-1))
    .bind(MOST)
    .try_map(|row| {
        let (phone, policies): (Option<String>, Option<String>) = (row.try_get("phone")?, row.try_get("policies")?);
        Ok(Waiting {
            id: row.try_get("id")?,
            contact: Contact::on(row.try_get("contact")?, phone.as_deref(), policies.as_deref()),
            since: row.try_get("waiting_since")?,
            preview: row.try_get("preview")?,
            line: row.try_get::<Option<String>, _>("line")?.unwrap_or_default(),
            rep: row.try_get("name")?,
            target: house.support_of(policies.as_deref()).answer_target,
        })
    })
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// What a colleague has.
#[derive(Clone, Debug)]
pub struct Load {
    /// Who.
    pub id: PersonId,
    /// Name.
    pub name: String,
    /// Whether they take customers.
    pub duty: Duty,
    /// Their own hours are on now.
    pub on_shift: bool,
    /// When that changes.
    pub until: Option<At>,
    /// Open conversations.
    pub open: i64,
    /// The most that they take.
    pub limit: Option<i64>,
    /// Of the open ones, those whose customer waits.
    pub waiting: i64,
    /// Since when the longest of them waits.
    pub oldest: Option<At>,
}

from_row! {
    struct LoadsRow {
        id: PersonId,
        name: String,
        duty: Duty,
        schedule: Option<String>,
        open_limit: Option<i64>,
        open: i64,
        waiting: i64,
        oldest: Option<At>,
    }
}

/// Enabled members of the line, or of any, by name.
pub async fn loads(tx: &mut Tx, line: Option<i64>, now: At) -> Result<Vec<Load>> {
    let rows: Vec<LoadsRow> = query_as(
        "SELECT p.id, p.name, p.duty, p.schedule, p.open_limit, COUNT(c.id) AS open, COUNT(c.waiting_since) AS waiting, MIN(c.waiting_since) AS oldest \
         FROM people p LEFT JOIN conversations c ON c.pinned_to = p.id AND c.closed_at IS NULL \
         WHERE p.disabled_at IS NULL AND EXISTS (SELECT 1 FROM line_members m WHERE m.person_id = p.id \
         AND ($1 < 0 OR m.line_id = $1)) GROUP BY p.id, p.name, p.duty, p.schedule, p.open_limit ORDER BY p.name, p.id")
        .bind(line.unwrap_or(-1)).fetch_all(tx).await?;
    let load = |LoadsRow { id, name, duty, schedule, open_limit: limit, open, waiting, oldest }: LoadsRow| {
        let shift = Shift::read(None, schedule.as_deref());
        Load { id, name, duty, on_shift: shift.on_at(now), until: shift.next_change(now), open, limit, waiting, oldest }
    };
    Ok(rows.into_iter().map(load).collect())
}

/// A text that did not arrive.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Its conversation.
    pub conversation: Option<ConversationId>,
    /// The message.
    pub message: i64,
    /// To whom.
    pub contact: Contact,
    /// When it was accepted.
    pub at: At,
    /// How far it is.
    pub state: State,
    /// Why.
    pub why: Option<String>,
}

/// Texts to customers since `since` that did not arrive, the newest first, and how many there are.
pub async fn failures(tx: &mut Tx, line: Option<i64>, since: i64) -> Result<(Vec<Failure>, i64)> {
    const WHERE: &str = "d.person_id IS NULL AND d.message_id IS NOT NULL \
         AND d.state IN ('undelivered', 'failed', 'suppressed', 'expired', 'parked', 'dead') \
         AND d.message_id >= $1 AND ($2 < 0 OR d.number_id = $2)";
    let count = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM deliveries d WHERE {WHERE}"));
    let count: i64 = query_scalar(count).bind(since).bind(line.unwrap_or(-1)).fetch_one(tx).await?;
    let list = sqlx::AssertSqlSafe(format!(
        "SELECT d.conversation_id, d.message_id, u.name, d.to_phone, l.policies, d.accepted_at, d.state, d.why \
         FROM deliveries d LEFT JOIN customers u ON u.phone = d.to_phone LEFT JOIN lines l ON l.id = d.number_id \
         WHERE {WHERE} ORDER BY d.message_id DESC LIMIT 10"
    ));
    let rows = query(list)
        .bind(since)
        .bind(line.unwrap_or(-1))
        .try_map(|row| {
            let (phone, policies): (String, Option<String>) = (row.try_get("to_phone")?, row.try_get("policies")?);
            Ok(Failure {
                conversation: row.try_get("conversation_id")?,
                message: row.try_get("message_id")?,
                contact: Contact::on(row.try_get("name")?, Some(&phone), policies.as_deref()),
                at: row.try_get("accepted_at")?,
                state: row.try_get("state")?,
                why: row.try_get("why")?,
            })
        })
        .fetch_all(tx)
        .await?;
    Ok((rows, count))
}
