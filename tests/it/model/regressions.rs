//! Sequences that once showed a mistake, as they were when nothing more could be left out. They run first.

use super::sequences::Once;
use super::steps::Act::{
    self, Chatters, Claims, Closes, CustomerTexts, Duty, ListFails, Passes, RepTexts, RepTextsLine, Replies, Snoozes,
    Together, Transfers,
};
use super::steps::{Step, Words};

fn texts(customer: u8, line: u8) -> Act {
    CustomerTexts { customer, line, words: Words::Fresh }
}

fn step((act, salt): (Act, u32)) -> Step {
    Step { act, salt }
}

pub fn all() -> Vec<Once<Step>> {
    first_found().into_iter().chain(found_later()).collect()
}

fn first_found() -> Vec<Once<Step>> {
    vec![
        Once {
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
        },
        Once {
            seed: 2_000_230,
            what: "a conversation that another node had just given to somebody came without its rep's hours",
            steps: vec![
                (Closes { by: 98, conversation: 159 }, 600_050_853),
                (CustomerTexts { customer: 76, line: 155, words: Words::Keyword(33) }, 844_650_169),
                (texts(56, 246), 58_799_687),
                (texts(28, 135), 389_990_279),
                (texts(26, 22), 692_732_962),
                (
                    Together(vec![
                        Replies { by: 128, conversation: 203, twice: false },
                        CustomerTexts { customer: 194, line: 47, words: Words::Long },
                    ]),
                    93_010_063,
                ),
                (CustomerTexts { customer: 22, line: 131, words: Words::Again }, 950_630_258),
                (
                    Together(vec![
                        Claims { by: 165, conversation: 24 },
                        RepTexts { rep: 191, thread: 217, words: Words::Fresh },
                        texts(202, 143),
                    ]),
                    854_691_848,
                ),
            ]
            .into_iter()
            .map(step)
            .collect(),
        },
        Once {
            seed: 1_000_163,
            what: "of six texts that expired in one sweep the author was told six times, where five is the most",
            steps: vec![
                (RepTextsLine { rep: 151, line: 192, words: Words::Fresh }, 651_158_099),
                (CustomerTexts { customer: 140, line: 222, words: Words::Keyword(254) }, 865_091_389),
                (texts(235, 93), 827_391_509),
                (CustomerTexts { customer: 174, line: 184, words: Words::Again }, 136_630_574),
                (texts(236, 33), 995_374_720),
                (RepTexts { rep: 255, thread: 197, words: Words::Fresh }, 787_371_825),
                (texts(61, 192), 578_357_428),
                (Chatters { conversation: 227, rounds: 5 }, 364_933_529),
            ]
            .into_iter()
            .map(step)
            .collect(),
        },
        Once {
            seed: 802_002_469,
            what: "of two texts in the same words one stood for the other in the carrier's list, and was asked for by name",
            steps: vec![
                (texts(214, 225), 3_104_459),
                (texts(31, 215), 884_325_791),
                (Chatters { conversation: 23, rounds: 7 }, 465_414_914),
                (ListFails(true), 328_476_903),
                (Passes { seconds: 3700, worked: true }, 80_945_036),
            ]
            .into_iter()
            .map(step)
            .collect(),
        },
    ]
}

/// What the long form showed.
fn found_later() -> Vec<Once<Step>> {
    vec![
        Once {
            seed: 805_005_534,
            what: "a text for a rep who had just gone away left in a lane that another of their conversations had freed",
            steps: vec![
                (texts(75, 41), 1_048_162_745),
                (texts(77, 91), 992_282_229),
                (texts(52, 54), 108_844_850),
                (CustomerTexts { customer: 42, line: 12, words: Words::Keyword(215) }, 802_809_077),
                (Passes { seconds: 45, worked: false }, 722_965_548),
                (Duty { by: 129, person: 193, duty: 2 }, 472_775_986),
            ]
            .into_iter()
            .map(step)
            .collect(),
        },
        Once {
            seed: 804_008_291,
            what: "of STOP and START at one instant on two nodes, the one that was entered first held",
            steps: vec![
                (texts(99, 105), 584_898_186),
                (
                    Together(vec![
                        RepTexts { rep: 85, thread: 155, words: Words::Keyword(105) },
                        RepTexts { rep: 55, thread: 83, words: Words::Keyword(211) },
                    ]),
                    671_276_418,
                ),
                (Replies { by: 237, conversation: 107, twice: false }, 75_644_139),
            ]
            .into_iter()
            .map(step)
            .collect(),
        },
        Once {
            seed: 804_034_759,
            what: "an author was told of a failure in the order of a block that was lifted at the same instant",
            steps: vec![
                (texts(125, 148), 317_120_949),
                (RepTexts { rep: 54, thread: 172, words: Words::Command(27) }, 84_960_604),
                (
                    Together(vec![
                        RepTexts { rep: 153, thread: 235, words: Words::Fresh },
                        RepTexts { rep: 216, thread: 227, words: Words::Keyword(231) },
                    ]),
                    575_449_523,
                ),
            ]
            .into_iter()
            .map(step)
            .collect(),
        },
        Once {
            seed: 806_001_375,
            what: "of two duties at one instant only the books show which was set last",
            steps: vec![
                (texts(60, 110), 517_318_014),
                (
                    Together(vec![Duty { by: 29, person: 150, duty: 2 }, Duty { by: 204, person: 192, duty: 1 }]),
                    826_640_707,
                ),
                (Transfers { by: 107, conversation: 118, to: 90 }, 780_767_368),
            ]
            .into_iter()
            .map(step)
            .collect(),
        },
    ]
}
