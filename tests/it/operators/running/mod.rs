//! Servers that run: how they start, whether they are ready, what they do when something is gone.

mod outage;
mod postgres;
mod readiness;
mod serving;
mod starting;
