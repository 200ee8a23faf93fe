//! Whether the database is still the one that it was: a server that comes back may hold an older state than the one that has
//! answered before.
//!
//! A lagging standby that is promoted, a backup that is put in the place of the database, a snapshot of its disk: programs
//! that run connect again and go on. So every new connection compares what it finds with what was found before: the start
//! of the server, the database's own id, the timeline of the write-ahead log and the position in it, which never goes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::PgConnection;
use tokio::sync::Mutex;

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

/// Where a server's database stands.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Standing {
    /// When the server was started, as it writes it.
    started: String,
    /// The id of the database, which a restored one does not share.
    database: i64,
    /// Of the write-ahead log.
    timeline: String,
    /// Bytes written to the log.
    position: i64,
}

impl Standing {
    /// Whether everything that was there at `before` is known to be there still.
    fn follows(&self, before: &Standing) -> bool {
        self.started == before.started
            && self.database == before.database
            && self.timeline == before.timeline
            && self.position >= before.position
    }
}

/// What the connections of one process have found so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    timeline: Timeline,
    last: Mutex<Option<Standing>>,
}

impl Found {
    pub(super) fn timeline(&self) -> Timeline {
        self.timeline.clone()
    }

    /// Compares what `connection` shows with what was found before. A replica shows nothing: it cannot be written anyway.
    ///
    /// # Errors
    /// What the server said.
    pub(super) async fn compare(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        // Held over the question: two that ask at once would note their answers in either order.
        let mut last = self.last.lock().await;
        let found: Option<(String, i64, String, i64)> = sqlx::query_as(
            "SELECT pg_postmaster_start_time()::TEXT, d.oid::BIGINT, \
               substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8), \
               (pg_current_wal_insert_lsn() - '0/0'::PG_LSN)::BIGINT \
             FROM pg_database d WHERE d.datname = current_database() AND NOT pg_is_in_recovery()",
        )
        .fetch_optional(connection)
        .await?;
        let Some((started, database, timeline, position)) = found else { return Ok(()) };
        let found = Standing { started, database, timeline, position };
        if last.as_ref().is_some_and(|before| !found.follows(before)) {
            self.timeline.turn();
        }
        *last = Some(found);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing() -> Standing {
        Standing { started: "2026-11-30 04:28:47+00".into(), database: 5, timeline: "00000001".into(), position: 1000 }
    }

    #[test]
    fn a_database_goes_on_only_where_nothing_of_it_can_be_gone() {
        let before = standing();
        assert!(standing().follows(&before));
        assert!(Standing { position: 1001, ..standing() }.follows(&before));
        for other in [
            Standing { position: 999, ..standing() },
            Standing { started: "2026-11-30 05:00:00+00".into(), position: 5000, ..standing() },
            Standing { database: 6, position: 5000, ..standing() },
            Standing { timeline: "00000002".into(), position: 5000, ..standing() },
        ] {
            assert!(!other.follows(&before), "{other:?}");
        }
    }
}
