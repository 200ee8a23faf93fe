//! The rules: pure decisions over values and `now`, without IO.

pub mod allocation;
pub mod change;
pub mod colleague;
pub mod command;
pub mod country;
pub mod delivery;
pub mod doubt;
pub mod duration;
pub mod echo;
pub mod hours;
pub mod ids;
pub mod keyword;
pub mod pace;
pub mod person;
pub mod phone;
pub mod pick;
pub mod policy;
pub mod routing;
pub mod segment;
pub mod sending;
pub mod settlement;
pub mod setup;
pub mod shift;
pub mod text;
pub mod throttle;
