//! What is left of one character when texts are compared: case and width make no difference, nor do marks where they
//! are not letters. A dakuten, a vowel sign, a virama, a tone of Thai and the bow of й are letters, and stay.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::domain::characters::digit;
use crate::domain::characters::script::is_of_unspaced_script;

/// What a folded character does in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Part of a word.
    Letter,
    /// Stands alone: a character of a script that puts no space between words.
    Alone,
    /// Belongs to the letter before it.
    Mark,
    /// Joins two parts of a word.
    Apostrophe,
    /// Cannot be seen and separates nothing.
    Nothing,
    /// A picture: found as itself.
    Symbol,
    /// Ends a word.
    Other,
}

/// How folded text is made of characters.
pub(super) fn class(c: char) -> Class {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => Class::Letter,
        '\'' | '`' | '´' | '‘' | '’' | '‛' | '′' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ˈ' | '׳' | '״' => {
            Class::Apostrophe
        }
        _ if is_nothing(c) => Class::Nothing,
        _ if is_combining_mark(c) => Class::Mark,
        _ if is_symbol(c) => Class::Symbol,
        _ if is_of_unspaced_script(c) => Class::Alone,
        _ if c.is_alphanumeric() => Class::Letter,
        _ => Class::Other,
    }
}

/// Makes one picture of two.
pub(super) const JOINER: char = '\u{200d}';

/// Formats, and the stroke that only makes an Arabic word longer. Not embeddings, overrides and isolates: what they turn
/// around is read as something else, and they end a word.
fn is_nothing(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{640}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0001}'..='\u{e01ef}')
}

/// Emoji and other pictures. Not currencies, arithmetic and punctuation, which stand in many texts and say little.
fn is_symbol(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{2440}'..='\u{245f}' | '\u{25a0}'..='\u{27bf}'
        | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}' | '\u{303d}' | '\u{1f000}'..='\u{1faff}')
}

/// The colour of a hand, which another hand may have instead.
fn is_tone(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

/// Whether `mark` over `base` is no letter of the base's script.
fn is_dropped(base: char, mark: char) -> bool {
    // What encloses a character is no letter anywhere.
    if matches!(mark, '\u{20dd}'..='\u{20e4}' | '\u{488}' | '\u{489}') {
        return true;
    }
    match base {
        // Arabic: vowels and what else guides reading; of the hamza only that of the alef, which most people leave out.
        '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{870}'..='\u{8ff}' => match mark {
            '\u{653}'..='\u{655}' => base == '\u{627}',
            '\u{610}'..='\u{61a}'
            | '\u{64b}'..='\u{65f}'
            | '\u{670}'
            | '\u{6d6}'..='\u{6ed}'
            | '\u{898}'..='\u{8ff}' => true,
            _ => false,
        },
        // Hebrew: points and accents.
        '\u{590}'..='\u{5ff}' => matches!(mark, '\u{591}'..='\u{5c7}'),
        // Syriac: points.
        '\u{700}'..='\u{74f}' => matches!(mark, '\u{711}' | '\u{730}'..='\u{74a}' | '\u{300}'..='\u{36f}'),
        // Cyrillic: stress, titles and other old signs. The bow, the dots, the macron and what ѓ and ќ have make letters, but
        // ё is mostly written е.
        '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{2de0}'..='\u{2dff}' | '\u{a640}'..='\u{a69f}' => {
            match mark {
                '\u{301}' => !matches!(base, 'г' | 'к' | 'Г' | 'К'),
                '\u{308}' => matches!(base, 'е' | 'Е'),
                '\u{300}'
                | '\u{302}'
                | '\u{303}'
                | '\u{30f}'
                | '\u{311}'
                | '\u{483}'..='\u{487}'
                | '\u{a66f}'..='\u{a67d}' => true,
                _ => false,
            }
        }
        // Latin, Greek, and what is written like them: accents are left out by many, and by keyboards without them.
        '\u{0}'..='\u{3ff}'
        | '\u{1d00}'..='\u{1fff}'
        | '\u{2c60}'..='\u{2c7f}'
        | '\u{a720}'..='\u{a7ff}'
        | '\u{ab30}'..='\u{ab6f}' => true,
        // A mark by itself, on nothing that could be a letter.
        _ => !base.is_alphanumeric() && !is_combining_mark(base),
    }
}

/// One character, as a reader sees it, in the form in which texts are compared.
pub(super) fn folded(seen: &str) -> String {
    if seen.is_ascii() {
        return seen.to_ascii_lowercase();
    }
    let mut out: Vec<char> = Vec::new();
    let mut base = '\0';
    for c in seen.nfkd() {
        if is_combining_mark(c) {
            if !is_nothing(c) && !is_dropped(base, c) {
                out.push(c);
            }
        } else if c == JOINER && is_symbol(base) {
            out.push(c);
        } else if !is_nothing(c) && (!is_tone(c) || base == '\0') {
            lower(c, &mut out);
            // Marks are looked at over what stands there now: a digit of any script is a plain one.
            base = out.last().copied().unwrap_or(c);
        }
    }
    // Letters that came apart, as those of Hangul, are put together again.
    out.into_iter().nfc().collect()
}

fn lower(c: char, out: &mut Vec<char>) {
    if let Some(digit) = digit::ascii(c) {
        return out.push(digit);
    }
    for c in c.to_lowercase() {
        let plain: &[char] = match c {
            'ß' => &['s', 's'],
            'æ' => &['a', 'e'],
            'œ' => &['o', 'e'],
            'ø' => &['o'],
            'ł' => &['l'],
            'đ' | 'ð' => &['d'],
            'ħ' => &['h'],
            'þ' => &['t', 'h'],
            'ı' => &['i'],
            'ς' => &['σ'],
            // What lower case brings along, as the dot of İ.
            '\u{307}' => &[],
            _ => &[c],
        };
        out.extend_from_slice(plain);
    }
}
