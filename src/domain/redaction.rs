//! Takes phone numbers, e-mail addresses and links out of what two strangers text each other, so that they stay on
//! their masks: also digits that are spaced, spelled out, or written in another script or in full width.
//!
//! What was said is kept as it was said; only what is passed on is changed. A determined person finds another way to
//! say a number: this keeps honest people honest.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

/// What stands where a number, an address or a link stood.
pub const REMOVED: &str = "[removed]";

/// So many digits in a row, however they are parted, are a phone number.
const DIGITS: usize = 7;
/// Between two digits of one number stands no more than this.
const GAP: usize = 4;

/// Zeroes of the scripts whose digits are not folded to ASCII by compatibility (Unicode 16, general category Nd).
const ZEROES: [char; 16] = [
    '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}', '\u{c66}',
    '\u{ce6}', '\u{d66}', '\u{e50}', '\u{ed0}', '\u{f20}', '\u{1040}',
];

/// Digits as people spell them to slip through, in the languages of the numbering plan.
const SPELLED: [(&str, char); 26] = [
    ("zero", '0'),
    ("oh", '0'),
    ("one", '1'),
    ("two", '2'),
    ("three", '3'),
    ("four", '4'),
    ("five", '5'),
    ("six", '6'),
    ("seven", '7'),
    ("eight", '8'),
    ("nine", '9'),
    ("niner", '9'),
    ("cero", '0'),
    ("uno", '1'),
    ("dos", '2'),
    ("tres", '3'),
    ("cuatro", '4'),
    ("cinco", '5'),
    ("seis", '6'),
    ("siete", '7'),
    ("ocho", '8'),
    ("nueve", '9'),
    ("un", '1'),
    ("deux", '2'),
    ("quatre", '4'),
    ("cinq", '5'),
];

static EMAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)[\w.+%-]+\s*(?:@|\(\s*at\s*\)|\[\s*at\s*\]|\{\s*at\s*\})\s*[\w-]+",
        r"(?:\s*(?:\.|\(\s*dot\s*\)|\[\s*dot\s*\]|\{\s*dot\s*\}|\sdot\s)\s*[\w-]+)+",
        r"|[\w.+%-]+\s+at\s+[\w-]+(?:\s+dot\s+[\w-]+)+",
        r"|[\w.+%-]+@[\w-]+",
    ))
    .ok()
});

static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(?:h(?:tt|xx)ps?|ftp|tel|sms|mailto|whatsapp|tg|signal)\s*:\s*\S+",
        r"|\bwww\s?\.\s?\S+",
        r"|\b(?:[a-z0-9-]+\.)+(?:com|net|org|info|biz|io|me|co|app|dev|gg|ly|to|us|uk|ca|de|fr|es|it|nl|ch|at|se|no|dk|",
        r"fi|pl|pt|eu|mx|br|ar|in|au|nz|jp|cn|ru|link|chat|page|site|online|shop|xyz|club|live|tv|ai)\b(?:[/?#:]\S*)?",
        r"|\b[a-z0-9-]+\s+(?:\(dot\)|\[dot\]|dot)\s+(?:com|net|org|io|me|co)\b(?:\s*(?:slash|/)\s*\S+)?",
    ))
    .ok()
});

/// A date or a time of the day: its digits are nobody's number.
static WHEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\b(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b",
        r"|\b(?:0?[1-9]|[12]\d|3[01])[./](?:0?[1-9]|[12]\d|3[01])[./](?:19|20)\d\d\b",
        r"|\b(?:[01]?\d|2[0-3]):[0-5]\d\b",
    ))
    .ok()
});

/// The body with numbers, addresses and links taken out; `None` if there is nothing to take out.
#[must_use]
pub fn redact(body: &str) -> Option<String> {
    let folded = Folded::of(body);
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    for pattern in [&EMAIL, &LINK] {
        cuts.extend(
            pattern.iter().flat_map(|one| one.find_iter(&folded.text)).map(|found| (found.start(), found.end())),
        );
    }
    cuts.extend(numbers(&folded.text));
    if cuts.is_empty() {
        return None;
    }
    cuts.sort_unstable();
    let (mut out, mut at) = (String::with_capacity(body.len()), 0);
    for (start, end) in cuts {
        let (start, end) = (folded.origin(start), folded.origin(end));
        if end <= at {
            continue;
        }
        if start >= at {
            out.push_str(&body[at..start]);
            out.push_str(REMOVED);
        }
        at = end;
    }
    out.push_str(&body[at..]);
    Some(out)
}

/// A text in plain characters, and where each of its bytes came from.
struct Folded {
    text: String,
    /// For each byte of `text`, where the character that it stands for begins in the original; then its length.
    origins: Vec<usize>,
}

impl Folded {
    fn of(body: &str) -> Self {
        let (mut text, mut origins) = (String::with_capacity(body.len()), Vec::with_capacity(body.len() + 1));
        for (at, c) in body.char_indices() {
            if is_invisible(c) {
                continue;
            }
            for plain in std::iter::once(c).nfkc() {
                let plain = digit(plain).unwrap_or(plain);
                text.push(plain);
                origins.resize(text.len(), at);
            }
        }
        origins.push(body.len());
        Folded { text, origins }
    }

