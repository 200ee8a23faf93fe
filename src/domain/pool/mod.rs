//! The pool of masks: what the traffic needs, what it costs, and what becomes of a mask that is no longer needed.
//!
//! Each side of a conversation gets a mask of its own, so a pool needs only as many masks as the busiest phone has legs
//! that are live or rest, whatever the number of conversations.

pub mod automatic;
pub mod fewest;
pub mod life;
pub mod missing;
pub mod need;
pub mod order;
pub mod picture;
pub mod simulation;
mod simulation_phone;
pub mod trend;
