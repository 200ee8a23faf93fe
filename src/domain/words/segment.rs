//! How a text travels: encoding, number of segments, and parts of at most what one request takes.
//! Pace and price count segments, so these must be the carrier's own numbers.
//!
//! Sources: 3GPP TS 23.038 (the GSM 7-bit alphabet) and TS 23.040 (concatenation), checked against the carrier's
//! calculator.

mod fold;
mod split;

pub use fold::fold;
pub use split::split;

/// The alphabet that a text is sent in. One character outside GSM-7 turns the whole text to UCS-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Seven bits a character: 160 alone, 153 in each of several segments.
    Gsm7,
    /// Sixteen bits a UTF-16 unit: 70 alone, 67 in each of several segments.
    Ucs2,
}

impl Encoding {
    /// The alphabet of `body`.
    #[must_use]
    pub fn of(body: &str) -> Self {
        if body.chars().all(|c| septets(c).is_some()) { Encoding::Gsm7 } else { Encoding::Ucs2 }
    }

    /// Places in a text of one segment, and in each segment of a longer one.
    const fn places(self) -> (usize, usize) {
        match self {
            Encoding::Gsm7 => (160, 153),
            Encoding::Ucs2 => (70, 67),
        }
    }

    /// Places that `c` takes: septets or UTF-16 units.
    fn cost(self, c: char) -> usize {
        match self {
            Encoding::Gsm7 => septets(c).unwrap_or(1),
            Encoding::Ucs2 => c.len_utf16(),
        }
    }
}

/// How a body travels, all its parts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Unicode scalar values, which is how people count a text.
    pub characters: usize,
    /// Segments of all parts.
    pub segments: u32,
    /// Requests that it takes.
    pub parts: usize,
    /// Some character is outside GSM-7.
    pub unicode: bool,
}

/// What `body` comes to where one request takes `limit` UTF-16 units: the sum over the parts that are sent, each in an
/// alphabet of its own. Everything that tells people how long a text is asks here.
#[must_use]
pub fn count(body: &str, limit: usize) -> Count {
    let parts = split(body, limit);
    Count {
        characters: body.chars().count(),
        segments: parts.iter().map(|part| segments(part)).sum(),
        parts: parts.len(),
        unicode: Encoding::of(body) == Encoding::Ucs2,
    }
}

/// How many segments `body` is sent in, which one request takes, at least 1. Line ends should be LF by then.
#[must_use]
pub fn segments(body: &str) -> u32 {
    let encoding = Encoding::of(body);
    let (alone, each) = encoding.places();
    if body.chars().map(|c| encoding.cost(c)).sum::<usize>() <= alone {
        return 1;
    }
    // An escape pair or surrogate pair that does not fit moves to the next segment whole.
    let (count, _) = body
        .chars()
        .map(|c| encoding.cost(c))
        .fold((1, 0), |(count, used), cost| if used + cost > each { (count + 1, cost) } else { (count, used + cost) });
    count
}

/// Septets of a character in the GSM 7-bit alphabet: 1, or 2 in the extension table; `None` outside it.
fn septets(c: char) -> Option<usize> {
    const BEYOND_ASCII: &str = "¡£¤¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΓΔΘΛΞΠΣΦΨΩ";
    match c {
        '\u{c}' | '[' | '\\' | ']' | '^' | '{' | '|' | '}' | '~' | '€' => Some(2),
        '`' => None,
        '\n' | '\r' | ' '..='\u{7e}' => Some(1),
        _ => BEYOND_ASCII.contains(c).then_some(1),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use Encoding::{Gsm7, Ucs2};

    fn says(body: &str, encoding: Encoding, count: u32) {
        assert_eq!((Encoding::of(body), segments(body)), (encoding, count), "{} characters", body.chars().count());
    }

    #[test]
    fn counts_are_the_carriers_own() {
        for (length, count) in [(160, 1), (161, 2), (306, 2), (307, 3), (1600, 11)] {
            says(&"a".repeat(length), Gsm7, count);
        }
        says(&"[".repeat(80), Gsm7, 1);
        says(&"[".repeat(81), Gsm7, 2);
        says(&format!("{}[{}", "a".repeat(152), "a".repeat(10)), Gsm7, 2);
        says(&format!("{}[{}", "a".repeat(152), "a".repeat(152)), Gsm7, 3);
        says(&"é".repeat(160), Gsm7, 1);
        says(&"ç".repeat(70), Ucs2, 1);
        says(&"ç".repeat(71), Ucs2, 2);
        says(&"😀".repeat(35), Ucs2, 1);
        says(&"😀".repeat(36), Ucs2, 2);
        says(&format!("{}😀", "a".repeat(68)), Ucs2, 1);
        says(&format!("{}😀", "a".repeat(69)), Ucs2, 2);
        for (length, count) in [(134, 2), (135, 3), (1600, 24)] {
            says(&"ж".repeat(length), Ucs2, count);
        }
        says(&format!("{}😀{}", "ж".repeat(66), "ж".repeat(66)), Ucs2, 3);
        says(&format!("{}😀{}", "ж".repeat(65), "ж".repeat(67)), Ucs2, 2);
        says("`", Ucs2, 1);
        says("€", Gsm7, 1);
        says("you’re", Ucs2, 1);
        says("", Gsm7, 1);
    }

    #[test]
    fn the_alphabet_has_its_gaps() {
        for inside in "@$_ΓΩ¿¡ÄÇñü\n\r\u{c}~".chars() {
            assert!(septets(inside).is_some(), "{inside:?}");
        }
        for outside in "`çáíóúêâôîëï“”‘’–—…\u{a0}\t\u{7f}\u{1b}".chars() {
            assert!(septets(outside).is_none(), "{outside:?}");
        }
    }

    #[test]
    fn a_long_text_costs_what_its_parts_cost() {
        let of = |body: &str| {
            let count = count(body, 1600);
            (count.characters, count.segments, count.parts, count.unicode)
        };
        assert_eq!(of(&"a".repeat(1600)), (1600, 11, 1, false));
        assert_eq!(of(&"word ".repeat(640)), (3200, 22, 2, false), "it is not 21, as 3,200 septets would be");
        // One character at the end turns its own part alone.
        assert_eq!(of(&format!("{}😀", "word ".repeat(320))), (1601, 6 + 12, 2, true));
        assert_eq!(of(""), (0, 1, 1, false));
    }

    proptest! {
        #[test]
        fn more_text_never_takes_fewer_segments(body in "\\PC{0,400}", more in "\\PC{0,5}") {
            let longer = format!("{body}{more}");
            prop_assert!(segments(&longer) >= segments(&body));
        }
    }
}
