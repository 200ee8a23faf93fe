//! What was said and done with a customer on a line, across conversations, with what became of every text.

use std::collections::HashMap;

use super::planned::{Leaving, leaving};
use crate::clock::At;
use crate::domain::conversations::timeline::Told;
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::message::{Author, Channel, Kind, Outcome};
use crate::domain::outbox::delivery::State;
use crate::domain::words::files::Files;
use crate::store::conversations::mentions;
use crate::store::sql::{FromRow, QueryBuilder, Row, from_row, query_as, query_scalar};
use crate::store::{Result, Tx, padded, push_list};

/// How many messages a page of the timeline has.
pub const PAGE: i64 = 80;

/// Something said.
#[derive(Clone, Debug)]
pub struct Said {
    /// The message.
    pub id: MessageId,
    /// In which conversation.
    pub conversation: ConversationId,
    /// When it was accepted.
    pub at: At,
    /// Who said it.
    pub author: Author,
    /// The author's name, if a person of ours; what a party is called.
    pub author_name: Option<String>,
    /// How it came in.
    pub way: Channel,
    /// What it is.
    pub kind: Kind,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it was not relayed.
    pub why: Option<String>,
    /// The body, as it was written.
    pub body: String,
    /// What came with it.
    pub files: Files,
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
    /// How far it is.
    pub state: State,
    /// The rep whose phone it goes to; nobody's name if it goes to the customer.
    pub to_rep: Option<String>,
    /// The party whose phone it goes to, if it does.
    pub to_party: Option<String>,
    /// Why it is in this state, in words for people.
    pub why: Option<String>,
}

/// A text, and the message that it is of.
#[derive(Clone, Debug)]
pub(in crate::store::views) struct TextOf {
    message_id: MessageId,
    state: State,
    to_rep: Option<String>,
    to_party: Option<String>,
    why: Option<String>,
}
from_row!(TextOf { message_id, state, to_rep, to_party, why });

/// Begins a statement for [`TextOf`]s of deliveries, which are called `d`.
pub(in crate::store::views) const TEXT: &str = "SELECT d.message_id, d.state, p.name AS to_rep, g.alias AS to_party, d.why FROM deliveries d \
     LEFT JOIN people p ON p.id = d.person_id LEFT JOIN legs g ON g.id = d.leg_id AND g.role = 'party' ";

impl Text {
    /// By their messages, in the order in which they were found.
    pub(in crate::store::views) fn by_message(found: Vec<TextOf>) -> HashMap<MessageId, Vec<Text>> {
        let mut all: HashMap<MessageId, Vec<Text>> = HashMap::new();
        for TextOf { message_id, state, to_rep, to_party, why } in found {
            all.entry(message_id).or_default().push(Text { state, to_rep, to_party, why });
        }
        all
    }
}

