//! Why a verb was not carried out.

use crate::store::{self, Error, Result};

/// Why a verb was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// There is no such thing, or this person may not know of it.
    #[error("not found")]
    NotFound,
    /// What was asked cannot be done; names the field and says why.
    #[error("{field}: {why}")]
    Refused {
        /// The field of the form.
        field: &'static str,
        /// In plain words.
        why: String,
    },
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Failure {
    /// A refusal.
    #[must_use]
    pub fn refused(field: &'static str, why: impl Into<String>) -> Self {
        Failure::Refused { field, why: why.into() }
    }
}

/// Why a verb was not carried out: what was asked cannot be done, or the database did not do it.
pub trait Stop: From<Error> + Send + 'static {
    /// What the database said, if it was the database.
    ///
    /// # Errors
    /// The refusal, if what was asked cannot be done.
    fn of_store(self) -> std::result::Result<Error, Self>;
}

impl Stop for Error {
    fn of_store(self) -> std::result::Result<Error, Self> {
        Ok(self)
    }
}

impl Stop for Failure {
    fn of_store(self) -> std::result::Result<Error, Self> {
        if let Failure::Store(error) = self { Ok(error) } else { Err(self) }
    }
}

/// What a verb came to, unless the database stopped it.
///
/// # Errors
/// What the database said.
pub fn unless_store<T, S: Stop>(outcome: std::result::Result<T, S>) -> Result<std::result::Result<T, S>> {
    match outcome.map_err(Stop::of_store) {
        Ok(out) => Ok(Ok(out)),
        Err(Ok(error)) => Err(error),
        Err(Err(refusal)) => Ok(Err(refusal)),
    }
}
