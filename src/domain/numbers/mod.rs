//! Phone numbers: as people type them, and what their first digits say.

pub mod country;
pub mod numbering;
pub mod phone;
pub mod role;
pub mod typed;
