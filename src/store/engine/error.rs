//! The error of a store call when the database did not do what was asked.

use std::sync::Arc;

use super::{dialect, lock_order};

/// Why the database did not do what was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// A race was lost (a unique row, a deadlock, a serialization failure); beginning anew may help.
    #[error("the database had a conflicting write: {}", dialect::said(.0))]
    Conflict(Arc<sqlx::Error>),
    /// The disk is full or failed, memory ran out, or the database cannot be had: nothing of the group was kept.
    #[error("the database cannot write: {}", dialect::said(.0))]
    Storage(Arc<sqlx::Error>),
    /// Others held what this write found out too late that it needs: it begins anew and holds that first. No caller sees it.
    #[error("others hold what this write must hold")]
    OutOfTurn(Arc<lock_order::First>),
    /// Everything else.
    #[error("the database failed: {}", dialect::said(.0))]
    Database(Arc<sqlx::Error>),
    /// The settings of the database are unsafe or of the wrong kind; says which and the remedy.
    #[error("{0}")]
    Refused(String),
    /// The database cannot be asked at all; says what was tried, where, and the remedy.
    #[error("{0}")]
    Unreachable(String),
    /// The program is stopping, or a job panicked.
    #[error("the write was given up: {0}")]
    GivenUp(&'static str),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        dialect::classify(error)
    }
}

/// What a store call returns. A function that only hands an error of the database on says nothing about it.
pub type Result<T, E = Error> = std::result::Result<T, E>;
