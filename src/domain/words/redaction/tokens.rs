//! Reads digits from a folded text: numerals, words for digits, letters that look like digits.

use unicode_normalization::char::is_combining_mark;

use super::spelled::{self, Word};

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Plain digits in a row.
    Numeral,
    /// A word that is a digit, or some.
    Spelled,
    /// A word for tens: fifty, and perhaps fifty five.
    Tens,
    /// A word that is a digit only beside words that are.
    Shy,
    /// `oh`: a zero between digits.
    Oh,
    /// A letter on its own that looks like a digit: one between single digits.
    Letter,
    /// Letters that look like digits, and hang on digits: digits between digits.
    Glued,
}

/// Something that may be digits: from where to where it stands (bytes), and how many digits it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) count: usize,
    pub(super) kind: Kind,
}

impl Token {
    /// A word that is nothing but a digit.
    pub(super) fn is_spelled(&self) -> bool {
        matches!(self.kind, Kind::Spelled | Kind::Tens)
    }

    /// One digit, or a word.
    pub(super) fn is_short(&self) -> bool {
        self.count == 1 || self.is_spelled()
    }

    /// Digits only if what stands beside them says so.
    pub(super) fn is_doubtful(&self) -> bool {
        matches!(self.kind, Kind::Shy | Kind::Oh | Kind::Letter | Kind::Glued)
    }
}

/// Digits of scripts that put no space between words: each is one by itself.
const ALONE: &str = "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖貳參陸幺공영일이삼사오육륙칠팔구";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Digits,
    Alone,
    Letters,
}

/// Everything in the text that may be digits, in its order.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut reader = Reader { text, found: Vec::new(), many: None };
    let mut begun: Option<usize> = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if c.is_alphanumeric() || begun.is_some() && is_combining_mark(c) {
            begun = begun.or(Some(at));
        } else if let Some(from) = begun.take() {
            reader.read(from, at);
        }
    }
    reader.found
}

struct Reader<'a> {
    text: &'a str,
    found: Vec<Token>,
    /// Where "double" or "triple" stands before a digit, and what it counts for.
    many: Option<(usize, usize)>,
}

impl Reader<'_> {
    /// Letters and digits in a row.
    fn read(&mut self, from: usize, to: usize) {
        let pieces = pieces(&self.text[from..to], from);
        if let [(_, _, Class::Letters)] = pieces[..] {
            self.read_word(from, to);
            return;
        }
        for (place, &(begin, end, class)) in pieces.iter().enumerate() {
            match class {
                Class::Digits => self.push(begin, end, end - begin, Kind::Numeral),
                Class::Alone => self.push(begin, end, 1, Kind::Spelled),
                Class::Letters => {
                    let digits = |at: Option<usize>| {
                        at.and_then(|at| pieces.get(at)).is_some_and(|piece| piece.2 == Class::Digits)
                    };
                    let said = &self.text[begin..end];
                    // Behind digits a zero may stand, but `l` is litres.
                    let glued = digits(Some(place + 1)) && said.chars().all(|c| is_zero(c) || is_one(c))
                        || digits(place.checked_sub(1)) && place + 1 == pieces.len() && said.chars().all(is_zero);
                    if let Some(Word::Digit | Word::Teen | Word::Tens | Word::Many(_)) = spelled::word(said) {
                        self.read_word(begin, end);
                    } else if glued {
                        self.push(begin, end, said.chars().count(), Kind::Glued);
                    } else {
                        self.many = None;
                    }
                }
            }
        }
    }

    fn read_word(&mut self, from: usize, to: usize) {
        let said = &self.text[from..to];
        if let Some(times) = spelled::repeats(said) {
            self.many = Some((from, times));
            return;
        }
        let mut letters = said.chars();
        if let (Some(letter), None) = (letters.next(), letters.next())
            && (is_zero(letter) || is_one(letter))
        {
            return self.push(from, to, 1, Kind::Letter);
        }
        if said.eq_ignore_ascii_case("oh") {
            return self.push(from, to, 1, Kind::Oh);
        }
        match spelled::word(said) {
            Some(Word::Digit) => self.push(from, to, 1, Kind::Spelled),
            Some(Word::Teen) => self.push(from, to, 2, Kind::Spelled),
            Some(Word::Tens) => self.push(from, to, 2, Kind::Tens),
            Some(Word::Many(count)) => self.push(from, to, count, Kind::Spelled),
            Some(Word::Shy) => self.push(from, to, 1, Kind::Shy),
            None => self.many = None,
        }
    }

    fn push(&mut self, from: usize, to: usize, count: usize, kind: Kind) {
        let (from, times) = self.many.take().unwrap_or((from, 1));
        self.found.push(Token { from, to, count: count + times - 1, kind });
    }
}

/// The row in pieces of one class, each with where it begins and ends; what stands alone is a piece of its own.
fn pieces(row: &str, offset: usize) -> Vec<(usize, usize, Class)> {
    let mut pieces: Vec<(usize, usize, Class)> = Vec::new();
    for (at, c) in row.char_indices() {
        let class = if c.is_ascii_digit() {
            Class::Digits
        } else if ALONE.contains(c) {
            Class::Alone
        } else {
            Class::Letters
        };
        let (from, to) = (offset + at, offset + at + c.len_utf8());
        match pieces.last_mut().filter(|last| last.2 == class && class != Class::Alone) {
            Some(last) => last.1 = to,
            None => pieces.push((from, to, class)),
        }
    }
    pieces
}

/// Letters that look like a zero: Latin, Greek and Cyrillic.
fn is_zero(c: char) -> bool {
    matches!(c, 'o' | 'O' | 'ο' | 'Ο' | 'о' | 'О')
}

/// Letters that look like a one.
fn is_one(c: char) -> bool {
    matches!(c, 'l' | 'I' | 'i' | 'і' | 'І')
}
