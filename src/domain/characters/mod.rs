//! Single characters and words: what people see of them, digits of every script, typing errors.

pub mod digit;
pub mod script;
pub mod seen;
pub mod shown;
pub mod slips;
