//! What staff do with a conversation besides answering it.

pub mod assign;
pub mod close;
pub mod export;
pub mod held;
pub mod idle;
pub mod label;
pub mod note;
pub mod presence;
pub mod reading;
pub mod reassign;
pub mod snooze;
pub mod start;
