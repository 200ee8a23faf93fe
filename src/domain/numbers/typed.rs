//! Phone numbers as people type and paste them: one reader for every form, file and command.
//!
//! It judges only what people type, by the numbering plan of the country, and only whether such a number is possible.
//! What a carrier delivers and what is stored is taken as it is, by [`Phone::parse`].

use std::fmt;

use super::numbering::{Length, Plan};
use super::phone::Phone;
use crate::domain::characters::digit;
use crate::domain::characters::seen::is_unseen;

/// Why what was typed is no phone number. Nothing of it is repeated but its country code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// There is no digit in it.
    Empty,
    /// There are letters in it.
    Letters,
    /// An extension follows.
    Extension,
    /// There are signs in it that no number has.
    Signs,
    /// Its plus does not stand in front.
    Plus,
    /// It has no country code, and nothing says which country is meant.
    NoCountry,
    /// No country has this code.
    NoSuchCode(String),
    /// Its length is not one of those that numbers of its plan have.
    Length {
        /// How it differs.
        how: Length,
        /// The country code.
        code: u16,
        /// How many digits follow the code.
        digits: usize,
        /// How many may, the fewest first.
        right: Vec<usize>,
    },
}

impl std::error::Error for Wrong {}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LIKE: &str = "such as +15055550121";
        match self {
            Wrong::Empty => write!(f, "it has no digits: write a phone number {LIKE}"),
            Wrong::Letters => write!(f, "it has letters in it: write a phone number in digits, {LIKE}"),
            Wrong::Extension => write!(f, "it has an extension, and no text can go to one: leave it out"),
            Wrong::Signs => write!(f, "it has signs in it that no phone number has: write + and digits, {LIKE}"),
            Wrong::Plus => write!(f, "its + does not stand in front: write one phone number, {LIKE}"),
            Wrong::NoCountry => write!(f, "the country code is missing: write it first, with a +, {LIKE}"),
            Wrong::NoSuchCode(code) => {
                write!(f, "there is no country code +{code}: write + and the code of the country first, {LIKE}")
            }
            Wrong::Length { how, code, digits, right } => {
                let what = match how {
                    Length::Local => "the area code is missing",
                    Length::Long => "it is too long",
                    Length::Between => "it is too short or too long",
                    Length::Short | Length::Possible => "it is too short",
                };
                let verb = if *digits == 1 { "digit follows" } else { "digits follow" };
                write!(f, "{what}: {digits} {verb} the country code +{code}, where {} belong", either(right))
            }
        }
    }
}

/// `10`, `7 or 10`, `5 to 12`, or several of these.
fn either(numbers: &[usize]) -> String {
    let runs: Vec<String> = numbers
        .chunk_by(|one, next| one + 1 == *next)
        .map(|run| match run {
            [one] => one.to_string(),
            [one, two] => format!("{one} or {two}"),
            [one, .., last] => format!("{one} to {last}"),
            [] => String::new(),
        })
        .collect();
    runs.join(" or ")
}

/// Reads a number that somebody typed. What has no country code is a number of `country` (ISO 3166), where one is meant,
/// such as that of the line from which a text is to go.
///
/// # Errors
/// What is wrong with it, in words for the field.
pub fn read(text: &str, country: Option<&str>) -> Result<Phone, Wrong> {
    let (plus, digits) = bare(text)?;
    let home = country.and_then(Plan::of_country);
    if plus {
        return international(&digits);
    }
    match home {
        Some(plan) => national(plan, &digits),
        None => international(digits.strip_prefix("00").ok_or(Wrong::NoCountry)?),
    }
}

/// The number to look for where somebody typed one: as [`read`] reads it, or, in plain E.164, as it stands. What was stored
/// before numbers were judged can so be found.
///
/// # Errors
/// As [`read`].
pub fn wanted(text: &str) -> Result<Phone, Wrong> {
    Phone::parse(text.trim()).or_else(|_| read(text, None))
}

/// A number that can be a line: a short code, or a phone number with its country code.
///
/// # Errors
/// What is wrong, in words.
pub fn line(text: &str) -> Result<String, String> {
    short_code(text).map_or_else(|| read(text, None).map(String::from), Ok).map_err(|wrong| match wrong {
        Wrong::NoCountry | Wrong::Empty | Wrong::Letters => format!("{wrong}; a short code is 3 to 8 digits"),
        wrong => wrong.to_string(),
    })
}

/// The digits of a short code, 3 to 8, if that is what was typed.
#[must_use]
pub fn short_code(text: &str) -> Option<String> {
    bare(text).ok().filter(|(plus, digits)| !plus && (3..=8).contains(&digits.len())).map(|(_, digits)| digits)
}

/// The digits of what may be a part of a number; `None` where something else was typed.
#[must_use]
pub fn digits(text: &str) -> Option<String> {
    bare(text).ok().map(|(_, digits)| digits)
}

