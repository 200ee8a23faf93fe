//! How many segments were requested of the carrier on each day: a row for each node, and on PostgreSQL for each
//! session, so that none waits for another.
//!
//! Each reads the sum of what has been committed; so what is under way elsewhere at that moment may exceed the limit of
//! a day.

use crate::store::sql::{Batch, QueryBuilder, query_scalar};
use crate::store::{Result, Tx};

/// What was requested on `day`, by all nodes.
pub async fn of_day(tx: &mut Tx, day: i64) -> Result<i64> {
    let sum: i64 = query_scalar("SELECT CAST(COALESCE(SUM(segments), 0) AS BIGINT) FROM spending WHERE day = $1")
        .bind(day)
        .fetch_one(tx)
        .await?;
    Ok(sum)
}

/// Adds what `node` requests on `day`.
pub fn add(batch: &mut Batch, day: i64, node: i64, segments: i64) {
    let mut q = QueryBuilder::new("INSERT INTO spending (day, node, segments) VALUES (");
    q.push_bind(day).push(", ").push_bind(node);
    if batch.is_shared() {
        // There are at most 1024 nodes.
        q.push(" + 1024 * CAST(pg_backend_pid() AS BIGINT)");
    }
    q.push(", ")
        .push_bind(segments)
        .push(") ON CONFLICT (day, node) DO UPDATE SET segments = spending.segments + excluded.segments");
    batch.add(q.build());
}
