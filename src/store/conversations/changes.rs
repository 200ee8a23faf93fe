//! The change feed.

use crate::clock::At;
use crate::domain::change::{Change, Changed};
use crate::domain::ids::ConversationId;
use crate::store::sql::{Batch, QueryBuilder, query, query_scalar};
use crate::store::{Result, Tx};

/// Notes for open browsers that these conversations changed; each (conversation, kind) once.
pub fn note(batch: &mut Batch, changes: &[(ConversationId, Changed)], now: At) {
    let mut rows = changes.to_vec();
    rows.sort_unstable_by_key(|(conversation, kind)| (*conversation, kind.word()));
    rows.dedup();
    for piece in batch.pieces(&rows) {
        let mut q = QueryBuilder::new("INSERT INTO changes (conversation_id, kind, at) ");
        q.push_values(piece, |mut b, (conversation, kind)| {
            b.push_bind(conversation).push_bind(kind).push_bind(now);
        });
        batch.add(q.build());
    }
}

/// At most 500 changes after the cursor, oldest first. On PostgreSQL it stays behind the oldest transaction still
/// running, because ids are handed out before the commit.
pub async fn after(tx: &mut Tx, cursor: i64) -> Result<Vec<Change>> {
    let behind = match tx {
        Tx::Sqlite(_) => "",
        Tx::Postgres(_) => " AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())",
    };
    let rows = {
        let mut q = QueryBuilder::new("SELECT id, conversation_id, kind FROM changes WHERE id > ");
        q.push_bind(cursor).push(behind).push(" ORDER BY id LIMIT 500");
        q.build()
            .try_map(|row| {
                let kind: String = row.try_get("kind")?;
                Ok(Change {
                    id: row.try_get("id")?,
                    conversation: row.try_get("conversation_id")?,
                    // While nodes are updated one by one, a newer one may write a word that this one does not know. The feed
                    // goes on, and pages look at the whole conversation again.
                    kind: Changed::read(&kind).unwrap_or(Changed::Conversation),
                })
            })
            .fetch_all(tx)
            .await
    }?;
    Ok(rows)
}

/// The newest cursor; 0 if nothing ever changed.
pub async fn newest(tx: &mut Tx) -> Result<i64> {
    let id: Option<i64> = query_scalar("SELECT MAX(id) FROM changes").fetch_one(tx).await?;
    Ok(id.unwrap_or(0))
}

/// Forgets changes older than `before`, looking at the `limit` oldest only.
pub async fn forget(tx: &mut Tx, before: At, limit: i64) -> Result<u64> {
    let done = query(
        "DELETE FROM changes WHERE id IN (SELECT id FROM (SELECT id, at FROM changes ORDER BY id LIMIT $2) oldest \
         WHERE at < $1)",
    )
    .bind(before)
    .bind(limit)
    .execute(tx)
    .await?
    .rows_affected();
    Ok(done)
}
