//! What integrators' programs may do and are told.

pub mod event;
pub mod patience;
pub mod quota;
pub mod reach;
pub mod right;
pub mod scope;
