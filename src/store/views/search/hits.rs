//! What a page shows of a hit, read with the reader's rights.

use std::collections::HashMap;

use super::super::thread::called::{self, Called};
use super::super::thread::timeline::{TEXT, Text};
use super::super::{Contact, Viewer, params};
use super::{Kind, Stage, Wanted};
use crate::clock::At;
use crate::domain::conversations::kind;
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::message::{self, Author, Outcome};
use crate::domain::search::postings::Posting;
use crate::store::sql::{AssertSqlSafe, QueryBuilder, from_row, query, query_as};
use crate::store::{Result, Tx, padded, push_list};

/// Something found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The message.
    pub id: MessageId,
    /// Its conversation; none for a stray text.
    pub conversation: Option<ConversationId>,
    /// When.
    pub at: At,
    /// Who said it.
    pub author: Author,
    /// The author's name, if a person of ours; what a party is called.
    pub author_name: Option<String>,
    /// What it is.
    pub kind: message::Kind,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it was not relayed.
    pub why: Option<String>,
    /// As it was written.
    pub body: String,
    /// The customer, or the sender of a text without a conversation.
    pub contact: Contact,
    /// The line.
    pub line: String,
    /// Who has the conversation.
    pub rep: Option<String>,
    /// When the conversation was closed.
    pub closed_at: Option<At>,
    /// What became of its texts.
    pub texts: Vec<Text>,
    /// What was said just before.
    pub before: Option<Neighbour>,
    /// Of a pair, which is called by its people.
    pub of_pair: bool,
}

/// What was said just before a hit.
#[derive(Clone, Debug)]
pub struct Neighbour {
    /// The message.
    pub id: MessageId,
    /// When.
    pub at: At,
    /// The colleague who wrote it, or the alias of a party.
    pub author_name: Option<String>,
    /// The customer said it.
    pub theirs: bool,
    /// As it was written.
    pub body: String,
}

const FROM: &str = " FROM messages m LEFT JOIN conversations c ON c.id = m.conversation_id \
     LEFT JOIN lines l ON l.id = c.line_id LEFT JOIN customers u ON u.id = c.customer_id \
     LEFT JOIN people r ON r.id = c.pinned_to LEFT JOIN people p ON p.id = m.author_id \
     LEFT JOIN legs g ON g.id = m.leg_id AND m.author = 'party' WHERE ";

/// The conditions that the lists cannot know for sure, and the reader's rights; the reader is `$1`.
fn conditions(viewer: Viewer, wanted: &Wanted) -> String {
    let mut all = viewer.sees().to_owned();
    match wanted.stage {
        Some(Stage::Open) => all.push_str(" AND c.id IS NOT NULL AND c.closed_at IS NULL"),
        Some(Stage::Closed) => all.push_str(" AND c.closed_at IS NOT NULL"),
        None => {}
    }
    match wanted.kind {
        Some(Kind::Notes) => all.push_str(" AND m.kind = 'note'"),
        Some(Kind::Texts) => all.push_str(" AND m.kind <> 'note'"),
        None => {}
    }
    all
}

/// The end of the statement: the reader is `$1`, times `$2` and `$3`, messages from `$4` on.
fn tail(viewer: Viewer, wanted: &Wanted, some: &[Posting]) -> String {
    format!(
        "{FROM}{} AND m.accepted_at >= $2 AND m.accepted_at < $3 AND m.id IN ({}) ORDER BY m.id DESC",
        conditions(viewer, wanted),
        params(4, some)
    )
}

/// The times between which something is wanted.
fn times(wanted: &Wanted) -> (i64, i64) {
    (wanted.from.map_or(i64::MIN, |at| at.0), wanted.until.map_or(i64::MAX, |at| at.0))
}

