//! The reason that people must give when they do something to a customer: a few words, neither none nor too many.

use super::Failure;
use crate::domain::words::as_typed::at_most;

/// The longest reason or evidence, in characters.
const LONGEST: usize = 500;

/// The words for the field `field`, without the space around them; `None` if there are none.
///
/// # Errors
/// [`Failure::Refused`] for the field if there are more than 500 characters.
pub(super) fn optional(field: &'static str, text: &str) -> Result<Option<String>, Failure> {
    let text = text.trim();
    at_most(LONGEST, "it", text).map_err(|why| Failure::refused(field, why))?;
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

/// As [`optional`], where there must be some.
///
/// # Errors
/// As [`optional`]; if there are none, it says `if_empty`.
pub(super) fn required(field: &'static str, text: &str, if_empty: &str) -> Result<String, Failure> {
    optional(field, text)?.ok_or_else(|| Failure::refused(field, if_empty))
}
