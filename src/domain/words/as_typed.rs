//! What every text that people type goes through before it is kept: its line ends, and its length.

use std::borrow::Cow;

/// The text with every line end as LF. Browsers send CR LF, which a phone would show or count as two.
#[must_use]
pub fn line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Cow::Borrowed(text) }
}

/// Whether `text` has at most `most` characters. `what` is the text in the sentence of the error, such as `the note`.
///
/// # Errors
/// How many characters it has and may have.
pub fn at_most(most: usize, what: &str, text: &str) -> Result<(), String> {
    let length = text.chars().count();
    if length <= most { Ok(()) } else { Err(format!("{what} has {length} characters and {most} is the most")) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::words::segment::segments;

    #[test]
    fn a_line_end_costs_one_place() {
        assert_eq!(line_ends("a\r\nb\rc\n"), "a\nb\nc\n");
        assert_eq!(segments(&line_ends(&"\r\n".repeat(160))), 1);
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!(at_most(3, "it", "éé😀"), Ok(()));
        assert_eq!(at_most(3, "the note", "four"), Err("the note has 4 characters and 3 is the most".to_owned()));
    }

    proptest! {
        #[test]
        fn once_is_enough(text in "[a\r\n]{0,20}") {
            let once = line_ends(&text).into_owned();
            prop_assert_eq!(&*line_ends(&once), &once);
        }
    }
}
