//! Clocks, spans and working hours.

pub mod duration;
pub mod hours;
pub mod offset;
pub mod wall_clock;
