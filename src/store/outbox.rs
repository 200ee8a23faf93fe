//! The outbox: deliveries waiting to leave, the lanes they leave by, and the attempts made.

use sqlx::{QueryBuilder, Row};

use super::{Result, Tx, padded, pieces};
use crate::clock::At;
use crate::domain::delivery::State;
use crate::domain::ids::{AttemptId, ConversationId, DeliveryId, LegId, MessageId, NumberId, PersonId};
use crate::on;

/// One of our numbers, as sending sees it.
#[derive(Clone, Debug)]
pub struct Sender {
    /// Which.
    pub id: NumberId,
    /// E.164.
    pub number: String,
    /// A published line (else a mask).
    pub is_line: bool,
    /// Microseconds a segment takes, where set for this number.
    pub pace_micros: Option<i64>,
    /// The next free place.
    pub pace_free_at: At,
    /// Sending is paused until somebody mends its settings.
    pub paused: bool,
}

/// The way from one of our numbers to one phone, as it stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lane {
    /// A request is under way or in doubt.
    pub busy: bool,
    /// Something waits in it.
    pub waiting: bool,
    /// The phone has blocked this number at the carrier (STOP, or the carrier refused for it).
    pub blocked: bool,
    /// The person does not want texts from this line or pool.
    pub unwanted: bool,
}

/// A delivery as it is written.
#[derive(Clone, Debug)]
pub struct NewDelivery {
    /// Row id; within a lane, the order.
    pub id: DeliveryId,
    /// What is delivered; none for a notice.
    pub message: Option<MessageId>,
    /// By which leg; none for a notice.
    pub leg: Option<LegId>,
    /// Where people look for it.
    pub conversation: Option<ConversationId>,
    /// Which part of a long text, from 0.
    pub part: i64,
    /// `text`, or the kind of notice.
    pub kind: &'static str,
    /// From which number.
    pub number: NumberId,
    /// To which phone.
    pub to: String,
    /// Whose phone, if staff's.
    pub person: Option<PersonId>,
    /// What is sent.
    pub body: String,
    /// In segments.
    pub segments: i64,
    /// How it begins.
    pub state: State,
    /// When it may leave, if it does not wait behind another.
    pub due_at: Option<At>,
    /// When its text was accepted.
    pub accepted_at: At,
    /// When it is given up.
    pub valid_until: At,
    /// 1 if a request is made at once, else 0.
    pub fence: i64,
    /// Why it stands as it does, in plain words.
    pub why: Option<String>,
    /// For notices: the throttle window that this one begins.
    pub window_at: Option<At>,
}

/// An attempt as it is written.
#[derive(Clone, Debug)]
pub struct NewAttempt {
    /// Row id.
    pub id: AttemptId,
    /// Of which delivery.
    pub delivery: DeliveryId,
    /// The part of the receipt address that cannot be guessed.
    pub secret: String,
    /// Its fencing number.
    pub fence: i64,
}

/// Our numbers `ids`, locked until the commit: whoever decides about a lane holds its number.
///
/// # Errors
/// What the database said.
pub async fn senders(tx: &mut Tx, ids: &[NumberId]) -> Result<Vec<Sender>> {
    let mut wanted: Vec<i64> = ids.iter().map(|id| id.0).collect();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let lock = tx.for_update();
    let rows = on!(tx, c, R => {
        let mut q = QueryBuilder::new(
            "SELECT id, number, role, pace_micros, pace_free_at, paused_at FROM numbers WHERE id IN (",
        );
        let mut ids = q.separated(", ");
        for id in padded(&wanted) {
            ids.push_bind(*id);
        }
        q.push(") ORDER BY id").push(lock);
        q.build().try_map(|row: R| Ok(Sender {
            id: NumberId(row.try_get(0)?),
            number: row.try_get(1)?,
            is_line: row.try_get::<String, _>(2)? == "line",
            pace_micros: row.try_get(3)?,
            pace_free_at: At(row.try_get(4)?),
            paused: row.try_get::<Option<i64>, _>(5)?.is_some(),
        })).fetch_all(&mut *c).await
    })?;
    Ok(rows)
}

