//! Signing in, and a person's own page.

pub(in crate::web) mod duty;
pub(in crate::web) mod links;
pub(in crate::web) mod me;
pub(in crate::web) mod own_phone;
pub(in crate::web) mod session_given;
pub(in crate::web) mod sessions;
pub(in crate::web) mod setup;
