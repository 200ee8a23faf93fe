//! The last requests and posts, in words, for the page.
//!
//! A ring of 200 lines: it explains what just happened, and is no record.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::clock::At;

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// When.
    pub at: At,
    /// `send`, `receipt`, `webhook`, `list` or `fault`.
    pub what: &'static str,
    /// From whom; may be empty.
    pub from: String,
    /// To whom; may be empty.
    pub to: String,
    /// What came of it.
    pub outcome: String,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct WireLog(Mutex<VecDeque<Entry>>);

impl WireLog {
    const LINES: usize = 200;

    pub(super) fn note(&self, at: At, what: &'static str, from: &str, to: &str, outcome: impl Into<String>) {
        let entry = Entry { at, what, from: from.to_owned(), to: to.to_owned(), outcome: outcome.into() };
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == Self::LINES {
            lines.pop_front();
        }
        lines.push_back(entry);
    }

    /// Newest first.
    pub(super) fn lines(&self) -> Vec<Entry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().rev().cloned().collect()
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
