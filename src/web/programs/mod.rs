//! Tokens and endpoints of programs, for admins.

pub(in crate::web) mod endpoints;
pub(in crate::web) mod tokens;
