//! Where texts go: numbers, legs, and who waits for whom.

pub mod numbers;
pub mod opening;
pub mod phones;
pub mod queue;
pub mod routes;
pub mod selected;
pub mod starts;
