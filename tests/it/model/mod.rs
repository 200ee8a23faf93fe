//! The whole desk against a plain oracle: thousands of sequences of what people, carriers and time can do, each made
//! from one number, on a virtual clock and with a carrier in memory that errs on demand.
//!
//! `MODEL_SEQUENCES` says how many sequences each test runs, `MODEL_SEED` where the seeds begin: what a failure prints
//! runs that one sequence again. `scripts/model` is the long form; it prints how often each rule was exercised.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use futures_util::FutureExt;

mod carrier;
mod checks;
mod deeds;
mod missed;
mod named;
mod oracle;
mod regressions;
mod reports;
mod rig;
mod run;
mod seen;
mod steps;
mod world;

use rig::Ground;
use run::Run;
use steps::{Step, sequence};

type Tally = BTreeMap<&'static str, u64>;

/// A sequence went wrong.
struct Wrong {
    /// The step after which it did, from 0; none at the end.
    step: Option<usize>,
    why: String,
}

/// Runs a sequence.
async fn play(ground: &Ground, seed: u64, steps: &[Step]) -> Result<Tally, Wrong> {
    let mut run = Run::begin(ground, seed).await;
    let mut at = None;
    let playing = AssertUnwindSafe(async {
        for (i, step) in steps.iter().enumerate() {
            at = Some(i);
            run.step(step).await?;
        }
        at = None;
        run.ends().await
    });
    let told = playing.catch_unwind().await.unwrap_or_else(|panic| {
        let why = panic.downcast_ref::<String>().cloned();
        Err(why.or_else(|| panic.downcast_ref::<&str>().map(|&why| why.to_owned())).unwrap_or_default())
    });
    let tally = std::mem::take(&mut run.oracle.tally);
    run.rig.end();
    told.map(|()| tally).map_err(|why| Wrong { step: at, why })
}

/// So often a sequence that went wrong is run again to make it shorter: a failure is told of before the patience of
/// whoever waits for it ends.
const TRIES: usize = 150;

/// Leaves out steps one by one as long as what is left still goes wrong.
async fn shrunk(ground: &Ground, seed: u64, steps: Vec<Step>, wrong: Wrong) -> (Vec<Step>, Wrong) {
    let (mut steps, mut wrong) = (steps, wrong);
    let mut tries = 0;
    loop {
        if let Some(step) = wrong.step {
            steps.truncate(step + 1);
        }
        let mut again = false;
        for i in (0..steps.len()).rev() {
            if tries == TRIES {
                return (steps, wrong);
            }
            tries += 1;
            let mut fewer = steps.clone();
            fewer.remove(i);
            if let Err(still) = play(ground, seed, &fewer).await {
                (steps, wrong, again) = (fewer, still, true);
                if wrong.step.is_some_and(|step| step + 1 < steps.len()) {
                    break;
                }
            }
        }
        if !again {
            return (steps, wrong);
        }
    }
}

fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a whole number")))
}

/// Runs the sequences of one test: those that once failed, then `usual` others beginning at `first`.
async fn sequences(ground: Ground, name: &str, first: u64, usual: u64) {
    let begun = Instant::now();
    let count = asked("MODEL_SEQUENCES").unwrap_or(usual);
    let start = asked("MODEL_SEED");
    let kept = regressions::all().into_iter().filter(|_| start.is_none());
    let kept: Vec<(u64, Vec<Step>, &str)> = kept.map(|once| (once.seed, once.steps, once.what)).collect();
    let first = start.unwrap_or(first);
    let fresh = (first..first + count).map(|seed| (seed, sequence(seed), "nothing known"));
    let mut tally = Tally::new();
    let (mut sequences_done, mut steps_done) = (0, 0);
    for (seed, steps, known) in kept.into_iter().chain(fresh) {
        sequences_done += 1;
        steps_done += steps.len();
        match play(&ground, seed, &steps).await {
            Ok(one) => one.into_iter().for_each(|(what, count)| *tally.entry(what).or_default() += count),
            Err(wrong) => {
                let whole = steps.len();
                eprintln!("{name}: sequence {seed} went wrong: {}\nleaving out what is not needed", wrong.why);
                let (steps, wrong) = shrunk(&ground, seed, steps, wrong).await;
                ground.close().await;
                let listed: Vec<String> = steps.iter().enumerate().map(|(i, step)| format!("{i:3} {step:?}")).collect();
                let after = wrong.step.map_or("at the end".to_owned(), |step| format!("in step {step}"));
                panic!(
                    "{}\n\n{after} of sequence {seed} ({known}), shrunk from {whole} steps to these:\n{}\n\nrun it again: \
                     MODEL_SEED={seed} MODEL_SEQUENCES=1 cargo test --features faults --test it -- {name}",
                    wrong.why,
                    listed.join("\n")
                );
            }
        }
    }
    ground.close().await;
    let took = begun.elapsed().as_secs_f64();
    let rows: Vec<String> = tally.iter().map(|(what, count)| format!("{count:10}  {what}")).collect();
    println!("{name}: {sequences_done} sequences, {steps_done} steps in {took:.1} s\n{}", rows.join("\n"));
}

#[tokio::test]
async fn the_desk_does_what_the_rules_say_on_sqlite() {
    sequences(Ground::sqlite().await, "on_sqlite", 1, 1000).await;
}

#[tokio::test]
async fn the_desk_still_does_what_the_rules_say_on_sqlite() {
    sequences(Ground::sqlite().await, "still_does", 1_000_001, 1000).await;
}

#[tokio::test]
async fn the_desk_does_what_the_rules_say_on_postgres() {
    sequences(Ground::postgres().await, "on_postgres", 2_000_001, 200).await;
}