/// Something done.
#[derive(Clone, Debug)]
pub struct Done {
    /// The event's row.
    pub id: i64,
    /// In which conversation.
    pub conversation: ConversationId,
    /// When.
    pub at: At,
    /// What.
    pub told: Told,
    /// The name of the person who did it.
    pub actor: Option<String>,
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

impl FromRow for Said {
    fn from_row(row: &Row) -> sqlx::Result<Self> {
        Ok(Said {
            id: row.try_get("id")?,
            conversation: row.try_get("conversation_id")?,
            at: row.try_get("accepted_at")?,
            author: row.try_get("author")?,
            author_name: row.try_get("author_name")?,
            way: row.try_get("way")?,
            kind: row.try_get("kind")?,
            outcome: row.try_get("outcome")?,
            why: row.try_get("why")?,
            body: row.try_get("body")?,
            files: Files::kept(row.try_get::<Option<String>, _>("media")?.as_deref()),
            texts: Vec::new(),
            names: Vec::new(),
            repeated: false,
        })
    }
}

/// Begins the form key of a message that repeats another: its id follows.
pub const REPEATS: &str = "again-";

/// The newest page of messages before `before` in the conversations `of`, in the order of time, and the events among
/// them; what waits, in `head` alone. The caller has checked that the conversations may be seen.
pub async fn timeline(tx: &mut Tx, head: ConversationId, of: &[ConversationId], before: MessageId) -> Result<Timeline> {
    let mut ids = newest(tx, of, before).await?;
    ids.sort_unstable_by(|one, other| other.cmp(one));
    let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let oldest = ids.get(page.saturating_sub(1)).filter(|_| ids.len() > page).copied().map(MessageId);
    let from = oldest.map_or(0, |id| id.0);
    let mut said = messages(tx, of, from, before.0).await?;
    let mut texts = texts(tx, of, from).await?;
    for message in &mut said {
        message.texts = texts.remove(&message.id).unwrap_or_default();
    }
    let done = events(tx, of, from, before.0).await?;
    for id in of {
        let noted = |said: &Said| said.kind == Kind::Note && said.conversation == *id;
        if said.iter().any(noted) {
            let mut names = mentions::names(tx, *id, from).await?;
            for message in said.iter_mut().filter(|said| noted(said)) {
                message.names = names.remove(&message.id).unwrap_or_default();
            }
        }
    }
    let repeated = repeated(tx, head, from).await?;
    for message in &mut said {
        message.repeated = repeated.contains(&message.id);
    }
    let leaving = if before.0 == i64::MAX { leaving(tx, head, from).await? } else { Vec::new() };
    Ok(Timeline { said, done, leaving, older: oldest })
}

/// The ids of at least one message more than a page has, if there are so many. Asked of each conversation by itself, so
/// that a long one is not read to its beginning.
async fn newest(tx: &mut Tx, of: &[ConversationId], before: MessageId) -> Result<Vec<i64>> {
    Ok({
        let mut q = QueryBuilder::new("");
        let mut parts = q.separated(" UNION ALL ");
        for id in of {
            parts
                .push("SELECT id FROM (SELECT m.id FROM messages m WHERE m.conversation_id = ")
                .push_bind_unseparated(id)
                .push_unseparated(" AND m.id < ")
                .push_bind_unseparated(before)
                .push_unseparated(" ORDER BY m.id DESC LIMIT ")
                .push_bind_unseparated(PAGE + 1)
                .push_unseparated(") one");
        }
        q.build_query_scalar().fetch_all(tx).await
    }?)
}

async fn messages(tx: &mut Tx, of: &[ConversationId], from: i64, before: i64) -> Result<Vec<Said>> {
    Ok({
        let mut q = QueryBuilder::new(
            "SELECT m.id, m.conversation_id, m.accepted_at, m.author, COALESCE(p.name, g.alias) AS author_name, m.way, m.kind, m.outcome, \
             m.why, m.body, m.media FROM messages m LEFT JOIN people p ON p.id = m.author_id \
             LEFT JOIN legs g ON g.id = m.leg_id AND m.author = 'party' WHERE m.id >= ",
        );
        q.push_bind(from).push(" AND m.id < ").push_bind(before).push(" AND m.conversation_id IN (");
        push_list(&mut q, padded(of).copied());
        q.push(" ORDER BY m.id");
        q.build_query_as().fetch_all(tx).await
    }?)
}

/// Messages that somebody has sent again, or is about to.
async fn repeated(tx: &mut Tx, id: ConversationId, from: i64) -> Result<Vec<MessageId>> {
    let keys: Vec<(String,)> = query_as(
        "SELECT form_key FROM messages WHERE conversation_id = $1 AND id >= $2 AND form_key LIKE 'again-%' \
         UNION SELECT form_key FROM planned_replies WHERE conversation_id = $1 AND id >= $2 \
           AND form_key LIKE 'again-%'",
    )
    .bind(id)
    .bind(from)
    .fetch_all(tx)
    .await?;
    Ok(keys.iter().filter_map(|(key,)| key.strip_prefix(REPEATS)?.parse().ok()).map(MessageId).collect())
}

/// A delivery belongs to a message that is older than itself, so those from `from` on are enough.
async fn texts(tx: &mut Tx, of: &[ConversationId], from: i64) -> Result<HashMap<MessageId, Vec<Text>>> {
    let found = {
        let mut q = QueryBuilder::new(TEXT);
        q.push("WHERE d.message_id IS NOT NULL AND d.kind = 'text' AND d.id >= ").push_bind(from);
        q.push(" AND d.conversation_id IN (");
        push_list(&mut q, padded(of).copied());
        q.push(" ORDER BY d.id");
        q.build_query_as().fetch_all(tx).await
    }?;
    Ok(Text::by_message(found))
}

impl FromRow for Done {
    fn from_row(row: &Row) -> sqlx::Result<Self> {
        Ok(Done {
            id: row.try_get("id")?,
            conversation: row.try_get("conversation")?,
            at: row.try_get("at")?,
            told: Told::from_row(row)?,
            actor: row.try_get("actor")?,
        })
    }
}

async fn events(tx: &mut Tx, of: &[ConversationId], from: i64, before: i64) -> Result<Vec<Done>> {
    let mut done: Vec<Done> = {
        let mut q = QueryBuilder::new(
            "SELECT e.id, e.conversation_id AS conversation, e.at, e.kind, p.name AS actor, e.data FROM events e \
             LEFT JOIN people p ON p.id = e.actor_id WHERE e.id >= ",
        );
        q.push_bind(from).push(" AND e.id < ").push_bind(before).push(" AND e.conversation_id IN (");
        push_list(&mut q, padded(of).copied());
        q.push(" ORDER BY e.id DESC LIMIT 200");
        q.build_query_as().fetch_all(tx).await
    }?;
    done.reverse();
    Ok(done)
}

/// The message before which a page must end to show `at` with some of what was said after it; `None` if the newest page
/// does.
pub async fn page_with(tx: &mut Tx, id: ConversationId, at: MessageId) -> Result<Option<MessageId>> {
    let row: Option<MessageId> =
        query_scalar("SELECT id FROM messages WHERE conversation_id = $1 AND id > $2 ORDER BY id LIMIT 1 OFFSET $3")
            .bind(id)
            .bind(at)
            .bind(PAGE / 2)
            .fetch_optional(tx)
            .await?;
    Ok(row)
}
