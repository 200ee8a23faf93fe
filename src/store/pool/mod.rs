//! What the pool of masks is made of: masks with their legs, orders, what phones have, and the peaks of each day.

pub mod demand;
pub mod life;
pub mod masks;
pub mod orders;
pub mod peaks;
pub mod refusals;
