//! The forms about a customer: card, merging, blocking.

pub(in crate::web) mod blocks;
pub(in crate::web) mod contacts;
pub(in crate::web) mod merges;

use rocket::{Route, routes};

/// Contacts, and who is blocked.
#[must_use]
pub(in crate::web) fn routes() -> Vec<Route> {
    routes![contacts::save, contacts::show, merges::create, merges::delete, blocks::create, blocks::delete]
}
