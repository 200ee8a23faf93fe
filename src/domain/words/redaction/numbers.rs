//! Where digits stand close enough together to be a phone number.

use super::contacts::Span;
use super::tokens::{Kind, Token, tokens};

/// So many digits in a row, however they are parted, are a phone number.
const DIGITS: usize = 7;
/// So many if words stand between numerals: "505 then 555 then 0131" is one, "at 1030 then 1245" is none.
const DIGITS_WITH_WORDS: usize = 9;
/// Between two digits of one number stands no more than this.
const GAP: usize = 4;
/// And where words stand between them, no more than this.
const GAP_WITH_WORDS: usize = 30;
/// So many words in a row that are digits only among words for digits are such words themselves.
const SHY_TOGETHER: usize = 5;

/// Words that part a number.
const PARTING: [&str; 46] = [
    "then",
    "dash",
    "hyphen",
    "dot",
    "point",
    "space",
    "next",
    "followed",
    "after",
    "comma",
    "stroke",
    "slash",
    "dann",
    "danach",
    "strich",
    "bindestrich",
    "leerzeichen",
    "punkt",
    "puis",
    "ensuite",
    "tiret",
    "espace",
    "luego",
    "después",
    "despues",
    "guion",
    "guión",
    "espacio",
    "punto",
    "depois",
    "traço",
    "hífen",
    "espaço",
    "ponto",
    "poi",
    "dopo",
    "trattino",
    "spazio",
    "потом",
    "затем",
    "далее",
    "тире",
    "дефис",
    "пробел",
    "potem",
    "daarna",
];

/// Words that stand beside those, or between single digits.
const JOINING: [&str; 14] = ["and", "und", "et", "y", "e", "и", "i", "og", "och", "en", "by", "that", "the", "plus"];

/// What stands between two pieces of one number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    Plain,
    Words,
}

/// The numbers of a folded text; `whens` are digits that are something else.
pub(super) fn found(text: &str, whens: &[Span]) -> Vec<Span> {
    let mut all = tokens(text);
    all.retain(|token| !whens.iter().any(|(begin, end)| token.from < *end && token.to > *begin));
    let all = settled(text, &all);
    let mut found = Vec::new();
    let mut run: Vec<Token> = Vec::new();
    let mut words = false;
    for token in all {
        if let Some(how) = run.last().and_then(|last| joint(text, last, &token)) {
            words |= how == Joint::Words;
        } else {
            found.extend(number(text, &run, words));
            (run, words) = (Vec::new(), false);
        }
        run.push(token);
    }
    found.extend(number(text, &run, words));
    found
}

