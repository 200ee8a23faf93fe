//! The operators' side: set-up files on both databases, the carrier's posts, and the program as it is run.

mod apply;
mod commands;
mod doctor;
mod hooks;
mod pool;
pub mod program;
mod serving;