/// Whether a plus stands in front, and the digits.
fn bare(text: &str) -> Result<(bool, String), Wrong> {
    let text: String = text.chars().filter(|c| !is_nothing(*c)).collect();
    let text = ["tel:", "sms:"].iter().find_map(|scheme| without(&text, scheme)).unwrap_or(&text);
    let mut digits = String::new();
    let mut plus = false;
    for (at, c) in text.char_indices() {
        if let Some(digit) = digit::ascii(c) {
            digits.push(digit);
        } else if is_plus(c) && digits.is_empty() && !plus {
            plus = true;
        } else if is_plus(c) {
            return Err(Wrong::Plus);
        } else if !is_between(c) {
            return Err(if is_extension(&text[at..]) && !digits.is_empty() {
                Wrong::Extension
            } else if text.chars().any(char::is_alphabetic) {
                Wrong::Letters
            } else {
                Wrong::Signs
            });
        }
    }
    if digits.is_empty() { Err(Wrong::Empty) } else { Ok((plus, digits)) }
}

fn without<'t>(text: &'t str, scheme: &str) -> Option<&'t str> {
    let (begins, rest) = text.split_at_checked(scheme.len())?;
    begins.eq_ignore_ascii_case(scheme).then_some(rest)
}

/// Whether an extension begins here: `x12`, `ext. 12`, `;ext=12`, `#12`.
fn is_extension(rest: &str) -> bool {
    let rest = rest.trim_start_matches(';').to_lowercase();
    let words = ["extension", "extn", "ext", "x", "#", "＃"];
    let after = words.iter().find_map(|word| rest.strip_prefix(word));
    after.is_some_and(|after| {
        let after = after.trim_start_matches(|c: char| ".:=".contains(c) || is_between(c));
        !after.is_empty() && after.chars().all(|c| digit::ascii(c).is_some())
    })
}

/// Blanks, and what cannot be seen: it comes along when a number is copied.
fn is_nothing(c: char) -> bool {
    c.is_whitespace() || is_unseen(c)
}

fn is_plus(c: char) -> bool {
    matches!(c, '+' | '\u{ff0b}' | '\u{fe62}' | '\u{207a}')
}

/// What people put between digits: dashes, dots, slashes, brackets.
fn is_between(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{58a}' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2043}'
                | '\u{207b}'
                | '\u{2212}'
                | '\u{2e3a}'
                | '\u{2e3b}'
                | '\u{301c}'
                | '\u{3030}'
                | '\u{30fc}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{ff0d}'
                | '\u{ff70}'
                | '~'
                | '\u{ff5e}'
                | '.'
                | '\u{b7}'
                | '\u{2022}'
                | '\u{2024}'
                | '\u{2027}'
                | '\u{2219}'
                | '\u{22c5}'
                | '\u{30fb}'
                | '\u{3002}'
                | '\u{ff0e}'
                | '\u{ff61}'
                | '\u{ff65}'
                | '/'
                | '\u{2044}'
                | '\u{2215}'
                | '\u{ff0f}'
                | '('
                | ')'
                | '['
                | ']'
                | '\u{ff08}'
                | '\u{ff09}'
                | '\u{ff3b}'
                | '\u{ff3d}'
    )
}

fn international(digits: &str) -> Result<Phone, Wrong> {
    let Some((plan, rest)) = Plan::of_code(digits) else {
        let code = digits.get(..3).unwrap_or(digits);
        return Err(if code.is_empty() { Wrong::Empty } else { Wrong::NoSuchCode(code.to_owned()) });
    };
    judged(plan, &plan.significant(rest))
}

fn national(home: Plan, digits: &str) -> Result<Phone, Wrong> {
    if let Some(abroad) = home.abroad(digits)
        && let Ok(phone) = international(abroad)
    {
        return Ok(phone);
    }
    let rest = home.without_code(digits).unwrap_or(digits);
    let here = judged(home, &home.significant(rest));
    match (here, digits.strip_prefix("00")) {
        // Two zeros are how most of the world dials abroad, also where this country does not.
        (Err(_), Some(abroad)) => international(abroad),
        (here, _) => here,
    }
}

/// The number after its country code and without prefixes, if such a number is possible.
fn judged(plan: Plan, digits: &str) -> Result<Phone, Wrong> {
    // Countries that share a code share its lengths.
    let plan = Plan::of_code(&format!("{}{digits}", plan.code())).map_or(plan, |(main, _)| main);
    let digits = plan.significant(digits);
    let wrong = |how| Wrong::Length { how, code: plan.code(), digits: digits.len(), right: plan.lengths() };
    match plan.length(&digits) {
        Length::Possible => {
            let number = format!("+{}{digits}", plan.code());
            let how = if number.len() > 16 { Length::Long } else { Length::Short };
            Phone::parse(&number).map_err(|_| wrong(how))
        }
        how => Err(wrong(how)),
    }
}