/// Those of `some` that `viewer` may see and that are what is wanted, newest first.
pub(super) async fn read(tx: &mut Tx, viewer: Viewer, wanted: &Wanted, some: &[Posting]) -> Result<Vec<Hit>> {
    if some.is_empty() {
        return Ok(Vec::new());
    }
    let (from, until) = times(wanted);
    let sql = format!(
        "SELECT m.id, m.conversation_id, m.accepted_at, m.author, COALESCE(p.name, g.alias) AS author_name, m.kind, m.outcome, m.why, m.body, \
         {} AS contact, COALESCE(u.phone, m.from_phone) AS phone, l.policies, COALESCE(l.name, m.to_number) AS line, r.name AS rep, c.closed_at, \
         c.kind AS of_pair{}",
        viewer.name(),
        tail(viewer, wanted, some)
    );
    let hits = {
        let mut q = query(AssertSqlSafe(sql)).bind(viewer.person).bind(from).bind(until);
        for one in padded(some) {
            q = q.bind(one.message);
        }
        q.try_map(|row| {
            let (phone, policies): (Option<String>, Option<String>) = (row.try_get("phone")?, row.try_get("policies")?);
            Ok(Hit {
                id: row.try_get("id")?,
                conversation: row.try_get("conversation_id")?,
                at: row.try_get("accepted_at")?,
                author: row.try_get("author")?,
                author_name: row.try_get("author_name")?,
                kind: row.try_get("kind")?,
                outcome: row.try_get("outcome")?,
                why: row.try_get("why")?,
                body: row.try_get("body")?,
                contact: Contact::on(row.try_get("contact")?, phone.as_deref(), policies.as_deref()),
                line: row.try_get::<Option<String>, _>("line")?.unwrap_or_default(),
                rep: row.try_get("rep")?,
                closed_at: row.try_get("closed_at")?,
                texts: Vec::new(),
                before: None,
                of_pair: row.try_get::<Option<kind::Kind>, _>("of_pair")? == Some(kind::Kind::Pair),
            })
        })
        .fetch_all(tx)
        .await
    }?;
    Ok(hits)
}

/// As [`read`], but only which conversations and messages, and none without a conversation.
pub(super) async fn visible(
    tx: &mut Tx,
    viewer: Viewer,
    wanted: &Wanted,
    some: &[Posting],
) -> Result<Vec<(ConversationId, MessageId)>> {
    if some.is_empty() {
        return Ok(Vec::new());
    }
    let (from, until) = times(wanted);
    let sql = format!("SELECT c.id, m.id{} ", tail(viewer, wanted, some));
    let rows: Vec<(Option<i64>, i64)> = {
        let mut q = query_as(AssertSqlSafe(sql)).bind(viewer.person).bind(from).bind(until);
        for one in padded(some) {
            q = q.bind(one.message);
        }
        q.fetch_all(tx).await
    }?;
    Ok(rows.into_iter().filter_map(|(id, message)| Some((ConversationId(id?), MessageId(message)))).collect())
}

/// Adds what became of each hit's texts, and what was said just before.
pub(super) async fn complete(tx: &mut Tx, hits: &mut [Hit]) -> Result<()> {
    if hits.is_empty() {
        return Ok(());
    }
    let mut texts = texts(tx, hits).await?;
    let mut before = before(tx, hits).await?;
    let ids: Vec<ConversationId> = hits.iter().filter(|hit| hit.of_pair).filter_map(|hit| hit.conversation).collect();
    let called = called::called(tx, &ids).await?;
    for hit in hits {
        if let Some(pair) = hit.conversation.and_then(|id| called.get(&id)) {
            (hit.contact, hit.line) = (Called::contact(pair), format!("Pair {}", pair.reference));
        }
        hit.texts = texts.remove(&hit.id).unwrap_or_default();
        hit.before = before.remove(&hit.id.0);
    }
    Ok(())
}

async fn texts(tx: &mut Tx, hits: &[Hit]) -> Result<HashMap<MessageId, Vec<Text>>> {
    let found = {
        let mut q = QueryBuilder::new(TEXT);
        q.push("WHERE d.kind = 'text' AND d.message_id IN (");
        push_list(&mut q, padded(hits).map(|hit| hit.id));
        q.push(" ORDER BY d.id");
        q.build_query_as().fetch_all(tx).await
    }?;
    Ok(Text::by_message(found))
}

from_row! {
    struct Before {
        hit: i64,
        id: MessageId,
        accepted_at: At,
        author_name: Option<String>,
        author: Author,
        body: String,
    }
}

async fn before(tx: &mut Tx, hits: &[Hit]) -> Result<HashMap<i64, Neighbour>> {
    let rows: Vec<Before> = {
        let mut q = QueryBuilder::new(
            "SELECT h.id AS hit, m.id, m.accepted_at, COALESCE(p.name, g.alias) AS author_name, m.author, m.body FROM messages h JOIN messages m ON m.id = \
             (SELECT MAX(b.id) FROM messages b WHERE b.conversation_id = h.conversation_id AND b.id < h.id) \
             LEFT JOIN people p ON p.id = m.author_id \
             LEFT JOIN legs g ON g.id = m.leg_id AND m.author = 'party' WHERE h.id IN (",
        );
        push_list(&mut q, padded(hits).map(|hit| hit.id.0));
        q.build_query_as().fetch_all(tx).await
    }?;
    let row = |Before { hit, id, accepted_at: at, author_name, author, body }| {
        let theirs = author.is_outside();
        (hit, Neighbour { id, at, author_name, theirs, body })
    };
    Ok(rows.into_iter().map(row).collect())
}
