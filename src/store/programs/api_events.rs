//! Events for integrators: one row for each event, and one for each event and endpoint that wants it.

use std::collections::HashMap;

use crate::clock::At;
use crate::domain::ids::{AppId, ConversationId, EndpointId, EventId, LegId, MessageId};
use crate::domain::programs::event::{Kind, Wanted};
use crate::store::engine::lock_order::hold_rows;
use crate::store::sql::{QueryBuilder, Row, from_row, query, query_scalar};
use crate::store::{Result, Tx, padded, pieces, push_list};

/// An event as it is written.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Row id.
    pub id: EventId,
    /// Of which pair.
    pub pair: ConversationId,
    /// What happened.
    pub kind: Kind,
    /// Told once of this: see [`about`].
    pub about: Option<String>,
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
    /// Of the pairs of which app; of every app's if `None`.
    pub app: Option<AppId>,
    /// Nothing is posted there now.
    pub disabled: bool,
}

impl Listener {
    /// Whether it is to be told of something of this kind that happened to a pair of `app`.
    #[must_use]
    pub fn hears(&self, kind: Kind, app: AppId) -> bool {
        self.wanted.has(kind) && self.app.is_none_or(|own| own == app)
    }
}

/// Writes events. They are numbered within their pairs, in the order given; the caller holds the pair.
///
/// # Errors
/// [`crate::store::Error::Conflict`] if somebody else told of a pair at the same time.
pub async fn insert(tx: &mut Tx, events: &[NewEvent], now: At) -> Result<()> {
    for piece in pieces(tx, events) {
        let mut counts: HashMap<ConversationId, i64> = HashMap::new();
        let numbered: Vec<(&NewEvent, i64)> = piece
            .iter()
            .map(|event| {
                let count = counts.entry(event.pair).or_default();
                *count += 1;
                (event, *count)
            })
            .collect();
        let mut q = QueryBuilder::new("WITH v(id, pair, n, kind, body, about) AS (");
        q.push_values(numbered, |mut b, (event, n)| {
            b.push_bind(event.id)
                .push_bind(event.pair)
                .push_bind(n)
                .push_bind(event.kind.word())
                .push_bind(event.body.clone())
                .push_bind(event.about.clone());
        });
        q.push(
            ") INSERT INTO api_events (id, conversation_id, seq, kind, at, body, about) SELECT v.id, v.pair, v.n + \
             COALESCE((SELECT MAX(e.seq) FROM api_events e WHERE e.conversation_id = v.pair), 0), v.kind, ",
        )
        .push_bind(now)
        .push(", v.body, v.about FROM v");
        q.build().execute(tx).await?;
    }
    Ok(())
}

