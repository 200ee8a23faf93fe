//! SQLite: one writer that commits what waits as one group, readers beside it, and a connection that moves the log.
//!
//! A caller is answered only after its group is on disk (`synchronous=FULL`). Groups have no savepoints: if one job
//! fails, all are rolled back and each runs in a transaction of its own.

pub mod file;
pub(in crate::store) mod in_use;
pub mod private;

use std::str::FromStr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteExecutor, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Row};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use super::group::{Answer, Pending, run_all};
use super::{dialect, migrations};
use crate::store::sql::query;
use crate::store::{Error, Opening, Result, Tx};
use crate::{faults, metrics};
use file::DatabaseFile;
use in_use::Place;

/// Most jobs in one commit.
const GROUP: usize = 256;
/// Pages of the write-ahead log that are moved into the database in one go (2 to 16 MB), by how fast the disk is.
const PIECES: (i64, i64) = (512, 4096);
/// A piece that takes longer than this is too big: commits meanwhile wait for the same disk. One that takes less than
/// half of it may be bigger: the more are moved at once, the more often a page that changes all the time is moved but once.
const BRIEF: Duration = Duration::from_millis(25);
/// So often the log's length is looked at while it grows.
const LOOK: Duration = Duration::from_millis(50);
/// Pages that have been in the log for so long are moved, however few they are.
const REST: Duration = Duration::from_secs(1);
/// Pages in the log after which it is to start over (32 MB): the checkpointer moves nearly all of it, and the writer itself
/// the rest.
const LOG_LONG: i64 = 8192;
/// Pages that the writer moves in no time.
const FEW: i64 = 128;
/// So often the checkpointer tries to leave no more than that, against a writer that goes on.
const ROUNDS: usize = 5;
/// Pages in the log after which the writer also waits for readers who keep it from starting over (64 MB).
const LOG_LIMIT: i64 = 16_384;
/// First version without a known corruption bug in WAL checkpoints.
const OLDEST: (u32, u32, u32) = (3, 51, 3);

enum Order {
    Write(Arc<dyn Pending>),
    Alone(Arc<dyn Pending>),
    Rehearse(Arc<dyn Pending>),
}

/// An open SQLite database.
#[derive(Debug)]
pub struct Sqlite {
    orders: Mutex<Option<mpsc::UnboundedSender<Order>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    checkpointer: JoinHandle<()>,
    write_pool: SqlitePool,
    readers: SqlitePool,
    keeper: SqlitePool,
    vital: Arc<AtomicBool>,
    pub(in crate::store) refused: AtomicU64,
}

impl Sqlite {
    pub(in crate::store) async fn open(url: &str, opening: Opening) -> Result<Self> {
        let options = SqliteConnectOptions::from_str(url)?;
        let file = DatabaseFile::at(options.get_filename());
        let state = file.state().await?;
        file.has_one_name()?;
        let behind = opening.allows(&state, &file.path().display().to_string())?;
        let options = options
            .create_if_missing(opening.makes())
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("wal_autocheckpoint", "0")
            .pragma("temp_store", "memory")
            .statement_cache_capacity(512)
            // A reader of many rows is not to be woken for every fifty of them.
            .row_buffer_size(1024)
            .disable_statement_logging();
        if opening.makes() {
            private::create(options.get_filename()).map_err(sqlx::Error::Io)?;
        }
        let write_pool = one_connection().connect_with(options.clone().pragma("cache_size", "-16000")).await;
        let write_pool = write_pool.map_err(|error| file.trouble(error))?;
        refuse_unsafe(&write_pool).await?;
        if behind {
            faults::during("during_migration", migrations::sqlite().run(&write_pool))
                .await
                .map_err(|error| migrations::trouble(&file.path().display().to_string(), &error))?;
        }
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(options.clone().pragma("cache_size", "-4000").pragma("query_only", "true"))
            .await?;
        let keeper = one_connection().connect_with(options).await?;
        let (orders, queue) = mpsc::unbounded_channel();
        let written = Arc::new(Notify::new());
        let vital = Arc::new(AtomicBool::new(false));
        let place = Place::of(&file, Arc::clone(&vital));
        let writer = tokio::spawn(write_groups(write_pool.clone(), queue, written.clone(), place));
        let checkpointer = tokio::spawn(checkpoint(keeper.clone(), written));
        Ok(Sqlite {
            orders: Mutex::new(Some(orders)),
            writer: Mutex::new(Some(writer)),
            checkpointer,
            write_pool,
            readers,
            keeper,
            vital,
            refused: AtomicU64::new(0),
        })
    }

    pub(in crate::store) fn end_without_file(&self) {
        self.vital.store(true, Ordering::Relaxed);
    }

    fn send(&self, order: Order) -> Result<()> {
        let orders = self.orders.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        orders.as_ref().and_then(|orders| orders.send(order).ok()).ok_or(Error::GivenUp("the database is closed"))
    }

