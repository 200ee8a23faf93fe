//! A text as words that can be compared. Case, width and accents make no difference; letters and digits do. Emoji count
//! as words. Scripts without spaces between words become pairs of characters. Nothing is stemmed.

use std::collections::BTreeSet;

use unicode_segmentation::UnicodeSegmentation;

use super::letter::{Class, JOINER, class, folded};

/// Which words a text has: lists that were made by another version are made anew. A change of the rules here and in
/// `letter.rs`, or of the tables of Unicode, that gives other words is another version.
pub const VERSION: u32 = 3;

/// Longer words are found by so many of their first characters.
const LONGEST: usize = 64;
/// Parts of a word beside an apostrophe that are shorter are found only with the word.
const SHORTEST: usize = 2;

/// A word, a picture, or one character of a script without spaces, and where it stands in the text (bytes).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Folded.
    pub text: String,
    /// One character of a script that puts no space between words.
    pub alone: bool,
    /// It is alone, and so is the one before it, with nothing between them.
    pub glued: bool,
    /// Parts by which it is found as well: `istanbul` of `İstanbul'da`.
    pub parts: Vec<Piece>,
}

/// Goes through a text and collects its pieces.
#[derive(Default)]
struct Reader {
    pieces: Vec<Piece>,
    word: Option<Piece>,
    /// Where apostrophes stand in the word: in the text and in the folded word.
    apostrophes: Vec<(usize, usize, usize)>,
    /// Where the next character has to begin to be a neighbour of the last one.
    reach: usize,
}

impl Reader {
    /// Takes one folded character of what stands in the text from `at` to `end`.
    fn take(&mut self, c: char, at: usize, end: usize) {
        match class(c) {
            Class::Letter => {
                let word = self.word.get_or_insert_with(|| Piece { start: at, ..Piece::default() });
                word.text.push(c);
                word.end = end;
            }
            Class::Alone => {
                self.finish();
                // What looks like one character may be several letters.
                let glued = self.pieces.last().is_some_and(|last| last.alone && (self.reach == at || last.start == at));
                self.pieces.push(Piece { start: at, end, text: c.to_string(), alone: true, glued, parts: Vec::new() });
            }
            Class::Mark => match (&mut self.word, self.pieces.last_mut()) {
                (Some(word), _) => {
                    word.text.push(c);
                    word.end = end;
                }
                (None, Some(last)) if last.alone && (last.start == at || self.reach == at) => {
                    last.text.push(c);
                    last.end = end;
                }
                _ => return,
            },
            Class::Apostrophe => {
                let Some(word) = &self.word else { return };
                self.apostrophes.push((at, end, word.text.len()));
                return;
            }
            Class::Nothing => {
                if self.reach == at {
                    self.reach = end;
                }
                return;
            }
            Class::Symbol => {
                self.finish();
                self.pieces.push(Piece { start: at, end, text: c.to_string(), ..Piece::default() });
            }
            Class::Other => return self.finish(),
        }
        self.reach = end;
    }

    /// Takes a picture that several characters make: it is found by the first of them too.
    fn take_picture(&mut self, text: &str, at: usize, end: usize) {
        self.finish();
        let kept: String = text.chars().filter(|c| *c == JOINER || class(*c) == Class::Symbol).collect();
        let text = kept.trim_matches(JOINER).to_owned();
        let first: String = text.chars().take(1).collect();
        let part = Piece { start: at, end, text: first, ..Piece::default() };
        let parts = if part.text == text { Vec::new() } else { vec![part] };
        self.pieces.push(Piece { start: at, end, text, parts, ..Piece::default() });
        self.reach = end;
    }

    fn finish(&mut self) {
        let apostrophes = std::mem::take(&mut self.apostrophes);
        let Some(mut word) = self.word.take() else { return };
        // "can't" is one word, and no form of "can".
        let negation =
            apostrophes.last().is_some_and(|(.., at)| &word.text[*at..] == "t" && word.text[..*at].ends_with('n'));
        if !apostrophes.is_empty() && !negation {
            let mut from = (word.start, 0);
            for (at, end, text) in apostrophes.into_iter().chain([(word.end, word.end, word.text.len())]) {
                let text_of = short(&word.text[from.1..text]);
                if text_of.chars().count() >= SHORTEST && text_of.len() < word.text.len() {
                    word.parts.push(Piece { start: from.0, end: at, text: text_of, ..Piece::default() });
                }
                from = (end, text);
            }
        }
        word.text = short(&word.text);
        self.pieces.push(word);
    }
}

fn short(word: &str) -> String {
    word.chars().take(LONGEST).collect()
}

/// The words of a text and where they stand.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece> {
    if text.is_ascii() {
        let mut reader = Reader::default();
        for (at, c) in text.char_indices() {
            reader.take(c.to_ascii_lowercase(), at, at + 1);
        }
        reader.finish();
        return reader.pieces;
    }
    pieces_in_any_script(text)
}

