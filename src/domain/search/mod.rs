//! Search: how text becomes words, what a query asks for, and lists of messages that contain a word.
//!
//! Both databases store the same lists, and every decision is made here, so that both find the same.

pub mod fold;
pub mod keeping;
mod letter;
pub mod lists;
pub mod mark;
pub mod number;
pub mod postings;
pub mod question;

/// The list of every message.
pub const EVERY: &str = "*";
/// The list of notes.
pub const NOTES: &str = "=note";

/// The list of what was said on a line.
#[must_use]
pub fn on_line(line: i64) -> String {
    format!("/{line}")
}