/// How the lanes stand, in the order asked. Hold their numbers ([`senders`]) first.
///
/// # Errors
/// What the database said.
pub async fn lanes(tx: &mut Tx, asked: &[(NumberId, String)]) -> Result<Vec<Lane>> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let numbered: Vec<(i64, i64, &str)> =
        asked.iter().zip(0_i64..).map(|((number, phone), i)| (i, number.0, phone.as_str())).collect();
    let rows: Vec<(i64, i32, i32, Option<i64>, Option<i64>)> = on!(tx, c => {
        let mut q = QueryBuilder::new("WITH asked(i, number_id, phone) AS (");
        q.push_values(padded(&numbered), |mut b, (i, number, phone)| {
            b.push_bind(*i).push_bind(*number).push_bind((*phone).to_owned());
        });
        q.push(
            ") SELECT a.i, \
             CASE WHEN EXISTS (SELECT 1 FROM deliveries d WHERE d.number_id = a.number_id AND d.to_phone = a.phone \
               AND d.state IN ('sending', 'unknown')) THEN 1 ELSE 0 END, \
             CASE WHEN EXISTS (SELECT 1 FROM deliveries d WHERE d.number_id = a.number_id AND d.to_phone = a.phone \
               AND d.state = 'ready') THEN 1 ELSE 0 END, \
             (SELECT b.blocked FROM blocks b WHERE b.phone = a.phone AND b.number_id = a.number_id \
               ORDER BY b.id DESC LIMIT 1), \
             (SELECT k.given FROM consents k WHERE k.phone = a.phone AND k.scope = \
               CASE n.role WHEN 'line' THEN 'line:' || n.id ELSE 'pool' END ORDER BY k.id DESC LIMIT 1) \
             FROM asked a JOIN numbers n ON n.id = a.number_id ORDER BY a.i",
        );
        q.build_query_as().fetch_all(&mut *c).await
    })?;
    let mut lanes = vec![Lane::default(); asked.len()];
    for (i, busy, waiting, blocked, given) in rows {
        if let Some(lane) = usize::try_from(i).ok().and_then(|i| lanes.get_mut(i)) {
            *lane = Lane {
                busy: busy == 1,
                waiting: waiting == 1,
                blocked: blocked == Some(1),
                unwanted: given == Some(0),
            };
        }
    }
    Ok(lanes)
}

