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
use sequences::{Game, Kept, Tally, Wrong, played, sequences};
use steps::{Step, sequence};

/// Sequences of everything that can happen to support conversations.
struct Whole;

impl Game for Whole {
    type Step = Step;

    fn sequence(seed: u64) -> Vec<Step> {
        sequence(seed)
    }

    fn kept() -> Vec<Kept<Step>> {
        regressions::all().into_iter().map(|once| (once.seed, once.steps, once.what)).collect()
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
async fn the_desk_does_what_the_rules_say_on_sqlite() {
    sequences::<Whole>(Ground::sqlite().await, "on_sqlite", 1, 1000).await;
}

#[tokio::test]
async fn the_desk_still_does_what_the_rules_say_on_sqlite() {
    sequences::<Whole>(Ground::sqlite().await, "still_does", 1_000_001, 1000).await;
}

#[tokio::test]
async fn the_desk_does_what_the_rules_say_on_postgres() {
    sequences::<Whole>(Ground::postgres().await, "on_postgres", 2_000_001, 200).await;
}
