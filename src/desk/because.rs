//! What people must say when they do something to a customer: a few words, neither none nor too many.

use super::Failure;

/// The longest reason or evidence, in characters.
const LONGEST: usize = 500;

/// The words for the field `field`, without the space around them.
///
/// # Errors
/// [`Failure::Refused`] for the field if there are more than 500 characters, or none; then it says `if_empty`.
pub(super) fn words(field: &'static str, text: &str, if_empty: &str) -> Result<String, Failure> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 {
        return Err(Failure::refused(field, if_empty));
    }
    if length > LONGEST {
        return Err(Failure::refused(field, format!("it has {length} characters and {LONGEST} is the most")));
    }
    Ok(text.to_owned())
}
