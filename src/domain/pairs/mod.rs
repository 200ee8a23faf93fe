//! Two or more people, joined for one transaction.

pub mod expiry;
pub mod pair;
