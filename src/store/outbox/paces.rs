//! The next free place of each number. On PostgreSQL each session has a row of its own, so that no session waits for
//! another.
//!
//! The latest committed row counts, so transactions at the same moment may take the same place.

use crate::clock::At;
use crate::domain::ids::NumberId;
use crate::store::sql::{Batch, QueryBuilder, query};
use crate::store::{Result, Tx, padded};

/// Remembers each number's next free place.
pub fn set(batch: &mut Batch, paces: &[(NumberId, At)]) {
    if paces.is_empty() {
        return;
    }
    let session = if batch.is_shared() { "pg_backend_pid()" } else { "0" };
    let mut q = QueryBuilder::new("WITH v(id, free_at) AS (");
    q.push_values(padded(paces), |mut b, (id, at)| {
        b.push_bind(id).push_bind(at);
    });
    q.push(") INSERT INTO paces (number_id, session, free_at) SELECT DISTINCT id, ")
        .push(session)
        .push(", free_at FROM v WHERE TRUE ON CONFLICT (number_id, session) DO UPDATE SET free_at = excluded.free_at");
    batch.add(q.build());
}

/// Forgets places that were free before `until`: they hold nothing up. Sessions that have ended leave them behind.
pub async fn forget(tx: &mut Tx, until: At) -> Result<()> {
    let old = tx.free("paces", "number_id, session", "free_at < $1");
    let sql = format!("DELETE FROM paces WHERE (number_id, session) IN {old}");
    query(sqlx::AssertSqlSafe(sql)).bind(until).execute(tx).await?;
    Ok(())
}
