//! A database of its own for each test: a SQLite file in a temporary folder, or a database on the PostgreSQL
//! server that `TEST_POSTGRES_URL` names. It is gone when the test ends.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use switchboard::secret::Chance;
use tempfile::TempDir;

/// A new, empty database; dropped with this value.
#[derive(Debug)]
pub struct Fresh {
    /// What `DATABASE_URL` would be.
    pub url: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Sqlite(#[expect(dead_code, reason = "held so that the folder lives as long as the database")] TempDir),
    Postgres {
        server: String,
        name: String,
    },
    /// Somebody else's, who drops it.
    Lent,
}

/// The database of another process.
pub fn lent(url: String) -> Fresh {
    Fresh { url, kind: Kind::Lent }
}

/// A SQLite file that does not exist yet.
pub fn sqlite() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    Fresh { url: format!("sqlite:{}", folder.path().join("switchboard.db").display()), kind: Kind::Sqlite(folder) }
}

fn server() -> String {
    std::env::var("TEST_POSTGRES_URL")
        .expect("TEST_POSTGRES_URL names no PostgreSQL server; scripts/test starts one and sets it")
}

/// An empty database on the PostgreSQL server of this test run.
pub async fn postgres() -> Fresh {
    new_on(server(), "").await
}

/// A database there that somebody else will make.
pub fn unmade_postgres() -> Fresh {
    named(server(), new_name())
}

async fn new_on(server: String, like: &str) -> Fresh {
    let name = new_name();
    on_server(&server, &format!("CREATE DATABASE {name} {like}")).await;
    named(server, name)
}

/// A name that no other run gives either: its databases may still be there.
fn new_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("switchboard_{}_{}", Chance::System.hex::<4>(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// The database of this name on that server.
fn named(server: String, name: String) -> Fresh {
    let (base, _) = server.rsplit_once('/').expect("TEST_POSTGRES_URL ends in /database");
    Fresh { url: format!("{base}/{name}"), kind: Kind::Postgres { server, name } }
}

async fn on_server(server: &str, statement: &str) {
    let options: sqlx::postgres::PgConnectOptions = server.parse().unwrap();
    let mut connection = options.connect().await.expect("the server of TEST_POSTGRES_URL answers");
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

impl Fresh {
    /// The server goes back to `older`, a copy of this database: whoever was connected connects again and finds that.
    pub async fn goes_back_to(&self, older: &Fresh) {
        let (Kind::Postgres { server, name }, Kind::Postgres { name: older, .. }) = (&self.kind, &older.kind) else {
            panic!("only a server's database can be replaced under those who use it");
        };
        // Nobody may connect while it is neither this nor that.
        for statement in [
            format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"),
            format!("DROP DATABASE {name} WITH (FORCE)"),
            format!("ALTER DATABASE {older} RENAME TO {name}"),
        ] {
            on_server(server, &statement).await;
        }
    }

    /// A copy of it as it is now.
    pub async fn copy(&self) -> Fresh {
        match &self.kind {
            Kind::Sqlite(_) => {
                let copy = sqlite();
                let options: sqlx::sqlite::SqliteConnectOptions = self.url.parse().unwrap();
                let mut connection = options.connect().await.unwrap();
                let into = copy.url.trim_start_matches("sqlite:");
                let statement = AssertSqlSafe(format!("VACUUM INTO '{into}'"));
                sqlx::query(statement).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
                copy
            }
            Kind::Lent => lent(self.url.clone()),
            Kind::Postgres { server, name } => {
                // A database can be copied only while nobody is connected to it; whoever was connects again.
                on_server(server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
                let out = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
                on_server(server, &out).await;
                let copy = new_on(server.clone(), &format!("TEMPLATE {name}")).await;
                on_server(server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
                copy
            }
        }
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        let Kind::Postgres { server, name } = &self.kind else { return };
        // On a thread of its own: the test's runtime may be the one that is ending.
        let (server, url) = (server.clone(), self.url.clone());
        let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        let (tells, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let _ = tells.send(out_of_turn(&url).await.unwrap_or(false));
                // Nobody waits for it: the server drops nothing while a connection is being made, and the test's runtime, which
                // stands still here, may be making one. A failed drop leaves a database behind, which is no reason to fail.
                on_server(&server, &statement).await;
            });
        });
        let broken = told.recv().unwrap_or(false);
        assert!(!broken || std::thread::panicking(), "rows were held out of turn: the server's log says which");
    }
}

/// Whether a transaction has waited for a row out of turn (`src/store/engine/lock_order/watch.sql`), in whatever process.
async fn out_of_turn(url: &str) -> sqlx::Result<bool> {
    let options: sqlx::postgres::PgConnectOptions = url.parse()?;
    let mut connection = options.connect().await?;
    let broken = sqlx::query_scalar("SELECT is_called FROM lock_order.broken").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(broken)
}
