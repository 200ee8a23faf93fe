//! What a text of the program may contain, in the words that a form or a set-up file shows.

use super::Wording;
use super::fill::{Piece, pieces};
use crate::domain::characters::seen;
use crate::domain::words::segment;

/// The longest, in segments, before its fields are filled: nobody reads a longer notice, and each one costs.
const MOST_SEGMENTS: u32 = 4;

impl Wording {
    /// Whether `body` may be sent as this text.
    ///
    /// # Errors
    /// What is wrong and the remedy, in words.
    pub fn check(self, body: &str) -> Result<(), String> {
        if seen::is_blank(body) {
            return if self.may_be_empty() {
                Ok(())
            } else {
                Err("it is empty, but something must be sent here; write what, or leave it out for the usual words"
                    .to_owned())
            };
        }
        if body.chars().any(|c| c.is_control() && c != '\n') {
            return Err("it has a control character; write letters and line breaks only".to_owned());
        }
        check_fields(body, self.fields())?;
        let segments = segment::segments(body);
        if segments > MOST_SEGMENTS {
            return Err(format!("it takes {segments} segments; shorten it to {MOST_SEGMENTS}"));
        }
        Ok(())
    }
}

/// Whether `body` has no other fields than these.
///
/// # Errors
/// The field that is none, or a brace that is not closed, and the choices, in words.
pub fn check_fields(body: &str, fields: &[&str]) -> Result<(), String> {
    for piece in pieces(body) {
        match piece {
            Piece::Unclosed(_) => return Err(format!("a `{{` is not closed; {}", choices(fields))),
            Piece::Field(name) if !fields.contains(&name) => {
                return Err(format!("`{{{name}}}` is no field of this text; {}", choices(fields)));
            }
            Piece::Words(_) | Piece::Field(_) => {}
        }
    }
    Ok(())
}

/// The fields that may stand somewhere, in words.
fn choices(fields: &[&str]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| format!("{{{field}}}")).collect();
    match fields.as_slice() {
        [] => "this text has no fields".to_owned(),
        [only] => format!("its only field is {only}"),
        several => format!("its fields are {}", several.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told_with_the_choices() {
        for (wording, body, said) in [
            (
                Wording::NotDelivered,
                "To {custmer}: no.",
                "`{custmer}` is no field of this text; its fields are {customer}, {reason}",
            ),
            (Wording::OptedOut, "Stop: {customer", "a `{` is not closed; its only field is {customer}"),
            (Wording::Ended, "Bye {line}", "`{line}` is no field of this text; this text has no fields"),
            (Wording::Moved, "  \n", "it is empty"),
            (Wording::Ended, &"ж".repeat(269), "it takes 5 segments; shorten it to 4"),
            (Wording::Ended, "a\u{7}b", "control character"),
        ] {
            let why = wording.check(body).unwrap_err();
            assert!(why.contains(said), "{why}");
        }
        assert_eq!(Wording::Greeting.check(""), Ok(()));
        assert_eq!(Wording::Moved.check("{name} has it now.\nSee the inbox."), Ok(()));
        assert_eq!(Wording::Ended.check("100 % } off"), Ok(()));
    }
}
