//! Where messages come from: lists of words, texts that are held or did not arrive, small sets of conversations.

use super::Fate;
use super::sets::Set;
use crate::domain::search::postings::{Posting, unpack};
use crate::store::sql::{AssertSqlSafe, QueryBuilder, query_as, query_scalar};
use crate::store::{Result, Tx, padded, push_list};

/// A list of messages that can be read from its newest end.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// Messages that have any of these words.
    Words(Vec<String>),
    /// Messages that a fate has met.
    Fate(Fate),
    /// All messages of a few conversations, read beforehand.
    Listed(Vec<Posting>),
}

/// Bytes that a posting of a piece has at least, as a rule.
const LEAST: usize = 7;
/// Rows of the database that count as much as a piece of a list.
const ROWS: i64 = 100;

/// The condition on deliveries that the index of failures has, word by word.
const FAILED: &str = "person_id IS NULL AND message_id IS NOT NULL \
     AND state IN ('undelivered', 'failed', 'suppressed', 'expired', 'parked', 'dead')";

impl Source {
    /// How far back the newest `depth` pieces before message `high` reach; `i64::MIN` if there are no more than those.
    pub(super) async fn reach(&self, tx: &mut Tx, high: i64, depth: i64) -> Result<i64> {
        let (least, count, limit) = match self {
            Source::Words(words) => {
                let row: (Option<i64>, i64) = {
                    let mut q = QueryBuilder::new(
                        "SELECT MIN(x.first), COUNT(*) FROM (SELECT first FROM postings WHERE word IN (",
                    );
                    push_list(&mut q, padded(words).cloned());
                    q.push(" AND first < ")
                        .push_bind(high)
                        .push(" ORDER BY first DESC LIMIT ")
                        .push_bind(depth)
                        .push(") x");
                    q.build_query_as().fetch_one(tx).await
                }?;
                (row.0, row.1, depth)
            }
            Source::Fate(fate) => {
                let limit = depth.saturating_mul(ROWS);
                let (of, text, code) = fate.rows();
                let sql = format!(
                    "SELECT MIN(x.id), COUNT(*) FROM (SELECT y.id FROM ({of}) y WHERE y.id < $3 ORDER BY y.id DESC LIMIT $4) x"
                );
                let row: (Option<i64>, i64) =
                    query_as(AssertSqlSafe(sql)).bind(text).bind(code).bind(high).bind(limit).fetch_one(tx).await?;
                (row.0, row.1, limit)
            }
            Source::Listed(_) => (None, 0, 1),
        };
        Ok(least.filter(|_| count >= limit).unwrap_or(i64::MIN))
    }

    /// Its messages from `low` on and before `high`, oldest first.
    pub(super) async fn load(&self, tx: &mut Tx, low: i64, high: i64) -> Result<Vec<Posting>> {
        let mut list = match self {
            Source::Words(words) => words_between(tx, words, low, high).await?,
            Source::Fate(fate) => {
                let (of, text, code) = fate.rows();
                let sql =
                    format!("SELECT y.id, COALESCE(y.conversation, 0) FROM ({of}) y WHERE y.id >= $3 AND y.id < $4");
                let rows: Vec<(i64, i64)> =
                    query_as(AssertSqlSafe(sql)).bind(text).bind(code).bind(low).bind(high).fetch_all(tx).await?;
                rows.into_iter().map(|(message, conversation)| Posting { message, conversation }).collect()
            }
            Source::Listed(list) => list.clone(),
        };
        // Pieces of one word come in order, and only the first and the last can reach further.
        if !list.is_sorted_by_key(|one| one.message) {
            list.sort_unstable_by_key(|one| one.message);
        }
        list.truncate(list.partition_point(|one| one.message < high));
        list.drain(..list.partition_point(|one| one.message < low));
        list.dedup_by_key(|one| one.message);
        Ok(list)
    }
}

impl Fate {
    /// The rows that have met it, as `id` and `conversation`, and what is bound as `$1` and `$2`.
    fn rows(&self) -> (String, String, i64) {
        let failed = |more: &str| {
            format!(
                "SELECT message_id AS id, conversation_id AS conversation FROM deliveries WHERE {FAILED} AND {more}"
            )
        };
        match self {
            Fate::Held => (
                "SELECT id, conversation_id AS conversation FROM messages WHERE outcome = 'held' AND $1 <> '' AND $2 >= 0"
                    .to_owned(),
                " ".to_owned(),
                0,
            ),
            Fate::Failed => (failed("$1 <> '' AND $2 >= 0"), " ".to_owned(), 0),
            Fate::Code(code) => (failed("$1 <> '' AND error_code = $2"), " ".to_owned(), *code),
            Fate::Reason(words) => (
                // What stands there is ours and in plain letters, so that both databases lower it alike.
                failed("lower(why) LIKE $1 ESCAPE '!' AND $2 >= 0"),
                format!("%{}%", escaped(&words.to_lowercase())),
                0,
            ),
        }
    }
}

fn escaped(words: &str) -> String {
    words.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

async fn words_between(tx: &mut Tx, words: &[String], low: i64, high: i64) -> Result<Vec<Posting>> {
    let rows: Vec<(i64, Vec<u8>)> = {
        let mut q = QueryBuilder::new("WITH v(word) AS (");
        q.push_values(words, |mut b, word| {
            b.push_bind(word.clone());
        });
        q.push(") SELECT p.first, p.list FROM v JOIN postings p ON p.word = v.word AND p.first < ").push_bind(high);
        q.push(" AND p.first >= COALESCE((SELECT MAX(q.first) FROM postings q WHERE q.word = v.word AND q.first <= ");
        q.push_bind(low).push("), ").push_bind(low).push(")");
        q.build_query_as().fetch_all(tx).await
    }?;
    let bytes: usize = rows.iter().map(|(_, bytes)| bytes.len()).sum();
    let mut list = Vec::with_capacity(bytes / LEAST);
    for (first, bytes) in rows {
        unpack(first, &bytes, &mut list);
    }
    Ok(list)
}

/// The words in the lists that begin so, at most 50.
pub(super) async fn beginning(tx: &mut Tx, with: &str) -> Result<Vec<String>> {
    let rows: Vec<String> =
        query_scalar("SELECT DISTINCT word FROM postings WHERE word >= $1 AND word < $2 ORDER BY word LIMIT 50")
            .bind(with)
            .bind(format!("{with}\u{10ffff}"))
            .fetch_all(tx)
            .await?;
    Ok(rows)
}

/// Every message of these conversations from `low` on and before `high`.
pub(super) async fn of(tx: &mut Tx, set: &Set, low: i64, high: i64) -> Result<Source> {
    let ids = set.ids();
    let mut list = Vec::new();
    for some in ids.chunks(64) {
        let rows: Vec<(i64, String)> = {
            let mut q = QueryBuilder::new(
                "SELECT conversation_id, string_agg(CAST(id AS TEXT), ',') FROM messages WHERE conversation_id IN (",
            );
            push_list(&mut q, padded(some).copied());
            q.push(" AND id >= ").push_bind(low).push(" AND id < ").push_bind(high).push(" GROUP BY conversation_id");
            q.build_query_as().fetch_all(tx).await
        }?;
        for (conversation, messages) in rows {
            let messages = messages.split(',').filter_map(|id| id.parse().ok());
            list.extend(messages.map(|message| Posting { message, conversation }));
        }
    }
    list.sort_unstable_by_key(|one| one.message);
    Ok(Source::Listed(list))
}
