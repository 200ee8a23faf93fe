//! What staff do with conversations, and what becomes of these by themselves.

mod attention;
mod life;
mod manager;
mod snooze;
mod starts;
mod writing;
