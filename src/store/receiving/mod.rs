//! Texts that came in, or were missed.

pub mod arrivals;
pub mod backfill;
