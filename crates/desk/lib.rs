//! The desk of Switchboard: what people and programs can do.

pub use switchboard_utilities::{
    carrier, clock, courier, domain, faults, live, metrics, outgoing, secret, store, wire,
};

#[path = "../../src/desk/mod.rs"]
pub mod desk;
