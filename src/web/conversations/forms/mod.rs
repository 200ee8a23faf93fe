//! The forms of a conversation: a file for each action.

pub(in crate::web) mod closures;
pub(in crate::web) mod consents;
pub(in crate::web) mod counts;
pub(in crate::web) mod drafts;
pub(in crate::web) mod labels;
pub(in crate::web) mod marks;
pub(in crate::web) mod notes;
pub(in crate::web) mod pins;
pub(in crate::web) mod planned;
pub(in crate::web) mod replies;
pub(in crate::web) mod snoozes;
pub(in crate::web) mod starts;
pub(in crate::web) mod writing;
