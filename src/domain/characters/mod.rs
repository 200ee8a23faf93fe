//! Single characters and words: what is seen of them, digits of every script, slips of the keyboard.

pub mod digit;
pub mod script;
pub mod seen;
pub mod shown;
pub mod slips;
