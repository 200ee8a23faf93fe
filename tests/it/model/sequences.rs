//! Runs sequence after sequence, and makes one that goes wrong shorter.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use futures_util::FutureExt;

use super::rig::Ground;

/// How often each rule was exercised.
pub type Tally = BTreeMap<&'static str, u64>;

/// A sequence went wrong.
pub struct Wrong {
    /// The step after which it did, from 0; none at the end.
    step: Option<usize>,
    why: String,
}

/// A sequence that once failed: its seed, its steps, and what was wrong.
pub type Kept<Step> = (u64, Vec<Step>, &'static str);

/// What sequences are about.
pub trait Game {
    type Step: Clone + Debug;

    /// The steps that a seed makes.
    fn sequence(seed: u64) -> Vec<Self::Step>;

    /// Sequences that once showed a mistake; they run first.
    fn kept() -> Vec<Kept<Self::Step>>;

    /// Runs a sequence.
    async fn play(ground: &Ground, seed: u64, steps: &[Self::Step]) -> Result<Tally, Wrong>;
}

/// Runs `playing`, which writes down the step that it is in; a panic in it is a mistake like any other.
pub async fn played(playing: impl AsyncFnOnce(&mut Option<usize>) -> Result<(), String>) -> Result<(), Wrong> {
    let mut step = None;
    let told = AssertUnwindSafe(playing(&mut step)).catch_unwind().await.unwrap_or_else(|panic| {
        let why = panic.downcast_ref::<String>().cloned();
        Err(why.or_else(|| panic.downcast_ref::<&str>().map(|&why| why.to_owned())).unwrap_or_default())
    });
    told.map_err(|why| Wrong { step, why })
}

/// So often a sequence that went wrong is run again to make it shorter: a failure is told of before the patience of
/// whoever waits for it ends.
const TRIES: usize = 150;

/// Leaves out steps one by one as long as what is left still goes wrong.
async fn shrunk<G: Game>(ground: &Ground, seed: u64, steps: Vec<G::Step>, wrong: Wrong) -> (Vec<G::Step>, Wrong) {
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
            if let Err(still) = G::play(ground, seed, &fewer).await {
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
pub async fn sequences<G: Game>(ground: Ground, name: &str, first: u64, usual: u64) {
    let begun = Instant::now();
    let count = asked("MODEL_SEQUENCES").unwrap_or(usual);
    let start = asked("MODEL_SEED");
    let kept = G::kept().into_iter().filter(|_| start.is_none());
    let first = start.unwrap_or(first);
    let fresh = (first..first + count).map(|seed| (seed, G::sequence(seed), "nothing known"));
    let mut tally = Tally::new();
    let (mut sequences_done, mut steps_done) = (0, 0);
    for (seed, steps, known) in kept.chain(fresh) {
        sequences_done += 1;
        steps_done += steps.len();
        match G::play(&ground, seed, &steps).await {
            Ok(one) => one.into_iter().for_each(|(what, count)| *tally.entry(what).or_default() += count),
            Err(wrong) => {
                let whole = steps.len();
                eprintln!("{name}: sequence {seed} went wrong: {}\nleaving out what is not needed", wrong.why);
                let (steps, wrong) = shrunk::<G>(&ground, seed, steps, wrong).await;
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
