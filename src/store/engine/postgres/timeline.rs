//! Whether the database is still the same: a server that comes back may have an older state than the one that answered
//! before.
//!
//! After the promotion of a lagging standby, the restore of a backup, or a snapshot of the disk, running programs
//! connect again and continue. So every new connection compares what it finds with what was found before: the start of
//! the server, the id of the database, the timeline of the write-ahead log and the position in it, which does not go
//! back.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::PgConnection;

use crate::domain::recollection::Place;

/// Counts how often the database was found to be another than before. Whatever is remembered of the database is true of one
/// number only. A SQLite database keeps its number: the program ends when its file is replaced.
#[derive(Clone, Debug, Default)]
pub struct Timeline(Arc<AtomicU64>);

impl Timeline {
    /// The number as it is now.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    /// The database is another one from here on.
    pub fn turn(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// The longest that a session waits for a standby to be promoted: less than anybody waits for a session.
const PROMOTED_WITHIN: Duration = Duration::from_secs(2);
/// Between two questions whether it is.
const ASKED_AGAIN: Duration = Duration::from_millis(100);

/// The life of a server's database: when the server was started, as it writes it; the id of the database, which a restored one
/// does not share; and the timeline of the write-ahead log. The place in it is the position in that log, in bytes.
type Life = (String, i64, String);

/// What the connections of one process have found so far.
#[derive(Debug, Default)]
pub(in crate::store) struct Found {
    timeline: Timeline,
    last: Mutex<Option<Place<Life>>>,
}

impl Found {
    pub(in crate::store) fn timeline(&self) -> Timeline {
        self.timeline.clone()
    }

    /// Compares what `connection` shows with what was found before.
    ///
    /// A standby is waited for, for [`PROMOTED_WITHIN`]: its promotion ends no session, so one that was let through before would be
    /// written by later without having been compared.
    ///
    /// # Errors
    /// What the server said, or that it is a standby still.
    pub(in crate::store) async fn compare(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        let begun = Instant::now();
        loop {
            // What was found before the question: two that ask at once note their answers in either order, and nobody waits here.
            let before = self.last().clone();
            if let Some(found) = place(connection).await? {
                self.note(before, found);
                return Ok(());
            }
            if begun.elapsed() >= PROMOTED_WITHIN {
                return Err(sqlx::Error::Configuration("the server is a standby, which cannot be written".into()));
            }
            tokio::time::sleep(ASKED_AGAIN).await;
        }
    }

    fn note(&self, before: Option<Place<Life>>, found: Place<Life>) {
        let turned = before.is_some_and(|before| before.is_void(&found));
        let mut last = self.last();
        if turned {
            self.timeline.turn();
        }
        if turned || last.as_ref().is_none_or(|last| !last.is_void(&found)) {
            *last = Some(found);
        }
    }

    fn last(&self) -> MutexGuard<'_, Option<Place<Life>>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the database is that `connection` leads to; `None` while it is a standby.
async fn place(connection: &mut PgConnection) -> sqlx::Result<Option<Place<Life>>> {
    let found: Option<(String, i64, String, i64)> = sqlx::query_as(
        "SELECT pg_postmaster_start_time()::TEXT, d.oid::BIGINT, \
           substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8), \
           (pg_current_wal_insert_lsn() - '0/0'::PG_LSN)::BIGINT \
         FROM pg_database d WHERE d.datname = current_database() AND NOT pg_is_in_recovery()",
    )
    .fetch_optional(connection)
    .await?;
    Ok(found.map(|(started, database, timeline, position)| Place { life: (started, database, timeline), position }))
}
