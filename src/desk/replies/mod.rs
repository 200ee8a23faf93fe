//! What staff write on the web: answers now or later, drafts, canned replies.

pub mod canned;
pub mod draft;
pub mod fulfil;
pub mod plan;
pub mod repeat;
pub mod reply;
pub mod unplan;
