//! A stop word that stands alone, or only with words of courtesy.

use super::compiled::{Rules, Word, distance};
use super::fold::Sentence;

/// Words that are one slip away from `stop` and mean something else.
const NO_SLIPS: &[&str] = &[
    "shop", "top", "step", "stoop", "stomp", "strop", "atop", "slop", "swop", "stow", "stoup", "sto", "tops", "spot",
    "soap", "stops", "story", "store", "stone", "stock", "stove", "snop", "stp", "sop", "stoep", "estop",
];

/// Longer texts are not looked through for a stop word with a slip in it.
const SHORT: usize = 6;

/// Whether one of the sentences, or a part of it between commas, is nothing but a stop word; a word that people also use
/// for bookings (cancel, end, quit) must be the whole text.
pub(super) fn stands(sentences: &[Sentence], rules: &Rules) -> bool {
    let all = || sentences.iter().flatten();
    if all().next().is_none() {
        return false;
    }
    let (key, weak, polite) = (rules.named("key"), rules.named("weak"), rules.named("polite"));
    if all().all(|word| weak.has(word) || polite.has(word)) && all().any(|word| weak.has(word)) {
        return true;
    }
    // Who writes nothing else in a sentence means themselves.
    let soft = rules.named("soft");
    let alone = |words: &Sentence| {
        words.iter().all(|word| soft.has(word) || polite.has(word)) && words.iter().any(|word| soft.has(word))
    };
    if sentences.iter().any(alone) {
        return true;
    }
    let (laugh, company) = (rules.named("laugh"), rules.named("company"));
    if all().any(|word| laugh.has(word)) {
        return false;
    }
    let short = all().count() <= SHORT;
    let stops = |word: &Word| key.has(word) || (short && is_slip(word));
    let goes = |word: &Word| stops(word) || weak.has(word) || company.has(word);
    let clauses = sentences.iter().flat_map(|sentence| clauses(sentence));
    clauses
        .into_iter()
        .chain(sentences.iter().map(Vec::as_slice))
        .any(|words| words.iter().any(stops) && words.iter().all(goes))
}

fn clauses(sentence: &Sentence) -> Vec<&[Word]> {
    let mut all = Vec::new();
    let mut begin = 0;
    for (at, word) in sentence.iter().enumerate() {
        if word.apart && at > begin {
            all.push(&sentence[begin..at]);
            begin = at;
        }
    }
    all.push(&sentence[begin..]);
    all
}

fn is_slip(word: &Word) -> bool {
    let letters: Vec<char> = word.text.chars().collect();
    word.id.is_none()
        && (3..=6).contains(&letters.len())
        && !NO_SLIPS.contains(&word.text.as_str())
        && distance("stop", &letters) <= 1
}
