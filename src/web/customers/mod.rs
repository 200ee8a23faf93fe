//! The forms about a customer: card, merging, blocking.

pub(in crate::web) mod blocks;
pub(in crate::web) mod contacts;
pub(in crate::web) mod merges;
