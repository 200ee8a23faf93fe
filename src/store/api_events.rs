//! What integrators are told of: one row an event, and one an event and endpoint that wants it.

use std::collections::HashMap;

use sqlx::QueryBuilder;

use super::{Result, Tx, pieces};
use crate::clock::At;
use crate::domain::event::{Kind, Wanted};
use crate::domain::ids::{ConversationId, EndpointId, EventId};
use crate::on;

/// An event as it is written.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Row id.
    pub id: EventId,
    /// Of which pair.
    pub pair: ConversationId,
    /// What happened.
    pub kind: Kind,
    /// What is posted.
    pub body: String,
}

/// An endpoint that may want events.
#[derive(Clone, Debug)]
pub struct Listener {
    /// Which.
    pub id: EndpointId,
    /// What it wants.
    pub wanted: Wanted,
    /// Nothing is posted there now.
    pub disabled: bool,
}

/// Writes events. They count on within their pairs, in the order given; whoever tells of a pair holds it.
///
/// # Errors
/// [`super::Error::Conflict`] if somebody else told of a pair at the same time.
pub async fn insert(tx: &mut Tx, events: &[NewEvent], now: At) -> Result<()> {
    for piece in pieces(events) {
        let mut counts: HashMap<ConversationId, i64> = HashMap::new();
        let numbered: Vec<(&NewEvent, i64)> = piece
            .iter()
            .map(|event| {
                let count = counts.entry(event.pair).or_default();
                *count += 1;
                (event, *count)
            })
            .collect();
        on!(tx, c => {
            let mut q = QueryBuilder::new("WITH v(id, pair, n, kind, body) AS (");
            q.push_values(numbered, |mut b, (event, n)| {
                b.push_bind(event.id.0)
                    .push_bind(event.pair.0)
                    .push_bind(n)
                    .push_bind(event.kind.word())
                    .push_bind(event.body.clone());
            });
            q.push(
                ") INSERT INTO api_events (id, conversation_id, seq, kind, at, body) SELECT v.id, v.pair, v.n + \
                 COALESCE((SELECT MAX(e.seq) FROM api_events e WHERE e.conversation_id = v.pair), 0), v.kind, ",
            )
            .push_bind(now.0)
            .push(", v.body FROM v");
            q.build().execute(&mut *c).await.map(drop)
        })?;
    }
    Ok(())
}

/// The endpoints that there are. Until the commit nobody settles what was posted to them, so that an event that is written
/// next is not left waiting behind one that has just arrived.
///
/// # Errors
/// What the database said.
pub async fn listeners(tx: &mut Tx) -> Result<Vec<Listener>> {
    let sql = format!(
        "SELECT id, events, disabled_at FROM endpoints WHERE deleted_at IS NULL ORDER BY id{}",
        tx.for_key_share()
    );
    let rows: Vec<(i64, String, Option<i64>)> =
        on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(&mut *c).await)?;
    Ok(rows
        .into_iter()
        .map(|(id, events, disabled_at)| Listener {
            id: EndpointId(id),
            wanted: Wanted::kept(&events),
            disabled: disabled_at.is_some(),
        })
        .collect())
}

/// An event on its way to one endpoint.
#[derive(Clone, Copy, Debug)]
pub struct NewPost {
    /// To which endpoint.
    pub endpoint: EndpointId,
    /// Which event.
    pub event: EventId,
    /// Nothing that is written with it goes to the same endpoint about the same pair before it, and it may go now.
    pub first: bool,
}

/// Has events posted. Those behind others of the same endpoint and pair wait.
///
/// # Errors
/// What the database said.
pub async fn post(tx: &mut Tx, posts: &[NewPost], now: At) -> Result<()> {
    for piece in pieces(posts) {
        on!(tx, c => {
            let mut q = QueryBuilder::new("WITH v(endpoint, event, first) AS (");
            q.push_values(piece, |mut b, post| {
                b.push_bind(post.endpoint.0).push_bind(post.event.0).push_bind(i64::from(post.first));
            });
            q.push(
                ") INSERT INTO event_posts (endpoint_id, event_id, conversation_id, seq, state, attempts, next_at) \
                 SELECT v.endpoint, e.id, e.conversation_id, e.seq, 'waiting', 0, CASE WHEN v.first = 1 AND NOT EXISTS \
                 (SELECT 1 FROM event_posts p WHERE p.endpoint_id = v.endpoint \
                 AND p.conversation_id = e.conversation_id AND p.state = 'waiting') THEN ",
            )
            .push_bind(now.0)
            .push(" END FROM v JOIN api_events e ON e.id = v.event");
            q.build().execute(&mut *c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Forgets at most `limit` events of before `before`, with what became of them; how many there were.
///
/// # Errors
/// What the database said.
pub async fn forget(tx: &mut Tx, before: At, limit: i64) -> Result<u64> {
    let old = "SELECT id FROM api_events WHERE at < $1 ORDER BY at, id LIMIT $2";
    let posts = format!("DELETE FROM event_posts WHERE event_id IN ({old})");
    on!(tx, c => sqlx::query(sqlx::AssertSqlSafe(posts)).bind(before.0).bind(limit).execute(&mut *c).await.map(drop))?;
    let events = format!("DELETE FROM api_events WHERE id IN ({old})");
    let done = on!(tx, c => sqlx::query(sqlx::AssertSqlSafe(events)).bind(before.0).bind(limit)
        .execute(&mut *c).await.map(|done| done.rows_affected()))?;
    Ok(done)
}
