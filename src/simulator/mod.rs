//! A Twilio-compatible carrier of our own, with virtual phones.
//! The product reaches it over HTTP, through the same adapter and hooks as the real thing, so that what works here
//! works there; tests and benches use it as a witness that has no reason to agree with us.
//!
//! [`Simulator`] is the carrier, a value that is cheap to clone. [`api_routes`] speak Twilio's REST API, [`page_routes`]
//! are the page of phones and the control API; [`rocket()`] is both, alone.

mod alone;
mod api;
mod book;
mod control;
mod create;
mod faults;
mod files;
mod forms;
mod guard;
mod inbound;
mod live;
mod numbers;
mod page;
mod phones;
mod poster;
mod receipts;
mod state;
mod switches;
mod texts;
mod wirelog;

pub use alone::{rocket, run_alone, safe_address};
pub use api::routes as api_routes;
pub use book::Count;
pub use faults::{Fault, Kind};
pub use forms::page_routes;
pub use inbound::{Arrival, Inbound};
pub use numbers::OwnNumber;
pub use phones::{PhoneKind, VirtualPhone};
pub use receipts::Receipts;
pub use state::{Settings, Simulator};
pub use texts::{Direction, Media, Post, Status, Text};
pub use wirelog::Entry;
