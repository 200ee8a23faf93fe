//! Attempts and their results: read with their deliveries, written as groups.

use crate::clock::At;
use crate::domain::ids::{AttemptId, ConversationId, DeliveryId, LegId, MessageId, NumberId};
use crate::domain::leg::Role;
use crate::domain::numbers::role;
use crate::domain::outbox::delivery;
use crate::domain::outbox::settlement::{Row, Try};
use crate::store::engine::lock_order::hold_rows;
use crate::store::sql::{self, Batch, FromRow, QueryBuilder, from_row, query, query_as, query_scalar};
use crate::store::{Result, Tx, padded, push_list};

/// An attempt and its delivery.
#[derive(Clone, Debug)]
pub struct Known {
    /// Which attempt.
    pub id: AttemptId,
    /// The part of its receipt address that cannot be guessed.
    pub secret: String,
    /// How it stands.
    pub attempt: Try,
    /// Of which delivery.
    pub delivery: DeliveryId,
    /// How that stands.
    pub row: Row,
    /// From which number.
    pub number: NumberId,
    /// That number is a line.
    pub is_line: bool,
    /// To which phone.
    pub to: String,
    /// Of which message.
    pub message: Option<MessageId>,
    /// By which leg.
    pub leg: Option<LegId>,
    /// Where people look for it.
    pub conversation: Option<ConversationId>,
    /// That leg is a party's.
    pub party: bool,
    /// It is a text, and no notice. A newer node may have written a kind that this one does not know.
    pub text: bool,
    /// When its text was accepted.
    pub accepted_at: At,
    /// Since when its number is paused, if it is.
    pub paused_at: Option<At>,
    /// A refusal stands against its number.
    pub suspect: bool,
}

const KNOWN: &str = "SELECT a.id AS attempt_id, a.secret, a.fence AS attempt_fence, a.started_at, a.ended_at, a.outcome, a.carrier_id, \
     a.doubt_since, a.looks, a.next_look_at, a.listed_at, a.empty_at, d.id, d.state, d.carrier_rank, d.fence, d.due_at, \
     d.error_code, d.why, d.number_id, n.role AS number_role, d.to_phone, d.message_id, d.leg_id, d.conversation_id, d.kind, \
     d.accepted_at, l.role, n.paused_at, n.suspect, a.began_there";

const OF: &str = " FROM attempts a JOIN deliveries d ON d.id = a.delivery_id \
     JOIN numbers n ON n.id = d.number_id LEFT JOIN legs l ON l.id = d.leg_id ";

/// All of it but the carrier's id, which only who knows it asks for.
impl FromRow for Try {
    fn from_row(row: &sql::Row) -> sqlx::Result<Self> {
        Ok(Try {
            fence: row.try_get("attempt_fence")?,
            started_at: row.try_get("started_at")?,
            ended_at: row.try_get("ended_at")?,
            outcome: row.try_get("outcome")?,
            carrier_id: None,
            doubt_since: row.try_get("doubt_since")?,
            looks: row.try_get("looks")?,
            next_look_at: row.try_get("next_look_at")?,
            listed_at: row.try_get("listed_at")?,
            empty_at: row.try_get("empty_at")?,
            there: row.try_get("began_there")?,
        })
    }
}

