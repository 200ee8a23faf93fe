//! What holds for all verbs: readiness, clocks, whether the carrier can be reached, what expires.

pub mod clock_jump;
pub mod clocks;
pub mod copies;
pub mod identity;
pub mod lapse;
pub mod outage;
pub mod readiness;
pub mod tallies;
pub(in crate::desk) mod watch;
