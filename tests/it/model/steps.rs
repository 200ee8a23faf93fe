//! What people, carriers and time can do, and chance that strings it together. A step names people and conversations
//! by small numbers that are resolved when it is done, so that a list of steps stays one when some are dropped.

use switchboard::secret::Chance;

use super::oracle::REFUSAL;

/// What somebody says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// Something that nobody said before.
    Fresh,
    /// The same text handed in once more.
    Again,
    /// Longer than one request may be.
    Long,
    /// A keyword, or a command; the index is into [`KEYWORDS`] or the oracle's commands.
    Keyword(u8),
    Command(u8),
}

/// Words that take effect, and two that only look like it.
pub const KEYWORDS: [&str; 9] =
    ["STOP", "start", "YES", "HELP", " Unsubscribe ", "Stop by at 5?", "UNSTOP", REFUSAL, REFUSAL];
/// One thing that happens. Small numbers choose among whoever or whatever is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A customer texts a line.
    CustomerTexts {
        customer: u8,
        line: u8,
        words: Words,
    },
    /// A customer texts a number behind which they have nobody: a mask, or none of ours.
    CustomerErrs {
        customer: u8,
        number: u8,
    },
    /// One of our own numbers texts another.
    Loop {
        from: u8,
        to: u8,
    },
    /// A colleague answers a thread on their phone, live or ended.
    RepTexts {
        rep: u8,
        thread: u8,
        words: Words,
    },
    /// A colleague texts a line.
    RepTextsLine {
        rep: u8,
        line: u8,
        words: Words,
    },
    /// A colleague answers on the web.
    Replies {
        by: u8,
        conversation: u8,
        twice: bool,
    },
    /// A colleague notes something.
    Notes {
        by: u8,
        conversation: u8,
    },
    /// A colleague takes a conversation, hands it on, or closes it.
    Claims {
        by: u8,
        conversation: u8,
    },
    Transfers {
        by: u8,
        conversation: u8,
        to: u8,
    },
    Closes {
        by: u8,
        conversation: u8,
    },
    Snoozes {
        by: u8,
        conversation: u8,
        minutes: u16,
    },
    /// A sender is kept away or let in again; consent is withdrawn or restored by staff; what read like a refusal is
    /// decided.
    Blocks {
        by: u8,
        conversation: u8,
        blocked: bool,
    },
    Consents {
        by: u8,
        conversation: u8,
        given: bool,
    },
    Settles {
        by: u8,
        conversation: u8,
        refused: bool,
    },
    /// Somebody's duty is set, by themselves or a manager: on, away, or away with reassigning.
    Duty {
        by: u8,
        person: u8,
        duty: u8,
    },
    /// Somebody is disabled or enabled.
    Enables {
        person: u8,
        enabled: bool,
    },
    /// A manager, or somebody else, decides about a held text.
    Decides {
        by: u8,
        message: u8,
        how: u8,
    },
    /// An admin changes what a line does or says.
    Rules {
        line: u8,
        what: u8,
        n: u8,
    },
    /// A set-up file is applied that says something else about a person.
    SetsUp {
        person: u8,
        what: u8,
        n: u8,
    },
    /// Somebody wants texts on their own phone again.
    TextsOn {
        person: u8,
    },
    /// A customer or a colleague texts, and nobody tells us.
    Misses(Box<Act>),
    /// The numbers are compared with the carrier's list.
    Compares,
    /// Two machines answer each other so many times.
    Chatters {
        conversation: u8,
        rounds: u8,
    },
    /// Things that happen at the same instant, on two nodes where there are two.
    Together(Vec<Act>),
    /// Time passes; with everything done that falls due, or with nothing.
    Passes {
        seconds: u32,
        worked: bool,
    },
    /// Everything that is due now is done.
    Works,
    /// The process ends and starts: requests under way are forgotten, before or after they were made.
    Restarts {
        made: bool,
    },
    /// Reports come, in any order, some twice and some never.
    Reports {
        count: u8,
    },
    /// Answers that were kept back come.
    Answers,
    /// The carrier's list cannot be had, or again.
    ListFails(bool),
}

/// A step: what happens, and what is left to chance while it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub act: Act,
    pub salt: u32,
}

/// How faulty the carrier is in a sequence, in percent of requests.
#[must_use]
pub fn weather(seed: u64) -> usize {
    [0, 0, 10, 30, 60][usize::try_from(seed % 5).unwrap_or(0)]
}

/// The steps of the sequence with this seed.
#[must_use]
pub fn sequence(seed: u64) -> Vec<Step> {
    let chance = Chance::seeded(seed);
    let length = 20 + chance.below(41);
    let faulty = weather(seed) > 0;
    (0..length).map(|_| Step { act: act(&chance, faulty), salt: small(&chance, 1 << 30) }).collect()
}

