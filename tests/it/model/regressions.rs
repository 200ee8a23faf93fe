//! Sequences that once showed a mistake, as they were when nothing more could be left out. They run first.

use super::steps::Act::{self, CustomerTexts, Duty, Snoozes};
use super::steps::{Step, Words};

/// A sequence that went wrong: the seed of its world, what was wrong, and its steps.
pub struct Once {
    pub seed: u64,
    pub what: &'static str,
    pub steps: Vec<Step>,
}

fn texts(customer: u8, line: u8) -> Act {
    CustomerTexts { customer, line, words: Words::Fresh }
}

fn step((act, salt): (Act, u32)) -> Step {
    Step { act, salt }
}

pub fn all() -> Vec<Once> {
    vec![Once {
        seed: 1_000_058,
        what: "a text that came back after its rep had lost the conversation, and nobody had it, waited for nobody",
        steps: vec![
            (texts(31, 188), 419_832_549),
            (CustomerTexts { customer: 139, line: 102, words: Words::Again }, 429_730_906),
            (texts(217, 30), 86_970_209),
            (texts(221, 142), 817_062_275),
            (texts(9, 6), 991_892_460),
            (texts(204, 222), 234_361_714),
            (texts(70, 231), 93_668_902),
            (texts(186, 163), 575_617_024),
            (Snoozes { by: 149, conversation: 58, minutes: 60 }, 866_979_990),
            (Duty { by: 98, person: 0, duty: 2 }, 919_742_450),
        ]
        .into_iter()
        .map(step)
        .collect(),
    }]
}
