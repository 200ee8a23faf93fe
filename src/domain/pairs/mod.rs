//! Pairs: two or more people who text each other for one transaction.

pub mod expiry;
pub mod pair;
