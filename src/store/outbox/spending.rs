//! How many segments were requested of the carrier on each day: a row for each node, and on PostgreSQL for each
//! session, so that none waits for another.
//!
//! Each reads the sum of what has been committed; so what is under way elsewhere at that moment may exceed the limit of
//! a day.

use crate::store::sql::{query, query_scalar};
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
pub async fn add(tx: &mut Tx, day: i64, node: i64, segments: i64) -> Result<()> {
    // There are at most 1024 nodes.
    let node_and_session = if tx.holds_rows() { "$2 + 1024 * CAST(pg_backend_pid() AS BIGINT)" } else { "$2" };
    let sql = format!(
        "INSERT INTO spending (day, node, segments) VALUES ($1, {node_and_session}, $3) \
         ON CONFLICT (day, node) DO UPDATE SET segments = spending.segments + excluded.segments"
    );
    query(sqlx::AssertSqlSafe(sql)).bind(day).bind(node).bind(segments).execute(tx).await?;
    Ok(())
}
