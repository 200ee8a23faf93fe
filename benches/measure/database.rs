//! A PostgreSQL database for one run, and filling either database without its checks.

use std::io::{Error, Result};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

/// A connection by which rows are written that are known to be right.
pub enum Filling {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Filling {
    /// Opens the database of this URL, and a transaction.
    pub async fn begin(url: &str) -> std::result::Result<Self, sqlx::Error> {
        let mut opened = if let Some(file) = url.strip_prefix("sqlite:") {
            let options = SqliteConnectOptions::new()
                .filename(file)
                .synchronous(SqliteSynchronous::Off)
                .pragma("cache_size", "-1000000")
                .foreign_keys(false);
            Filling::Sqlite(options.connect().await?)
        } else {
            let mut c = PgConnection::connect(url).await?;
            sqlx::raw_sql("SET session_replication_role = replica").execute(&mut c).await?;
            Filling::Postgres(c)
        };
        opened.run("BEGIN".to_owned()).await?;
        Ok(opened)
    }

    /// Runs a statement.
    pub async fn run(&mut self, sql: String) -> std::result::Result<(), sqlx::Error> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql));
        match self {
            Filling::Sqlite(c) => sql.execute(c).await.map(std::mem::drop),
            Filling::Postgres(c) => sql.execute(c).await.map(std::mem::drop),
        }
    }

    /// Ends the transaction, with everything on disk. `next` is the number of the next conversation.
    pub async fn end(mut self, next: u64) -> std::result::Result<(), sqlx::Error> {
        self.run("COMMIT".to_owned()).await?;
        match self {
            Filling::Sqlite(mut c) => {
                // What was written here must not go to disk while something is measured.
                sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut c).await?;
                c.close().await
            }
            Filling::Postgres(_) => {
                self.run(format!("ALTER TABLE conversations ALTER COLUMN id RESTART WITH {next}")).await?;
                self.run("ANALYZE".to_owned()).await
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
