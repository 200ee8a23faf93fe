//! The outbox: deliveries that wait, their lanes, and attempts.

pub mod attempts;
pub mod departures;
pub mod fitness;
pub mod notices;
pub mod outage;
pub mod paces;
pub mod spending;

pub use super::engine::lock_order::lanes::hold_lanes;

use super::{Error, Result, Tx, padded, push_list};
use crate::clock::At;
use crate::domain::ids::{AttemptId, ConversationId, DeliveryId, LegId, MessageId, NumberId, PersonId};
use crate::domain::outbox::delivery;
use crate::domain::outbox::delivery::State;
use crate::domain::outbox::settlement::Outcome;
use crate::store::sql::{Batch, QueryBuilder, query_as};

/// One of our numbers, as sending sees it.
#[derive(Clone, Debug)]
pub struct Sender {
    /// Which.
    pub id: NumberId,
    /// E.164.
    pub number: String,
    /// Microseconds a segment takes, where set for this number.
    pub pace_micros: Option<i64>,
    /// The next free place.
    pub pace_free_at: At,
    /// Nothing is sent: the carrier refuses this number, or cannot be reached.
    pub paused: bool,
    /// Ours since then.
    pub in_service_at: At,
    /// Up to when what the carrier had for it is in.
    pub compared_at: Option<At>,
}

/// The way from one of our numbers to one phone, as it stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lane {
    /// A request is under way or in doubt.
    pub busy: bool,
    /// Something waits in it.
    pub waiting: bool,
    /// The highest id of what waits in it: what comes behind that has a higher one, whichever node made it.
    pub newest: Option<i64>,
    /// The phone has blocked this number at the carrier (STOP, or the carrier refused for it).
    pub blocked: bool,
    /// The person does not want texts from this line or pool.
    pub unwanted: bool,
    /// It is a colleague's phone, and texts to it are turned off.
    pub muted: bool,
    /// Staff have blocked this customer.
    pub shut_out: bool,
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
    /// What it is.
    pub kind: delivery::Kind,
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
    /// The place in its number's pace that it has reserved, if it has one.
    pub place_at: Option<At>,
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
    /// Before it is requested, it is looked for in the carrier's list, among texts made after this.
    pub look_from: Option<At>,
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
    /// When it begins by the carrier's clock, where that is known.
    pub there: Option<At>,
}

/// The highest id of a text or a delivery; 0 if there is none.
pub async fn newest(tx: &mut Tx) -> Result<i64> {
    let (message, delivery): (Option<i64>, Option<i64>) =
        query_as("SELECT (SELECT MAX(id) FROM messages), (SELECT MAX(id) FROM deliveries)").fetch_one(tx).await?;
    Ok(message.max(delivery).unwrap_or(0))
}

/// Holds the lanes to the live legs of these conversations until the commit: for a transaction that writes to one after the other.
pub async fn hold_lanes_of(tx: &mut Tx, conversations: &[ConversationId]) -> Result<()> {
    if conversations.is_empty() || !tx.holds_rows() {
        return Ok(());
    }
    let lanes: Vec<(i64, String)> = {
        let mut q = QueryBuilder::new(
            "SELECT DISTINCT number_id, phone FROM legs WHERE ended_at IS NULL AND conversation_id IN (",
        );
        push_list(&mut q, padded(conversations).copied());
        q.build_query_as().fetch_all(tx).await
    }?;
    let lanes: Vec<(NumberId, String)> = lanes.into_iter().map(|(number, phone)| (NumberId(number), phone)).collect();
    hold_lanes(tx, &lanes).await
}

