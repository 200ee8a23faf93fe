//! Canned replies: stored texts, each with a shortcut, and with fields that are filled when somebody uses one.

use super::as_typed::at_most;
use super::name;
use super::text::{check_fields, fill};
use crate::domain::characters::seen;

/// The fields that may stand in one.
pub const FIELDS: [&str; 3] = ["customer", "rep", "line"];
/// The longest shortcut, in characters.
const LONGEST_SHORTCUT: usize = 30;
/// The longest text, in characters.
const LONGEST: usize = 2_000;

/// The shortcut that is meant by `text`: lower case, without the stroke that calls it.
///
/// # Errors
/// What is wrong and the remedy, in words.
pub fn shortcut(text: &str) -> Result<String, String> {
    let text = name::key(text);
    let text = text.strip_prefix('/').unwrap_or(&text).to_owned();
    if text.is_empty() {
        return Err("give it a short name, such as hours: it is called by /hours".to_owned());
    }
    at_most(LONGEST_SHORTCUT, "it", &text)?;
    if text.chars().any(|c| !c.is_alphanumeric() && c != '-' && c != '_') {
        return Err("use letters, digits and - only, so that it can be typed as one word".to_owned());
    }
    Ok(text)
}

/// Whether `body` may be kept.
///
/// # Errors
/// What is wrong and the remedy, in words.
pub fn check(body: &str) -> Result<(), String> {
    if seen::is_blank(body) {
        return Err("it is empty: write the text".to_owned());
    }
    at_most(LONGEST, "it", body)?;
    check_fields(body, &FIELDS)
}

/// The text with its fields filled. A customer without a name is left out, with the space before the name.
#[must_use]
pub fn filled(body: &str, customer: Option<&str>, rep: &str, line: &str) -> String {
    // No text that is stored has this character.
    const NOBODY: &str = "\0";
    let values = [("customer", customer.unwrap_or(NOBODY)), ("rep", rep), ("line", line)];
    fill(body, &values).replace(&format!(" {NOBODY}"), "").replace(NOBODY, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_filled_and_a_customer_without_a_name_leaves_no_gap() {
        let body = "Hi {customer}, {rep} from {line} here.";
        assert_eq!(filled(body, Some("Joel"), "Ana", "Bait"), "Hi Joel, Ana from Bait here.");
        assert_eq!(filled(body, None, "Ana", "Bait"), "Hi, Ana from Bait here.");
        assert_eq!(filled("{customer}: yes", None, "Ana", "Bait"), ": yes");
    }

    #[test]
    fn mistakes_are_told_with_the_remedy() {
        assert_eq!(shortcut(" /Opening-Hours "), Ok("opening-hours".to_owned()));
        for wrong in ["", " / ", "two words", "a/b", &"x".repeat(31)] {
            assert!(shortcut(wrong).is_err(), "{wrong}");
        }
        assert!(check("Hi {custmer}").unwrap_err().contains("its fields are {customer}, {rep}, {line}"));
        assert!(check("Hi {customer").unwrap_err().contains("is not closed"));
        assert!(check(" \n").is_err() && check(&"x".repeat(2001)).is_err());
        assert_eq!(check("Until six."), Ok(()));
    }
}
