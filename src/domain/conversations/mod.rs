//! What happens to conversations, beside the texts.

pub mod timeline;
