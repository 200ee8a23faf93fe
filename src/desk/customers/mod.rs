//! What staff know of customers.

pub mod contact;
pub mod merge;
pub mod number;
