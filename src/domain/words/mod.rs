//! What a text says, and how it is cut, cleaned and understood.

pub mod as_typed;
pub mod canned;
pub mod command;
pub mod csv;
pub mod echo;
pub mod files;
pub mod keyword;
pub mod later;
pub mod mention;
pub mod name;
pub mod outsider;
pub mod redaction;
pub mod refusal;
pub mod segment;
pub mod sentence;
pub mod text;
