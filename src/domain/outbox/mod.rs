//! Decisions about texts that are to be sent.

pub mod daily_limit;
pub mod delivery;
pub mod departure;
pub mod doubt;
pub mod fitness;
pub mod outage;
pub mod pace;
pub mod sending;
pub mod settlement;
