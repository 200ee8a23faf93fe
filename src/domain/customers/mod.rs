//! What staff write about customers.

pub mod consent;
pub mod contact;
