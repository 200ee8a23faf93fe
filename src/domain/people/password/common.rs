//! Common passwords: one or two common words with digits around them, rows of keys, repetitions, dates.
//!
//! The words are the letters of the most common passwords, and long common words of English; see `LICENCE-zxcvbn.txt`.

use std::collections::HashSet;
use std::sync::LazyLock;

static WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| include_str!("common.txt").lines().collect());

/// Neighbours on keyboards, and in the alphabet.
const ROWS: [&str; 5] = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz"];
/// So many neighbours in a row say no more than one character.
const RUN: usize = 4;
/// So many characters must be left of a password without its rows.
const LEFT: usize = 6;
/// The shortest and the longest word in the list.
const LENGTHS: (usize, usize) = (4, 30);

/// What is wrong with a password that is tried first.
pub(super) fn weakness(password: &str) -> Option<&'static str> {
    let lower = password.to_lowercase();
    let chars: Vec<char> = lower.chars().collect();
    if !chars.iter().any(|c| c.is_alphabetic()) {
        return Some("the password has no letters");
    }
    if is_repetition(&chars) {
        return Some("the password is one short piece again and again");
    }
    if without_rows(&chars) < LEFT {
        return Some("the password is a row of neighbouring keys or letters");
    }
    let letters: String = lower.chars().filter(char::is_ascii_lowercase).collect();
    if chars.iter().all(char::is_ascii) && [letters, plain(password)].iter().any(|core| is_one_or_two_words(core)) {
        return Some("the password is no more than one or two common words");
    }
    None
}

/// The letters of a password, with those that digits and signs stand for.
pub(super) fn plain(password: &str) -> String {
    let letter = |c: char| match c {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    password.to_lowercase().chars().map(letter).filter(|c| c.is_alphabetic()).collect()
}

/// Whether a text is a piece that is no password by itself, said several times.
fn is_repetition(chars: &[char]) -> bool {
    (1..super::SHORTEST.min(chars.len())).any(|length| {
        let piece = &chars[..length];
        chars.len() >= 2 * length && chars.chunks(length).all(|chunk| piece.starts_with(chunk))
    })
}

/// The characters that are left when every row of neighbours, or of one character, counts as one.
fn without_rows(chars: &[char]) -> usize {
    let (mut left, mut from) = (0, 0);
    while from < chars.len() {
        let long = [-1_isize, 0, 1].iter().map(|step| run(&chars[from..], *step)).max().unwrap_or(1);
        left += 1;
        from += if long >= RUN { long } else { 1 };
    }
    left
}

/// How many characters from the first on follow each other by `step` in a row.
fn run(chars: &[char], step: isize) -> usize {
    let follows = |pair: &[char]| {
        if step == 0 {
            return pair[0] == pair[1];
        }
        ROWS.iter().any(|row| {
            let at = row.chars().position(|c| c == pair[0]);
            let next = at.and_then(|at| at.checked_add_signed(step)).and_then(|at| row.chars().nth(at));
            next == Some(pair[1])
        })
    };
    1 + chars.windows(2).take_while(|pair| follows(pair)).count()
}

/// Whether letters are a common word, or two.
fn is_one_or_two_words(letters: &str) -> bool {
    let known = |word: &str| WORDS.contains(word);
    if !letters.is_ascii() || letters.len() > 2 * LENGTHS.1 {
        return false;
    }
    // A letter or two beside a word are no second one.
    let nearly = |word: &str| word.len() <= 2 || known(word);
    known(letters)
        || (1..letters.len()).any(|at| {
            let (one, other) = letters.split_at(at);
            nearly(one) && nearly(other) && (one.len() >= LENGTHS.0 || other.len() >= LENGTHS.0)
        })
}
