//! What an operator should know: texts in doubt, parked texts, and data that cannot be read.

use crate::clock::At;
use crate::domain::ids::{ConversationId, DeliveryId, MessageId};
use crate::domain::outbox::delivery::State;
use crate::domain::policy::LinePolicy;
use crate::domain::programs::event::Wanted;
use crate::domain::programs::scope::Scopes;
use crate::domain::time::hours::Hours;
use crate::domain::words::files::Files;
use crate::store::sql::{from_row, query_as, query_scalar};
use crate::store::{Result, Tx};

from_row! {
    struct UnreadableRow {
        name: String,
        hours: Option<String>,
        policies: Option<String>,
    }
}

/// What of the hours and policies in the database cannot be read, each as what it is and why; empty if all can.
/// Nothing but what was checked is written, so it was changed by hand, or by a program that knows more than this one.
pub async fn unreadable(tx: &mut Tx) -> Result<Vec<(String, String)>> {
    let lines: Vec<UnreadableRow> =
        query_as("SELECT name, hours, policies FROM lines ORDER BY name, id").fetch_all(tx).await?;
    let people: Vec<(String, String)> =
        query_as("SELECT email, schedule FROM people WHERE schedule IS NOT NULL ORDER BY email").fetch_all(tx).await?;
    let mut found = Vec::new();
    for UnreadableRow { name, hours, policies } in lines {
        let why = hours.and_then(|hours| Hours::read(&hours).err());
        found.extend(why.map(|why| (format!("hours of line {name}"), why)));
        let why = policies.and_then(|policies| LinePolicy::read(&policies).err());
        found.extend(why.map(|why| (format!("policies of line {name}"), why)));
    }
    for (email, schedule) in people {
        let why = Hours::read(&schedule).err();
        found.extend(why.map(|why| (format!("schedule of {email}"), why)));
    }
    Ok(found)
}

from_row! {
    struct UnknownWordsRow {
        id: i64,
        name: String,
        scopes: String,
    }
}

/// The words of tokens that hold and of endpoints that this version does not know, each as whose they are and why: they allow
/// and tell nothing. A newer version may have written them.
pub async fn unknown_words(tx: &mut Tx) -> Result<Vec<(String, String)>> {
    let tokens: Vec<UnknownWordsRow> =
        query_as("SELECT id, name, scopes FROM api_tokens WHERE revoked_at IS NULL ORDER BY id").fetch_all(tx).await?;
    let endpoints: Vec<(i64, String)> =
        query_as("SELECT id, events FROM endpoints WHERE deleted_at IS NULL ORDER BY id").fetch_all(tx).await?;
    let mut found = Vec::new();
    for UnknownWordsRow { id, name, scopes } in tokens {
        let words = Scopes::kept(&scopes);
        found.extend(words.unknown().iter().map(|word| {
            (format!("scopes of token {name} ({id})"), format!("`{word}` is no scope that this version knows"))
        }));
    }
    for (id, events) in endpoints {
        let words = Wanted::kept(&events);
        found.extend(
            words.unknown().iter().map(|word| {
                (format!("events of endpoint {id}"), format!("`{word}` is no event that this version knows"))
            }),
        );
    }
    Ok(found)
}

/// So many texts are looked at in one go by [`unreadable_files`].
pub const FILES_AT_ONCE: i64 = 1_000;

/// Of the newest texts before `before`, at most [`FILES_AT_ONCE`], those of which it cannot be read what came with them; and
/// before which text to go on, if there are more.
pub async fn unreadable_files(tx: &mut Tx, before: MessageId) -> Result<(Vec<MessageId>, Option<MessageId>)> {
    let rows: Vec<(i64, Option<String>)> =
        query_as("SELECT id, media FROM messages WHERE id < $1 ORDER BY id DESC LIMIT $2")
            .bind(before)
            .bind(FILES_AT_ONCE)
            .fetch_all(tx)
            .await?;
    let more = i64::try_from(rows.len()).is_ok_and(|count| count == FILES_AT_ONCE);
    let next = rows.last().filter(|_| more).map(|(id, _)| MessageId(*id));
    let broken = rows.iter().filter(|(_, media)| Files::kept(media.as_deref()) == Files::Unreadable);
    Ok((broken.map(|(id, _)| MessageId(*id)).collect(), next))
}

/// A delivery of which nobody knows whether it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Which.
    pub id: DeliveryId,
    /// In which conversation.
    pub conversation: Option<ConversationId>,
    /// `unknown`: being looked up; `parked`: looking has not settled it.
    pub state: State,
    /// Our number.
    pub from: String,
    /// Their phone.
    pub to: String,
    /// Why, in plain words.
    pub why: Option<String>,
    /// When its newest request was begun.
    pub requested_at: Option<At>,
    /// Looks at the carrier's list so far.
    pub looks: i64,
}

from_row!(Open { id, conversation, state, from, to, why, requested_at, looks });

/// At most `limit` of them, oldest first.
pub async fn open(tx: &mut Tx, limit: i64) -> Result<Vec<Open>> {
    Ok(query_as(
        "SELECT d.id, d.conversation_id AS conversation, d.state, n.number AS \"from\", d.to_phone AS \"to\", d.why, \
           a.started_at AS requested_at, COALESCE(a.looks, 0) AS looks FROM deliveries d \
         JOIN numbers n ON n.id = d.number_id LEFT JOIN attempts a ON a.delivery_id = d.id AND a.fence = d.fence \
         WHERE d.state IN ('unknown', 'parked') ORDER BY d.id LIMIT $1",
    )
    .bind(limit)
    .fetch_all(tx)
    .await?)
}

/// The newest instant that anything was accepted at; a clock that shows less has gone back.
pub async fn newest(tx: &mut Tx) -> Result<Option<At>> {
    let newest: Option<i64> =
        query_scalar("SELECT accepted_at FROM messages ORDER BY id DESC LIMIT 1").fetch_optional(tx).await?;
    Ok(newest.map(At))
}

/// How many connections one `serve` takes.
pub const CONNECTIONS: i64 = 17;

/// A database server, and how much room it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Such as `15.4`.
    pub version: String,
    /// The most connections of users like ours.
    pub most: i64,
    /// How many of them are not taken.
    pub free: i64,
}

from_row! {
    struct ServerRow {
        version: String,
        most: i64,
        taken: i64,
    }
}

/// The server, where the database has one.
pub async fn server(tx: &mut Tx) -> Result<Option<Server>> {
    if matches!(tx, Tx::Sqlite(_)) {
        return Ok(None);
    }
    let ServerRow { version, most, taken }: ServerRow = query_as(
        "SELECT current_setting('server_version') AS version, \
         CAST(current_setting('max_connections') AS BIGINT) - CAST(current_setting('superuser_reserved_connections') AS BIGINT) AS most, \
         (SELECT COUNT(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS taken",
    )
    .fetch_one(tx)
    .await?;
    Ok(Some(Server { version, most, free: (most - taken).max(0) }))
}
