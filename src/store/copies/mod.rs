//! Copies of a SQLite database, and putting one back.

pub mod backup;
pub mod restore;
