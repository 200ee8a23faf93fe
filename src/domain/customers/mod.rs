//! What staff write down about customers.

pub mod contact;
