//! What staff write about customers.

pub mod contact;
