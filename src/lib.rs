//! Switchboard: a self-hosted support line that you can text.
//!
//! The code stands on floors, and imports run only downward: roof ([`app`], [`config`], [`cli`]) · doors ([`web`],
//! [`api`], [`hooks`], [`clockwork`]) · annex ([`simulator`]) · landing ([`http`]) · desk ([`desk`]) · utilities
//! ([`store`], [`carrier`], [`courier`], [`live`]) · rules ([`domain`], [`wire`]) · ground ([`clock`], [`secret`],
//! [`metrics`], [`outgoing`]). `tests/it/floors.rs` compares the code with that map; `docs/ARCHITECTURE.md` explains
//! it.

pub mod app;
pub mod cli;
pub mod config;

pub mod api;
pub mod clockwork;
pub mod hooks;
pub mod web;

pub mod simulator;

pub mod http;

pub mod desk;

pub mod carrier;
pub mod courier;
pub mod live;
pub mod store;

pub mod domain;
pub mod wire;

pub mod clock;
pub mod faults;
pub mod metrics;
pub mod outgoing;
pub mod secret;
