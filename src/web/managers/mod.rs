//! Pages for managers and admins.

pub(in crate::web) mod audits;
pub(in crate::web) mod board;
pub(in crate::web) mod canned;
pub(in crate::web) mod deliveries;
pub(in crate::web) mod exports;
pub(in crate::web) mod held;
pub(in crate::web) mod history;
pub(in crate::web) mod reassignments;
