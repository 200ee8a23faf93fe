//! Posts of events to endpoints, and their results.

use crate::clock::At;
use crate::domain::ids::{ConversationId, EndpointId, EventId};
use crate::domain::programs::post::State;
use crate::store::sql::{QueryBuilder, query, query_as, query_scalar};
use crate::store::{Result, Tx, padded, push_list};

/// One event for one endpoint.
pub type Key = (EndpointId, EventId);

/// A post whose time has come.
#[derive(Clone, Debug)]
pub struct Due {
    /// To which endpoint.
    pub endpoint: EndpointId,
    /// Which event.
    pub event: EventId,
    /// Of which pair.
    pub pair: ConversationId,
    /// Which try it is, from 1.
    pub attempt: i64,
    /// Where.
    pub url: String,
    /// What it is signed with.
    pub secret: String,
    /// What is posted.
    pub body: String,
}

/// Takes at most `limit` posts that are due, none to the endpoints in `busy`. Until `lease_until` nobody else takes them;
/// then they are due again.
pub async fn take(tx: &mut Tx, busy: &[EndpointId], limit: i64, now: At, lease_until: At) -> Result<Vec<Due>> {
    let lock = tx.hold_free("event_posts d");
    let due: Vec<Due> = {
        let mut q = QueryBuilder::new(
            "SELECT d.endpoint_id, d.event_id, d.conversation_id, d.attempts + 1 AS attempt, p.url, p.secret, e.body",
        );
        q.push(lock.noted()).push(
            " FROM event_posts d JOIN endpoints p ON p.id = d.endpoint_id JOIN api_events e ON e.id = d.event_id \
             WHERE d.state = 'waiting' AND d.next_at <= ",
        );
        q.push_bind(now).push(" AND p.disabled_at IS NULL AND p.deleted_at IS NULL");
        if !busy.is_empty() {
            q.push(" AND d.endpoint_id NOT IN (");
            push_list(&mut q, padded(busy).copied());
        }
        q.push(" ORDER BY d.next_at, d.seq LIMIT ").push_bind(limit).push(lock.clause());
        q.build()
            .try_map(|row| {
                Ok(Due {
                    endpoint: row.try_get("endpoint_id")?,
                    event: row.try_get("event_id")?,
                    pair: row.try_get("conversation_id")?,
                    attempt: row.try_get("attempt")?,
                    url: row.try_get("url")?,
                    secret: row.try_get("secret")?,
                    body: row.try_get("body")?,
                })
            })
            .fetch_all(tx)
            .await
    }?;
    if due.is_empty() {
        return Ok(due);
    }
    let mut q = QueryBuilder::new("WITH v(endpoint, event, attempt) AS (");
    q.push_values(padded(&due), |mut b, one| {
        b.push_bind(one.endpoint).push_bind(one.event).push_bind(one.attempt);
    });
    q.push(") UPDATE event_posts SET attempts = v.attempt, next_at = ")
        .push_bind(lease_until)
        .push(", tried_at = ")
        .push_bind(now)
        .push(" FROM v WHERE event_posts.endpoint_id = v.endpoint AND event_posts.event_id = v.event");
    q.build().execute(tx).await?;
    Ok(due)
}

/// When the next post is due, if one waits for its time.
pub async fn next_due(tx: &mut Tx) -> Result<Option<At>> {
    let at: Option<At> =
        query_scalar("SELECT MIN(next_at) FROM event_posts WHERE state = 'waiting' AND next_at IS NOT NULL")
            .fetch_one(tx)
            .await?;
    Ok(at)
}

/// What became of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became {
    /// It arrived.
    Delivered,
    /// It is tried again then.
    Again(At),
    /// It is given up.
    Failed,
}

/// Writes what became of the `attempt`-th try, with the HTTP status if there was an answer, and why it did not arrive.
/// False if somebody else has taken the post over meanwhile.
pub async fn settle(
    tx: &mut Tx,
    (endpoint, event): Key,
    attempt: i64,
    became: &Became,
    (status, error): (Option<u16>, Option<&str>),
) -> Result<bool> {
    let (state, next_at) = match became {
        Became::Delivered => (State::Delivered, None),
        Became::Again(at) => (State::Waiting, Some(at.0)),
        Became::Failed => (State::Failed, None),
    };
    let done = query(
        "UPDATE event_posts SET state = $4, next_at = $5, status = $6, error = $7 \
         WHERE endpoint_id = $1 AND event_id = $2 AND attempts = $3 AND state = 'waiting'",
    )
    .bind(endpoint)
    .bind(event)
    .bind(attempt)
    .bind(state)
    .bind(next_at)
    .bind(status.map(i64::from))
    .bind(error)
    .execute(tx)
    .await?
    .rows_affected();
    Ok(done == 1)
}

