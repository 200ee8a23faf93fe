//! The data of the pool: masks with their legs, orders, what phones have, and the peak of each day.

pub mod demand;
pub mod life;
pub mod masks;
pub mod orders;
pub mod peaks;
pub mod refusals;
