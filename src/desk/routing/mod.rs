//! Who has a conversation, and through which phones.

pub mod duty;
pub(in crate::desk) mod handover;
pub mod legs;
pub mod pin;
pub mod queue;
pub mod reassign;
pub mod relay;
pub mod reopen;
