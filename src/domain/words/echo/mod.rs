//! The loop guard: it notices two machines that answer each other, and relaying between them pauses.
//!
//! A machine repeats itself in the same order, whatever the time and the numbers in its texts. A person says something
//! new now and then. So the guard folds each side's texts to shapes, and takes a side for a machine while its shapes
//! repeat in a short cycle. Where both sides are machines, they answer each other. Texts as short as "ok" repeat
//! between people, too: for these the guard needs more of them, and only quick ones count.

use serde::{Deserialize, Serialize};

use crate::clock::{At, hours, minutes};
use crate::domain::characters::script::is_of_unspaced_script;

/// The longest circle: three bodies of two texts each.
const CIRCLE: usize = 6;
/// How many of a side's texts are remembered.
const REMEMBERED: usize = 16;
/// Texts of both sides that say but one thing each, long enough to be nobody's "ok", after which they are machines…
const SAME: u8 = 5;
/// …if they came within this time.
const SAME_WITHIN: std::time::Duration = minutes(10);
/// Long texts of a side, word for word, that came round, after which it is a machine.
const LONG: u8 = 9;
/// Texts of any length, and such as differ by what has a digit in it, that came round, after which it is a machine.
const SHORT: u8 = 15;
/// So few long things, in whatever order, are all that a machine says in as many texts as are remembered.
const FEW: usize = 3;
/// Texts of one side in a row that count: thirty quick lines are one turn of a person.
const IN_A_ROW: u8 = 4;
/// From so many letters on a text is long.
const LETTERS: usize = 12;
/// A character of a script without spaces says as much as so many letters.
const DENSE: usize = 2;
/// So many letters beside a number are the name of what is counted.
const NAME: usize = 4;
/// After a pause as long as this a short text is no answer by return any more…
const AT_ONCE: std::time::Duration = minutes(2);
/// …and no text is.
const AT_LENGTH: std::time::Duration = hours(1);

/// What a conversation remembers of its last exchanges. It is kept in the database with the conversation, so it is the
/// same on every node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Echo {
    customer: Side,
    ours: Side,
    /// The side that spoke last was the customer's.
    customer_last: bool,
    /// How many texts it has sent in a row.
    in_a_row: u8,
    /// When the last text came.
    at: At,
    /// Since when both sides have said but one thing each.
    since: At,
}

/// One of two sides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Side {
    /// The shapes of its last texts, newest first.
    shapes: Vec<u16>,
    /// For each length of a circle, from one on: how many texts in a row came round in it.
    round: [u8; CIRCLE],
    /// How many of its texts in a row were long and had no digits in them.
    plain: u8,
}

/// A text as the guard hears it.
struct Heard {
    /// `None`: nobody but a person sends that, such as a picture.
    shape: Option<u16>,
    /// Nobody's "ok".
    long: bool,
    /// Long, and its shape is its very words.
    plain: bool,
}

impl Echo {
    /// What a conversation remembers, as it was [kept](Echo::kept). What an earlier release remembered in another way is
    /// forgotten: the guard begins anew.
    #[must_use]
    pub fn read(kept: Option<&str>) -> Echo {
        kept.and_then(|kept| serde_json::from_str(kept).ok()).unwrap_or_default()
    }

    /// As it is kept in the database; `None` if nothing is remembered.
    #[must_use]
    pub fn kept(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// Takes in a text, with a picture or without; true if the two sides seem to be machines that answer each other.
    #[must_use]
    pub fn hear(&mut self, from_customer: bool, body: &str, picture: bool, now: At) -> bool {
        let heard = Heard::of(body, picture);
        let rest = now.since(self.at);
        if rest > AT_LENGTH || (rest > AT_ONCE && !heard.long) {
            self.customer.begin_anew();
            self.ours.begin_anew();
        }
        self.at = now;
        self.in_a_row = if from_customer == self.customer_last { self.in_a_row.saturating_add(1) } else { 1 };
        self.customer_last = from_customer;
        let counts = self.in_a_row <= IN_A_ROW;
        let mine = if from_customer { &mut self.customer } else { &mut self.ours };
        mine.hear(&heard, counts);
        if mine.round[0] == 0 {
            self.since = now;
        }
        let same = self.customer.says_one_thing() && self.ours.says_one_thing();
        (same && now.since(self.since) <= SAME_WITHIN) || (self.customer.is_mechanical() && self.ours.is_mechanical())
    }

    /// Whether this side says something else than what it said lately.
    #[must_use]
    pub fn is_new(&self, from_customer: bool, body: &str, picture: bool) -> bool {
        let side = if from_customer { &self.customer } else { &self.ours };
        Heard::of(body, picture).shape.is_none_or(|shape| !side.shapes.contains(&shape))
    }
}

impl Side {
    fn begin_anew(&mut self) {
        self.round = [0; CIRCLE];
        self.plain = 0;
    }

