//! What all pages share.

pub(in crate::web) mod answer;
pub mod catchers;
pub(in crate::web) mod failure;
pub(in crate::web) mod fields;
pub mod frame;
pub(in crate::web) mod health;
pub mod here;
pub(in crate::web) mod hours;
pub(in crate::web) mod live;
pub(in crate::web) mod palette;
pub(in crate::web) mod refused;
pub(in crate::web) mod shown;
pub mod stamp;
pub(in crate::web) mod way_back;
pub mod words;

use rocket::{Route, routes};

/// What all pages use, and what tells whether the program is well.
#[must_use]
pub(in crate::web) fn routes() -> Vec<Route> {
    routes![palette::index, live::stream, health::live, health::ready, health::counts]
}