/// These attempts, locked with their deliveries until the commit.
pub async fn known(tx: &mut Tx, ids: &[AttemptId]) -> Result<Vec<Known>> {
    let mut wanted: Vec<i64> = ids.iter().map(|id| id.0).collect();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    if tx.holds_something() {
        // This write has begun anew and holds numbers or lanes, which come behind: it may not wait for a delivery now.
        let mut q = QueryBuilder::new("SELECT DISTINCT delivery_id FROM attempts WHERE id IN (");
        push_list(&mut q, padded(&wanted).copied());
        let deliveries: Vec<i64> = q.build_query_scalar().fetch_all(tx).await?;
        hold_rows(tx, "deliveries", &deliveries).await?;
    }
    let lock = tx.hold_found("deliveries d, attempts a");
    let rows: Vec<Known> = {
        let mut q = QueryBuilder::new(KNOWN);
        q.push(lock.noted()).push(OF).push("WHERE a.id IN (");
        push_list(&mut q, padded(&wanted).copied());
        q.push(" ORDER BY d.id, a.id").push(lock.clause());
        q.build()
            .try_map(|row| {
                Ok(Known {
                    id: row.try_get("attempt_id")?,
                    secret: row.try_get("secret")?,
                    attempt: Try { carrier_id: row.try_get("carrier_id")?, ..Try::from_row(&row)? },
                    delivery: row.try_get("id")?,
                    row: Row {
                        state: row.try_get("state")?,
                        rank: row.try_get("carrier_rank")?,
                        fence: row.try_get("fence")?,
                        due_at: row.try_get("due_at")?,
                        code: row.try_get("error_code")?,
                        why: row.try_get("why")?,
                    },
                    number: row.try_get("number_id")?,
                    is_line: row.try_get("number_role").map(|role: role::Role| role == role::Role::Line)?,
                    to: row.try_get("to_phone")?,
                    message: row.try_get("message_id")?,
                    leg: row.try_get("leg_id")?,
                    conversation: row.try_get("conversation_id")?,
                    party: row.try_get::<Option<Role>, _>("role")? == Some(Role::Party),
                    text: row.try_get::<String, _>("kind")? == delivery::Kind::Text.word(),
                    accepted_at: row.try_get("accepted_at")?,
                    paused_at: row.try_get("paused_at")?,
                    suspect: row.try_get::<i64, _>("suspect")? == 1,
                })
            })
            .fetch_all(tx)
            .await
    }?;
    tx.holds("deliveries", rows.iter().map(|one| one.delivery.0));
    Ok(rows)
}

/// Writes how attempts stand.
///
/// # Errors
/// [`crate::store::Error::Conflict`] if a carrier's id is bound to another attempt already.
pub fn keep(batch: &mut Batch, rows: &[(AttemptId, Try)]) {
    if rows.is_empty() {
        return;
    }
    let mut q = QueryBuilder::new("WITH v(id, ended, outcome, carrier, doubt, looks, look_at, listed, empty) AS (");
    q.push_values(padded(rows), |mut b, (id, row)| {
        b.push_bind(id)
            .push_bind(row.ended_at)
            .push_bind(row.outcome)
            .push_bind(row.carrier_id.clone())
            .push_bind(row.doubt_since)
            .push_bind(row.looks)
            .push_bind(row.next_look_at)
            .push_bind(row.listed_at)
            .push_bind(row.empty_at);
    });
    q.push(
        ") UPDATE attempts SET ended_at = v.ended, outcome = v.outcome, carrier_id = v.carrier, \
         doubt_since = v.doubt, looks = v.looks, next_look_at = v.look_at, listed_at = v.listed, \
         empty_at = v.empty FROM v WHERE attempts.id = v.id",
    );
    batch.add(q.build());
}

/// Writes how deliveries stand.
///
/// # Errors
/// [`crate::store::Error::Conflict`] if a lane was taken meanwhile.
pub fn keep_deliveries(batch: &mut Batch, rows: &[(DeliveryId, Row)], now: At) {
    if rows.is_empty() {
        return;
    }
    let mut q = QueryBuilder::new("WITH v(id, state, rank, due_at, code, why) AS (");
    q.push_values(padded(rows), |mut b, (id, row)| {
        b.push_bind(id)
            .push_bind(row.state)
            .push_bind(row.rank)
            .push_bind(row.due_at)
            .push_bind(row.code)
            .push_bind(row.why.clone());
    });
    q.push(
        ") UPDATE deliveries SET state = v.state, carrier_rank = v.rank, due_at = v.due_at, \
         error_code = v.code, why = v.why, updated_at = ",
    )
    .push_bind(now)
    .push(" FROM v WHERE deliveries.id = v.id");
    batch.add(q.build());
}

/// Attempts that belong to nobody any more: their lease ran out at `now`, or their node is not among the living.
/// Of `node` itself, those begun before `since`, its own start.
pub async fn orphans(tx: &mut Tx, living: &[i64], (node, since): (i64, At), now: At) -> Result<Vec<AttemptId>> {
    let rows: Vec<AttemptId> = {
        let mut q = QueryBuilder::new("SELECT id FROM attempts WHERE ended_at IS NULL AND (lease_until <= ");
        q.push_bind(now).push(" OR (node = ").push_bind(node).push(" AND started_at < ").push_bind(since).push(")");
        if !living.is_empty() {
            q.push(" OR node NOT IN (");
            push_list(&mut q, padded(living).copied());
        }
        // By lease: the index of open attempts has that order, and all that were ever made are not looked through.
        q.push(") ORDER BY lease_until, id LIMIT 256");
        q.build_query_scalar().fetch_all(tx).await
    }?;
    Ok(rows)
}

