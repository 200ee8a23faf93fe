//! A Twilio-compatible carrier of our own, with virtual phones.
//!
//! The program reaches it over HTTP, through the same adapter and hooks as a real carrier, so that what works here
//! works there. Tests and benches use it as a witness that is independent of the program.
//!
//! [`Simulator`] is the carrier, a value that is cheap to clone. [`api_routes`] speak Twilio's REST API,
//! [`page_routes`] are the page of phones and the control API; [`rocket()`] is both, alone.

mod alone;
mod api;
mod book;
mod control;
mod create;
mod faults;
mod guard;
mod inbound;
mod numbers;
mod page;
mod phones;
mod posting;
mod receipts;
mod state;
mod texts;
mod wirelog;

pub use alone::{Outage, alone, rocket};
pub use book::Count;
pub use faults::{Fault, Kind};
pub use inbound::{Arrival, Inbound};
pub use numbers::OwnNumber;
pub use phones::{PhoneKind, VirtualPhone};
pub use posting::here::{safe_address, safe_public_address};
pub use posting::schedule::Receipts;
pub use state::{Settings, Shown, Simulator};
pub use texts::{Direction, Media, Post, Status, Text};
pub use wirelog::Entry;

/// Twilio's REST API: everything at the API's base.
#[must_use]
pub fn api_routes() -> Vec<rocket::Route> {
    guard::only(api::routes())
}

/// The page, its files, its stream, and the control API: everything at `/simulator`.
#[must_use]
pub fn page_routes() -> Vec<rocket::Route> {
    guard::only(page::forms::routes())
}
