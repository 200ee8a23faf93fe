//! What managers and admins see.

pub mod audits;
pub mod board;
pub mod deliveries;
pub mod exports;
pub mod headroom;
pub mod health;
pub mod held;
pub mod reassign;
