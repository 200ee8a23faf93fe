//! The search index for messages and customers: what is not in it yet, and how it is added.

pub mod saved_searches;

use super::engine::lock_order::hold_rows;
use super::upkeep::settings;
use super::{Result, Tx, padded, pieces, push_list};
use crate::clock::At;
use crate::domain::conversations::timeline::Told;
use crate::domain::ids::CustomerId;
use crate::domain::message::Kind;
use crate::domain::search::fold;
use crate::domain::search::keeping::{Keeping, Side};
use crate::domain::search::postings::{Posting, unpack};
use crate::store::sql::{FromRow, QueryBuilder, Row, from_row, query, query_as, query_scalar};

/// How the lists stand.
pub const KEEPING: &str = "search.lists";
/// The last message that was added, as it was remembered before lists had versions.
const HEAD: &str = "search.messages";

/// How the lists stand, and as what the database remembers it.
pub async fn keeping(tx: &mut Tx) -> Result<(Option<String>, Keeping)> {
    let kept = settings::get(tx, KEEPING).await?;
    let head = if kept.is_none() { settings::get(tx, HEAD).await? } else { None };
    let keeping = Keeping::read(kept.as_deref(), head.as_deref());
    Ok((kept, keeping))
}

/// Takes at most `limit` pieces of lists of one side away, and says how many those were.
pub async fn clear(tx: &mut Tx, side: Side, limit: i64) -> Result<usize> {
    let (low, high) = side.names();
    let gone = query(
        "DELETE FROM postings WHERE (word, first) IN \
         (SELECT word, first FROM postings WHERE word >= $1 AND word < $2 ORDER BY word, first LIMIT $3)",
    )
    .bind(low)
    .bind(high)
    .bind(limit)
    .execute(tx)
    .await?
    .rows_affected();
    Ok(usize::try_from(gone).unwrap_or(usize::MAX))
}

/// A message that is not in the lists yet.
#[derive(Clone, Debug)]
pub struct Unlisted {
    /// Its row.
    pub id: i64,
    /// Its conversation.
    pub conversation: Option<i64>,
    /// The conversation's line.
    pub line: Option<i64>,
    /// Who of the staff said it.
    pub author: Option<i64>,
    /// It is a note.
    pub note: bool,
    /// Verbatim.
    pub body: String,
}

from_row! {
    struct UnlistedRow {
        id: i64,
        conversation_id: Option<i64>,
        line_id: Option<i64>,
        author_id: Option<i64>,
        kind: Kind,
        body: String,
    }
}

/// Messages after `cursor` and before `end`, oldest first.
pub async fn unlisted(tx: &mut Tx, cursor: i64, end: i64, limit: i64) -> Result<Vec<Unlisted>> {
    let rows: Vec<UnlistedRow> = query_as(
        "SELECT m.id, m.conversation_id, c.line_id, m.author_id, m.kind, m.body FROM messages m \
         LEFT JOIN conversations c ON c.id = m.conversation_id WHERE m.id > $1 AND m.id < $2 ORDER BY m.id LIMIT $3",
    )
    .bind(cursor)
    .bind(end)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|UnlistedRow { id, conversation_id: conversation, line_id: line, author_id: author, kind, body }| {
            Unlisted { id, conversation, line, author, note: kind == Kind::Note, body }
        })
        .collect())
}

/// When the first message after `cursor` was accepted, and the one that `many` came after of all, if more than `many`
/// come after `cursor`.
pub async fn backlog(tx: &mut Tx, cursor: i64, many: i64) -> Result<Option<(At, At)>> {
    let row: Option<(Option<i64>, Option<i64>)> = query_as(
        "SELECT (SELECT accepted_at FROM messages WHERE id > $1 ORDER BY id LIMIT 1), \
         (SELECT accepted_at FROM messages ORDER BY id DESC LIMIT 1 OFFSET $2) FROM messages WHERE id > $1 ORDER BY id LIMIT 1 OFFSET $2")
        .bind(cursor).bind(many).fetch_optional(tx).await?;
    Ok(row.and_then(|(oldest, before)| oldest.zip(before)).map(|(oldest, before)| (At(oldest), At(before))))
}

