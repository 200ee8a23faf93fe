//! A PostgreSQL database for one run; and filling either database without its checks.

use std::io::{Error, Result};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

/// A connection by which rows are written that are known to be right.
pub enum Filling {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Filling {
    /// Opens the database of this URL.
    pub async fn open(url: &str) -> std::result::Result<Self, sqlx::Error> {
        Ok(if let Some(file) = url.strip_prefix("sqlite:") {
            let options = SqliteConnectOptions::new()
                .filename(file)
                .synchronous(SqliteSynchronous::Off)
                .pragma("cache_size", "-1000000")
                .pragma("wal_autocheckpoint", "0")
                .foreign_keys(false);
            Filling::Sqlite(options.connect().await?)
        } else {
            let mut c = PgConnection::connect(url).await?;
            sqlx::raw_sql("SET session_replication_role = replica").execute(&mut c).await?;
            Filling::Postgres(c)
        })
    }

    /// Runs statements.
    pub async fn run(&mut self, sql: impl Into<String>) -> std::result::Result<(), sqlx::Error> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.into()));
        match self {
            Filling::Sqlite(c) => sql.execute(c).await.map(std::mem::drop),
            Filling::Postgres(c) => sql.execute(c).await.map(std::mem::drop),
        }
    }

    /// Brings everything to disk. `next` is the number of the next conversation, if some were made.
    pub async fn end(mut self, next: Option<u64>) -> std::result::Result<(), sqlx::Error> {
        match self {
            Filling::Sqlite(mut c) => {
                // What was written here must not go to disk while something is measured.
                sqlx::raw_sql("PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut c).await?;
                c.close().await
            }
            Filling::Postgres(_) => {
                if let Some(next) = next {
                    self.run(format!("ALTER TABLE conversations ALTER COLUMN id RESTART WITH {next}")).await?;
                }
                self.run("ANALYZE").await
            }
        }
    }
}

/// A statement over rows `n(i)`, from `from` up to but without `to`, with these names replaced.
pub fn over(sql: &str, (from, to): (u64, u64), numbers: &[(&str, u64)]) -> String {
    let mut text = format!(
        "WITH RECURSIVE n(i) AS (SELECT CAST({from} AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {}) {sql}",
        to - 1
    );
    for (name, value) in numbers {
        text = text.replace(name, &value.to_string());
    }
    text
}

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
