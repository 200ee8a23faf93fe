//! Transactions on PostgreSQL: groups of frequent verbs, and each other job alone. A job that lost a race, or must lock
//! something first, starts again.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgPool;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::store::engine::group::{Pending, run_all};
use crate::store::engine::lock_order::{self, First};
use crate::store::sql::query;
use crate::store::{Error, Result, Tx};
use crate::{faults, metrics};

/// Most hot jobs in one commit.
const GROUP: usize = 64;
/// The next group waits no longer for the commit of this one: its connection may be lost without a word.
const TURN: Duration = Duration::from_secs(2);
/// After so long a group is given up, and its connection closed. The server has ended the transaction long before.
const LOST: Duration = Duration::from_secs(15);
/// How often a job that lost a race begins anew.
const TRIES: u32 = 8;

/// Commits what waits, a group at a time, until nobody can send any more.
pub(in crate::store) async fn write_groups(
    pool: PgPool,
    waiting: Arc<tokio::sync::Mutex<mpsc::UnboundedReceiver<Arc<dyn Pending>>>>,
) {
    loop {
        let mut group = Vec::new();
        // Until the commit: two groups at once would wait for each other's rows, and what comes meanwhile makes the next one bigger.
        let mut turn = waiting.lock().await;
        if turn.recv_many(&mut group, GROUP).await == 0 {
            return;
        }
        metrics::group(group.len());
        let together: Vec<&dyn Pending> = group.iter().map(AsRef::as_ref).collect();
        let mut work = pin!(timeout(LOST, attempt(&pool, &together, "COMMIT")));
        let early = timeout(TURN, &mut work).await;
        drop(turn);
        let outcome = match early {
            Ok(outcome) => outcome,
            Err(_) => work.await,
        };
        let silent = |_| Err(Error::Storage(Arc::new(sqlx::Error::Protocol("the server does not answer".into()))));
        match outcome.unwrap_or_else(silent) {
            Ok(()) => {
                let (alone, done): (Vec<_>, Vec<_>) = group.iter().partition(|pending| pending.runs_alone());
                for pending in done {
                    pending.answer(Ok(()));
                }
                for pending in alone {
                    write_alone(&pool, pending.as_ref()).await;
                }
            }
            Err(Error::Storage(error)) => {
                for pending in &group {
                    pending.answer(Err(Error::Storage(Arc::clone(&error))));
                }
            }
            Err(_) => {
                for pending in &group {
                    write_alone(&pool, pending.as_ref()).await;
                }
            }
        }
    }
}

/// Runs `pending` in a transaction of its own, again where it lost a race, and answers its caller.
pub(in crate::store) async fn write_alone(pool: &PgPool, pending: &dyn Pending) {
    let mut tries = 1;
    let outcome = loop {
        match attempt(pool, &[pending], "COMMIT").await {
            Err(Error::Conflict(_)) if tries < TRIES => tries += 1,
            outcome => break outcome,
        }
    };
    pending.answer(outcome);
}

/// Runs `group`, and again where it found out too late what it has to hold: then it holds that first.
pub(in crate::store) async fn attempt(pool: &PgPool, group: &[&dyn Pending], end: &'static str) -> Result<()> {
    let mut first = First::default();
    for _ in 0..TRIES {
        let mut tx = begin(pool).await?;
        let done = match first.hold(&mut tx).await {
            Ok(()) => run_all(group, &mut tx).await,
            Err(error) => Err(error),
        };
        match finish(tx, done, end).await {
            Err(Error::OutOfTurn(more)) => first.add(&more),
            outcome => return outcome,
        }
    }
    let why = Arc::new(sqlx::Error::Protocol("others hold what this write must hold, again and again".into()));
    // Of a group each may stand a better chance alone.
    Err(if group.len() > 1 { Error::Conflict(why) } else { Error::Storage(why) })
}

async fn begin(pool: &PgPool) -> Result<Tx> {
    // Without a connection none of a group can be written: its callers are told so now, and not one after the other.
    let connection = pool.acquire().await.map_err(|error| Error::from(error).unavailable())?;
    let mut session = lock_order::Session::from(connection);
    session.begins();
    let mut tx = Tx::Postgres(session);
    query("BEGIN").execute(&mut tx).await?;
    Ok(tx)
}

async fn finish(mut tx: Tx, done: Result<()>, end: &'static str) -> Result<()> {
    faults::point("before_commit");
    let done = match done {
        Ok(()) => query(end).execute(&mut tx).await.map(drop).map_err(Error::from),
        Err(error) => Err(error),
    };
    faults::point("after_commit");
    let ended = match &done {
        Ok(()) => true,
        Err(_) => query("ROLLBACK").execute(&mut tx).await.map(drop).is_ok(),
    };
    if ended && let Tx::Postgres(session) = &mut tx {
        session.has_ended();
    }
    done
}
