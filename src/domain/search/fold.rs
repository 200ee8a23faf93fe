//! Text as words that can be compared: without marks, in lower case, letters and digits only; scripts that put no space
//! between words as pairs of characters. Nothing is stemmed.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longer words are found by so many of their first characters.
const LONGEST: usize = 64;

/// A word, or one character of a script without spaces, and where it stands in the text (bytes).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Folded.
    pub text: String,
    /// One character of a script that puts no space between words.
    pub alone: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Alone,
    Mark,
    Apostrophe,
    Other,
}

fn class(c: char) -> Class {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => Class::Letter,
        '\'' | '’' | '\u{ad}' | '\u{200c}' | '\u{200d}' => Class::Apostrophe,
        _ if is_combining_mark(c) => Class::Mark,
        // Thai, Lao, Burmese, Khmer; kana, Han and Hangul in their blocks.
        '\u{e00}'..='\u{eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1100}'..='\u{11ff}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{318f}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ffdc}'
        | '\u{20000}'..='\u{3ffff}'
            if c.is_alphanumeric() =>
        {
            Class::Alone
        }
        _ if c.is_alphanumeric() => Class::Letter,
        _ => Class::Other,
    }
}

/// Without marks, in lower case, letters and digits only.
#[must_use]
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        let plain = text.chars().filter(char::is_ascii_alphanumeric).take(LONGEST);
        return plain.map(|c| c.to_ascii_lowercase()).collect();
    }
    folded_in_any_script(text)
}

fn folded_in_any_script(text: &str) -> String {
    let mut lower = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => lower.push_str("ss"),
            'æ' => lower.push_str("ae"),
            'œ' => lower.push_str("oe"),
            'ø' => lower.push('o'),
            'ł' => lower.push('l'),
            'đ' | 'ð' => lower.push('d'),
            'þ' => lower.push_str("th"),
            'ı' => lower.push('i'),
            'ς' => lower.push('σ'),
            _ => lower.push(c),
        }
    }
    // Lower case may bring marks of its own, and Hangul came apart.
    lower.nfkd().filter(|c| !is_combining_mark(*c)).nfc().filter(|c| c.is_alphanumeric()).take(LONGEST).collect()
}

/// The words of a text and where they stand.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut word: Option<(usize, usize)> = None;
    let end = |pieces: &mut Vec<Piece>, word: &mut Option<(usize, usize)>| {
        if let Some((start, end)) = word.take() {
            pieces.push(Piece { start, end, text: folded(&text[start..end]), alone: false });
        }
    };
    for (at, c) in text.char_indices() {
        let after = at + c.len_utf8();
        match class(c) {
            Class::Letter => word = Some((word.map_or(at, |(start, _)| start), after)),
            Class::Mark => match (&mut word, pieces.last_mut()) {
                (Some((_, end)), _) => *end = after,
                (None, Some(last)) if last.alone && last.end == at => last.end = after,
                _ => {}
            },
            Class::Apostrophe => {}
            Class::Alone => {
                end(&mut pieces, &mut word);
                pieces.push(Piece { start: at, end: after, text: folded(&text[at..after]), alone: true });
            }
            Class::Other => end(&mut pieces, &mut word),
        }
    }
    end(&mut pieces, &mut word);
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

/// The pieces in runs: a word by itself, or neighbours of a script without spaces.
pub(super) fn runs(pieces: &[Piece]) -> impl Iterator<Item = &[Piece]> {
    pieces.chunk_by(|one, next| one.alone && next.alone && one.end == next.start)
}

fn pair(two: &[Piece]) -> String {
    two.iter().map(|piece| piece.text.as_str()).collect()
}

/// The words by which a text is found.
#[must_use]
pub fn words(text: &str) -> BTreeSet<String> {
    let pieces = pieces(text);
    let mut words: BTreeSet<String> = runs(&pieces).flat_map(|run| run.windows(2).map(pair)).collect();
    words.extend(pieces.into_iter().map(|piece| piece.text));
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
        assert!(all("👍 ... !").is_empty());
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
            prop_assert_eq!(folded(&text), folded_in_any_script(&text));
        }

        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
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
                before = piece.end;
            }
        }
    }
}
