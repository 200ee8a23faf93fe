//! The operators' side: set-up files on both databases, the carrier's posts, and the program as it is run.

mod account;
mod apply;
mod backup;
mod commands;
mod doctor;
mod hooks;
pub mod looking;
mod mistakes;
mod pool;
pub mod program;
mod recipes;
mod running;
