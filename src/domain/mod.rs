//! The rules: pure decisions over values and `now`, without IO.

pub mod ids;
pub mod keyword;
pub mod phone;
pub mod policy;
pub mod segment;