fn small(chance: &Chance, end: usize) -> u32 {
    u32::try_from(chance.below(end)).unwrap_or(0)
}

fn any(chance: &Chance) -> u8 {
    u8::try_from(chance.below(256)).unwrap_or(0)
}

fn words(chance: &Chance, command: usize) -> Words {
    let roll = chance.below(100);
    match roll {
        _ if roll < command => Words::Command(any(chance)),
        0..16 => Words::Keyword(any(chance)),
        16..22 => Words::Again,
        22..24 => Words::Long,
        _ => Words::Fresh,
    }
}

fn act(chance: &Chance, faulty: bool) -> Act {
    let (a, b, c) = (any(chance), any(chance), any(chance));
    match chance.below(100) {
        0..28 => Act::CustomerTexts { customer: a, line: b, words: words(chance, 1) },
        28..44 => Act::RepTexts { rep: a, thread: b, words: words(chance, 16) },
        44..46 => Act::RepTextsLine { rep: a, line: b, words: words(chance, 30) },
        46..47 => Act::CustomerErrs { customer: a, number: b },
        47..48 => Act::Loop { from: a, to: b },
        48..55 => Act::Replies { by: a, conversation: b, twice: c < 40 },
        55 => Act::Notes { by: a, conversation: b },
        56..60 => Act::Claims { by: a, conversation: b },
        60..66 => Act::Transfers { by: a, conversation: b, to: c },
        66..69 => Act::Closes { by: a, conversation: b },
        70 => Act::Snoozes { by: a, conversation: b, minutes: [1, 60, 4000][usize::from(c % 3)] },
        71..74 => duty(chance),
        74..76 => wish(chance),
        76..78 => Act::Decides { by: a, message: b, how: c % 3 },
        78..80 => together(chance),
        80..86 => passes(chance),
        86..89 => Act::Works,
        89 if c < 60 => Act::Chatters { conversation: a, rounds: 5 + b % 3 },
        69 | 89 => change(chance),
        90 if c < 80 => Act::Misses(Box::new(Act::RepTexts { rep: a, thread: b, words: Words::Fresh })),
        90 if c < 180 => Act::Misses(Box::new(Act::CustomerTexts { customer: a, line: b, words: Words::Fresh })),
        91 if c < 128 => Act::Compares,
        90..92 => Act::Restarts { made: a < 128 },
        92..97 => Act::Reports { count: a % 6 + 1 },
        97..99 => Act::Answers,
        _ => Act::ListFails(faulty && a < 160),
    }
}

fn passes(chance: &Chance) -> Act {
    let spans = [1, 4, 20, 45, 90, 400, 1_200, 3_700, 5 * 3_600, 26 * 3_600, 73 * 3_600, 8 * 86_400];
    Act::Passes { seconds: spans[chance.below(spans.len())], worked: chance.below(4) > 0 }
}

/// Somebody changes the rules, or what people are and have.
fn change(chance: &Chance) -> Act {
    let (a, what, n) = (any(chance), any(chance), any(chance));
    match chance.below(10) {
        0..4 => Act::Rules { line: a, what, n },
        4 => Act::TextsOn { person: a },
        _ => Act::SetsUp { person: a, what, n },
    }
}

fn wish(chance: &Chance) -> Act {
    let (by, conversation, c) = (any(chance), any(chance), any(chance));
    match c {
        0..70 => Act::Blocks { by, conversation, blocked: c < 30 },
        70..170 => Act::Consents { by, conversation, given: c < 110 },
        _ => Act::Settles { by, conversation, refused: c < 200 },
    }
}

fn duty(chance: &Chance) -> Act {
    let (a, b, c) = (any(chance), any(chance), any(chance));
    match c {
        // Whoever went comes back more often than not.
        0..100 => Act::Duty { by: a, person: b, duty: 0 },
        100..150 => Act::Duty { by: a, person: b, duty: 1 },
        150..200 => Act::Duty { by: a, person: b, duty: 2 },
        200..215 => Act::Enables { person: b, enabled: false },
        _ => Act::Enables { person: b, enabled: true },
    }
}

/// Two or three things that writers do, at once.
fn together(chance: &Chance) -> Act {
    let one = |chance: &Chance| {
        let (a, b, c) = (any(chance), any(chance), any(chance));
        match chance.below(10) {
            0..4 => Act::CustomerTexts { customer: a, line: b, words: words(chance, 0) },
            4..6 => Act::RepTexts { rep: a, thread: b, words: words(chance, 0) },
            6 => Act::Replies { by: a, conversation: b, twice: false },
            7 => Act::Claims { by: a, conversation: b },
            8 => Act::Transfers { by: a, conversation: b, to: c },
            _ if c < 128 => Act::Closes { by: a, conversation: b },
            _ => duty(chance),
        }
    };
    let many = if chance.below(4) == 0 { 3 } else { 2 };
    Act::Together((0..many).map(|_| one(chance)).collect())
}
