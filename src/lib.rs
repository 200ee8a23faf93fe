//! Switchboard: a self-hosted support line that you can text.
//!
//! The code stands on floors, and imports run only downward: roof ([`app`], [`config`], [`cli`]) · doors ([`web`],
//! [`api`], [`hooks`], [`clockwork`]) · annex ([`simulator`]) · landing ([`http`]) · desk ([`desk`]) · utilities
//! ([`store`], [`carrier`], [`courier`], [`live`]) · rules ([`domain`], [`wire`]) · ground ([`clock`], [`secret`],
//! [`metrics`], [`outgoing`]). `tests/it/floors.rs` compares the code with that map; `docs/ARCHITECTURE.md` explains
//! it.

// Both panic when the terminal is gone: commands print by `cli::out`, which does not.
#![warn(clippy::print_stdout, clippy::print_stderr)]

pub use switchboard_desk::{
    carrier, clock, courier, desk, domain, faults, live, metrics, outgoing, secret, store, wire,
};

pub mod app;
pub mod cli;
pub mod config;

pub mod api;
pub mod clockwork;
pub mod hooks;
pub mod web;

pub mod simulator;

pub mod http;
