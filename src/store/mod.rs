//! The database: one SQL text for SQLite and PostgreSQL, and writes that can run again.
//!
//! Every statement stands once, with `$1…$n`, for both drivers ([`sql`]). A write is a [`Job`]: a value that may run
//! more than once, because a lost race, a deadlock or a failed neighbour makes it start again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::pool::PoolConnection;

use crate::clock::At;
pub use engine::error::{Error, Result};
use engine::group::{Answer, Pending, Waiting};
pub use engine::postgres::timeline::Timeline;
pub(crate) use engine::rows::{padded, pieces, push_list};
pub use engine::schema::{Opening, State};
pub use engine::sql;
use engine::sqlite::file::DatabaseFile;

pub mod conversations;
pub mod copies;
pub mod customers;
pub mod engine;
pub mod lines;
pub mod outbox;
pub mod pairs;
pub mod people;
pub mod pool;
pub mod programs;
pub mod receiving;
pub mod replies;
pub mod routing;
pub mod search;
pub mod upkeep;
pub mod views;

/// A connection inside a transaction, or one for reading.
#[derive(Debug)]
pub enum Tx {
    /// SQLite.
    Sqlite(PoolConnection<sqlx::Sqlite>),
    /// PostgreSQL.
    Postgres(engine::lock_order::Session),
}

/// A write that can run again. It awaits nothing but its [`Tx`].
pub trait Job: Send + Sync + Sized + 'static {
    /// What the caller gets after the commit.
    type Out: Send + 'static;

    /// Hot jobs wait for each other on PostgreSQL too, and run as groups through [`Job::run_many`].
    const GROUPED: bool = false;

    /// Whether this result says that the job is to run again, in a transaction of its own, once its group is committed: it
    /// would have to hold what comes before that which its group holds. Only asked on PostgreSQL.
    #[must_use]
    fn runs_alone(_: &Self::Out) -> bool {
        false
    }

    /// Runs in a commit of its own on SQLite, too: what it asks of the disk fails nobody else's write.
    const ALONE: bool = false;

    /// Does the work inside the transaction.
    ///
    /// # Errors
    /// Any error rolls the transaction back.
    fn run<'a>(&'a self, tx: &'a mut Tx) -> impl Future<Output = Result<Self::Out>> + Send + 'a;

    /// Does the work of several, in their order, where jobs of this kind are [`GROUPED`](Job::GROUPED); set-based where it pays.
    ///
    /// # Errors
    /// Any error rolls the whole group back, and each job runs alone.
    fn run_many<'a>(jobs: &'a [&'a Self], tx: &'a mut Tx) -> impl Future<Output = Result<Vec<Self::Out>>> + Send + 'a {
        async move {
            let mut outs = Vec::with_capacity(jobs.len());
            for job in jobs {
                outs.push(job.run(&mut *tx).await?);
            }
            Ok(outs)
        }
    }
}

/// The database, shared by everything that runs in this process.
#[derive(Clone, Debug)]
pub enum Store {
    /// The embedded default.
    Sqlite(Arc<engine::sqlite::Sqlite>),
    /// For more than one machine.
    Postgres(Arc<engine::postgres::Postgres>),
}

impl Store {
    /// Opens `url` (`sqlite:PATH` or `postgres://…`), makes it if it is missing, brings its schema up to date and refuses
    /// unsafe settings. A transaction waits up to 30 s for a connection to PostgreSQL: nobody waits for its answer.
    ///
    /// # Errors
    /// [`Error::Refused`] names what is wrong and the remedy, [`Error::Unreachable`] what was tried; else what the driver
    /// said.
    pub async fn open(url: &str) -> Result<Self> {
        Self::opened(url, Opening::Make, engine::postgres::connections::ALONE).await
    }

    /// As [`Store::open`], changes no more than `opening` allows, and waits up to 2.5 s for a connection, so that others get
    /// their answer in time.
    ///
    /// # Errors
    /// As [`Store::open`], and [`Error::Refused`] for a database that would have to be made or changed.
    pub async fn open_as(url: &str, opening: Opening) -> Result<Self> {
        Self::opened(url, opening, engine::postgres::connections::ANSWERING).await
    }

