//! Deliveries that wait: which are due, which is next in a lane, and what became of them.

use crate::clock::At;
use crate::domain::ids::{ConversationId, DeliveryId, MessageId, NumberId};
use crate::domain::outbox::delivery;
use crate::domain::outbox::delivery::State;
use crate::store::engine::lock_order::hold_rows;
use crate::store::sql::{Batch, FromRow, QueryBuilder, Row, query_as, query_scalar};
use crate::store::{Result, Tx, padded, push_list};

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
    /// When it may leave, if that was set.
    pub due_at: Option<At>,
    /// The place in its number's pace that it has reserved, if it has one.
    pub place_at: Option<At>,
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
    /// It is a text, and no notice. A newer node may have written a kind that this one does not know.
    pub text: bool,
    /// Where people look for it.
    pub conversation: Option<ConversationId>,
    /// What it carries; none for a notice.
    pub message: Option<MessageId>,
    /// It is looked for in the carrier's list first, among texts made from then on.
    pub look_from: Option<At>,
}

const DEPARTING: &str = "SELECT d.id, d.number_id, d.to_phone, d.body, d.segments, d.due_at, d.accepted_at, \
     d.valid_until, d.fence, d.tries, l.phone, \
     CASE WHEN l.role = 'rep' AND l.ended_at IS NOT NULL AND d.kind = 'text' \
       AND (c.pinned_to IS NULL OR c.pinned_to <> l.person_id) THEN 1 ELSE 0 END AS pin_lost, d.kind, d.conversation_id, d.place_at, d.message_id, d.look_from";

const OF: &str =
    " FROM deliveries d LEFT JOIN legs l ON l.id = d.leg_id LEFT JOIN conversations c ON c.id = l.conversation_id ";

impl FromRow for Departing {
    fn from_row(row: &Row) -> sqlx::Result<Self> {
        Ok(Departing {
            id: row.try_get("id")?,
            number: row.try_get("number_id")?,
            to: row.try_get("to_phone")?,
            body: row.try_get("body")?,
            segments: row.try_get("segments")?,
            due_at: row.try_get("due_at")?,
            accepted_at: row.try_get("accepted_at")?,
            valid_until: row.try_get("valid_until")?,
            fence: row.try_get("fence")?,
            tries: row.try_get("tries")?,
            leg_phone: row.try_get("phone")?,
            pin_lost: row.try_get::<i32, _>("pin_lost")? == 1,
            text: row.try_get::<String, _>("kind")? == delivery::Kind::Text.word(),
            conversation: row.try_get("conversation_id")?,
            place_at: row.try_get("place_at")?,
            message: row.try_get("message_id")?,
            look_from: row.try_get("look_from")?,
        })
    }
}

/// At most `limit` deliveries whose turn has come at `now`, oldest first, of numbers that are not paused; none
/// while the carrier cannot be reached. On PostgreSQL they are locked, and those that another node is looking at are passed over.
pub async fn due(tx: &mut Tx, now: At, limit: i64) -> Result<Vec<Departing>> {
    let skip = tx.hold_free("deliveries d");
    let rows = {
        let mut q = QueryBuilder::new(DEPARTING);
        q.push(skip.noted())
            .push(OF)
            .push("JOIN numbers n ON n.id = d.number_id WHERE d.state = 'ready' AND d.due_at <= ")
            .push_bind(now)
            .push(
                " AND n.paused_at IS NULL AND NOT EXISTS (SELECT 1 FROM carrier_outage) ORDER BY d.due_at, d.id LIMIT ",
            )
            .push_bind(limit)
            .push(skip.clause());
        q.build_query_as().fetch_all(tx).await
    }?;
    Ok(held(tx, rows))
}

fn held(tx: &mut Tx, rows: Vec<Departing>) -> Vec<Departing> {
    tx.holds("deliveries", rows.iter().map(|one| one.id.0));
    rows
}