/// An attempt in doubt, as a look at the carrier's list needs it.
#[derive(Clone, Debug)]
pub struct InDoubt {
    /// Which.
    pub id: AttemptId,
    /// Our number, E.164.
    pub from: String,
    /// Their phone.
    pub to: String,
    /// What was sent, if it was.
    pub body: String,
    /// How it stands.
    pub attempt: Try,
}

/// Attempts whose next look is due at `now`, at most `limit`.
pub async fn doubtful(tx: &mut Tx, now: At, limit: i64) -> Result<Vec<InDoubt>> {
    let rows = query(
        "SELECT a.id, n.number, d.to_phone, d.body, a.fence AS attempt_fence, a.started_at, a.ended_at, a.outcome, a.doubt_since, \
         a.looks, a.next_look_at, a.listed_at, a.empty_at, a.began_there FROM attempts a \
         JOIN deliveries d ON d.id = a.delivery_id JOIN numbers n ON n.id = d.number_id WHERE a.next_look_at <= $1 ORDER BY a.next_look_at LIMIT $2")
        .bind(now)
        .bind(limit)
        .try_map(|row| Ok(InDoubt {
            id: row.try_get("id")?,
            from: row.try_get("number")?,
            to: row.try_get("to_phone")?,
            body: row.try_get("body")?,
            attempt: Try::from_row(&row)?,
        }))
        .fetch_all(tx).await?;
    Ok(rows)
}

/// When the next look is due.
pub async fn next_look(tx: &mut Tx) -> Result<Option<At>> {
    let at: Option<At> =
        query_scalar("SELECT MIN(next_look_at) FROM attempts WHERE next_look_at IS NOT NULL").fetch_one(tx).await?;
    Ok(at)
}

/// Which of these carrier ids are bound to attempts.
pub async fn bound(tx: &mut Tx, ids: &[&str]) -> Result<Vec<String>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for some in ids.chunks(256) {
        let rows: Vec<(String,)> = {
            let mut q = QueryBuilder::new("SELECT carrier_id FROM attempts WHERE carrier_id IN (");
            push_list(&mut q, padded(some).map(|id| (*id).to_owned()));
            q.build_query_as().fetch_all(tx).await
        }?;
        found.extend(rows.into_iter().map(|(id,)| id));
    }
    Ok(found)
}

from_row! {
    struct InDoubtRow {
        id: AttemptId,
        number: String,
        to_phone: String,
        body: String,
        fence: i64,
        started_at: At,
        began_there: Option<At>,
    }
}

/// The newest attempt of a delivery that is in doubt, as a look at the carrier's list needs it.
pub async fn in_doubt(tx: &mut Tx, id: DeliveryId) -> Result<Option<InDoubt>> {
    let row: Option<InDoubtRow> = query_as(
        "SELECT a.id, n.number, d.to_phone, d.body, a.fence, a.started_at, a.began_there FROM deliveries d \
         JOIN attempts a ON a.delivery_id = d.id AND a.fence = d.fence JOIN numbers n ON n.id = d.number_id \
         WHERE d.id = $1 AND d.state IN ('unknown', 'parked')",
    )
    .bind(id)
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|InDoubtRow { id, number: from, to_phone: to, body, fence, started_at, began_there: there }| InDoubt {
        id,
        from,
        to,
        body,
        attempt: Try {
            fence,
            started_at,
            ended_at: None,
            outcome: None,
            carrier_id: None,
            doubt_since: None,
            looks: 0,
            next_look_at: None,
            listed_at: None,
            empty_at: None,
            there,
        },
    }))
}

/// Gives a text that is sent again time until `until`.
pub async fn extend(tx: &mut Tx, id: DeliveryId, until: At) -> Result<()> {
    query("UPDATE deliveries SET valid_until = $2 WHERE id = $1 AND valid_until < $2")
        .bind(id)
        .bind(until)
        .execute(tx)
        .await?;
    Ok(())
}
