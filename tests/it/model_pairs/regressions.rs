//! Sequences that once showed a mistake, as they were when nothing more could be left out. They run first.

use super::steps::Act::{Changes, Closes, Completes, Opens, OpensAgain, Passes, Texts, Together};
use super::steps::{Step, Words};
use crate::model::sequences::Once;

pub fn all() -> Vec<Once<Step>> {
    vec![ended_while_one_waited(), ended_while_it_was_opened_again(), ended_while_it_was_merged()]
}

fn ended_while_one_waited() -> Once<Step> {
    Once {
        seed: 20_000_026,
        what: "what waited for somebody who ended a pair took it for an open one that nobody is in",
        steps: vec![
            Step { act: Opens { people: [93, 201, 15], wish: 105, reference: 204, rest: 105 }, salt: 365_135_898 },
            Step { act: Opens { people: [66, 235, 107], wish: 40, reference: 81, rest: 27 }, salt: 864_320_305 },
            Step {
                act: Together(vec![
                    Changes { pair: 35, party: 181, phone: 83 },
                    Opens { people: [161, 179, 114], wish: 235, reference: 81, rest: 187 },
                    Closes { pair: 231, on_web: false },
                ]),
                salt: 807_326_041,
            },
        ],
    }
}

fn ended_while_it_was_opened_again() -> Once<Step> {
    Once {
        seed: 20_000_328,
        what: "a pair that was asked for again, and that somebody ended at that instant, was given out as open",
        steps: vec![
            Step { act: Opens { people: [66, 148, 81], wish: 117, reference: 77, rest: 104 }, salt: 397_487_868 },
            Step { act: Passes { seconds: 186_386 }, salt: 163_842_893 },
            Step {
                act: Together(vec![
                    OpensAgain { opening: 1, other: false },
                    Completes { pair: 75 },
                    Texts { leg: 93, words: Words::Fresh },
                ]),
                salt: 1_062_842_257,
            },
        ],
    }
}

fn ended_while_it_was_merged() -> Once<Step> {
    Once {
        seed: 501_002_976,
        what: "who opened a pair that merges with one that somebody ended at that instant was told that it had ended",
        steps: vec![
            Step { act: Opens { people: [82, 46, 160], wish: 52, reference: 104, rest: 204 }, salt: 632_563_537 },
            Step { act: Passes { seconds: 158_545 }, salt: 602_580_706 },
            Step { act: OpensAgain { opening: 156, other: false }, salt: 20_385_504 },
            Step {
                act: Together(vec![
                    Opens { people: [40, 71, 52], wish: 60, reference: 40, rest: 244 },
                    Closes { pair: 24, on_web: false },
                ]),
                salt: 917_468_149,
            },
        ],
    }
}
