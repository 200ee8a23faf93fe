//! What holds at every moment, whoever asks: readiness, clocks, the carrier's reach, what lapses by time.

pub mod clocks;
pub mod copies;
pub mod gate;
pub mod identity;
pub mod lapse;
pub mod leap;
pub mod outage;
pub mod tallies;
pub(in crate::desk) mod watch;
