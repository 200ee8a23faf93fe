//! When pairs end, and recording that.

use std::time::Duration;

use super::micros;
use crate::clock::At;
use crate::domain::ids::{ConversationId, LegId};
use crate::domain::leg::Ended;
use crate::domain::pairs::expiry::Ending;
use crate::store::engine::lock_order::hold_rows;
use crate::store::sql::{QueryBuilder, query, query_scalar};
use crate::store::{Result, Tx, padded, push_list};

/// Pairs that `phones` have legs in, that are over at `now`, and that nobody has written down as over.
pub async fn over_with(tx: &mut Tx, phones: &[&str], now: At) -> Result<Vec<ConversationId>> {
    let rows: Vec<ConversationId> = {
        let mut q = QueryBuilder::new(
            "SELECT DISTINCT x.conversation_id FROM legs l JOIN pairs x ON x.conversation_id = l.conversation_id \
             WHERE l.ended_at IS NULL AND x.ended_at IS NULL AND x.ends_at <= ",
        );
        q.push_bind(now).push(" AND l.phone IN (");
        push_list(&mut q, padded(phones).map(|phone| (*phone).to_owned()));
        q.push(" ORDER BY 1");
        q.build_query_scalar().fetch_all(tx).await
    }?;
    Ok(rows)
}

/// At most `limit` pairs that are over at `now` and that nobody has written down as over, oldest end first.
pub async fn over(tx: &mut Tx, now: At, limit: i64) -> Result<Vec<ConversationId>> {
    let rows: Vec<ConversationId> = query_scalar(
        "SELECT conversation_id FROM pairs WHERE ended_at IS NULL AND ends_at <= $1 ORDER BY ends_at LIMIT $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// At most `limit` pairs whose warning is due at `now`.
pub async fn to_warn(tx: &mut Tx, now: At, limit: i64) -> Result<Vec<ConversationId>> {
    let rows: Vec<ConversationId> = query_scalar(
        "SELECT conversation_id FROM pairs WHERE ended_at IS NULL AND warns_at IS NOT NULL AND warns_at <= $1 \
         AND ends_at > $1 ORDER BY warns_at LIMIT $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// Locks these conversations until the commit, in the order of their ids; returns those pairs of them that nobody has
/// written down as over, each with its end.
pub async fn hold_open(tx: &mut Tx, ids: &[ConversationId]) -> Result<Vec<(ConversationId, At)>> {
    let mut wanted: Vec<i64> = ids.iter().map(|id| id.0).collect();
    wanted.sort_unstable();
    wanted.dedup();
    hold_rows(tx, "conversations", &wanted).await?;
    let rows: Vec<(ConversationId, At)> = {
        let mut q = QueryBuilder::new(
            "SELECT conversation_id, ends_at FROM pairs WHERE ended_at IS NULL AND conversation_id IN (",
        );
        push_list(&mut q, padded(&wanted).copied());
        q.push(" ORDER BY conversation_id");
        q.build_query_as().fetch_all(tx).await
    }?;
    Ok(rows)
}

/// Writes down that pairs, which are held, are over: at their end, or at `now` if that is earlier. Their legs end then,
/// and their masks rest for `rest` from then on.
pub async fn end(tx: &mut Tx, ids: &[ConversationId], why: Ending, now: At, rest: Duration) -> Result<()> {
    for piece in ids.chunks(64) {
        let mut q = QueryBuilder::new("UPDATE pairs SET warns_at = NULL, ended_why = ");
        q.push_bind(why)
            .push(", ended_at = CASE WHEN ends_at < ")
            .push_bind(now)
            .push(" THEN ends_at ELSE ")
            .push_bind(now)
            .push(" END WHERE ended_at IS NULL AND conversation_id IN (");
        push_list(&mut q, padded(piece).map(|id| id.0));
        q.build().execute(tx).await?;
        let mut q = QueryBuilder::new("UPDATE legs SET ended_why = ");
        q.push_bind(Ended::PairOver(why))
            .push(", ended_at = x.ended_at, rests_until = x.ended_at + ")
            .push_bind(micros(rest))
            .push(
                " FROM pairs x WHERE x.conversation_id = legs.conversation_id AND legs.ended_at IS NULL \
                   AND legs.conversation_id IN (",
            );
        push_list(&mut q, padded(piece).map(|id| id.0));
        q.build().execute(tx).await?;
        let mut q = QueryBuilder::new(
            "UPDATE conversations SET closed_at = x.ended_at, waiting_since = NULL, waits_from = NULL FROM pairs x \
             WHERE x.conversation_id = conversations.id AND conversations.id IN (",
        );
        push_list(&mut q, padded(piece).map(|id| id.0));
        q.build().execute(tx).await?;
        let mut q = QueryBuilder::new("UPDATE pair_references SET ended_at = ");
        q.push_bind(now).push(" WHERE ended_at IS NULL AND conversation_id IN (");
        push_list(&mut q, padded(piece).map(|id| id.0));
        q.build().execute(tx).await?;
    }
    Ok(())
}

/// Ends one party's leg; its mask rests until `rests_until`.
pub async fn end_leg(tx: &mut Tx, leg: LegId, why: Ended, now: At, rests_until: At) -> Result<()> {
    query("UPDATE legs SET ended_at = $2, ended_why = $3, rests_until = $4 WHERE id = $1")
        .bind(leg)
        .bind(now)
        .bind(why)
        .bind(rests_until)
        .execute(tx)
        .await?;
    Ok(())
}
