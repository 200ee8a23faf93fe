//! What people can see of a text. It distinguishes an empty text, and recognises a word that is written in another
//! form.
//!
//! Phones put marks into a text that nobody typed: direction marks around a copied number, a zero-width space behind a
//! suggestion, full-width letters from a Japanese keyboard. People who read the text do not see them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words of politeness around a word that stands alone.
const POLITE: &[&str] = &["please", "pls", "plz", "thanks", "thank you", "thx", "ty"];

/// No text that is a single word is longer, in bytes, however it is disguised.
const LONGEST_WORD: usize = 400;

/// It takes no room and shows nothing: control and format characters, variation selectors, blank fillers.
/// White space is not among them.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    match c {
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{70f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        _ => c.is_control() && !c.is_whitespace(),
    }
}

/// It stands before a word without being part of it: blank, unseen, a format character that shows, or a mark without
/// its letter.
#[must_use]
pub fn is_before(c: char) -> bool {
    c.is_whitespace()
        || clings(c)
        || matches!(
            c,
            '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{890}' | '\u{891}' | '\u{8e2}' | '\u{110bd}' | '\u{110cd}'
        )
}

/// It changes how the character before it looks, or does not show at all: marks, the frame of a key cap.
#[must_use]
pub fn clings(c: char) -> bool {
    is_unseen(c) || is_combining_mark(c)
}

/// Nothing in `text` can be seen.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_unseen(c))
}

/// `text` as it reads: full-width and other forms of a character as the character itself, without what is unseen.
#[must_use]
pub fn as_read(text: &str) -> String {
    text.nfkc().filter(|c| !is_unseen(*c)).collect()
}

/// Whether `text` says `word`, in lower case, and nothing else, whatever its case, its punctuation and what is unseen in
/// it; a please or a thank you may stand around it.
#[must_use]
pub fn says_only(text: &str, word: &str) -> bool {
    if text.len() > LONGEST_WORD {
        return false;
    }
    let read = as_read(text).to_lowercase();
    let words: Vec<&str> = read.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let said = words.join(" ");
    let mut said = said.as_str();
    while let Some(rest) = POLITE.iter().find_map(|polite| without(said, polite)) {
        said = rest;
    }
    said == word
}

/// The rest of `said` if it begins or ends with `polite`.
fn without<'a>(said: &'a str, polite: &str) -> Option<&'a str> {
    let before = said.strip_prefix(polite).and_then(|rest| rest.strip_prefix(' '));
    before.or_else(|| said.strip_suffix(polite).and_then(|rest| rest.strip_suffix(' ')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_in_which_nothing_can_be_seen_is_blank() {
        for blank in [
            "",
            " ",
            "\r\n\t",
            "\u{a0}\u{3000}",
            "\u{200b}",
            "\u{feff}\u{2060}\u{ad}",
            "\u{3164}\u{ffa0}\u{115f}",
            "\u{2800}\u{fe0f}\u{e0020}",
            "\u{0}\u{1b}",
        ] {
            assert!(is_blank(blank), "{blank:?}");
        }
        for seen in [".", "\u{200b}a", "👍", "\u{301}", "ㅤ.", "\u{600}", "ก"] {
            assert!(!is_blank(seen), "{seen:?}");
        }
    }

    #[test]
    fn a_word_is_known_in_its_disguises_and_not_in_a_sentence() {
        for same in [
            "extend",
            " EXTEND\n",
            "Extend.",
            "“Extend”",
            "extend!!!",
            "(extend)",
            "ＥＸＴＥＮＤ",
            "Ex\u{ad}tend",
            "\u{200e}extend\u{200b}",
            "\u{feff}EXTEND",
            "extend?",
            "please extend",
            "Extend, please!",
            "extend. Thank you",
            "pls extend thx",
            "EXTEND 🙏",
            "𝐞𝐱𝐭𝐞𝐧𝐝",
            "'extend'",
        ] {
            assert!(says_only(same, "extend"), "{same:?}");
        }
        for other in [
            "",
            "extend it",
            "extended",
            "please",
            "thanks",
            "do not extend",
            "ex tend",
            "extend extend",
            "you extend",
            "extendplease",
            "thank extend",
        ] {
            assert!(!says_only(other, "extend"), "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_unseen_changes_no_reading(text in "[ -~]{0,30}", at in 0usize..30, unseen in "[\u{200b}-\u{200f}\u{2060}\u{feff}\u{ad}\u{61c}]{1,4}") {
            let mut disguised = text.clone();
            disguised.insert_str(at.min(text.len()), &unseen);
            prop_assert_eq!(is_blank(&disguised), is_blank(&text));
            prop_assert_eq!(as_read(&disguised), text);
        }
    }
}
