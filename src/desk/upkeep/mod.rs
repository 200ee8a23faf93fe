//! What holds at every moment, whoever asks: readiness, clocks, the carrier's reach, what lapses by time.

pub mod clock_jump;
pub mod clocks;
pub mod copies;
pub mod identity;
pub mod lapse;
pub mod outage;
pub mod readiness;
pub mod tallies;
pub(in crate::desk) mod watch;
