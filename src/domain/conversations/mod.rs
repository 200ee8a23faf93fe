//! What happens to conversations, beside the texts.

pub mod kind;
pub mod timeline;
