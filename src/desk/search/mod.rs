//! The search index and saved searches.

pub mod index;
pub mod saved_search;
