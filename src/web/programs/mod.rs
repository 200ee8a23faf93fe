//! Tokens and endpoints of programs, for admins.

pub(in crate::web) mod endpoints;
pub(in crate::web) mod tokens;

use rocket::{Route, routes};

/// What admins set up for programs.
#[must_use]
pub(in crate::web) fn routes() -> Vec<Route> {
    routes![
        tokens::index,
        tokens::create,
        tokens::before_revoking,
        tokens::revoke,
        endpoints::index,
        endpoints::create,
        endpoints::show,
        endpoints::delete,
        endpoints::enable,
        endpoints::replay,
    ]
}
