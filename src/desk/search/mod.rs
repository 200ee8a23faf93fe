//! How things are found again.

pub mod index;
pub mod saved_search;
