//! Pairs and the pool against a plain oracle: thousands of sequences of what apps, parties and time can do, each made from
//! one number: open, text, close, expire, open again, change a phone, shrink and grow the pool, start again. In one of three
//! sequences no background job ever runs. No text goes astray, none is passed on after the end, none is lost.
//!
//! `MODEL_SEQUENCES` and `MODEL_SEED` work as in `tests/it/model`, and `scripts/model` is the long form of both.

mod deeds;
mod judge;
mod named;
mod oracle;
mod regressions;
mod run;
mod steps;

use crate::model::rig::Ground;
use crate::model::sequences::sequences;
use run::Run;

#[tokio::test]
async fn pairs_do_what_the_rules_say_on_sqlite() {
    sequences::<Run>(Ground::sqlite().await, "pairs_do_what_the_rules_say_on_sqlite", 1, 150).await;
}

#[tokio::test]
async fn pairs_do_what_the_rules_say_on_postgres() {
    sequences::<Run>(Ground::postgres().await, "pairs_do_what_the_rules_say_on_postgres", 3_000_001, 100).await;
}
