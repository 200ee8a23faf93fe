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
struct Wrong {
    /// The step after which it did, from 0; none at the end.
    step: Option<usize>,
    why: String,
}

/// A sequence that once went wrong: the seed of its world, what was wrong, and its steps.
pub struct Once<Step> {
    pub seed: u64,
    pub what: &'static str,
    pub steps: Vec<Step>,
}

/// A sequence that is being run.
pub trait Game: Sized {
    type Step: Clone + Debug;

    /// The steps that a seed makes.
    fn sequence(seed: u64) -> Vec<Self::Step>;

    /// Sequences that once showed a mistake; they run first.
    fn kept() -> Vec<Once<Self::Step>>;

    /// Nothing has happened yet.
    async fn begin(ground: &Ground, seed: u64) -> Self;

    /// Does a step.
    async fn step(&mut self, step: &Self::Step) -> Result<(), String>;

    /// What must hold in the end.
    async fn ends(&mut self) -> Result<(), String>;

    /// Lets go of everything.
    fn over(self) -> Tally;
}

/// Runs a sequence; a panic in it is a mistake like any other.
async fn play<G: Game>(ground: &Ground, seed: u64, steps: &[G::Step]) -> Result<Tally, Wrong> {
    let mut game = G::begin(ground, seed).await;
    let mut at = None;
    let playing = AssertUnwindSafe(async {
        for (i, step) in steps.iter().enumerate() {
            at = Some(i);
            game.step(step).await?;
        }
        at = None;
        game.ends().await
    });
    let told = playing.catch_unwind().await.unwrap_or_else(|panic| {
        let why = panic.downcast_ref::<String>().cloned();
        Err(why.or_else(|| panic.downcast_ref::<&str>().map(|&why| why.to_owned())).unwrap_or_default())
    });
    let tally = game.over();
    told.map(|()| tally).map_err(|why| Wrong { step: at, why })
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
            if let Err(still) = play::<G>(ground, seed, &fewer).await {
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
    let kept = G::kept().into_iter().filter(|_| start.is_none()).map(|once| (once.seed, once.steps, once.what));
    let first = start.unwrap_or(first);
    let fresh = (first..first + count).map(|seed| (seed, G::sequence(seed), "nothing known"));
    let mut tally = Tally::new();
    let (mut sequences_done, mut steps_done) = (0, 0);
    for (seed, steps, known) in kept.chain(fresh) {
        sequences_done += 1;
        steps_done += steps.len();
        match play::<G>(&ground, seed, &steps).await {
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
