//! Everything that needs more than one room of the house, as one binary: it links once.
#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod databases;
mod floors;
mod house;
mod operators;
mod papers;
mod relay;
mod schema;
mod simulator;
mod web_browser;
mod web_forms;
mod web_guards;
mod web_inbox;
mod web_live;
mod web_sessions;
