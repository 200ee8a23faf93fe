//! A phone number as people type it, found by its end: country code and spelling may differ, the last digits do not.

use crate::domain::numbers::typed;

/// Digits from the last to the first, so that a number is found by how it ends.
#[must_use]
pub fn backward(number: &str) -> String {
    number.chars().rev().filter(char::is_ascii_digit).collect()
}

/// What was typed, if it is meant as a number: digits and the signs that people put between them, at least two digits.
/// Its digits from the last to the first, without the zeros that stand for "abroad" or "within the country".
#[must_use]
pub fn typed(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('•').trim();
    // A whole number is read as at every other door.
    if let Ok(phone) = typed::read(text, None) {
        return Some(backward(phone.as_str()));
    }
    let digits = typed::digits(text).filter(|digits| digits.len() >= 2)?;
    // The end of a number may begin with a zero; a whole number does not.
    let digits = if digits.len() > 6 { digits.trim_start_matches('0') } else { &digits };
    Some(backward(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_however_it_is_typed() {
        let stored = backward("+15055550121");
        for text in ["+1 (505) 555-0121", "505.555.0121", "0121", "555 0121", "001 505 555 0121", "••21", "21"] {
            assert!(stored.starts_with(&typed(text).unwrap()), "{text}");
        }
        for text in [
            "\u{202d}+1 505 555 0121\u{202c}",
            "tel:+1-505-555-0121",
            "＋１ ５０５ ５５５ ０１２１",
            "٠١٢١",
            "555\u{2011}0121",
        ] {
            assert!(stored.starts_with(&typed(text).unwrap()), "{text}");
        }
        let london = backward("+442079460958");
        for text in
            ["020 7946 0958", "+44 (0)20 7946 0958", "0044 20 79460958", "+44 020 7946 0958", "00 44 (0)20 7946 0958"]
        {
            assert!(london.starts_with(&typed(text).unwrap()), "{text}");
        }
        for text in ["Joel", "1", "room 12", "", "+"] {
            assert_eq!(typed(text), None, "{text}");
        }
    }
}
