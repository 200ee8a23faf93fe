//! What integrators' programs may do, and the events that they get.

pub mod event;
pub mod post;
pub mod public_address;
pub mod quota;
pub mod retry_schedule;
pub mod right;
pub mod scope;
