//! How many segments were requested of the carrier on each day.

use super::{Result, Tx};
use crate::on;

/// What was requested on `day`, held until the commit: whoever requests more adds it.
///
/// # Errors
/// What the database said.
pub async fn hold(tx: &mut Tx, day: i64) -> Result<i64> {
    on!(tx, c => sqlx::query("INSERT INTO spending (day, segments) VALUES ($1, 0) ON CONFLICT (day) DO NOTHING")
        .bind(day).execute(&mut *c).await.map(drop))?;
    let sql = format!("SELECT segments FROM spending WHERE day = $1{}", tx.for_update());
    let segments: i64 = on!(tx, c => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(day).fetch_one(&mut *c).await)?;
    Ok(segments)
}

/// Keeps what was requested on `day`, which is held.
///
/// # Errors
/// What the database said.
pub async fn keep(tx: &mut Tx, day: i64, segments: i64) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE spending SET segments = $2 WHERE day = $1")
        .bind(day).bind(segments).execute(&mut *c).await.map(drop))?;
    Ok(())
}
