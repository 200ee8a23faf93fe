//! Everything that needs more than one room of the house, as one binary: it links once.
#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod addresses;
mod api;
mod consent;
mod conversations;
mod customers;
mod databases;
mod exhaustive;
mod floors;
mod front;
mod house;
mod kills;
mod lines;
mod model;
mod model_pairs;
mod operators;
mod outbox;
mod pairs;
mod papers;
mod people;
mod pool;
mod processes;
mod receiving;
mod rendered;
mod route_table;
mod routing;
mod search;
mod security;
mod seed;
mod ships;
mod simulator;
mod store;
mod traces;
mod web;
