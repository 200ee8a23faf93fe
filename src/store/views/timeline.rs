//! What was said and done in a conversation, with what became of every text.

use std::collections::HashMap;

use crate::clock::At;
use crate::domain::ids::{ConversationId, MessageId};
use crate::on;
use crate::store::views::planned::{Leaving, leaving};
use crate::store::{Result, Tx, mentions};

/// How many messages a page of the timeline has.
pub const PAGE: i64 = 80;

/// Something said.
#[derive(Clone, Debug)]
pub struct Said {
    /// The message.
    pub id: MessageId,
    /// When it was accepted.
    pub at: At,
    /// `customer`, `rep`, `party` or `system`.
    pub author: String,
    /// The author's name, if a person of ours.
    pub author_name: Option<String>,
    /// `phone`, `web`, `api` or `system`.
    pub way: String,
    /// `text`, `note`, `keyword` or `command`.
    pub kind: String,
    /// `relayed`, `held`, `refused` or `kept`.
    pub outcome: String,
    /// Why it was not relayed.
    pub why: Option<String>,
    /// The body, as it was written.
    pub body: String,
    /// Files that came with it, as JSON: addresses and types.
    pub media: Option<String>,
    /// What became of its texts.
    pub texts: Vec<Text>,
    /// Colleagues whom it names.
    pub names: Vec<String>,
    /// Somebody has sent it again.
    pub repeated: bool,
}

/// One text that a message became.
#[derive(Clone, Debug)]
pub struct Text {
    /// The state's word.
    pub state: String,
    /// The rep whose phone it goes to; nobody's name if it goes to the customer.
    pub to_rep: Option<String>,
    /// Why it is in this state, in words for people.
    pub why: Option<String>,
}

/// Something done.
#[derive(Clone, Debug)]
pub struct Done {
    /// The event's row.
    pub id: i64,
    /// When.
    pub at: At,
    /// Which kind of thing.
    pub kind: String,
    /// The name of the person who did it.
    pub actor: Option<String>,
    /// What belongs to it, as JSON.
    pub data: String,
}

/// A page of the timeline, each part oldest first.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// Messages.
    pub said: Vec<Said>,
    /// Events between them.
    pub done: Vec<Done>,
    /// Replies that wait, and those that could not be sent.
    pub leaving: Vec<Leaving>,
    /// The message before which older ones stand, if there are any.
    pub older: Option<MessageId>,
}

type RawSaid = (i64, i64, String, Option<String>, String, String, String, Option<String>, String, Option<String>);

/// Begins the form key of a message that repeats another: its id follows.
pub const REPEATS: &str = "again-";

/// The newest page of messages before `before`, and the events among them. Whoever calls it has checked that the
/// conversation may be seen.
///
/// # Errors
/// What the database said.
pub async fn timeline(tx: &mut Tx, id: ConversationId, before: MessageId) -> Result<Timeline> {
    let raw: Vec<RawSaid> = on!(tx, c => sqlx::query_as(
        "SELECT m.id, m.accepted_at, m.author, p.name, m.way, m.kind, m.outcome, m.why, m.body, m.media \
         FROM messages m LEFT JOIN people p ON p.id = m.author_id \
         WHERE m.conversation_id = $1 AND m.id < $2 ORDER BY m.id DESC LIMIT $3"
    ).bind(id.0).bind(before.0).bind(PAGE + 1).fetch_all(c).await)?;
    let more = i64::try_from(raw.len()).is_ok_and(|rows| rows > PAGE);
    let mut said: Vec<Said> = raw.into_iter().take(usize::try_from(PAGE).unwrap_or(usize::MAX)).map(read).collect();
    said.reverse();
    let oldest = said.first().filter(|_| more).map(|first| first.id);
    let from = oldest.map_or(0, |id| id.0);
    let mut texts = texts(tx, id, from).await?;
    for message in &mut said {
        message.texts = texts.remove(&message.id).unwrap_or_default();
    }
    let done = events(tx, id, from, before.0).await?;
    if said.iter().any(|said| said.kind == "note") {
        let mut names = mentions::names(tx, id, from).await?;
        for message in &mut said {
            message.names = names.remove(&message.id).unwrap_or_default();
        }
    }
    let repeated = repeated(tx, id, from).await?;
    for message in &mut said {
        message.repeated = repeated.contains(&message.id);
    }
    let leaving = if before.0 == i64::MAX { leaving(tx, id, from).await? } else { Vec::new() };
    Ok(Timeline { said, done, leaving, older: oldest })
}

fn read((id, at, author, author_name, way, kind, outcome, why, body, media): RawSaid) -> Said {
    Said {
        id: MessageId(id),
        at: At(at),
        author,
        author_name,
        way,
        kind,
        outcome,
        why,
        body,
        media,
        texts: Vec::new(),
        names: Vec::new(),
        repeated: false,
    }
}

/// Messages that somebody has sent again, or is about to.
async fn repeated(tx: &mut Tx, id: ConversationId, from: i64) -> Result<Vec<MessageId>> {
    let keys: Vec<(String,)> = on!(tx, c => sqlx::query_as(
        "SELECT form_key FROM messages WHERE conversation_id = $1 AND id >= $2 AND form_key LIKE 'again-%' \
         UNION SELECT form_key FROM planned_replies WHERE conversation_id = $1 AND id >= $2 \
           AND form_key LIKE 'again-%'"
    ).bind(id.0).bind(from).fetch_all(c).await)?;
    Ok(keys.iter().filter_map(|(key,)| key.strip_prefix(REPEATS)?.parse().ok()).map(MessageId).collect())
}

/// A delivery belongs to a message that is older than itself, so those from `from` on are enough.
async fn texts(tx: &mut Tx, id: ConversationId, from: i64) -> Result<HashMap<MessageId, Vec<Text>>> {
    let raw: Vec<(i64, String, Option<String>, Option<String>)> = on!(tx, c => sqlx::query_as(
        "SELECT d.message_id, d.state, p.name, d.why FROM deliveries d LEFT JOIN people p ON p.id = d.person_id \
         WHERE d.conversation_id = $1 AND d.id >= $2 AND d.message_id IS NOT NULL AND d.kind = 'text' ORDER BY d.id"
    ).bind(id.0).bind(from).fetch_all(c).await)?;
    let mut texts: HashMap<MessageId, Vec<Text>> = HashMap::new();
    for (message, state, to_rep, why) in raw {
        texts.entry(MessageId(message)).or_default().push(Text { state, to_rep, why });
    }
    Ok(texts)
}

async fn events(tx: &mut Tx, id: ConversationId, from: i64, before: i64) -> Result<Vec<Done>> {
    let raw: Vec<(i64, i64, String, Option<String>, String)> = on!(tx, c => sqlx::query_as(
        "SELECT e.id, e.at, e.kind, p.name, e.data FROM events e LEFT JOIN people p ON p.id = e.actor_id \
         WHERE e.conversation_id = $1 AND e.id >= $2 AND e.id < $3 ORDER BY e.id DESC LIMIT 200"
    ).bind(id.0).bind(from).bind(before).fetch_all(c).await)?;
    Ok(raw.into_iter().rev().map(|(id, at, kind, actor, data)| Done { id, at: At(at), kind, actor, data }).collect())
}
