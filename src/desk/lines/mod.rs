//! Lines, and the set-up file that describes them.

pub mod apply;
pub mod line;
pub mod new_line;
