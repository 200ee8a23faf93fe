//! Sequences that once showed a mistake, as they were when nothing more could be left out. They run first.

use super::steps::Act::{Changes, Closes, Opens, Together};
use super::steps::Step;
use crate::model::sequences::Kept;

pub fn all() -> Vec<Kept<Step>> {
    vec![(
        20_000_026,
        vec![
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
        "what waited for somebody who ended a pair took it for an open one that nobody is in",
    )]
}
