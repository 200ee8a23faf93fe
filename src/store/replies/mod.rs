//! What people have written and not sent.

pub mod canned;
pub mod drafts;
pub mod planned;