    pub(in crate::store) async fn write(&self, pending: Arc<dyn Pending>, answer: Answer) -> Result<()> {
        self.send(if pending.is_alone() { Order::Alone(pending) } else { Order::Write(pending) })?;
        answer.await.unwrap_or(Err(Error::GivenUp("the writer has stopped")))
    }

    pub(in crate::store) async fn rehearse(&self, pending: Arc<dyn Pending>, answer: Answer) -> Result<()> {
        self.send(Order::Rehearse(pending))?;
        answer.await.unwrap_or(Err(Error::GivenUp("the writer has stopped")))
    }

    pub(in crate::store) async fn read(&self) -> Result<Tx> {
        Ok(Tx::Sqlite(self.readers.acquire().await?))
    }

    pub(in crate::store) async fn close(&self) {
        drop(self.orders.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take());
        let writer = self.writer.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(writer) = writer {
            let _ = writer.await;
        }
        self.checkpointer.abort();
        self.readers.close().await;
        self.keeper.close().await;
        // The last one that closes moves the log into the database, so that none is left beside it.
        self.write_pool.close().await;
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.checkpointer.abort();
    }
}

fn one_connection() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

async fn refuse_unsafe(pool: &SqlitePool) -> Result<()> {
    let row = sqlx::query("SELECT sqlite_version()").fetch_one(pool).await?;
    let version: String = row.get(0);
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found < OLDEST {
        return Err(Error::Refused(format!("SQLite {version} can damage its log; 3.51.3 or newer is needed")));
    }
    for (pragma, wanted) in [("PRAGMA journal_mode", "wal"), ("PRAGMA synchronous", "2"), ("PRAGMA foreign_keys", "1")]
    {
        let row = sqlx::query(pragma).fetch_one(pool).await?;
        let found = row.try_get::<String, _>(0).or_else(|_| row.try_get::<i64, _>(0).map(|n| n.to_string()))?;
        if found != wanted {
            return Err(Error::Refused(format!(
                "SQLite answers {found} to {pragma}, and {wanted} is needed to keep what was accepted; \
                 is the file on a disk that allows it (not a network share)?"
            )));
        }
    }
    Ok(())
}

async fn write_groups(
    pool: SqlitePool,
    mut queue: mpsc::UnboundedReceiver<Order>,
    written: Arc<Notify>,
    mut place: Place,
) {
    while let Some(order) = queue.recv().await {
        let mut group = Vec::new();
        let (mut alone, mut rehearsals) = (Vec::new(), Vec::new());
        let mut next = Some(order);
        while let Some(order) = next {
            match order {
                Order::Write(pending) => group.push(pending),
                Order::Alone(pending) => alone.push(pending),
                Order::Rehearse(pending) => rehearsals.push(pending),
            }
            next = if group.len() < GROUP { queue.try_recv().ok() } else { None };
        }
        let mut tx = match pool.acquire().await {
            Ok(connection) => Tx::Sqlite(connection),
            Err(error) => {
                let error = Error::from(error);
                group.iter().chain(&alone).chain(&rehearsals).for_each(|pending| pending.answer(Err(error.clone())));
                continue;
            }
        };
        if !group.is_empty() {
            metrics::group(group.len());
            write_group(&mut tx, &group, &mut place).await;
            written.notify_one();
        }
        for pending in &alone {
            write_group(&mut tx, std::slice::from_ref(pending), &mut place).await;
            written.notify_one();
        }
        for pending in &rehearsals {
            let outcome = attempt(&mut tx, std::slice::from_ref(pending), "ROLLBACK").await;
            pending.answer(outcome);
        }
        hold_log_down(&mut tx).await;
    }
}

async fn write_group(tx: &mut Tx, group: &[Arc<dyn Pending>], place: &mut Place) {
    match attempt(tx, group, "COMMIT").await.and_then(|()| place.check()) {
        Ok(()) => group.iter().for_each(|pending| pending.answer(Ok(()))),
        // One job's failure must not become its neighbours': each runs alone. A full or locked database fails all of them alike.
        Err(error) if group.len() > 1 && !matches!(error, Error::Storage(_) | Error::Refused(_)) => {
            for pending in group {
                let alone = attempt(tx, std::slice::from_ref(pending), "COMMIT").await;
                let outcome = alone.and_then(|()| place.check());
                pending.answer(outcome);
            }
        }
        Err(error) => group.iter().for_each(|pending| pending.answer(Err(error.clone()))),
    }
}

