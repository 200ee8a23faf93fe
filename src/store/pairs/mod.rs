//! Pairs: how long each lasts, and the integrator's reference. Their ends are in [`super::pairs::endings`].

pub mod endings;

use std::time::Duration;

use super::{Result, Tx, padded, push_list};
use crate::clock::At;
use crate::domain::ids::{AppId, ConversationId, LegId, MessageId, NumberId, TokenId};
use crate::domain::pairs::expiry::{Expiry, ExpiryKind, Term};
use crate::secret::Ids;
use crate::store::sql::{Batch, QueryBuilder, Row, from_row, query, query_as, query_scalar};

/// What relaying needs to know of a pair.
#[derive(Clone, Debug)]
pub struct Pair {
    /// How long it has.
    pub term: Term,
    /// Numbers, addresses and links are taken out of what is passed on.
    pub redact: bool,
    /// Somebody has written down that it is over.
    pub ended: bool,
}

/// The columns of [`Pair`], of a table that is called `x`.
pub(super) const COLUMNS: &str = "x.expiry, x.span, x.ends_at, x.hard_end_at, x.completed_at, x.extension, \
     x.extensions, x.warn_before, x.warned_at, x.redact, x.ended_at";

fn span(micros: i64) -> Duration {
    Duration::from_micros(micros.unsigned_abs())
}

pub(super) fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

/// Reads [`COLUMNS`]; `None` if there is no pair.
pub(super) fn read(row: &Row) -> sqlx::Result<Option<Pair>> {
    let Some(kind) = row.try_get::<Option<ExpiryKind>, _>("expiry")? else { return Ok(None) };
    let length = |column: &str| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>, _>(column)?.map(span));
    Ok(Some(Pair {
        term: Term {
            expiry: Expiry::of(kind, length("span")?).ok_or_else(|| Row::unknown("expiry", kind.word()))?,
            ends_at: row.try_get("ends_at")?,
            hard_end: row.try_get("hard_end_at")?,
            completed_at: row.try_get("completed_at")?,
            extension: length("extension")?,
            extensions: u32::try_from(row.try_get::<i64, _>("extensions")?).unwrap_or(u32::MAX),
            warn_before: length("warn_before")?,
            warned_at: row.try_get("warned_at")?,
        },
        redact: row.try_get::<i64, _>("redact")? == 1,
        ended: row.try_get::<Option<At>, _>("ended_at")?.is_some(),
    }))
}

/// A pair as it is opened.
#[derive(Clone, Debug)]
pub struct NewPair<'a> {
    /// How long it has.
    pub term: Term,
    /// What the parties are told before the end.
    pub warning: Option<&'a str>,
    /// Whether numbers, addresses and links are taken out.
    pub redact: bool,
    /// Which app asked for it, by which token; none if the program itself did.
    pub by: Option<(AppId, TokenId)>,
}

/// An app as its pairs name it: 0 is none.
fn of(app: Option<AppId>) -> i64 {
    app.map_or(0, |app| app.0)
}

/// Whether this is a pair of that app.
pub async fn belongs(tx: &mut Tx, pair: ConversationId, app: AppId) -> Result<bool> {
    let found: Option<i64> =
        query_scalar("SELECT conversation_id FROM pairs WHERE conversation_id = $1 AND app_id = $2")
            .bind(pair)
            .bind(app)
            .fetch_optional(tx)
            .await?;
    Ok(found.is_some())
}

