//! Whether the database is still the one that it was: a server that comes back may hold an older state than the one that has
//! answered before.
//!
//! A lagging standby that is promoted, a backup that is put in the place of the database, a snapshot of its disk: programs
//! that run connect again and go on. So every new connection compares what it finds with what was found before: the start
//! of the server, the database's own id, the timeline of the write-ahead log and the position in it, which never goes back.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

    /// Compares what `connection` shows with what was found before. A replica shows nothing: it cannot be written anyway.
    ///
    /// # Errors
    /// What the server said.
    pub(in crate::store) async fn compare(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        // What was found before the question: two that ask at once note their answers in either order, and nobody waits here.
        let before = self.last().clone();
        let found: Option<(String, i64, String, i64)> = sqlx::query_as(
            "SELECT pg_postmaster_start_time()::TEXT, d.oid::BIGINT, \
               substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8), \
               (pg_current_wal_insert_lsn() - '0/0'::PG_LSN)::BIGINT \
             FROM pg_database d WHERE d.datname = current_database() AND NOT pg_is_in_recovery()",
        )
        .fetch_optional(connection)
        .await?;
        let Some((started, database, timeline, position)) = found else { return Ok(()) };
        let found = Place { life: (started, database, timeline), position };
        let turned = before.is_some_and(|before| before.is_void(&found));
        let mut last = self.last();
        if turned {
            self.timeline.turn();
        }
        if turned || last.as_ref().is_none_or(|last| !last.is_void(&found)) {
            *last = Some(found);
        }
        Ok(())
    }

    fn last(&self) -> MutexGuard<'_, Option<Place<Life>>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
