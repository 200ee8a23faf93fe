//! Pages for managers and admins.

pub(in crate::web) mod audits;
pub(in crate::web) mod board;
pub(in crate::web) mod canned;
pub(in crate::web) mod deliveries;
pub(in crate::web) mod exports;
pub(in crate::web) mod held;
pub(in crate::web) mod history;
pub(in crate::web) mod reassignments;

use rocket::{Route, routes};

/// What managers look at and decide.
#[must_use]
pub(in crate::web) fn routes() -> Vec<Route> {
    routes![
        canned::index,
        canned::create,
        canned::update,
        canned::delete,
        held::index,
        held::forward,
        held::reopen,
        held::dismiss,
        history::index,
        board::index,
        audits::index,
        exports::new,
        exports::create,
        deliveries::index,
        deliveries::show,
        deliveries::create,
        history::saved::create,
        history::saved::remove,
        reassignments::new,
        reassignments::create,
    ]
}