    fn hear(&mut self, heard: &Heard, counts: bool) {
        let Some(shape) = heard.shape else {
            *self = Side::default();
            return;
        };
        for (before, round) in self.round.iter_mut().enumerate() {
            *round = if self.shapes.get(before) == Some(&shape) { round.saturating_add(u8::from(counts)) } else { 0 };
        }
        self.plain = if heard.plain { self.plain.saturating_add(u8::from(counts)) } else { 0 };
        self.shapes.insert(0, shape);
        self.shapes.truncate(REMEMBERED);
    }

    fn says_one_thing(&self) -> bool {
        self.round[0] >= SAME && self.plain >= SAME
    }

    fn is_mechanical(&self) -> bool {
        let round = self.round.iter().copied().max().unwrap_or(0);
        round >= SHORT || (round >= LONG && self.plain >= LONG) || self.says_few_things()
    }

    fn says_few_things(&self) -> bool {
        if usize::from(self.plain) < REMEMBERED || self.shapes.len() < REMEMBERED {
            return false;
        }
        let mut shapes = self.shapes.clone();
        shapes.sort_unstable();
        shapes.dedup();
        shapes.len() <= FEW
    }
}

impl Heard {
    fn of(body: &str, picture: bool) -> Heard {
        if picture || body.trim().is_empty() {
            return Heard { shape: None, long: false, plain: false };
        }
        let (shape, letters) = folded(body);
        // A bare number is what somebody was asked for; two of them are not alike.
        let shape = if letters == 0 { body.trim().to_owned() } else { shape };
        let long = letters >= LETTERS;
        Heard { shape: Some(hash(&shape)), long, plain: long && !shape.contains('#') }
    }
}

/// A body as words in lower case without marks, what counts in it as `#` (times, counters, tickets), and how many letters
/// that leaves.
fn folded(body: &str) -> (String, usize) {
    let mut shape = String::with_capacity(body.len());
    let mut letters = 0;
    for word in body.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let kept = without_count(word);
        if kept != "#" || !shape.ends_with("# ") {
            shape.extend(kept.chars().flat_map(char::to_lowercase));
            shape.push(' ');
        }
        let says = |c: char| if is_of_unspaced_script(c) { DENSE } else { 1 };
        letters += kept.chars().filter(|c| *c != '#').map(says).sum::<usize>();
    }
    (shape, letters)
}

/// A word with what counts in it as `#`: each number in a script without spaces, the number at one end of a word
/// (`Ticket17`), else all of it (`7b3f`, `5pm`).
fn without_count(word: &str) -> String {
    let mut kept = String::with_capacity(word.len());
    let (mut runs, mut letters, mut in_number) = (0, 0, None);
    for c in word.chars() {
        let number = c.is_numeric();
        if in_number != Some(number) {
            runs += 1;
            in_number = Some(number);
            if number {
                kept.push('#');
            }
        }
        if !number {
            letters += 1;
            kept.push(c);
        }
    }
    let is_named = runs == 2 && letters >= NAME;
    if !kept.contains('#') || is_named || word.chars().any(|c| is_of_unspaced_script(c) && !c.is_numeric()) {
        kept
    } else {
        "#".to_owned()
    }
}

/// FNV-1a, 64 bits folded to 16: the same in every release and on every machine, since it is kept in the database. That
/// two texts of a conversation are taken for alike by chance does no harm: it takes a dozen.
fn hash(shape: &str) -> u16 {
    let wide = shape
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let half = wide ^ (wide >> 32);
    u16::try_from((half ^ (half >> 16)) & 0xffff).unwrap_or_default()
}

#[cfg(test)]
mod tests;
