//! Who has a conversation, and by which phones it is reached.

pub mod duty;
pub(in crate::desk) mod handover;
pub mod legs;
pub mod pin;
pub mod queue;
pub mod reassign;
pub mod relay;
pub mod reopen;
