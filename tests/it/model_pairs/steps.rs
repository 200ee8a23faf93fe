//! What apps, people and time can do to pairs, and chance that strings it together. A step names people, pairs and masks by
//! small numbers that are resolved when it is done, so that a list of steps stays one when some are dropped.

use switchboard::secret::Chance;

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// An app joins people.
    Opens {
        people: [u8; 3],
        wish: u8,
        reference: u8,
        rest: u8,
    },
    /// An app asks again for what it asked for before, in the same words or in others.
    OpensAgain {
        opening: u8,
        other: bool,
    },
    /// Somebody texts on a leg that they have, or had.
    Texts {
        leg: u8,
        words: Words,
    },
    /// Somebody texts a mask behind which they may have nobody.
    Errs {
        phone: u8,
        mask: u8,
    },
    /// What an app asks of a pair.
    Completes {
        pair: u8,
    },
    Extends {
        pair: u8,
        minutes: u16,
    },
    Closes {
        pair: u8,
        on_web: bool,
    },
    Changes {
        pair: u8,
        party: u8,
        phone: u8,
    },
    Says {
        pair: u8,
        to: u8,
    },
    /// Time passes.
    Passes {
        seconds: u32,
    },
    /// Time passes until so many seconds after the end of a pair.
    Nears {
        pair: u8,
        after: i8,
    },
    /// Every background job runs, if this sequence has any.
    Works,
    /// The process ends in the middle of what it does, and starts again.
    Restarts,
    /// The pool.
    Shrinks {
        mask: u8,
    },
    Revives {
        mask: u8,
    },
    Grows,
    /// These happen at the same instant.
    Together(Vec<Act>),
}

/// What somebody says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// Something that nobody said before.
    Fresh,
    /// The same text handed in once more by the carrier.
    Again,
    /// `EXTEND`.
    More,
    /// Something with an address in it.
    Address,
}

/// An act, and the chance that goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub act: Act,
    pub salt: u32,
}

/// In one of three sequences no background job ever runs.
pub fn stopped(seed: u64) -> bool {
    seed % 3 == 1
}

/// So many masks drain first in one of four sequences, so that not everybody gets one of the others.
const DRAINED_FIRST: u8 = 5;

/// The steps of a sequence.
pub fn sequence(seed: u64) -> Vec<Step> {
    let chance = Chance::seeded(seed);
    let count = 12 + chance.below(30);
    let mut acts = Vec::with_capacity(count);
    if seed % 4 == 2 {
        acts.extend((0..DRAINED_FIRST).map(|mask| Act::Shrinks { mask }));
    }
    for i in 0..count {
        match chance.below(16) {
            // Something must be open before something can happen to it.
            _ if i < 2 => acts.push(opens(&chance)),
            0 => acts.extend(asked_for_more(&chance)),
            _ => acts.push(act(&chance, true)),
        }
    }
    acts.into_iter().map(|act| Step { act, salt: u32::try_from(chance.below(1 << 30)).unwrap() }).collect()
}

/// A pair is nearly over, its parties are warned, and some of them ask for more time.
fn asked_for_more(chance: &Chance) -> [Act; 5] {
    let more = || Act::Texts { leg: small(chance), words: Words::More };
    [Act::Nears { pair: small(chance), after: -100 }, Act::Works, more(), more(), more()]
}

fn small(chance: &Chance) -> u8 {
    u8::try_from(chance.below(256)).unwrap()
}

fn opens(chance: &Chance) -> Act {
    let people = [small(chance), small(chance), small(chance)];
    Act::Opens { people, wish: small(chance), reference: small(chance), rest: small(chance) }
}

fn act(chance: &Chance, alone: bool) -> Act {
    match chance.below(if alone { 100 } else { 72 }) {
        0..14 => opens(chance),
        14..17 => Act::OpensAgain { opening: small(chance), other: chance.below(3) == 0 },
        17..47 => {
            let words = match chance.below(12) {
                0 => Words::Again,
                1..3 => Words::More,
                3 => Words::Address,
                _ => Words::Fresh,
            };
            Act::Texts { leg: small(chance), words }
        }
        47..50 => Act::Errs { phone: small(chance), mask: small(chance) },
        50..54 => Act::Completes { pair: small(chance) },
        54..57 => Act::Extends { pair: small(chance), minutes: u16::try_from(chance.below(300)).unwrap() },
        57..62 => Act::Closes { pair: small(chance), on_web: chance.below(3) == 0 },
        62..68 => Act::Changes { pair: small(chance), party: small(chance), phone: small(chance) },
        68..72 => Act::Says { pair: small(chance), to: small(chance) },
        72..77 => {
            let longest = [60, 3_600, 6 * 3_600, 80 * 3_600][chance.below(4)];
            Act::Passes { seconds: u32::try_from(chance.below(longest)).unwrap() }
        }
        77..84 => Act::Nears { pair: small(chance), after: [-1, 0, 0, 1, -100][chance.below(5)] },
        84..90 => Act::Works,
        90..92 => Act::Restarts,
        92..94 => Act::Shrinks { mask: small(chance) },
        94 => Act::Revives { mask: small(chance) },
        95..97 => Act::Grows,
        _ => Act::Together((0..2 + chance.below(2)).map(|_| act(chance, false)).collect()),
    }
}
