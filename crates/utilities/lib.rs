//! The utilities of Switchboard: the database, the carriers, requests to programs, and announcements to browsers.

pub use switchboard_rules::{clock, domain, faults, metrics, outgoing, secret, wire};

#[path = "../../src/carrier/mod.rs"]
pub mod carrier;
#[path = "../../src/courier/mod.rs"]
pub mod courier;
#[path = "../../src/live.rs"]
pub mod live;
#[path = "../../src/store/mod.rs"]
pub mod store;
