//! Things that happen too often for a row each, counted in memory until the clockwork writes them down.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The tally of webhooks refused for a missing or wrong signature, or for another account.
pub const WEBHOOK_REJECTED: &str = "webhook.rejected";

/// The tally of texts that never reached us by webhook and were found at the carrier.
pub const MISSED_TEXTS: &str = "texts.missed";
/// The tally of failed turns of looking for them.
pub const UNASKED: &str = "carrier.unasked";
/// The tally of texts that the carrier has sent from our numbers and this database knows nothing of.
pub const STRANGE_TEXTS: &str = "texts.strange";

/// The tally of texts that were not sent because of the country of their phone.
pub const ABROAD: &str = "texts.abroad";
/// The tally of texts that waited because the most of the day had been sent.
pub const SPENT: &str = "texts.spent";

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
