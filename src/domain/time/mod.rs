//! Clocks, spans and hours of work.

pub mod duration;
pub mod hours;
pub mod offset;
pub mod wall_clock;
