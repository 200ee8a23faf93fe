//! Everything that needs more than one room of the house, as one binary: it links once.
#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod carrier_faults;
mod commands;
mod databases;
mod delivery;
mod doubt;
mod floors;
mod house;
mod keywords;
mod kills;
mod loops;
mod masks;
mod operators;
mod papers;
mod process_faults;
mod processes;
mod receipts;
mod receive;
mod relay;
mod reps;
mod routing;
mod schema;
mod sequences;
mod simulator;
mod snooze;
mod strays;
mod texts;
mod two_nodes;
mod web_browser;
mod web_desk;
mod web_forms;
mod web_guards;
mod web_inbox;
mod web_live;
mod web_sessions;