/// Opens a conversation for a pair.
pub async fn insert(tx: &mut Tx, new: &NewPair<'_>, now: At) -> Result<ConversationId> {
    let id: i64 = query_scalar(
        "INSERT INTO conversations (kind, opened_at, last_at, preview) VALUES ('pair', $1, $1, '') RETURNING id",
    )
    .bind(now)
    .fetch_one(tx)
    .await?;
    let term = &new.term;
    query(
        "INSERT INTO pairs (conversation_id, expiry, span, ends_at, hard_end_at, extension, extensions, warn_before, \
         warns_at, warning, redact, token_id, app_id) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, $11, $12)",
    )
    .bind(id)
    .bind(term.expiry.kind())
    .bind(term.expiry.span().map(micros))
    .bind(term.ends_at)
    .bind(term.hard_end)
    .bind(term.extension.map(micros))
    .bind(term.warn_before.map(micros))
    .bind(term.warns_at())
    .bind(new.warning)
    .bind(i64::from(new.redact))
    .bind(new.by.map(|(_, token)| token.0))
    .bind(of(new.by.map(|(app, _)| app)))
    .execute(tx)
    .await?;
    Ok(ConversationId(id))
}

/// Gives a pair of `app` a name that the app knows it by.
///
/// # Errors
/// [`super::Error::Conflict`] if an open pair of the same app has it.
pub async fn name(
    tx: &mut Tx,
    id: i64,
    (app, pair): (Option<AppId>, ConversationId),
    reference: &str,
    body_hash: &str,
) -> Result<()> {
    query(
        "INSERT INTO pair_references (id, conversation_id, reference, body_hash, app_id) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id)
    .bind(pair)
    .bind(reference)
    .bind(body_hash)
    .bind(of(app))
    .execute(tx)
    .await?;
    Ok(())
}

/// The pair of `app` that has this reference and that nobody has written down as over, and what was asked for.
pub async fn by_reference(
    tx: &mut Tx,
    app: Option<AppId>,
    reference: &str,
) -> Result<Option<(ConversationId, String)>> {
    let row: Option<(ConversationId, String)> = query_as(
        "SELECT conversation_id, body_hash FROM pair_references \
         WHERE app_id = $1 AND reference = $2 AND ended_at IS NULL",
    )
    .bind(of(app))
    .bind(reference)
    .fetch_optional(tx)
    .await?;
    Ok(row)
}

/// What integrators call a pair, the first name first.
pub async fn references(tx: &mut Tx, pair: ConversationId) -> Result<Vec<String>> {
    let rows: Vec<String> =
        query_scalar("SELECT reference FROM pair_references WHERE conversation_id = $1 ORDER BY id")
            .bind(pair)
            .fetch_all(tx)
            .await?;
    Ok(rows)
}

/// What the parties of a pair are told before its end, if anything.
pub async fn warning(tx: &mut Tx, pair: ConversationId) -> Result<Option<String>> {
    let row: Option<(Option<String>,)> =
        query_as("SELECT warning FROM pairs WHERE conversation_id = $1").bind(pair).fetch_optional(tx).await?;
    Ok(row.and_then(|(words,)| words))
}

/// Writes down how long pairs have now; of each at most one row.
pub fn keep_terms(batch: &mut Batch, rows: &[(ConversationId, Term)]) {
    if rows.is_empty() {
        return;
    }
    let mut q = QueryBuilder::new(
        "WITH v(id, ends_at, hard_end_at, completed_at, extension, extensions, warn_before, warns_at, warned_at) AS (",
    );
    q.push_values(padded(rows), |mut b, (id, term)| {
        b.push_bind(id)
            .push_bind(term.ends_at)
            .push_bind(term.hard_end)
            .push_bind(term.completed_at)
            .push_bind(term.extension.map(micros))
            .push_bind(i64::from(term.extensions))
            .push_bind(term.warn_before.map(micros))
            .push_bind(term.warns_at())
            .push_bind(term.warned_at);
    });
    q.push(
        ") UPDATE pairs SET ends_at = v.ends_at, hard_end_at = v.hard_end_at, completed_at = v.completed_at, \
         extension = v.extension, extensions = v.extensions, warn_before = v.warn_before, warns_at = v.warns_at, \
         warned_at = v.warned_at FROM v WHERE pairs.conversation_id = v.id",
    );
    batch.add(q.build());
}

/// An open pair of `app` of exactly these phones, the oldest; for transactions that share their masks.
pub async fn of_same_people(
    tx: &mut Tx,
    app: Option<AppId>,
    phones: &[&str],
    now: At,
) -> Result<Option<ConversationId>> {
    let Some(first) = phones.first() else { return Ok(None) };
    let count = i64::try_from(phones.len()).unwrap_or(i64::MAX);
    let row: Option<ConversationId> = {
        let mut q = QueryBuilder::new(
            "SELECT x.conversation_id FROM legs l JOIN pairs x ON x.conversation_id = l.conversation_id \
             WHERE l.phone = ",
        );
        q.push_bind((*first).to_owned())
            .push(" AND l.ended_at IS NULL AND l.role = 'party' AND x.ended_at IS NULL AND x.ends_at > ")
            .push_bind(now)
            .push(" AND x.app_id = ")
            .push_bind(of(app))
            .push(" AND (SELECT COUNT(*) FROM legs o WHERE o.conversation_id = x.conversation_id AND o.ended_at IS NULL) = ")
            .push_bind(count)
            .push(" AND (SELECT COUNT(*) FROM legs o WHERE o.conversation_id = x.conversation_id AND o.ended_at IS NULL AND o.phone IN (");
        push_list(&mut q, padded(phones).map(|phone| (*phone).to_owned()));
        q.push(") = ").push_bind(count).push(" ORDER BY x.conversation_id LIMIT 1");
        q.build_query_scalar().fetch_optional(tx).await
    }?;
    Ok(row)
}

/// A party of a pair, as one of their legs has them.
#[derive(Clone, Debug)]
pub struct Party {
    /// Their phone in it.
    pub phone: String,
    /// The mask that they text.
    pub number: NumberId,
    /// What the others call them.
    pub alias: String,
}

from_row!(Party { phone, number, alias });

/// The party of this pair with that leg, live or ended.
pub async fn party(tx: &mut Tx, pair: ConversationId, leg: LegId) -> Result<Option<Party>> {
    let row: Option<Party> = query_as(
        "SELECT phone, number_id AS number, alias FROM legs WHERE id = $1 AND conversation_id = $2 AND role = 'party'",
    )
    .bind(leg)
    .bind(pair)
    .fetch_optional(tx)
    .await?;
    Ok(row)
}

/// The party who wrote a message.
pub async fn author(tx: &mut Tx, message: MessageId) -> Result<Option<Party>> {
    let row: Option<Party> = query_as(
        "SELECT l.phone, l.number_id AS number, l.alias FROM messages m JOIN legs l ON l.id = m.leg_id \
         WHERE m.id = $1 AND l.role = 'party'",
    )
    .bind(message)
    .fetch_optional(tx)
    .await?;
    Ok(row)
}

/// Sets whom a leg's mask stands for.
pub async fn set_counterpart(tx: &mut Tx, leg: LegId, counterpart: &str) -> Result<()> {
    query("UPDATE legs SET counterpart = $2 WHERE id = $1").bind(leg).bind(counterpart).execute(tx).await?;
    Ok(())
}

/// When phones came into pairs of `app` after `since`, the newest first, at most `most`.
pub async fn begun_since(tx: &mut Tx, app: AppId, since: At, most: i64) -> Result<Vec<At>> {
    let rows: Vec<At> = query_scalar(
        "SELECT g.opened_at FROM legs g JOIN pairs x ON x.conversation_id = g.conversation_id \
         WHERE g.id >= $1 AND g.opened_at > $2 AND x.app_id = $3 ORDER BY g.id DESC LIMIT $4",
    )
    .bind(Ids::floor(since))
    .bind(since)
    .bind(app)
    .bind(most)
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// Those of these numbers that are ours.
pub async fn ours(tx: &mut Tx, numbers: &[&str]) -> Result<Vec<String>> {
    let rows: Vec<String> = {
        let mut q = QueryBuilder::new("SELECT number FROM numbers WHERE state <> 'released' AND number IN (");
        push_list(&mut q, padded(numbers).map(|number| (*number).to_owned()));
        q.build_query_scalar().fetch_all(tx).await
    }?;
    Ok(rows)
}
