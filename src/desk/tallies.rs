//! Things that happen too often for a row each, counted in memory until the clockwork writes them down.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The tally of webhooks refused for a missing or wrong signature, or for another account.
pub const WEBHOOK_REJECTED: &str = "webhook.rejected";

/// Counts that are not written yet.
#[derive(Debug, Default)]
pub struct Tallies(Mutex<BTreeMap<&'static str, i64>>);

impl Tallies {
    /// Counts `count` more.
    pub fn add(&self, name: &'static str, count: i64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default() += count;
    }

    /// Takes everything that was counted.
    #[must_use]
    pub fn take(&self) -> Vec<(&'static str, i64)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }
}