/// How the lanes stand, in the order asked, each with its number. Hold them ([`hold_lanes`]) first.
pub async fn lanes(tx: &mut Tx, asked: &[(NumberId, String)]) -> Result<Vec<(Sender, Lane)>> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let numbered: Vec<(i64, i64, &str)> =
        asked.iter().zip(0_i64..).map(|((number, phone), i)| (i, number.0, phone.as_str())).collect();
    let mut rows: Vec<(usize, (Sender, Lane))> = {
        let mut q = QueryBuilder::new("WITH asked(i, number_id, phone) AS (");
        q.push_values(padded(&numbered), |mut b, (i, number, phone)| {
            b.push_bind(*i).push_bind(*number).push_bind((*phone).to_owned());
        });
        q.push(
            ") SELECT a.i, \
             CASE WHEN EXISTS (SELECT 1 FROM deliveries d WHERE d.number_id = a.number_id AND d.to_phone = a.phone \
               AND d.state IN ('sending', 'unknown')) THEN 1 ELSE 0 END AS busy, \
             (SELECT MAX(d.id) FROM deliveries d WHERE d.number_id = a.number_id AND d.to_phone = a.phone \
               AND d.state = 'ready') AS newest, \
             (SELECT b.blocked FROM blocks b WHERE b.phone = a.phone AND b.number_id = a.number_id \
               ORDER BY b.id DESC LIMIT 1) AS blocked, \
             (SELECT k.given FROM consents k WHERE k.phone = a.phone AND k.scope = \
               CASE n.role WHEN 'line' THEN 'line:' || n.id ELSE 'pool' END ORDER BY k.id DESC LIMIT 1) AS given, \
             (SELECT p.phone_muted_at FROM people p WHERE p.phone = a.phone AND p.disabled_at IS NULL) AS muted, \
             CASE n.role WHEN 'line' THEN (SELECT COALESCE(cu.blocked_at, (SELECT k.blocked_at FROM line_blocks k \
               WHERE k.customer_id = cu.id AND k.line_id = n.id)) FROM customers cu WHERE cu.phone = a.phone) END AS shut_out, \
             n.id, n.number, n.pace_micros, \
             COALESCE((SELECT MAX(f.free_at) FROM paces f WHERE f.number_id = n.id), 0) AS pace_free_at, \
             CASE WHEN n.paused_at IS NOT NULL OR EXISTS (SELECT 1 FROM carrier_outage) THEN 1 ELSE 0 END AS paused, \
             n.in_service_at, n.backfilled_at \
             FROM asked a JOIN numbers n ON n.id = a.number_id ORDER BY a.i",
        );
        q.build()
            .try_map(|row| {
                let place = usize::try_from(row.try_get::<i64, _>("i")?).unwrap_or(usize::MAX);
                let newest: Option<i64> = row.try_get("newest")?;
                let sender = Sender {
                    id: row.try_get("id")?,
                    number: row.try_get("number")?,
                    pace_micros: row.try_get("pace_micros")?,
                    pace_free_at: row.try_get("pace_free_at")?,
                    paused: row.try_get::<i32, _>("paused")? == 1,
                    in_service_at: row.try_get("in_service_at")?,
                    compared_at: row.try_get("backfilled_at")?,
                };
                let lane = Lane {
                    busy: row.try_get::<i32, _>("busy")? == 1,
                    waiting: newest.is_some(),
                    newest,
                    blocked: row.try_get::<Option<i64>, _>("blocked")? == Some(1),
                    unwanted: row.try_get::<Option<i64>, _>("given")? == Some(0),
                    muted: row.try_get::<Option<i64>, _>("muted")?.is_some(),
                    shut_out: row.try_get::<Option<i64>, _>("shut_out")?.is_some(),
                };
                Ok((place, (sender, lane)))
            })
            .fetch_all(tx)
            .await
    }?;
    rows.dedup_by_key(|(place, _)| *place);
    if rows.len() != asked.len() {
        return Err(Error::GivenUp("a number is gone"));
    }
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// Writes deliveries.
///
/// # Errors
/// [`super::Error::Conflict`] if a lane was taken meanwhile or a part exists.
pub fn insert(batch: &mut Batch, rows: &[NewDelivery]) {
    for piece in batch.pieces(rows) {
        let mut q = QueryBuilder::new(
            "INSERT INTO deliveries (id, message_id, leg_id, conversation_id, part, kind, number_id, to_phone, \
             person_id, body, segments, state, carrier_rank, due_at, place_at, accepted_at, valid_until, fence, tries, why, \
             updated_at, window_at, look_from) ",
        );
        q.push_values(piece, |mut b, row| {
            b.push_bind(row.id)
                .push_bind(row.message)
                .push_bind(row.leg)
                .push_bind(row.conversation)
                .push_bind(row.part)
                .push_bind(row.kind)
                .push_bind(row.number)
                .push_bind(row.to.clone())
                .push_bind(row.person)
                .push_bind(row.body.clone())
                .push_bind(row.segments)
                .push_bind(row.state)
                .push_bind(crate::domain::outbox::delivery::UNREPORTED)
                .push_bind(row.due_at)
                .push_bind(row.place_at)
                .push_bind(row.accepted_at)
                .push_bind(row.valid_until)
                .push_bind(row.fence)
                .push_bind(row.fence)
                .push_bind(row.why.clone())
                .push_bind(row.accepted_at)
                .push_bind(row.window_at)
                .push_bind(row.look_from);
        });
        batch.add(q.build());
    }
}

/// Writes attempts begun at `now` by `node`, whose lease runs until `lease_until`.
pub fn insert_attempts(batch: &mut Batch, rows: &[NewAttempt], node: i64, now: At, lease_until: At) {
    for piece in batch.pieces(rows) {
        let mut q = QueryBuilder::new(
            "INSERT INTO attempts (id, delivery_id, secret, fence, node, started_at, lease_until, looks, \
             began_there) ",
        );
        q.push_values(piece, |mut b, row| {
            b.push_bind(row.id)
                .push_bind(row.delivery)
                .push_bind(row.secret.clone())
                .push_bind(row.fence)
                .push_bind(node)
                .push_bind(now)
                .push_bind(lease_until)
                .push_bind(0_i64)
                .push_bind(row.there);
        });
        batch.add(q.build());
    }
}

/// An attempt for a request that may have been made, before the database went back, at some time after `from`.
#[derive(Clone, Debug)]
pub struct Look {
    /// The row that the carrier's list is held against.
    pub attempt: NewAttempt,
    /// Texts made before cannot be it.
    pub from: At,
}

/// Writes attempts whose first look at the carrier's list is due at `now`.
pub fn insert_looks(batch: &mut Batch, rows: &[Look], node: i64, now: At) {
    for piece in batch.pieces(rows) {
        let mut q = QueryBuilder::new(
            "INSERT INTO attempts (id, delivery_id, secret, fence, node, started_at, lease_until, ended_at, outcome, \
             doubt_since, looks, next_look_at, began_there) ",
        );
        q.push_values(piece, |mut b, row| {
            b.push_bind(row.attempt.id)
                .push_bind(row.attempt.delivery)
                .push_bind(row.attempt.secret.clone())
                .push_bind(row.attempt.fence)
                .push_bind(node)
                .push_bind(row.from)
                .push_bind(now)
                .push_bind(now)
                .push_bind(Outcome::Earlier)
                .push_bind(now)
                .push_bind(0_i64)
                .push_bind(now)
                .push_bind(row.attempt.there);
        });
        batch.add(q.build());
    }
}