/// How many messages there are after `from`, up to `last`.
pub async fn count(tx: &mut Tx, from: i64, last: i64) -> Result<usize> {
    let count: i64 = query_scalar("SELECT COUNT(*) FROM messages WHERE id > $1 AND id <= $2")
        .bind(from)
        .bind(last)
        .fetch_one(tx)
        .await?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// Which words are wanted, each with the oldest and newest message that is to be added.
pub type Spans = Vec<(String, i64, i64)>;

from_row! {
    struct PiecesOfRow {
        word: String,
        first: i64,
        list: Vec<u8>,
    }
}

/// The pieces that messages of these spans belong into, unpacked: of each word its postings and which pieces they came
/// from.
pub async fn pieces_of(tx: &mut Tx, spans: &Spans) -> Result<Vec<(String, i64, Vec<Posting>)>> {
    let mut found = Vec::new();
    for some in spans.chunks(64) {
        let rows: Vec<PiecesOfRow> = {
            let mut q = QueryBuilder::new("WITH v(word, low, high) AS (");
            q.push_values(padded(some), |mut b, (word, low, high)| {
                b.push_bind(word.clone()).push_bind(*low).push_bind(*high);
            });
            q.push(
                ") SELECT p.word, p.first, p.list FROM v JOIN postings p ON p.word = v.word AND p.first <= v.high \
                 AND p.first >= COALESCE((SELECT MAX(q.first) FROM postings q WHERE q.word = v.word AND q.first <= v.low), v.low)",
            );
            q.build_query_as().fetch_all(tx).await
        }?;
        found.extend(rows.into_iter().map(|PiecesOfRow { word, first, list }| {
            let mut postings = Vec::new();
            unpack(first, &list, &mut postings);
            (word, first, postings)
        }));
    }
    Ok(found)
}

/// Writes pieces.
pub async fn keep(tx: &mut Tx, rows: &[(String, i64, Vec<u8>)]) -> Result<()> {
    for piece in pieces(tx, rows) {
        let mut q = QueryBuilder::new("INSERT INTO postings (word, first, list) ");
        q.push_values(piece, |mut b, (word, first, list)| {
            b.push_bind(word.clone()).push_bind(*first).push_bind(list.clone());
        });
        q.push(" ON CONFLICT (word, first) DO UPDATE SET list = excluded.list");
        q.build().execute(tx).await?;
    }
    Ok(())
}

/// Takes pieces away whose first message is in another one now.
pub async fn drop_pieces(tx: &mut Tx, rows: &[(String, i64)]) -> Result<()> {
    for (word, first) in rows {
        query("DELETE FROM postings WHERE word = $1 AND first = $2").bind(word).bind(*first).execute(tx).await?;
    }
    Ok(())
}

/// Remembers who had or took part in which conversation.
pub async fn took_part(tx: &mut Tx, rows: &[(i64, i64)]) -> Result<()> {
    for piece in pieces(tx, rows) {
        let mut q = QueryBuilder::new("INSERT INTO conversation_people (person_id, conversation_id) ");
        q.push_values(piece, |mut b, (person, conversation)| {
            b.push_bind(*person).push_bind(*conversation);
        });
        q.push(" ON CONFLICT (person_id, conversation_id) DO NOTHING");
        q.build().execute(tx).await?;
    }
    Ok(())
}

/// Events after `cursor` and before `end`, oldest first: each one's row, its conversation, and what it tells.
pub async fn handovers(tx: &mut Tx, cursor: i64, end: i64, limit: i64) -> Result<Vec<(i64, Option<i64>, Told)>> {
    let read = |row: Row| Ok((row.try_get("id")?, row.try_get("conversation_id")?, Told::from_row(&row)?));
    let rows =
        query("SELECT id, conversation_id, kind, data FROM events WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3")
            .bind(cursor)
            .bind(end)
            .bind(limit)
            .try_map(read)
            .fetch_all(tx)
            .await?;
    Ok(rows)
}

from_row! {
    struct UnlistedCustomersRow {
        id: CustomerId,
        phone: String,
        name: Option<String>,
    }
}

/// Customers whose name, or whose number, is not among the words by which they are found.
pub async fn unlisted_customers(tx: &mut Tx, limit: i64) -> Result<Vec<(CustomerId, String, Option<String>)>> {
    let rows: Vec<UnlistedCustomersRow> = query_as(
        "SELECT id, phone, name FROM customers WHERE COALESCE(name, '') IS DISTINCT FROM indexed_as ORDER BY id LIMIT $1")
        .bind(limit).fetch_all(tx).await?;
    Ok(rows.into_iter().map(|UnlistedCustomersRow { id, phone, name }| (id, phone, name)).collect())
}

from_row! {
    struct CustomersAfterRow {
        id: CustomerId,
        phone: String,
        name: Option<String>,
    }
}

/// Customers after `at`, whatever they are found by.
pub async fn customers_after(tx: &mut Tx, at: i64, limit: i64) -> Result<Vec<(CustomerId, String, Option<String>)>> {
    let rows: Vec<CustomersAfterRow> =
        query_as("SELECT id, phone, name FROM customers WHERE id > $1 ORDER BY id LIMIT $2")
            .bind(at)
            .bind(limit)
            .fetch_all(tx)
            .await?;
    Ok(rows.into_iter().map(|CustomersAfterRow { id, phone, name }| (id, phone, name)).collect())
}

/// The newest `limit` customers of whose names words begin with the typed ones, whatever their accents and case.
pub async fn named(tx: &mut Tx, typed: &str, limit: i64) -> Result<Vec<i64>> {
    let words = fold::wanted(typed);
    let Some((first, more)) = words.split_first() else { return Ok(Vec::new()) };
    let ids: Vec<i64> = {
        let mut q = QueryBuilder::new("SELECT DISTINCT w.customer_id FROM customer_words w WHERE w.word >= ");
        q.push_bind(first.clone()).push(" AND w.word < ").push_bind(format!("{first}\u{10ffff}"));
        for word in more.iter().take(5) {
            q.push(" AND w.customer_id IN (SELECT v.customer_id FROM customer_words v WHERE v.word >= ");
            q.push_bind(word.clone()).push(" AND v.word < ").push_bind(format!("{word}\u{10ffff}")).push(")");
        }
        q.push(" ORDER BY w.customer_id DESC LIMIT ").push_bind(limit);
        q.build_query_scalar().fetch_all(tx).await
    }?;
    Ok(ids)
}

/// Lets customers be found by these words and no others.
pub async fn list_customers(tx: &mut Tx, rows: &[(CustomerId, String, Vec<String>)]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = rows.iter().map(|(id, ..)| id.0).collect();
    hold_rows(tx, "customers", &ids).await?;
    for some in ids.chunks(64) {
        let mut q = QueryBuilder::new("DELETE FROM customer_words WHERE customer_id IN (");
        push_list(&mut q, padded(some).copied());
        q.build().execute(tx).await?;
    }
    let words: Vec<(&String, i64)> =
        rows.iter().flat_map(|(id, _, words)| words.iter().map(|word| (word, id.0))).collect();
    for piece in pieces(tx, &words) {
        let mut q = QueryBuilder::new("INSERT INTO customer_words (word, customer_id) ");
        q.push_values(piece, |mut b, (word, id)| {
            b.push_bind((*word).clone()).push_bind(*id);
        });
        q.push(" ON CONFLICT (word, customer_id) DO NOTHING");
        q.build().execute(tx).await?;
    }
    for some in rows.chunks(64) {
        let mut q = QueryBuilder::new("WITH v(id, name) AS (");
        q.push_values(padded(some), |mut b, (id, name, _)| {
            b.push_bind(id).push_bind(name.clone());
        });
        q.push(") UPDATE customers SET indexed_as = v.name FROM v WHERE customers.id = v.id");
        q.build().execute(tx).await?;
    }
    Ok(())
}

/// How far the lists are behind: the oldest message after `cursor`, if there is one before `end`.
pub async fn behind(tx: &mut Tx, cursor: i64, end: i64) -> Result<Option<i64>> {
    let at = query_scalar("SELECT accepted_at FROM messages WHERE id > $1 AND id < $2 ORDER BY id LIMIT 1")
        .bind(cursor)
        .bind(end)
        .fetch_optional(tx)
        .await?;
    Ok(at)
}
