//! The rules as the matcher reads them: words as numbers, sets of words as bits, phrases as rows of sets.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::vocabulary::{PHRASES, SETS};
use crate::domain::characters::slips;

/// A word of the vocabulary.
pub(super) type WordId = u16;

/// A word of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Folded.
    pub text: String,
    /// Which word of the vocabulary it is, if it is one.
    pub id: Option<WordId>,
    /// A comma, a dash or the like stands before it.
    pub apart: bool,
}

/// Compiled once.
pub(super) static RULES: LazyLock<Rules> = LazyLock::new(Rules::compile);

/// The most words that a starred place takes: no text can make matching slow.
const MOST: usize = 6;

/// A set of words.
#[derive(Clone, Debug, Default)]
pub(super) struct Set(Vec<u64>);

impl Set {
    fn insert(&mut self, id: WordId) {
        let at = usize::from(id) / 64;
        if self.0.len() <= at {
            self.0.resize(at + 1, 0);
        }
        self.0[at] |= 1 << (id % 64);
    }

    fn add(&mut self, other: &Set) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }

    /// Whether the word is in it.
    pub(super) fn has(&self, word: &Word) -> bool {
        word.id.is_some_and(|id| self.0.get(usize::from(id) / 64).is_some_and(|bits| bits >> (id % 64) & 1 == 1))
    }
}

/// How often a place of a phrase may be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Times {
    Once,
    AtMostOnce,
    Any,
}

/// What must stand behind a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// Anything.
    Open,
    /// Nothing that narrows it down to a time, a place or a thing.
    Wide,
    /// Nothing but courtesy, up to the next comma.
    Clause,
    /// Nothing but courtesy, up to the full stop.
    Shut,
}

/// A phrase that asks for an end.
#[derive(Clone, Debug)]
pub(super) struct Phrase {
    places: Vec<(Set, Times)>,
    /// What must stand behind it.
    pub tail: Tail,
    /// It is an order: with a subject before it ("I never text") it says something else.
    pub order: bool,
    /// A question or a "not" before it does not turn it around.
    pub firm: bool,
}

impl Phrase {
    /// Where the phrase may end if it begins `words`: every possible length.
    pub(super) fn ends(&self, words: &[Word]) -> Vec<usize> {
        let mut ends = Vec::new();
        if self
            .places
            .first()
            .is_some_and(|(set, times)| *times != Times::Once || words.first().is_some_and(|w| set.has(w)))
        {
            self.from(0, words, 0, &mut ends);
        }
        ends
    }

    fn from(&self, place: usize, words: &[Word], at: usize, ends: &mut Vec<usize>) {
        let Some((set, times)) = self.places.get(place) else {
            if !ends.contains(&at) {
                ends.push(at);
            }
            return;
        };
        let most = match times {
            Times::Once | Times::AtMostOnce => 1,
            Times::Any => MOST,
        };
        let taken = words[at..].iter().take(most).take_while(|word| set.has(word)).count();
        let least = usize::from(*times == Times::Once);
        for count in (least..=taken).rev() {
            self.from(place + 1, words, at + count, ends);
        }
    }
}

/// Everything that a text is held against.
#[derive(Debug)]
pub(super) struct Rules {
    ids: HashMap<&'static str, WordId>,
    named: HashMap<&'static str, Set>,
    /// The phrases.
    pub phrases: Vec<Phrase>,
}