/// The first that waits for an endpoint about each pair is due now, if nothing was before it. With `pair`, of that pair
/// only. Hold the endpoint.
pub async fn free(tx: &mut Tx, endpoint: EndpointId, pair: Option<ConversationId>, now: At) -> Result<()> {
    query(
        "UPDATE event_posts SET next_at = $3 WHERE endpoint_id = $1 AND state = 'waiting' AND next_at IS NULL \
         AND ($2 < 0 OR conversation_id = $2) AND NOT EXISTS (SELECT 1 FROM event_posts q \
         WHERE q.endpoint_id = event_posts.endpoint_id AND q.conversation_id = event_posts.conversation_id \
         AND q.state = 'waiting' AND q.seq < event_posts.seq)",
    )
    .bind(endpoint)
    .bind(pair.map_or(-1, |pair| pair.0))
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

/// Nothing is due for an endpoint any more, until [`free`].
pub async fn hold_back(tx: &mut Tx, endpoint: EndpointId) -> Result<()> {
    query("UPDATE event_posts SET next_at = NULL WHERE endpoint_id = $1 AND state = 'waiting' AND next_at IS NOT NULL")
        .bind(endpoint)
        .execute(tx)
        .await?;
    Ok(())
}

/// What was given up for an endpoint waits again, as if it had never been tried.
pub async fn take_up_again(tx: &mut Tx, endpoint: EndpointId) -> Result<()> {
    query(
        "UPDATE event_posts SET state = 'waiting', attempts = 0, next_at = NULL WHERE endpoint_id = $1 AND state = 'failed'")
        .bind(endpoint).execute(tx).await?;
    Ok(())
}

/// How one stands; `None` if it never was.
pub async fn state(tx: &mut Tx, (endpoint, event): Key) -> Result<Option<State>> {
    let state: Option<State> = query_scalar("SELECT state FROM event_posts WHERE endpoint_id = $1 AND event_id = $2")
        .bind(endpoint)
        .bind(event)
        .fetch_optional(tx)
        .await?;
    Ok(state)
}

/// Posts one that is done with again, now.
pub async fn replay(tx: &mut Tx, (endpoint, event): Key, now: At) -> Result<()> {
    query(
        "UPDATE event_posts SET state = 'waiting', attempts = 0, next_at = $3, status = NULL, error = NULL \
         WHERE endpoint_id = $1 AND event_id = $2 AND state <> 'waiting'",
    )
    .bind(endpoint)
    .bind(event)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

/// A post as admins see it.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Which event.
    pub event: EventId,
    /// Of which pair.
    pub pair: ConversationId,
    /// What happened.
    pub kind: String,
    /// When.
    pub at: At,
    /// How it stands.
    pub state: State,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next; none if it waits behind another or is done with.
    pub next_at: Option<At>,
    /// When it was last tried.
    pub tried_at: Option<At>,
    /// The last answer.
    pub status: Option<i64>,
    /// Why it did not arrive the last time.
    pub error: Option<String>,
}

/// The newest posts to an endpoint, at most `limit`.
pub async fn recent(tx: &mut Tx, endpoint: EndpointId, limit: i64) -> Result<Vec<Posted>> {
    let rows = query(
        "SELECT d.event_id, d.conversation_id, e.kind, e.at, d.state, d.attempts, d.next_at, d.tried_at, d.status, d.error \
         FROM event_posts d JOIN api_events e ON e.id = d.event_id WHERE d.endpoint_id = $1 \
         ORDER BY d.event_id DESC LIMIT $2")
        .bind(endpoint).bind(limit)
        .try_map(|row| Ok(Posted {
            event: row.try_get("event_id")?,
            pair: row.try_get("conversation_id")?,
            kind: row.try_get("kind")?,
            at: row.try_get("at")?,
            state: row.try_get("state")?,
            attempts: row.try_get("attempts")?,
            next_at: row.try_get("next_at")?,
            tried_at: row.try_get("tried_at")?,
            status: row.try_get("status")?,
            error: row.try_get("error")?,
        }))
        .fetch_all(tx).await?;
    Ok(rows)
}

/// How many posts to each endpoint wait.
pub async fn waiting(tx: &mut Tx) -> Result<Vec<(EndpointId, i64)>> {
    let rows: Vec<(EndpointId, i64)> =
        query_as("SELECT endpoint_id, COUNT(*) FROM event_posts WHERE state = 'waiting' GROUP BY endpoint_id")
            .fetch_all(tx)
            .await?;
    Ok(rows)
}