fn pieces_in_any_script(text: &str) -> Vec<Piece> {
    let mut reader = Reader::default();
    for (at, seen) in text.grapheme_indices(true) {
        let end = at + seen.len();
        let plain = folded(seen);
        if plain.is_empty() {
            // Only what cannot be seen.
            reader.take('\u{200b}', at, end);
        } else if plain.chars().next().is_some_and(|c| class(c) == Class::Symbol) {
            reader.take_picture(&plain, at, end);
        } else {
            for c in plain.chars() {
                reader.take(c, at, end);
            }
        }
    }
    reader.finish();
    reader.pieces
}

/// The pieces in runs: a word by itself, or neighbours of a script without spaces.
pub(super) fn runs(pieces: &[Piece]) -> impl Iterator<Item = &[Piece]> {
    pieces.chunk_by(|_, next| next.glued)
}

fn pair(two: &[Piece]) -> String {
    two.iter().map(|piece| piece.text.as_str()).collect()
}

/// The words by which a text is found.
#[must_use]
pub fn words(text: &str) -> BTreeSet<String> {
    let pieces = pieces(text);
    let mut words: BTreeSet<String> = runs(&pieces).flat_map(|run| run.windows(2).map(pair)).collect();
    for piece in pieces {
        words.extend(piece.parts.into_iter().map(|part| part.text));
        words.insert(piece.text);
    }
    words
}

/// The words that all must be there for `text` to be found: of a run without spaces its pairs, which say more than its
/// single characters.
#[must_use]
pub fn wanted(text: &str) -> Vec<String> {
    let pieces = pieces(text);
    let mut words = Vec::new();
    for run in runs(&pieces) {
        if run.len() > 1 {
            words.extend(run.windows(2).map(pair));
        } else {
            words.extend(run.iter().map(|piece| piece.text.clone()));
        }
    }
    words
}

/// Whether every word of `typed` begins a word of `name`; never if `typed` has none.
#[must_use]
pub fn names(name: &str, typed: &str) -> bool {
    let (has, wanted) = (words(name), wanted(typed));
    !wanted.is_empty() && wanted.iter().all(|word| has.iter().any(|own| own.starts_with(word)))
}

/// A name as it is compared with another: its words, a blank between them.
#[must_use]
pub fn plain(name: &str) -> String {
    pieces(name).into_iter().map(|piece| piece.text).collect::<Vec<_>>().join(" ")
}

/// Whether two names are the same, whatever their case, accents and punctuation.
#[must_use]
pub fn alike(one: &str, other: &str) -> bool {
    let (words, others) = (plain(one), plain(other));
    if words.is_empty() { one.trim() == other.trim() } else { words == others }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &str) -> Vec<String> {
        words(text).into_iter().collect()
    }

    #[test]
    fn marks_case_and_punctuation_make_no_difference() {
        for same in ["Crème brûlée", "CREME BRULEE", "creme, brulee!", "cre\u{300}me (bru\u{302}le\u{301}e)"] {
            assert_eq!(all(same), ["brulee", "creme"], "{same}");
        }
        assert_eq!(all("Straße ŁÓDŹ Øre Ærø"), ["aero", "lodz", "ore", "strasse"]);
        assert_eq!(all("don't DON’T"), ["dont"]);
        assert_eq!(all("64.00, ref 20931"), ["00", "20931", "64", "ref"]);
        assert_eq!(all("Ｆｕｌｌ ﬁsh"), ["fish", "full"]);
        assert!(all("... ! – €").is_empty());
        assert_eq!(all("👍🏽 ... ❤️!"), ["❤", "👍"]);
    }

    #[test]
    fn scripts_without_spaces_are_found_by_pairs_of_characters() {
        assert_eq!(all("返金を"), ["を", "返", "返金", "金", "金を"]);
        assert_eq!(wanted("返金を"), ["返金", "金を"]);
        assert_eq!(wanted("金"), ["金"]);
        assert_eq!(wanted("返金 refund"), ["返金", "refund"]);
        assert!(words("환불을 원해요").contains("환불"));
        assert_eq!(wanted("第3回"), ["第", "3", "回"]);
    }

    proptest! {
        #[test]
        fn plain_text_is_folded_like_any_other(text in "[ -~\\t\\n]{0,99}") {
            prop_assert_eq!(pieces(&text), pieces_in_any_script(&text));
        }

        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
            for word in words(&text) {
                prop_assert!(words(&word).contains(&word), "{} is {:?}", word, words(&word));
            }
        }

        #[test]
        fn a_text_is_found_by_every_part_of_it(text in "\\PC{0,40}", from in 0_usize..20, long in 1_usize..20) {
            // A part that begins and ends between words: whatever it asks for, the whole text has.
            let parts: Vec<&str> = text.split(' ').collect();
            let from = from.min(parts.len());
            let part = parts[from..(from + long).min(parts.len())].join(" ");
            let has = words(&text);
            for word in wanted(&part) {
                prop_assert!(has.contains(&word), "{} is not in {:?}", word, has);
            }
        }

        #[test]
        fn pieces_stand_where_they_say_and_in_order(text in "\\PC{0,60}") {
            let mut before = 0;
            for piece in pieces(&text) {
                prop_assert!(piece.start >= before && piece.end > piece.start);
                prop_assert!(text.get(piece.start..piece.end).is_some());
                // One character may be several letters, which all stand where it does.
                before = piece.start;
            }
        }
    }
}