/// The endpoints that there are. Until the commit nobody settles what was posted to them, so that an event that is written
/// next is not left waiting behind one that has just arrived.
pub async fn listeners(tx: &mut Tx) -> Result<Vec<Listener>> {
    let lock = tx.share("endpoints");
    let sql = format!(
        "SELECT id, events, app_id, disabled_at{} FROM endpoints WHERE deleted_at IS NULL ORDER BY id{}",
        lock.noted(),
        lock.clause()
    );
    let read = |row: Row| {
        Ok(Listener {
            id: row.try_get("id")?,
            wanted: Wanted::kept(&row.try_get::<String, _>("events")?),
            app: row.try_get("app_id")?,
            disabled: row.try_get::<Option<At>, _>("disabled_at")?.is_some(),
        })
    };
    let listeners = query(sqlx::AssertSqlSafe(sql)).try_map(read).fetch_all(tx).await?;
    tx.holds("endpoints", listeners.iter().map(|one| one.id.0));
    Ok(listeners)
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
pub async fn post(tx: &mut Tx, posts: &[NewPost], now: At) -> Result<()> {
    for piece in pieces(tx, posts) {
        let mut q = QueryBuilder::new("WITH v(endpoint, event, first) AS (");
        q.push_values(piece, |mut b, post| {
            b.push_bind(post.endpoint).push_bind(post.event).push_bind(i64::from(post.first));
        });
        q.push(
            ") INSERT INTO event_posts (endpoint_id, event_id, conversation_id, seq, state, attempts, next_at) \
             SELECT v.endpoint, e.id, e.conversation_id, e.seq, 'waiting', 0, CASE WHEN v.first = 1 AND NOT EXISTS \
             (SELECT 1 FROM event_posts p WHERE p.endpoint_id = v.endpoint \
             AND p.conversation_id = e.conversation_id AND p.state = 'waiting') THEN ",
        )
        .push_bind(now)
        .push(" END FROM v JOIN api_events e ON e.id = v.event");
        q.build().execute(tx).await?;
    }
    Ok(())
}

/// Forgets at most `limit` events of before `before`, with what became of them; how many there were.
pub async fn forget(tx: &mut Tx, before: At, limit: i64) -> Result<u64> {
    let old = "SELECT id FROM api_events WHERE at < $1 ORDER BY at, id LIMIT $2";
    if tx.holds_rows() {
        let any: Option<i64> = query_scalar("SELECT id FROM api_events WHERE at < $1 ORDER BY at LIMIT 1")
            .bind(before)
            .fetch_optional(tx)
            .await?;
        if any.is_none() {
            return Ok(0);
        }
        // A transaction that changes the posts of an endpoint holds the endpoint.
        let ids: Vec<i64> = query_scalar("SELECT id FROM endpoints").fetch_all(tx).await?;
        hold_rows(tx, "endpoints", &ids).await?;
    }
    let posts = format!("DELETE FROM event_posts WHERE event_id IN ({old})");
    query(sqlx::AssertSqlSafe(posts)).bind(before).bind(limit).execute(tx).await?;
    let events = format!("DELETE FROM api_events WHERE id IN ({old})");
    let done = query(sqlx::AssertSqlSafe(events)).bind(before).bind(limit).execute(tx).await?.rows_affected();
    Ok(done)
}

/// What an event names that is told once of a text and a phone.
#[must_use]
pub fn about(message: MessageId, leg: LegId) -> String {
    format!("{message} {leg}")
}

/// How a party's text stands on one phone.
#[derive(Clone, Debug)]
pub struct Fate {
    /// Which text.
    pub message: MessageId,
    /// By which leg.
    pub leg: LegId,
    /// Of which pair.
    pub pair: ConversationId,
    /// Whose phone.
    pub alias: String,
    /// In so many parts.
    pub parts: i64,
    /// So many of them have arrived.
    pub arrived: i64,
}

from_row! {
    struct FatesRow {
        message_id: MessageId,
        id: LegId,
        conversation_id: ConversationId,
        alias: Option<String>,
        parts: i64,
        arrived: i64,
    }
}

/// How these texts stand on the phones of parties; nothing of those that belong to no pair, and nothing of those whose
/// `kind` was told before.
pub async fn fates(tx: &mut Tx, kind: Kind, texts: &[(MessageId, LegId)]) -> Result<Vec<Fate>> {
    let mut found = Vec::new();
    for piece in texts.chunks(64) {
        let rows: Vec<FatesRow> = {
            let mut q = QueryBuilder::new(
                "SELECT d.message_id, l.id, l.conversation_id, l.alias, COUNT(*) AS parts, \
                 COUNT(CASE WHEN d.state = 'delivered' THEN 1 END) AS arrived FROM deliveries d JOIN legs l ON l.id = d.leg_id \
                 WHERE l.role = 'party' AND d.kind = 'text' AND d.message_id IN (",
            );
            push_list(&mut q, padded(piece).map(|(message, _)| message.0));
            q.push(" AND NOT EXISTS (SELECT 1 FROM api_events e WHERE e.kind = ").push_bind(kind.word()).push(
                " AND e.about = CAST(d.message_id AS TEXT) || ' ' || CAST(l.id AS TEXT)) \
                 GROUP BY d.message_id, l.id, l.conversation_id, l.alias ORDER BY d.message_id, l.id",
            );
            q.build_query_as().fetch_all(tx).await
        }?;
        found.extend(rows.into_iter().map(
            |FatesRow { message_id: message, id: leg, conversation_id: pair, alias, parts, arrived }| Fate {
                message,
                leg,
                pair,
                alias: alias.unwrap_or_default(),
                parts,
                arrived,
            },
        ));
    }
    found.retain(|fate| texts.contains(&(fate.message, fate.leg)));
    Ok(found)
}

/// Whose a pair is, and what it is called.
#[derive(Clone, Debug)]
pub struct Names {
    /// The app that opened it.
    pub app: AppId,
    /// What the app calls it: the first name first.
    pub references: Vec<String>,
}

from_row! {
    struct NamesRow {
        conversation_id: ConversationId,
        reference: String,
        app_id: AppId,
    }
}

/// Whose these pairs are, and what their apps call them.
pub async fn names(tx: &mut Tx, pairs: &[ConversationId]) -> Result<HashMap<ConversationId, Names>> {
    let mut found: HashMap<ConversationId, Names> = HashMap::new();
    for piece in pairs.chunks(64) {
        let rows: Vec<NamesRow> = {
            let mut q = QueryBuilder::new(
                "SELECT conversation_id, reference, app_id FROM pair_references WHERE conversation_id IN (",
            );
            push_list(&mut q, padded(piece).copied());
            q.push(" ORDER BY id");
            q.build_query_as().fetch_all(tx).await
        }?;
        for NamesRow { conversation_id: pair, reference, app_id: app } in rows {
            let names = found.entry(pair).or_insert_with(|| Names { app, references: Vec::new() });
            names.references.push(reference);
        }
    }
    Ok(found)
}
