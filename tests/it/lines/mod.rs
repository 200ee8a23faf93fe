//! What is set for a line: its hours, its rules, its words.

mod texts;
mod unreadable;
