//! Who may be written to: what people said, what staff entered, and whom staff have blocked.

mod blocks;
mod consents;
mod keywords;
