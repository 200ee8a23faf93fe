//! PostgreSQL: a transaction for each job, groups for frequent verbs, and a session lock that shows which nodes live.

pub(in crate::store) mod connections;
pub(in crate::store) mod pooler;
pub(in crate::store) mod timeline;
pub(in crate::store) mod transactions;
pub(in crate::store) mod unreached;

use std::any::TypeId;
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgExecutor, Row};
use tokio::sync::mpsc;

use super::group::{Answer, Pending};
#[cfg(feature = "faults")]
use super::lock_order::watch;
use super::migrations;
use super::schema::{Applied, State, judge};
use crate::clock::At;
use crate::faults;
use crate::store::{Error, Opening, Result, Tx};
use connections::{ANSWERING, pool_of, watched};
use timeline::{Found, Timeline};
use transactions::{attempt, write_alone, write_groups};

/// Of each kind. One at a time commits a group, meanwhile another may write what has to be written alone.
const WORKERS: usize = 2;
/// The longest that opening waits for a server to answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// Between two tries to reach a server that is just starting.
const TRY_AGAIN: Duration = Duration::from_millis(250);
/// The class of the advisory locks that living nodes hold.
const NODES: i32 = 0x5357;

type Queue = mpsc::UnboundedSender<Arc<dyn Pending>>;

/// An open PostgreSQL database.
#[derive(Debug)]
pub struct Postgres {
    pool: PgPool,
    options: PgConnectOptions,
    queues: Mutex<HashMap<TypeId, Queue>>,
    presence: Mutex<Option<PgPool>>,
    found: Arc<Found>,
    pub(in crate::store) refused: AtomicU64,
}

impl Postgres {
    /// `timeout`: how long each transaction waits for a connection.
    pub(in crate::store) async fn open(url: &str, opening: Opening, timeout: Duration) -> Result<Self> {
        let options = options(url)?;
        answers(&options, opening != Opening::AsItIs).await?;
        refuse_unfit(&options).await?;
        let found = Arc::new(Found::default());
        let connected = watched(pool_of(16), &found).acquire_timeout(timeout).test_before_acquire(true);
        let connected = connected.connect_with(options.clone()).await;
        let pool = connected.map_err(|error| unreached::trouble(&options, &error))?;
        refuse_unsafe(&pool).await?;
        let state = schema(&pool).await.map_err(|error| unreached::trouble(&options, &error))?;
        let named = named_by(&options);
        if opening.allows(&state, &named)? && !brought_up_to_date(&pool, &state, &named).await? {
            // In a session of its own, which may wait for another node that migrates, and for long.
            let alone = PgPoolOptions::new().max_connections(1).connect_with(options.clone()).await;
            let alone = alone.map_err(|error| unreached::trouble(&options, &error))?;
            #[cfg(feature = "faults")]
            watch::lift(&alone).await;
            faults::during("during_migration", migrations::postgres().run(&alone))
                .await
                .map_err(|error| migrations::trouble(&named, &error))?;
            #[cfg(feature = "faults")]
            watch::set(&alone).await?;
            alone.close().await;
        }
        let (queues, presence, refused) = (Mutex::default(), Mutex::default(), AtomicU64::new(0));
        Ok(Postgres { pool, options, queues, presence, found, refused })
    }

    pub(in crate::store) async fn write(&self, pending: Arc<dyn Pending>, answer: Answer) -> Result<()> {
        if pending.is_grouped() {
            let queue = self.queue(pending.kind());
            queue.send(pending).map_err(|_| Error::GivenUp("the database is closed"))?;
        } else {
            // In a task of its own: a caller that goes away must not cut a transaction off in the middle.
            let pool = self.pool.clone();
            tokio::spawn(async move { write_alone(&pool, pending.as_ref()).await });
        }
        answer.await.unwrap_or(Err(Error::GivenUp("the write was cut off")))
    }

    pub(in crate::store) async fn rehearse(&self, pending: Arc<dyn Pending>) -> Result<()> {
        attempt(&self.pool, &[pending.as_ref()], "ROLLBACK").await
    }

    fn queue(&self, kind: TypeId) -> Queue {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues
            .entry(kind)
            .or_insert_with(|| {
                let (queue, waiting) = mpsc::unbounded_channel();
                let waiting = Arc::new(tokio::sync::Mutex::new(waiting));
                for _ in 0..WORKERS {
                    tokio::spawn(write_groups(self.pool.clone(), Arc::clone(&waiting)));
                }
                queue
            })
            .clone()
    }

