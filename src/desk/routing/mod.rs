//! Who has a conversation, and through which phones.

pub mod duty;
pub(in crate::desk) mod end;
pub(in crate::desk) mod handover;
pub mod legs;
pub(in crate::desk) mod muting;
pub(in crate::desk) mod phones;
pub(in crate::desk) mod pin;
pub mod queue;
pub mod reopen;
