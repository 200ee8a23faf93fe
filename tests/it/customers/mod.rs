//! Contacts and their numbers.

mod merges;
mod numbers;
mod spellings;
mod typed_numbers;