impl Rules {
    fn compile() -> Rules {
        let mut rules = Rules { ids: HashMap::new(), named: HashMap::new(), phrases: Vec::new() };
        for (name, words) in SETS {
            let set = rules.set(words.split_whitespace());
            rules.named.insert(name, set);
        }
        rules.phrases =
            PHRASES.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| rules.phrase(line)).collect();
        rules
    }

    /// Alternatives: words, and names of sets in angle brackets.
    fn set<'a>(&mut self, words: impl Iterator<Item = &'static str> + 'a) -> Set {
        let mut set = Set::default();
        for word in words {
            if let Some(name) = word.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
                let known = self.named.get(name).unwrap_or_else(|| panic!("no set of words is called {name}"));
                let known = known.clone();
                set.add(&known);
            } else {
                let next = WordId::try_from(self.ids.len()).expect("the vocabulary has a few thousand words");
                set.insert(*self.ids.entry(word).or_insert(next));
            }
        }
        set
    }

    fn phrase(&mut self, line: &'static str) -> Phrase {
        let mut phrase = Phrase { places: Vec::new(), tail: Tail::Open, order: false, firm: false };
        for place in line.split_whitespace() {
            match place {
                "$" => phrase.tail = Tail::Shut,
                ";" => phrase.tail = Tail::Clause,
                "~" => phrase.tail = Tail::Wide,
                "!" => phrase.order = true,
                "@" => phrase.firm = true,
                _ => {
                    let (inner, times) = match (place.strip_suffix('*'), place.strip_suffix('?')) {
                        (Some(inner), _) => (inner, Times::Any),
                        (_, Some(inner)) => (inner, Times::AtMostOnce),
                        _ => (place, Times::Once),
                    };
                    let words = inner.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(inner);
                    assert!(!words.contains(['(', ')', '*', '?']), "a place cannot be read: {line}");
                    let set = self.set(words.split('|'));
                    phrase.places.push((set, times));
                }
            }
        }
        assert!(phrase.places.iter().any(|(_, times)| *times == Times::Once), "a phrase of nothing: {line}");
        phrase
    }

    /// The set of that name.
    pub(super) fn named(&self, name: &str) -> &Set {
        self.named.get(name).unwrap_or_else(|| panic!("no set of words is called {name}"))
    }

    /// Which word of the vocabulary `text` is, also if it is misspelt in a way that people misspell it in.
    pub(super) fn id(&self, text: &str) -> Option<WordId> {
        if let Some(id) = self.ids.get(text) {
            return Some(*id);
        }
        let mut again = String::with_capacity(text.len());
        // st0p, 5top
        if text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().any(|b| b.is_ascii_alphabetic()) {
            again.extend(text.chars().map(|c| match c {
                '0' => 'o',
                '5' => 's',
                '1' => 'i',
                '3' => 'e',
                '4' => 'a',
                other => other,
            }));
            return self.ids.get(again.as_str()).copied();
        }
        // stoooop, stopppp: a letter held down is one.
        let letters: Vec<char> = text.chars().collect();
        for held in letters.chunk_by(|one, next| one == next) {
            again.extend(&held[..if held.len() > 2 { 1 } else { held.len() }]);
        }
        self.ids.get(again.as_str()).copied().or_else(|| self.slip(&letters))
    }

    /// A long word of the rules with one slip in it, unless the slip is a word itself.
    fn slip(&self, letters: &[char]) -> Option<WordId> {
        if !(6..=14).contains(&letters.len()) {
            return None;
        }
        let (close, not) = (SLIPS, NO_SLIPS);
        let text: String = letters.iter().collect();
        if not.contains(&text.as_str()) {
            return None;
        }
        let near = |word: &&&str| {
            word.as_bytes().first().map(|b| char::from(*b)) == letters.first().copied()
                && distance(word, letters) <= 1 + usize::from(word.len() > 9)
        };
        close.iter().find(near).and_then(|word| self.ids.get(word).copied())
    }

    /// Whether a word is a stop word by itself.
    pub(super) fn stops(&self, text: &str) -> bool {
        let word = Word { text: text.to_owned(), id: self.ids.get(text).copied(), apart: false };
        self.named("key").has(&word) || self.named("weak").has(&word)
    }
}

/// Words that are read with a slip in them.
const SLIPS: &[&str] = &[
    "unsubscribe",
    "messages",
    "message",
    "texting",
    "messaging",
    "contacting",
    "receive",
    "remove",
    "revoke",
    "consent",
    "mensajes",
    "desabonner",
    "desabonnez",
    "arretez",
    "sending",
    "contact",
    "desuscribir",
];

/// Words that only look like a slip of one of [`SLIPS`].
const NO_SLIPS: &[&str] = &[
    "massages",
    "massage",
    "testing",
    "resting",
    "massaging",
    "contracting",
    "connecting",
    "relieve",
    "remote",
    "removed",
    "removes",
    "remover",
    "revoked",
    "revokes",
    "content",
    "convent",
    "contents",
    "spending",
    "ending",
    "bending",
    "lending",
    "mending",
    "tending",
    "vending",
    "seeding",
    "sendings",
    "contract",
    "contacts",
    "contrast",
    "compact",
    "received",
    "receives",
    "deceive",
    "evoke",
    "invoke",
    "subscribe",
    "resubscribe",
    "consents",
    "consent",
    "messaged",
    "messenger",
    "passages",
    "passage",
    "usages",
    "sensing",
    "seeing",
    "sanding",
    "feeding",
    "fending",
    "heading",
    "reading",
];

/// How many slips lie between two words; `usize::MAX` if one is longer by more than two letters.
pub(super) fn distance(word: &str, letters: &[char]) -> usize {
    let word: Vec<char> = word.chars().collect();
    if word.len().abs_diff(letters.len()) > 2 { usize::MAX } else { slips::between(&word, letters) }
}