    async fn opened(url: &str, opening: Opening, timeout: Duration) -> Result<Self> {
        if url.starts_with("sqlite:") {
            Ok(Store::Sqlite(Arc::new(engine::sqlite::Sqlite::open(url, opening).await?)))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Store::Postgres(Arc::new(engine::postgres::Postgres::open(url, opening, timeout).await?)))
        } else {
            Err(Error::Refused(
                "DATABASE_URL names no database this program knows: write sqlite:PATH or postgres://…".to_owned(),
            ))
        }
    }

    /// What stands at `url`, without making or changing anything.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn state(url: &str) -> Result<State> {
        match DatabaseFile::of(url) {
            Some(file) => file.state().await,
            None => engine::postgres::state(url).await,
        }
    }

    /// The database of `url` as people call it: never with a password.
    #[must_use]
    pub fn named(url: &str) -> String {
        DatabaseFile::of(url).map_or_else(|| engine::postgres::named(url), |file| file.path().display().to_string())
    }

    /// Runs `job` in a transaction and returns after the commit is on disk.
    ///
    /// # Errors
    /// What the job or the database said, after a lost race has been run again a few times.
    pub async fn write<J: Job>(&self, job: J) -> Result<J::Out> {
        let (waiting, answer) = Waiting::new(job);
        self.written(waiting.clone(), answer).await?;
        waiting.out()
    }

    fn written(&self, pending: Arc<dyn Pending>, answer: Answer) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let done = match self {
                Store::Sqlite(store) => store.write(pending, answer).await,
                Store::Postgres(store) => store.write(pending, answer).await,
            };
            if matches!(&done, Err(Error::Storage(why)) if engine::dialect::finds_no_room(why)) {
                self.refusals().fetch_add(1, Ordering::Relaxed);
            }
            done
        })
    }

    /// How many writes found no room on the disk, or a disk that failed, since the store was opened.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refusals().load(Ordering::Relaxed)
    }

    fn refusals(&self) -> &AtomicU64 {
        match self {
            Store::Sqlite(store) => &store.refused,
            Store::Postgres(store) => &store.refused,
        }
    }

    /// Runs `job` in a transaction of its own and takes everything back: what would happen.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn rehearse<J: Job>(&self, job: J) -> Result<J::Out> {
        let (waiting, answer) = Waiting::new(job);
        self.rehearsed(waiting.clone(), answer).await?;
        waiting.out()
    }

    fn rehearsed(&self, pending: Arc<dyn Pending>, answer: Answer) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            match self {
                Store::Sqlite(store) => store.rehearse(pending, answer).await,
                Store::Postgres(store) => store.rehearse(pending).await,
            }
        })
    }

    /// A connection for reading. Pages and lookups use it; a decision that leads to a write reads in its job.
    ///
    /// # Errors
    /// When no connection can be had.
    #[must_use = "nothing is read before this is awaited"]
    pub fn read(&self) -> BoxFuture<'_, Result<Tx>> {
        Box::pin(async move {
            match self {
                Store::Sqlite(store) => store.read().await,
                Store::Postgres(store) => store.read().await,
            }
        })
    }

    /// The database's own clock, where nodes share one; `None` on SQLite.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn now(&self) -> Result<Option<At>> {
        match self {
            Store::Sqlite(_) => Ok(None),
            Store::Postgres(store) => store.now().await.map(Some),
        }
    }

    /// Whether the database is still the same, for code that remembers something of it.
    #[must_use]
    pub fn timeline(&self) -> Timeline {
        match self {
            Store::Sqlite(_) => Timeline::default(),
            Store::Postgres(store) => store.timeline(),
        }
    }

    /// Announces this process as a living node until it ends, and returns its number (0 to 1023).
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn join(&self, now: At) -> Result<i64> {
        match self {
            Store::Sqlite(_) => Ok(0),
            Store::Postgres(store) => store.join(now).await,
        }
    }

    /// The nodes that are known to be alive; on SQLite only this process can be.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn living(&self) -> Result<Vec<i64>> {
        match self {
            Store::Sqlite(_) => Ok(vec![0]),
            Store::Postgres(store) => store.living().await,
        }
    }

    /// What the schema is now, where others can change it under this process; `None` on SQLite, where `serve` keeps them away.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn schema_now(&self) -> Result<Option<State>> {
        match self {
            Store::Sqlite(_) => Ok(None),
            Store::Postgres(store) => store.state().await.map(Some),
        }
    }

    /// Makes sure that this process still counts as the living node `node`, also after its connection broke. False if
    /// another process has become that node meanwhile.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn stay(&self, node: i64) -> Result<bool> {
        match self {
            Store::Sqlite(_) => Ok(true),
            Store::Postgres(store) => store.stay(node).await,
        }
    }

    /// Ends the process (exit code 70) as soon as the file of the database is taken away or replaced: nothing that is written
    /// then can be found again. Nothing on PostgreSQL.
    pub fn end_without_file(&self) {
        if let Store::Sqlite(store) = self {
            store.end_without_file();
        }
    }

    /// Whether more than one node may write.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self, Store::Postgres(_))
    }

    /// Commits what is waiting and closes the connections. Call it after the last request has been answered.
    pub async fn close(&self) {
        match self {
            Store::Sqlite(store) => store.close().await,
            Store::Postgres(store) => store.close().await,
        }
    }
}