async fn attempt(tx: &mut Tx, group: &[Arc<dyn Pending>], end: &'static str) -> Result<()> {
    plain(tx, "BEGIN IMMEDIATE").await.map_err(Error::unavailable)?;
    let together: Vec<&dyn Pending> = group.iter().map(AsRef::as_ref).collect();
    let done = run_all(&together, tx).await;
    faults::point("before_commit");
    let done = match done {
        Ok(()) => plain(tx, end).await,
        Err(error) => Err(error),
    };
    faults::point("after_commit");
    if let Err(error) = &done {
        if dialect::is_failed_sync(error) {
            // What the kernel did with the pages is unknown; only a fresh start reads the truth from the disk.
            tracing::error!(%error, "the disk refused to keep what was written; stopping");
            std::process::exit(70);
        }
        // Fails where SQLite has rolled back by itself, and then there is nothing to do.
        let _ = plain(tx, "ROLLBACK").await;
    }
    done
}

async fn plain(tx: &mut Tx, sql: &'static str) -> Result<()> {
    query(sql).execute(tx).await?;
    Ok(())
}

/// Under a load that never pauses the checkpointer cannot finish by itself. What it has just left over is little, and with
/// that moved too, the next write starts the log over.
async fn hold_log_down(tx: &mut Tx) {
    let pages = metrics::log_pages();
    if pages > LOG_LONG
        && let Tx::Sqlite(connection) = tx
        && move_log(&mut **connection, if pages > LOG_LIMIT { RESTART } else { PASSIVE }).await.is_ok()
    {
        // If readers kept it from that, it is tried again after the checkpointer's next piece.
        metrics::set_log_pages(0);
    }
}

/// <https://sqlite.org/pragma.html#pragma_wal_checkpoint>: say what has been moved so far; move what nobody needs where it
/// is; wait for those who need it, so that the log can start over.
const NOOP: &str = "PRAGMA wal_checkpoint(NOOP)";
const PASSIVE: &str = "PRAGMA wal_checkpoint(PASSIVE)";
const RESTART: &str = "PRAGMA wal_checkpoint(RESTART)";

/// The write-ahead log, in pages.
struct Log {
    pages: i64,
    left: i64,
}

/// Nothing if somebody else is at it.
async fn move_log<'e>(executor: impl SqliteExecutor<'e>, how: &'static str) -> sqlx::Result<Option<Log>> {
    let row = sqlx::query(how).fetch_one(executor).await?;
    let (busy, pages, moved): (i64, i64, i64) = (row.get(0), row.get(1), row.get(2));
    Ok((busy == 0).then(|| Log { pages, left: pages - moved }))
}

async fn checkpoint(pool: SqlitePool, written: Arc<Notify>) {
    let (mut done, mut piece) = (false, PIECES.0);
    loop {
        if done {
            written.notified().await;
        }
        done = match move_piece(&pool, &mut piece).await {
            Ok(Some(log)) => {
                metrics::set_log_pages(log.pages);
                log.left == 0
            }
            Ok(None) => false,
            Err(error) => {
                tracing::warn!(%error, "the checkpoint failed; the log keeps growing until one succeeds");
                tokio::time::sleep(REST).await;
                false
            }
        };
    }
}

/// Waits until there is a piece of the log to move, or less has been there for long enough, and moves it. `piece`: the pages
/// of one, which are fitted to how long that takes.
async fn move_piece(pool: &SqlitePool, piece: &mut i64) -> sqlx::Result<Option<Log>> {
    let begun = Instant::now();
    loop {
        tokio::time::sleep(LOOK).await;
        let left = move_log(pool, NOOP).await?.map_or(0, |log| log.left);
        if left >= *piece || begun.elapsed() >= REST {
            let asked_at = Instant::now();
            let moved = move_log(pool, PASSIVE).await?;
            if left >= *piece {
                *piece = fitted(*piece, asked_at.elapsed());
            }
            if moved.as_ref().is_some_and(|log| log.pages > LOG_LONG) {
                return catch_up(pool).await;
            }
            return Ok(moved);
        }
    }
}

/// How many pages the next piece has, if this one took so long.
fn fitted(piece: i64, took: Duration) -> i64 {
    let next = match took {
        _ if took > BRIEF => piece / 2,
        _ if took < BRIEF / 2 => piece * 2,
        _ => piece,
    };
    next.clamp(PIECES.0, PIECES.1)
}

/// What came while a piece was moved is moved too, and what came while that was, until little is left.
async fn catch_up(pool: &SqlitePool) -> sqlx::Result<Option<Log>> {
    let mut log = move_log(pool, NOOP).await?;
    for _ in 0..ROUNDS {
        if log.as_ref().is_none_or(|log| log.left <= FEW) {
            break;
        }
        move_log(pool, PASSIVE).await?;
        log = move_log(pool, NOOP).await?;
    }
    Ok(log)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_the_log_grow_on_a_fast_disk_and_shrink_on_a_slow_one_within_bounds() {
        let ms = Duration::from_millis;
        assert_eq!(fitted(1024, ms(5)), 2048);
        assert_eq!(fitted(1024, ms(20)), 1024);
        assert_eq!(fitted(1024, ms(26)), 512);
        assert_eq!((fitted(PIECES.1, ms(0)), fitted(PIECES.0, ms(900))), (PIECES.1, PIECES.0));
    }
}