    fn origin(&self, at: usize) -> usize {
        self.origins.get(at).or(self.origins.last()).copied().unwrap_or_default()
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{20e3}')
}

fn digit(c: char) -> Option<char> {
    let value = ZEROES.iter().map(|zero| u32::from(c).wrapping_sub(u32::from(*zero))).find(|value| *value < 10)?;
    char::from_digit(value, 10)
}

/// Where digits stand close enough together to be a phone number.
fn numbers(text: &str) -> Vec<(usize, usize)> {
    let whens: Vec<(usize, usize)> =
        WHEN.iter().flat_map(|one| one.find_iter(text)).map(|found| (found.start(), found.end())).collect();
    let (mut found, mut run): (Vec<(usize, usize)>, Option<Run>) = (Vec::new(), None);
    let mut end_run = |run: &mut Option<Run>| {
        let run = run.take().filter(|run| run.digits >= DIGITS);
        found.extend(run.map(|run| (run.from, run.to)));
    };
    for (from, to, count) in digits(text) {
        let when = whens.iter().any(|(begin, end)| from < *end && to > *begin);
        let joined = run.as_ref().is_some_and(|run| parts(&text[run.to..from]));
        if when || !joined {
            end_run(&mut run);
        }
        if when {
            continue;
        }
        let begun = run.get_or_insert(Run { from: before(text, from), to, digits: 0 });
        (begun.to, begun.digits) = (to, begun.digits + count);
    }
    end_run(&mut run);
    found
}

/// Digits that may belong together.
struct Run {
    from: usize,
    to: usize,
    digits: usize,
}

/// A plus sign or bracket that stands before a number belongs to it.
fn before(text: &str, from: usize) -> usize {
    let lead = text[..from].trim_end_matches(['+', '(']);
    lead.len()
}

/// What may stand between two digits of one number.
fn parts(between: &str) -> bool {
    between.chars().count() <= GAP
        && between.chars().all(|c| {
            c.is_whitespace()
                || matches!(c, '-' | '.' | '(' | ')' | '/' | '_' | '*' | ',' | '+' | '\u{2010}'..='\u{2015}' | '|')
        })
}

/// Every digit and every spelled digit: where it begins and ends, and how many digits it is.
fn digits(text: &str) -> Vec<(usize, usize, usize)> {
    let mut found = Vec::new();
    let mut word: Option<usize> = None;
    // Where "double" or "triple" stands before a digit, and what it counts for.
    let mut many: Option<(usize, usize)> = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if c.is_alphabetic() {
            word = word.or(Some(at));
            continue;
        }
        if let Some(from) = word.take() {
            let said = text[from..at].to_lowercase();
            if let Some(index) = ["double", "triple"].iter().position(|one| *one == said) {
                many = Some((from, index + 2));
            } else {
                let (begin, times) = many.take().unwrap_or((from, 1));
                if SPELLED.iter().any(|(name, _)| *name == said) {
                    found.push((begin, at, times));
                }
            }
        }
        if c.is_ascii_digit() {
            let (begin, times) = many.take().unwrap_or((at, 1));
            found.push((begin, at + 1, times));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_taken_out_however_they_are_written() {
        for body in [
            "+15055550131",
            "505-555-0131",
            "(505) 555 0131",
            "5 0 5 5 5 5 0 1 3 1",
            "5.0.5.5.5.5.0.1.3.1",
            "５０５５５５０１３１",
            "٥٠٥٥٥٥٠١٣١",
            "five oh five five five five zero one three one",
            "five zero five, triple five, oh one three one",
            "5\u{200b}055\u{200b}550131",
            "⑤⓪⑤⑤⑤⑤⓪①③①",
            "cinco cero cinco 555 0131",
        ] {
            let said = redact(&format!("Call {body} please")).unwrap_or_else(|| panic!("{body} went through"));
            assert_eq!(said, format!("Call {REMOVED} please"), "{body}");
        }
    }

    #[test]
    fn addresses_and_links_are_taken_out() {
        for body in [
            "sam@example.com",
            "sam.boat+bait @ example . com",
            "sam (at) example (dot) com",
            "sam at example dot com",
            "ＳＡＭ＠ｅｘａｍｐｌｅ．ｃｏｍ",
            "https://example.com/a?b=c",
            "www.example.org/x",
            "t.me/sam_boat",
            "wa.me/15055550131",
            "boats.example.io",
            "hxxp://example.com",
            "tel:+15055550131",
        ] {
            let said = redact(&format!("Write {body} now")).unwrap_or_else(|| panic!("{body} went through"));
            assert!(said.starts_with("Write [removed]") && said.ends_with("now"), "{body}: {said}");
            assert!(!said.contains("sam") && !said.contains("example"), "{body}: {said}");
        }
    }

    #[test]
    fn what_is_no_contact_stays() {
        for body in [
            "See you at 10:30 on 2026-11-22",
            "From 22.11.2026 10:30 to 12:45",
            "It is $1,200.50 for 3 days",
            "Pier 7, slip 12, code 4431",
            "One of the two boats. Three people.",
            "I am at the dock. Come now.",
            "Wait...what? OK.",
            "",
        ] {
            assert_eq!(redact(body), None, "{body}");
        }
    }

    #[test]
    fn what_stands_around_it_stays() {
        let body = "Hé 👋 call 505 555 0131 or sam@example.com — or https://example.com! Ｏｋ";
        assert_eq!(redact(body).unwrap(), "Hé 👋 call [removed] or [removed] — or [removed] Ｏｋ");
    }

    proptest! {
        #[test]
        fn it_never_fails_and_never_leaves_a_plain_number(body in ".{0,60}", number in "[2-9][0-9]{9}", tail in " [a-z]{1,5}") {
            let said = redact(&format!("{body} {number}{tail}")).unwrap_or_default();
            prop_assert!(!said.contains(&number), "{}", said);
        }

        #[test]
        fn words_alone_are_left_as_they_are(body in "[b-eg-mp-z ]{0,60}") {
            prop_assert_eq!(redact(&body), None);
        }
    }
}