/// Writes deliveries.
///
/// # Errors
/// [`super::Error::Conflict`] if a lane was taken meanwhile or a part exists.
pub async fn insert(tx: &mut Tx, rows: &[NewDelivery]) -> Result<()> {
    for piece in pieces(rows) {
        on!(tx, c => {
            let mut q = QueryBuilder::new(
                "INSERT INTO deliveries (id, message_id, leg_id, conversation_id, part, kind, number_id, to_phone, \
                 person_id, body, segments, state, carrier_rank, due_at, accepted_at, valid_until, fence, tries, why, \
                 updated_at, window_at) ",
            );
            q.push_values(piece, |mut b, row| {
                b.push_bind(row.id.0)
                    .push_bind(row.message.map(|id| id.0))
                    .push_bind(row.leg.map(|id| id.0))
                    .push_bind(row.conversation.map(|id| id.0))
                    .push_bind(row.part)
                    .push_bind(row.kind)
                    .push_bind(row.number.0)
                    .push_bind(row.to.clone())
                    .push_bind(row.person.map(|id| id.0))
                    .push_bind(row.body.clone())
                    .push_bind(row.segments)
                    .push_bind(row.state.word())
                    .push_bind(crate::domain::delivery::UNREPORTED)
                    .push_bind(row.due_at.map(|at| at.0))
                    .push_bind(row.accepted_at.0)
                    .push_bind(row.valid_until.0)
                    .push_bind(row.fence)
                    .push_bind(row.fence)
                    .push_bind(row.why.clone())
                    .push_bind(row.accepted_at.0)
                    .push_bind(row.window_at.map(|at| at.0));
            });
            q.build().execute(&mut *c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Writes attempts begun at `now` by `node`, whose lease runs until `lease_until`.
///
/// # Errors
/// What the database said.
pub async fn insert_attempts(tx: &mut Tx, rows: &[NewAttempt], node: i64, now: At, lease_until: At) -> Result<()> {
    for piece in pieces(rows) {
        on!(tx, c => {
            let mut q = QueryBuilder::new(
                "INSERT INTO attempts (id, delivery_id, secret, fence, node, started_at, lease_until, looks) ",
            );
            q.push_values(piece, |mut b, row| {
                b.push_bind(row.id.0)
                    .push_bind(row.delivery.0)
                    .push_bind(row.secret.clone())
                    .push_bind(row.fence)
                    .push_bind(node)
                    .push_bind(now.0)
                    .push_bind(lease_until.0)
                    .push_bind(0_i64);
            });
            q.build().execute(&mut *c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Remembers each number's next free place.
///
/// # Errors
/// What the database said.
pub async fn set_paces(tx: &mut Tx, paces: &[(NumberId, At)]) -> Result<()> {
    if paces.is_empty() {
        return Ok(());
    }
    on!(tx, c => {
        let mut q = QueryBuilder::new("WITH v(id, free_at) AS (");
        q.push_values(padded(paces), |mut b, (id, at)| {
            b.push_bind(id.0).push_bind(at.0);
        });
        q.push(") UPDATE numbers SET pace_free_at = v.free_at FROM v WHERE numbers.id = v.id");
        q.build().execute(&mut *c).await.map(drop)
    })?;
    Ok(())
}

/// A ready delivery, as the decision about its departure needs it.
#[derive(Clone, Debug)]
pub struct Departing {
    /// Which.
    pub id: DeliveryId,
    /// From which number.
    pub number: NumberId,
    /// To which phone.
    pub to: String,
    /// What is sent.
    pub body: String,
    /// In segments.
    pub segments: i64,
    /// The place it reserved, if it has one.
    pub due_at: Option<At>,
    /// When its text was accepted.
    pub accepted_at: At,
    /// When it is given up.
    pub valid_until: At,
    /// The number of the newest attempt.
    pub fence: i64,
    /// Requests made so far.
    pub tries: i64,
    /// The phone that its leg has now, if it has a leg.
    pub leg_phone: Option<String>,
    /// It goes to a rep who no longer has the conversation.
    pub pin_lost: bool,
    /// `text`, or the kind of notice.
    pub kind: String,
    /// Where people look for it.
    pub conversation: Option<ConversationId>,
}

const DEPARTING: &str = "SELECT d.id, d.number_id, d.to_phone, d.body, d.segments, d.due_at, d.accepted_at, \
     d.valid_until, d.fence, d.tries, l.phone, \
     CASE WHEN l.role = 'rep' AND l.ended_at IS NOT NULL AND d.kind = 'text' \
       AND (c.pinned_to IS NULL OR c.pinned_to <> l.person_id) THEN 1 ELSE 0 END, d.kind, d.conversation_id \
     FROM deliveries d LEFT JOIN legs l ON l.id = d.leg_id LEFT JOIN conversations c ON c.id = l.conversation_id ";

macro_rules! departing {
    ($row:expr) => {
        Ok(Departing {
            id: DeliveryId($row.try_get(0)?),
            number: NumberId($row.try_get(1)?),
            to: $row.try_get(2)?,
            body: $row.try_get(3)?,
            segments: $row.try_get(4)?,
            due_at: $row.try_get::<Option<i64>, _>(5)?.map(At),
            accepted_at: At($row.try_get(6)?),
            valid_until: At($row.try_get(7)?),
            fence: $row.try_get(8)?,
            tries: $row.try_get(9)?,
            leg_phone: $row.try_get(10)?,
            pin_lost: $row.try_get::<i32, _>(11)? == 1,
            kind: $row.try_get(12)?,
            conversation: $row.try_get::<Option<i64>, _>(13)?.map(ConversationId),
        })
    };
}

/// At most `limit` deliveries whose turn has come at `now`, oldest first, of numbers that are not paused.
/// On PostgreSQL they are locked, and those that another node is looking at are passed over.
///
/// # Errors
/// What the database said.
pub async fn due(tx: &mut Tx, now: At, limit: i64) -> Result<Vec<Departing>> {
    let skip = tx.for_update_of_d_skip_locked();
    let rows = on!(tx, c, R => {
        let mut q = QueryBuilder::new(DEPARTING);
        q.push("JOIN numbers n ON n.id = d.number_id WHERE d.state = 'ready' AND d.due_at <= ")
            .push_bind(now.0)
            .push(" AND n.paused_at IS NULL ORDER BY d.due_at, d.id LIMIT ")
            .push_bind(limit)
            .push(skip);
        q.build().try_map(|row: R| departing!(row)).fetch_all(&mut *c).await
    })?;
    Ok(rows)
}

/// When the next waiting delivery becomes due after `now`; of numbers that are not paused.
///
/// # Errors
/// What the database said.
pub async fn next_due(tx: &mut Tx, now: At) -> Result<Option<At>> {
    let at: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT MIN(d.due_at) FROM deliveries d JOIN numbers n ON n.id = d.number_id \
         WHERE d.state = 'ready' AND d.due_at > $1 AND n.paused_at IS NULL")
        .bind(now.0).fetch_one(&mut *c).await)?;
    Ok(at.map(At))
}

/// The head of each of these lanes, where one waits and nothing is under way. Hold their numbers first.
///
/// # Errors
/// What the database said.
pub async fn heads(tx: &mut Tx, lanes: &[(NumberId, String)]) -> Result<Vec<Departing>> {
    if lanes.is_empty() {
        return Ok(Vec::new());
    }
    let rows = on!(tx, c, R => {
        let mut q = QueryBuilder::new("WITH asked(number_id, phone) AS (");
        q.push_values(padded(lanes), |mut b, (number, phone)| {
            b.push_bind(number.0).push_bind(phone.clone());
        });
        q.push(") ").push(DEPARTING).push(
            "WHERE d.id IN (SELECT (SELECT MIN(r.id) FROM deliveries r WHERE r.number_id = a.number_id \
               AND r.to_phone = a.phone AND r.state = 'ready') FROM asked a \
             WHERE NOT EXISTS (SELECT 1 FROM deliveries b WHERE b.number_id = a.number_id AND b.to_phone = a.phone \
               AND b.state IN ('sending', 'unknown'))) ORDER BY d.id",
        );
        q.build().try_map(|row: R| departing!(row)).fetch_all(&mut *c).await
    })?;
    Ok(rows)
}

/// What became of a delivery that was ready.
#[derive(Clone, Debug)]
pub struct Departure {
    /// Which.
    pub id: DeliveryId,
    /// Its new state.
    pub state: State,
    /// Its new place, if it goes on waiting.
    pub due_at: Option<At>,
    /// Its new fencing number.
    pub fence: i64,
    /// Requests made, this one included.
    pub tries: i64,
    /// Why, in plain words.
    pub why: Option<String>,
}

/// Writes what became of deliveries that were ready.
///
/// # Errors
/// [`super::Error::Conflict`] if a lane was taken meanwhile.
pub async fn depart(tx: &mut Tx, rows: &[Departure], now: At) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    on!(tx, c => {
        let mut q = QueryBuilder::new("WITH v(id, state, due_at, fence, tries, why) AS (");
        q.push_values(padded(rows), |mut b, row| {
            b.push_bind(row.id.0)
                .push_bind(row.state.word())
                .push_bind(row.due_at.map(|at| at.0))
                .push_bind(row.fence)
                .push_bind(row.tries)
                .push_bind(row.why.clone());
        });
        q.push(") UPDATE deliveries SET state = v.state, due_at = v.due_at, fence = v.fence, tries = v.tries, \
                why = v.why, updated_at = ")
            .push_bind(now.0)
            .push(" FROM v WHERE deliveries.id = v.id");
        q.build().execute(&mut *c).await.map(drop)
    })?;
    Ok(())
}

/// Deliveries that wait although their time has run out at `now`, at most `limit`.
///
/// # Errors
/// What the database said.
pub async fn stale(tx: &mut Tx, now: At, limit: i64) -> Result<Vec<Departing>> {
    let rows = on!(tx, c, R => {
        let mut q = QueryBuilder::new(DEPARTING);
        q.push("WHERE d.state = 'ready' AND d.valid_until <= ").push_bind(now.0)
            .push(" ORDER BY d.valid_until LIMIT ").push_bind(limit);
        q.build().try_map(|row: R| departing!(row)).fetch_all(&mut *c).await
    })?;
    Ok(rows)
}

/// Lanes in which something waits behind nothing: none should ever be found.
///
/// # Errors
/// What the database said.
pub async fn stranded(tx: &mut Tx, limit: i64) -> Result<Vec<(NumberId, String)>> {
    let rows: Vec<(i64, String)> = on!(tx, c => sqlx::query_as(
        "SELECT DISTINCT d.number_id, d.to_phone FROM deliveries d WHERE d.state = 'ready' AND d.due_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM deliveries o WHERE o.number_id = d.number_id AND o.to_phone = d.to_phone \
           AND (o.state IN ('sending', 'unknown') OR (o.state = 'ready' AND o.due_at IS NOT NULL))) LIMIT $1")
        .bind(limit).fetch_all(&mut *c).await)?;
    Ok(rows.into_iter().map(|(number, phone)| (NumberId(number), phone)).collect())
}
