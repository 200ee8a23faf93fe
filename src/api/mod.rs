//! JSON for integrators' programs: a file for each resource, and one for each thing that all of them share.
//!
//! A request has a token (`caller`), may have a body (`body`) and a key that makes it take effect once (`once`). The
//! answer is JSON (`answer`) or the reason for a refusal (`problem`). The description (`document`) is made from the
//! same functions and types.

use problem::Problem;
use query::Parameters;
use rocket::{Catcher, Route, catchers, routes};

mod answer;
mod body;
mod caller;
mod document;
mod endpoints;
mod events;
mod once;
mod page;
mod pairs;
mod problem;
mod query;
mod quota;
mod reference;
mod times;

/// Where the API stands.
pub const BASE: &str = "/api/v1";

/// Everything under [`BASE`].
#[must_use]
pub fn routes() -> Vec<Route> {
    routes![
        document::show,
        reference::show,
        pairs::create,
        pairs::index,
        pairs::show,
        pairs::ends::complete,
        pairs::ends::close,
        pairs::ends::extend,
        pairs::parties::change,
        pairs::messages::index,
        pairs::messages::create,
        endpoints::create,
        endpoints::index,
        endpoints::show,
        endpoints::delete,
    ]
}

/// Which parameters the routes know. The server that has them manages it: without it they know none.
#[must_use]
pub fn parameters() -> Parameters {
    Parameters(document::parameters_of)
}

/// The id in an address; what is no number is nobody's.
fn numbered<T>(id: &str, of: impl FnOnce(i64) -> T) -> Result<T, Problem> {
    id.parse().map(of).map_err(|_| Problem::not_found())
}

/// What is answered where no handler answers. Register them at `/api`.
#[must_use]
pub fn catchers() -> Vec<Catcher> {
    catchers![problem::caught]
}
