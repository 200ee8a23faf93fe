//! The few places where the two databases differ: error codes and locks.

use std::sync::Arc;

use sqlx::error::ErrorKind;

use super::lock_order::{self, First};
use crate::clock::At;
use crate::store::{Error, Tx};

/// What a driver's error says, without the place in the server's own source that PostgreSQL adds.
pub(in crate::store) fn said(error: &sqlx::Error) -> String {
    error.as_database_error().map_or_else(|| error.to_string(), |database| database.message().to_owned())
}

/// The primary code of an error of SQLite's.
pub(in crate::store) fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let database = error.as_database_error()?;
    if database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
        return None;
    }
    Some(database.code()?.parse::<u32>().ok()? & 0xff)
}

/// Whether the disk is full or failed.
pub(in crate::store) fn finds_no_room(error: &sqlx::Error) -> bool {
    let state = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    matches!(primary_code(error), Some(10 | 13)) || matches!(state.as_deref(), Some("53100" | "58030"))
}

/// Sorts a driver's error by what can be done about it.
pub(in crate::store) fn classify(error: sqlx::Error) -> Error {
    let Some(database) = error.as_database_error() else {
        return Error::Database(Arc::new(error));
    };
    let code = database.code().unwrap_or_default();
    // SQLite: extended codes are numbers whose lowest byte is the primary code. PostgreSQL: five-character SQLSTATE.
    let primary = if code.len() == 5 && database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
        0
    } else {
        code.parse::<u32>().unwrap_or(0) & 0xff
    };
    let conflict = matches!(database.kind(), ErrorKind::UniqueViolation | ErrorKind::ForeignKeyViolation)
        // 25P03: this session stood still in its transaction, which the server has taken back; it can begin anew.
        || matches!(code.as_ref(), "40001" | "40P01" | "25P03")
        || primary == 5
        || primary == 6;
    // 55P03: another session holds what is wanted for longer than may be waited for.
    let storage = matches!(primary, 7 | 10 | 13) || matches!(code.as_ref(), "53100" | "53200" | "58030" | "55P03");
    match (conflict, storage) {
        (true, _) => Error::Conflict(Arc::new(error)),
        (_, true) => Error::Storage(Arc::new(error)),
        _ => Error::Database(Arc::new(error)),
    }
}

/// Whether an error says that what was written may not be on disk although it was meant to be.
pub(in crate::store) fn is_failed_sync(error: &Error) -> bool {
    let (Error::Storage(inner) | Error::Database(inner)) = error else { return false };
    // SQLITE_IOERR_FSYNC and SQLITE_IOERR_DIR_FSYNC
    inner.as_database_error().and_then(|e| e.code().map(|code| code == "1034" || code == "1290")).unwrap_or(false)
}

impl Error {
    /// The same, said of a database that could not even be begun with: no write of a group stands a better chance alone.
    pub(in crate::store) fn unavailable(self) -> Self {
        match self {
            Error::Conflict(inner) | Error::Database(inner) => Error::Storage(inner),
            other => other,
        }
    }
}

/// The instant up to which every row id is visible that ever will be. SQLite commits in the order in which ids are made;
/// on PostgreSQL ids are handed out before the commit, so it stays behind the oldest transaction that has written.
///
/// # Errors
/// When the database cannot be asked.
pub async fn settled(tx: &mut Tx, now: At) -> crate::store::Result<At> {
    let Tx::Postgres(connection) = tx else { return Ok(now) };
    let oldest: Option<i64> = sqlx::query_scalar(
        "SELECT CAST(MAX(EXTRACT(EPOCH FROM clock_timestamp() - xact_start) * 1000000) AS BIGINT) \
         FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()",
    )
    .fetch_one(&mut **connection)
    .await?;
    Ok(At(now.0 - oldest.unwrap_or(0).max(0)) - CLOCKS_DIFFER)
}

/// How far an id's instant may lie before its transaction's start: nodes' clocks differ a little.
const CLOCKS_DIFFER: std::time::Duration = std::time::Duration::from_secs(2);

/// Serializes everything that names the same `word` about the same thing until the commit; SQLite has one writer already.
///
/// # Errors
/// [`Error::OutOfTurn`] if another transaction has the word and something is held that others may wait for; else what the
/// database said.
pub async fn one_at_a_time(tx: &mut Tx, word: &'static str, about: &str) -> crate::store::Result<()> {
    let late = tx.holds_something();
    let Tx::Postgres(connection) = tx else { return Ok(()) };
    let key = format!("{word} {about}");
    if late {
        let sql = format!("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)){}", lock_order::word_noted(false));
        let mine: bool = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(key).fetch_one(&mut **connection).await?;
        return if mine { Ok(()) } else { Err(First::word(word, about)) };
    }
    let sql = format!("SELECT pg_advisory_xact_lock(hashtextextended($1, 0)){}", lock_order::word_noted(true));
    sqlx::query(sqlx::AssertSqlSafe(sql)).bind(key).execute(&mut **connection).await?;
    Ok(())
}