    pub(in crate::store) fn timeline(&self) -> Timeline {
        self.found.timeline()
    }

    pub(in crate::store) async fn read(&self) -> Result<Tx> {
        Ok(Tx::Postgres(self.pool.acquire().await?.into()))
    }

    pub(in crate::store) async fn now(&self) -> Result<At> {
        let row = sqlx::query("SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT")
            .fetch_one(&self.pool)
            .await?;
        Ok(At(row.get(0)))
    }

    /// Takes the first free node number and holds its lock for as long as the process lives.
    pub(in crate::store) async fn join(&self, now: At) -> Result<i64> {
        // A pool of one that never lets go: if the connection breaks, the lock is gone and others may take over.
        let presence = pool_of(1)
            .acquire_timeout(ANSWERING)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(self.options.clone())
            .await?;
        for node in 0..1024_i32 {
            let row =
                sqlx::query("SELECT pg_try_advisory_lock($1, $2)").bind(NODES).bind(node).fetch_one(&presence).await?;
            if row.get(0) {
                sqlx::query(
                    "INSERT INTO nodes (id, started_at) VALUES ($1, $2) \
                     ON CONFLICT (id) DO UPDATE SET started_at = excluded.started_at, ended_at = NULL",
                )
                .bind(i64::from(node))
                .bind(now.0)
                .execute(&presence)
                .await?;
                *self.presence.lock().unwrap_or_else(PoisonError::into_inner) = Some(presence);
                return Ok(i64::from(node));
            }
        }
        Err(Error::Refused("1024 nodes are running on this database already".to_owned()))
    }

    /// Takes the lock of `node` again if the connection that held it broke. False if another process has it now.
    pub(in crate::store) async fn stay(&self, node: i64) -> Result<bool> {
        let presence = self.presence.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(presence) = presence else { return Ok(true) };
        let node = i32::try_from(node).map_err(|_| Error::GivenUp("the number of the node is too high"))?;
        let row = sqlx::query(
            "SELECT CASE WHEN EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' \
             AND objsubid = 2 \
             AND classid = $1::INT4::OID AND objid = $2::INT4::OID AND pid = pg_backend_pid() AND granted) \
             THEN TRUE ELSE pg_try_advisory_lock($1, $2) END",
        )
        .bind(NODES)
        .bind(node)
        .fetch_one(&presence)
        .await?;
        Ok(row.get(0))
    }

    pub(in crate::store) async fn living(&self) -> Result<Vec<i64>> {
        let mut connection = self.pool.acquire().await?;
        self.found.compare(&mut connection).await?;
        Ok(living(&mut *connection).await?)
    }

    /// What the schema is now.
    pub(in crate::store) async fn state(&self) -> Result<State> {
        Ok(schema(&self.pool).await?)
    }

    pub(in crate::store) async fn close(&self) {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let presence = self.presence.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(presence) = presence {
            presence.close().await;
        }
        self.pool.close().await;
    }
}

fn options(url: &str) -> Result<PgConnectOptions> {
    Ok(PgConnectOptions::from_str(url)?
        .application_name("switchboard")
        // Poolers refuse what they do not know at the start of a session; what we need is set when it has begun.
        .extra_float_digits(None)
        .statement_cache_capacity(512)
        .disable_statement_logging())
}

/// Makes sure that the server answers, so that a failure says what was tried. `patiently`: a server that is just starting is
/// waited for.
async fn answers(options: &PgConnectOptions, patiently: bool) -> Result<()> {
    let begun = Instant::now();
    let mut told = false;
    loop {
        let error = match tokio::time::timeout(ANSWERS_WITHIN, options.connect()).await {
            Ok(Ok(connection)) => {
                // It was only asked whether anybody is there.
                let _ = connection.close().await;
                return Ok(());
            }
            Ok(Err(error)) => error,
            Err(_) => return Err(unreached::silent(options)),
        };
        let trouble = unreached::trouble(options, &error);
        if !patiently || !unreached::may_come(&error) || begun.elapsed() >= ANSWERS_WITHIN {
            return Err(trouble);
        }
        if !told {
            tracing::warn!("{trouble}. Trying again for {} s", ANSWERS_WITHIN.as_secs());
            told = true;
        }
        tokio::time::sleep(TRY_AGAIN).await;
    }
}

