//! A text in plain characters: digits of every script as ASCII digits, full width as narrow, no invisible characters
//! between them.

use unicode_normalization::UnicodeNormalization;

use crate::domain::characters::digit;

/// A text in plain characters, and where each of its bytes came from.
pub(super) struct Folded {
    pub(super) text: String,
    /// For each byte of `text`, where the character that it stands for begins in the original; then its length.
    origins: Vec<usize>,
}

impl Folded {
    pub(super) fn of(body: &str) -> Self {
        let (mut text, mut origins) = (String::with_capacity(body.len()), Vec::with_capacity(body.len() + 1));
        let mut last = ' ';
        for (at, c) in body.char_indices() {
            // A stroke over a digit hides it from nobody, and in Cyrillic an apostrophe stands inside words.
            let decoration = is_stroke(c) && last.is_ascii_digit() || is_apostrophe(c) && is_cyrillic(last);
            if is_invisible(c) || decoration {
                continue;
            }
            for folded in std::iter::once(c).nfkc() {
                last = plain(folded).unwrap_or(folded);
                text.push(last);
                origins.resize(text.len(), at);
            }
        }
        origins.push(body.len());
        Folded { text, origins }
    }

    /// Where in the original text the byte at `at` came from.
    pub(super) fn origin(&self, at: usize) -> usize {
        let end = self.origins.len() - 1;
        self.origins[at.min(end)]
    }
}

/// What nobody sees: format characters and what else has no shape of its own.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}'
        | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{20e3}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Marks over, under and through any character.
fn is_stroke(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2bc}')
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}')
}

fn plain(c: char) -> Option<char> {
    // The full stop of Chinese and Japanese stands in addresses, too.
    if c == '\u{3002}' {
        return Some('.');
    }
    if let Some(digit) = digit::ascii(c) {
        return Some(digit);
    }
    let within = |zero: char| u32::from(c).checked_sub(u32::from(zero)).filter(|value| *value < 10);
    // Circled on a black ground, doubly circled, without serifs: ten of them begin with one.
    let circled =
        || ['\u{2776}', '\u{2780}', '\u{278a}', '\u{24f5}'].into_iter().find_map(within).map(|value| value + 1);
    let value = match c {
        '\u{24ff}' | '\u{1f10b}' | '\u{1f10c}' => 0,
        _ => circled()?,
    };
    char::from_digit(value, 10)
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    fn all(class: &str) -> Vec<char> {
        let one = Regex::new(&format!("^{class}$")).unwrap();
        let found: Vec<char> = ('\0'..=char::MAX).filter(|c| one.is_match(c.encode_utf8(&mut [0; 4]))).collect();
        assert!(found.len() > 100, "{class}: {}", found.len());
        found
    }

    #[test]
    fn every_digit_of_every_script_is_a_plain_digit() {
        let digits = all(r"\p{Nd}");
        for (place, c) in digits.iter().enumerate() {
            let folded = Folded::of(&c.to_string()).text;
            assert!(folded.len() == 1 && folded.as_bytes()[0].is_ascii_digit(), "{c} U+{:x}: {folded}", u32::from(*c));
            // They come in tens, from zero to nine.
            assert_eq!(usize::from(folded.as_bytes()[0] - b'0'), place % 10, "{c} U+{:x}", u32::from(*c));
        }
        assert_eq!(Folded::of("❶➀➊⓵⓿🄌⑨❾❿").text, "11110099❿");
    }

    #[test]
    fn nothing_unseen_is_left() {
        for c in all(r"[\p{Cf}\p{Default_Ignorable_Code_Point}]") {
            assert_eq!(Folded::of(&format!("5{c}0")).text, "50", "U+{:x}", u32::from(c));
        }
        assert_eq!(Folded::of("5\u{336}0\u{336} п'ять").text, "50 пять");
    }

    #[test]
    fn every_byte_knows_where_it_came_from() {
        let folded = Folded::of("a５\u{200b}ﬁx");
        assert_eq!(folded.text, "a5fix");
        assert_eq!([0, 1, 2, 3, 4, 5].map(|at| folded.origin(at)), [0, 1, 7, 7, 10, 11]);
    }
}