/// This delivery, if it still waits and no other node is looking at it.
pub async fn waiting(tx: &mut Tx, id: DeliveryId) -> Result<Option<Departing>> {
    let skip = tx.hold_free("deliveries d");
    let rows = {
        let mut q = QueryBuilder::new(DEPARTING);
        q.push(skip.noted()).push(OF).push("WHERE d.state = 'ready' AND d.id = ").push_bind(id).push(skip.clause());
        q.build_query_as().fetch_all(tx).await
    }?;
    Ok(held(tx, rows).pop())
}

/// When the next waiting delivery becomes due after `now`, of numbers that are not paused, or something that is paused
/// is tried.
pub async fn next_due(tx: &mut Tx, now: At) -> Result<Option<At>> {
    let at: Option<i64> = query_scalar(
        "SELECT MIN(due.at) FROM (SELECT MIN(d.due_at) AS at FROM deliveries d JOIN numbers n ON n.id = d.number_id \
           WHERE d.state = 'ready' AND d.due_at > $1 AND n.paused_at IS NULL \
           AND NOT EXISTS (SELECT 1 FROM carrier_outage WHERE trial = 0) \
         UNION ALL SELECT MIN(n.probe_at) FROM numbers n WHERE n.paused_at IS NOT NULL AND n.probe_at > $1 \
           AND EXISTS (SELECT 1 FROM deliveries d WHERE d.number_id = n.id AND d.state = 'ready') \
         UNION ALL SELECT MIN(a.probe_at) FROM account_pause a WHERE a.probe_at > $1 \
         UNION ALL SELECT MIN(o.probe_at) FROM carrier_outage o WHERE o.trial = 0 AND o.probe_at > $1) due",
    )
    .bind(now)
    .fetch_one(tx)
    .await?;
    Ok(at.map(At))
}

/// The head of each of these lanes, where one waits and nothing is under way; held until the commit. Hold the lanes first.
///
/// # Errors
/// [`crate::store::Error::OutOfTurn`] if another transaction has one; else what the database said.
pub async fn heads(tx: &mut Tx, lanes: &[(NumberId, String)]) -> Result<Vec<Departing>> {
    if lanes.is_empty() {
        return Ok(Vec::new());
    }
    if !tx.holds_rows() {
        return found(tx, lanes).await;
    }
    let ids: Vec<i64> = found(tx, lanes).await?.into_iter().map(|one| one.id.0).collect();
    hold_rows(tx, "deliveries", &ids).await?;
    // Only now nobody takes one back.
    let rows = if ids.is_empty() { Vec::new() } else { found(tx, lanes).await? };
    Ok(rows.into_iter().filter(|one| ids.contains(&one.id.0)).collect())
}

async fn found(tx: &mut Tx, lanes: &[(NumberId, String)]) -> Result<Vec<Departing>> {
    let rows = {
        let mut q = QueryBuilder::new("WITH asked(number_id, phone) AS (");
        q.push_values(padded(lanes), |mut b, (number, phone)| {
            b.push_bind(number).push_bind(phone.clone());
        });
        q.push(") ").push(DEPARTING).push(OF).push(
            "WHERE d.id IN (SELECT (SELECT MIN(r.id) FROM deliveries r WHERE r.number_id = a.number_id \
               AND r.to_phone = a.phone AND r.state = 'ready') FROM asked a \
             WHERE NOT EXISTS (SELECT 1 FROM deliveries b WHERE b.number_id = a.number_id AND b.to_phone = a.phone \
               AND b.state IN ('sending', 'unknown'))) ORDER BY d.id",
        );
        q.build_query_as().fetch_all(tx).await
    }?;
    Ok(rows)
}

/// What became of a delivery that was ready.
#[derive(Clone, Debug)]
pub struct Departure {
    /// Which.
    pub id: DeliveryId,
    /// Its new state.
    pub state: State,
    /// When it may leave, if it goes on waiting and not behind another.
    pub due_at: Option<At>,
    /// The place that it has reserved, if it goes on waiting.
    pub place_at: Option<At>,
    /// Its new fencing number.
    pub fence: i64,
    /// Requests made, this one included.
    pub tries: i64,
    /// Why, in plain words.
    pub why: Option<String>,
    /// It is being looked for in the carrier's list: it needs no other look before it is requested.
    pub looked: bool,
}

