//! What integrators' programs may do and are told.

pub mod event;
pub mod public_address;
pub mod quota;
pub mod retry_schedule;
pub mod right;
pub mod scope;
