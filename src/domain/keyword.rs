//! Opt-out, opt-in and help words.
