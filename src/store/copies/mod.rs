//! Copies of a SQLite database, and restoring one.

pub mod backup;
pub mod restore;