/// What stands at `url`, without changing anything.
pub(in crate::store) async fn state(url: &str) -> Result<State> {
    let options = options(url)?;
    answers(&options, false).await?;
    refuse_unfit(&options).await?;
    let connected = pool_of(1).connect_with(options.clone()).await;
    let pool = connected.map_err(|error| unreached::trouble(&options, &error))?;
    let found = schema(&pool).await.map_err(|error| unreached::trouble(&options, &error));
    pool.close().await;
    found
}

/// A transaction pooler, before a connection does anything else, which such a pooler would answer with an error of its own; and a
/// standby.
async fn refuse_unfit(options: &PgConnectOptions) -> Result<()> {
    let connected = pool_of(2).connect_with(options.clone()).await;
    let pool = connected.map_err(|error| unreached::trouble(options, &error))?;
    let refused = match pooler::refuse(&pool).await {
        Ok(()) => refuse_standby(&pool).await,
        refused => refused,
    };
    pool.close().await;
    refused
}

async fn refuse_standby(pool: &PgPool) -> Result<()> {
    let standby: bool = sqlx::query_scalar("SELECT pg_is_in_recovery()").fetch_one(pool).await?;
    if standby {
        return Err(Error::Refused(
            "DATABASE_URL names a replica, which cannot be written: name the primary".to_owned(),
        ));
    }
    Ok(())
}

/// The database of `url` as people call it.
pub(in crate::store) fn named(url: &str) -> String {
    PgConnectOptions::from_str(url).map_or_else(|_| "the database".to_owned(), |options| named_by(&options))
}

fn named_by(options: &PgConnectOptions) -> String {
    format!("{} at {}", options.get_database().unwrap_or(options.get_username()), unreached::place(options))
}

/// What the schema is. It looks before it makes anything: a user who may make nothing can still use what is there.
async fn schema(pool: &PgPool) -> sqlx::Result<State> {
    let there: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(pool).await?;
    if !there {
        // Tables of others may stand in the same database.
        return Ok(judge(None, false, &migrations::postgres()));
    }
    let rows: Vec<(i64, Vec<u8>, bool)> =
        sqlx::query_as("SELECT version, checksum, success FROM _sqlx_migrations").fetch_all(pool).await?;
    let applied = rows.into_iter().map(|(version, checksum, success)| Applied { version, checksum, success });
    Ok(judge(Some(applied.collect()), false, &migrations::postgres()))
}

/// Whether another process has brought the schema up to date since it was `found`.
///
/// # Errors
/// [`Error::Refused`] while nodes live that know the schema as it was found: they would go on with one that they do not know.
async fn brought_up_to_date(pool: &PgPool, found: &State, named: &str) -> Result<bool> {
    let nodes = living(pool).await?.len();
    if nodes == 0 || !matches!(found, State::Older(..)) {
        return Ok(false);
    }
    // They may be of this program, and have done it.
    let now = schema(pool).await?;
    if now == State::Current { Ok(true) } else { Err(Error::Refused(State::in_use(named, nodes))) }
}

async fn living(asked: impl PgExecutor<'_>) -> sqlx::Result<Vec<i64>> {
    let rows = sqlx::query(
        "SELECT objid::BIGINT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND classid = $1::INT4::OID AND granted \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    )
    .bind(NODES)
    .fetch_all(asked)
    .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

async fn refuse_unsafe(pool: &PgPool) -> Result<()> {
    for (setting, wanted, why) in [
        ("fsync", "on", "a crash of the server would lose what was accepted"),
        ("synchronous_commit", "", "an answer would leave before the text is on disk"),
        ("full_page_writes", "on", "a crash in the middle of a page would damage it"),
    ] {
        // What the server says, not what is set in our own sessions.
        let row =
            sqlx::query("SELECT reset_val FROM pg_settings WHERE name = $1").bind(setting).fetch_one(pool).await?;
        let found: String = row.get(0);
        let safe = if wanted.is_empty() { found != "off" } else { found == wanted };
        if !safe {
            return Err(Error::Refused(format!(
                "PostgreSQL runs with {setting}={found}: {why}. Set {setting}=on and start again."
            )));
        }
    }
    Ok(())
}