/// Writes what became of deliveries that were ready.
///
/// # Errors
/// [`crate::store::Error::Conflict`] if a lane was taken meanwhile.
pub fn depart(batch: &mut Batch, rows: &[Departure], now: At) {
    if rows.is_empty() {
        return;
    }
    let mut q = QueryBuilder::new("WITH v(id, state, due_at, place_at, fence, tries, why, looked) AS (");
    q.push_values(padded(rows), |mut b, row| {
        b.push_bind(row.id)
            .push_bind(row.state)
            .push_bind(row.due_at)
            .push_bind(row.place_at)
            .push_bind(row.fence)
            .push_bind(row.tries)
            .push_bind(row.why.clone())
            .push_bind(i64::from(row.looked));
    });
    q.push(") UPDATE deliveries SET state = v.state, due_at = v.due_at, place_at = v.place_at, fence = v.fence, tries = v.tries, \
            why = v.why, look_from = CASE v.looked WHEN 1 THEN NULL ELSE look_from END, updated_at = ")
        .push_bind(now)
        .push(" FROM v WHERE deliveries.id = v.id");
    batch.add(q.build());
}

/// Texts that wait for `why` become due at `now`: those of these numbers, all or those to one phone.
pub async fn wake(tx: &mut Tx, why: &str, (numbers, phone): (&[NumberId], Option<&str>), now: At) -> Result<()> {
    if numbers.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = {
        let mut q = QueryBuilder::new("SELECT id FROM deliveries WHERE state = 'ready' AND why = ");
        q.push_bind(why.to_owned()).push(" AND due_at > ").push_bind(now);
        if let Some(phone) = phone {
            q.push(" AND to_phone = ").push_bind(phone.to_owned());
        }
        q.push(" AND number_id IN (");
        push_list(&mut q, padded(numbers).copied());
        q.build_query_scalar().fetch_all(tx).await
    }?;
    hold_rows(tx, "deliveries", &ids).await?;
    for some in ids.chunks(256) {
        let mut q = QueryBuilder::new("UPDATE deliveries SET due_at = ");
        q.push_bind(now).push(" WHERE state = 'ready' AND why = ").push_bind(why.to_owned()).push(" AND id IN (");
        push_list(&mut q, padded(some).copied());
        q.build().execute(tx).await?;
    }
    Ok(())
}

/// Deliveries that wait although their time has run out at `now`, at most `limit`.
pub async fn stale(tx: &mut Tx, now: At, limit: i64) -> Result<Vec<Departing>> {
    let skip = tx.hold_free("deliveries d");
    let rows = {
        let mut q = QueryBuilder::new(DEPARTING);
        q.push(skip.noted())
            .push(OF)
            .push("WHERE d.state = 'ready' AND d.valid_until <= ")
            .push_bind(now)
            .push(" ORDER BY d.valid_until LIMIT ")
            .push_bind(limit)
            .push(skip.clause());
        q.build_query_as().fetch_all(tx).await
    }?;
    Ok(held(tx, rows))
}

/// Lanes in which something waits behind nothing: none should ever be found.
pub async fn stranded(tx: &mut Tx, limit: i64) -> Result<Vec<(NumberId, String)>> {
    let rows: Vec<(NumberId, String)> = query_as(
        "SELECT DISTINCT d.number_id, d.to_phone FROM deliveries d WHERE d.state = 'ready' AND d.due_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM deliveries o WHERE o.number_id = d.number_id AND o.to_phone = d.to_phone \
           AND (o.state IN ('sending', 'unknown') OR (o.state = 'ready' AND o.due_at IS NOT NULL))) LIMIT $1",
    )
    .bind(limit)
    .fetch_all(tx)
    .await?;
    Ok(rows)
}
