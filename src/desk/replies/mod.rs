//! What staff write on the web: answers now or later, drafts, canned replies.

pub mod canned;
pub mod draft;
pub mod plan;
pub mod repeat;
pub mod reply;
pub mod reschedule;
pub mod send_due;
