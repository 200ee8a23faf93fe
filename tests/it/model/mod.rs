//! The whole desk against a plain oracle: thousands of sequences of what people, carriers and time can do, each made
//! from one number, on a virtual clock and with a carrier in memory that errs on demand.
//!
//! `MODEL_SEQUENCES` says how many sequences each test runs, `MODEL_SEED` where the seeds begin: what a failure prints
//! runs that one sequence again. `scripts/model` is the long form; it prints how often each rule was exercised.

pub mod carrier;
mod checks;
mod deeds;
mod missed;
mod named;
pub mod oracle;
mod regressions;
mod reports;
pub mod rig;
mod run;
pub mod seen;
pub mod sequences;
mod steps;
pub mod world;

use rig::Ground;
use run::Run;
use sequences::sequences;

#[tokio::test]
async fn the_desk_does_what_the_rules_say_on_sqlite() {
    sequences::<Run>(Ground::sqlite().await, "on_sqlite", 1, 1000).await;
}

#[tokio::test]
async fn the_desk_still_does_what_the_rules_say_on_sqlite() {
    sequences::<Run>(Ground::sqlite().await, "still_does", 1_000_001, 1000).await;
}

#[tokio::test]
async fn the_desk_does_what_the_rules_say_on_postgres() {
    sequences::<Run>(Ground::postgres().await, "on_postgres", 2_000_001, 200).await;
}
