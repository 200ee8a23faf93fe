//! A PostgreSQL database for one run.

use std::io::{Error, Result};

use sqlx::{AssertSqlSafe, Connection};

/// Makes an empty one; its URL.
pub async fn fresh(server: &str) -> Result<String> {
    let name = format!("switchboard_bench_{}", std::process::id());
    let mut c = sqlx::PgConnection::connect(server).await.map_err(Error::other)?;
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut c).await.map_err(Error::other)?;
    let (base, _) = server.rsplit_once('/').ok_or_else(|| Error::other("the URL names no database"))?;
    Ok(format!("{base}/{name}"))
}

/// Drops it again.
pub async fn drop(server: &str, database: &str) -> Result<()> {
    let name = database.rsplit('/').next().unwrap_or("");
    let mut c = sqlx::PgConnection::connect(server).await.map_err(Error::other)?;
    let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut c).await.map_err(Error::other)?;
    Ok(())
}