/// The tokens that are digits: of the doubtful ones those that what stands beside them speaks for.
fn settled(text: &str, all: &[Token]) -> Vec<Token> {
    let mut settled = Vec::with_capacity(all.len());
    let mut at = 0;
    while at < all.len() {
        if !all[at].is_doubtful() {
            settled.push(all[at]);
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while end < all.len() && all[end].is_doubtful() && is_near(text, &all[end - 1], &all[end]) {
            end += 1;
        }
        let left = at.checked_sub(1).map(|left| &all[left]).filter(|left| is_near(text, left, &all[at]));
        let right = all.get(end).filter(|right| is_near(text, &all[end - 1], right));
        // A part of a number's end, if nothing but a space parts it from words for digits.
        let beside = |one: Option<&Token>, gap: fn(&str, &Token, &Token) -> bool, doubtful: &Token| {
            one.is_some_and(|one| one.is_spelled() && gap(text, one, doubtful))
        };
        let between = left.zip(right);
        let edge = left.is_none() && beside(right, |text, one, other| is_spaced(text, other, one), &all[end - 1])
            || right.is_none() && beside(left, is_spaced, &all[at]);
        let shy = [left, right].into_iter().flatten().any(Token::is_spelled) || end - at >= SHY_TOGETHER;
        let speaks = |token: &Token| match token.kind {
            Kind::Shy => shy,
            Kind::Glued => between.is_some(),
            Kind::Oh => between.is_some() || edge,
            _ => between.is_some_and(|(left, right)| left.is_short() && right.is_short()) || edge,
        };
        if all[at..end].iter().all(speaks) {
            settled.extend(&all[at..end]);
        }
        at = end;
    }
    settled
}

fn is_near(text: &str, one: &Token, other: &Token) -> bool {
    joint(text, one, other).is_some()
}

fn is_spaced(text: &str, one: &Token, other: &Token) -> bool {
    text[one.to..other.from].chars().all(char::is_whitespace)
}

/// A run of digits as a number, if it is one.
fn number(text: &str, run: &[Token], words: bool) -> Option<Span> {
    let run = without_loose_ends(run);
    let (first, last) = (run.first()?, run.last()?);
    let digits: usize = run
        .iter()
        .enumerate()
        .map(|(at, token)| {
            // Fifty five are two digits, as fifty alone is.
            let next = run.get(at + 1).filter(|next| next.is_spelled() && next.count == 1);
            if token.kind == Kind::Tens && next.is_some() { token.count - 1 } else { token.count }
        })
        .sum();
    let needed = if words { DIGITS_WITH_WORDS } else { DIGITS };
    let is_number = digits >= needed && !counts_up(&text[first.from..last.to]);
    is_number.then(|| (before(text, first.from), last.to))
}

/// "The other one 482913": a single word before or behind a long numeral is no part of it.
fn without_loose_ends(mut run: &[Token]) -> &[Token] {
    let long = |token: &Token| token.kind == Kind::Numeral && token.count >= 4;
    if let [first, second, ..] = run
        && first.is_spelled()
        && long(second)
    {
        run = &run[1..];
    }
    if let [.., second, last] = run
        && last.is_spelled()
        && long(second)
    {
        run = &run[..run.len() - 1];
    }
    run
}

/// A list of small numbers, each greater than the one before it: rooms, sizes, pages.
fn counts_up(said: &str) -> bool {
    let mut last = 0;
    let mut pieces = 0;
    for piece in said.split([',', ';']).map(str::trim) {
        let value = Some(piece).filter(|piece| piece.len() <= 6 && !piece.starts_with(['0', '+']));
        match value.and_then(|piece| piece.parse::<u32>().ok()) {
            Some(value) if value > last => last = value,
            _ => return false,
        }
        pieces += 1;
    }
    pieces > 2
}

/// A plus sign or bracket that stands before a number belongs to it.
fn before(text: &str, from: usize) -> usize {
    let lead = text[..from].trim_end_matches(['+', '(']);
    lead.len()
}

/// Whether two pieces may belong to one number, by what stands between them.
fn joint(text: &str, left: &Token, right: &Token) -> Option<Joint> {
    let between = text.get(left.to..right.from)?;
    if between.chars().any(|c| !c.is_alphanumeric() && !parts(c)) {
        return None;
    }
    if !between.contains(char::is_alphanumeric) {
        return (between.chars().count() <= GAP).then_some(Joint::Plain);
    }
    if between.chars().count() > GAP_WITH_WORDS {
        return None;
    }
    let (mut parting, mut count) = (false, 0);
    for word in between.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let word = word.to_lowercase();
        parting |= PARTING.contains(&word.as_str());
        count += 1;
        if count > 3 || !PARTING.contains(&word.as_str()) && !JOINING.contains(&word.as_str()) {
            return None;
        }
    }
    match parting {
        true if left.is_spelled() && right.is_spelled() => Some(Joint::Plain),
        true => Some(Joint::Words),
        false => (left.is_short() && right.is_short()).then_some(Joint::Plain),
    }
}

/// What may stand between the digits of one number: anything but what says that they are measures or sums.
fn parts(c: char) -> bool {
    !c.is_alphanumeric()
        && !matches!(
            c,
            '%' | '$'
                | '€'
                | '£'
                | '¥'
                | '₹'
                | '₽'
                | '°'
                | '\''
                | '"'
                | '′'
                | '″'
                | '#'
                | '!'
                | '?'
                | '='
                | '&'
                | '×'
                | '\u{2044}'
        )
}
