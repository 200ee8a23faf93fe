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
use crate::model::sequences::{Game, Kept, Tally, Wrong, played, sequences};
use run::Run;
use steps::{Step, sequence};

/// Sequences of what can happen to pairs.
struct Pairs;

impl Game for Pairs {
    type Step = Step;

    fn sequence(seed: u64) -> Vec<Step> {
        sequence(seed)
    }

    fn kept() -> Vec<Kept<Step>> {
        regressions::all()
    }

    async fn play(ground: &Ground, seed: u64, steps: &[Step]) -> Result<Tally, Wrong> {
        let mut run = Run::begin(ground, seed).await;
        let told = played(async |at| {
            for (i, step) in steps.iter().enumerate() {
                *at = Some(i);
                run.step(step).await?;
            }
            *at = None;
            run.ends().await
        })
        .await;
        let tally = std::mem::take(&mut run.oracle.tally);
        run.rig.end();
        told.map(|()| tally)
    }
}

#[tokio::test]
async fn pairs_do_what_the_rules_say_on_sqlite() {
    sequences::<Pairs>(Ground::sqlite().await, "pairs_do_what_the_rules_say_on_sqlite", 1, 150).await;
}

#[tokio::test]
async fn pairs_do_what_the_rules_say_on_postgres() {
    sequences::<Pairs>(Ground::postgres().await, "pairs_do_what_the_rules_say_on_postgres", 3_000_001, 100).await;
}
