//! Counts of things that happen too often for a row each, in memory until the clockwork writes them down.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::ids::PersonId;

/// The tally of webhooks refused for a missing or wrong signature, or for another account.
pub const WEBHOOK_REJECTED: &str = "webhook.rejected";

/// The tally of texts that never reached us by webhook and were found at the carrier.
pub const MISSED_TEXTS: &str = "texts.missed";
/// The tally of failed turns of looking for them.
pub const UNASKED: &str = "carrier.unasked";
/// The tally of texts that were sent or passed on although the carrier's lists could not be had: nobody knows whether their
/// phone had asked for no more.
pub const UNLOOKED: &str = "texts.unlooked";
/// The tally of texts that the carrier has sent from our numbers and this database knows nothing of.
pub const STRANGE_TEXTS: &str = "texts.strange";

/// The tally of texts that were not sent because of the country of their phone.
pub const ABROAD: &str = "texts.abroad";
/// The tally of texts that waited because the most of the day had been sent.
pub const SPENT: &str = "texts.spent";

/// So many people and addresses are told apart until the next time that counts are written.
const MOST: usize = 1000;

/// Whom an attempt to sign in was about, if that is anybody, and the address it came from, if that is known.
pub type Attempted = (Option<PersonId>, Option<String>);

/// Counts that are not written yet.
#[derive(Debug, Default)]
pub struct Tallies {
    counts: Mutex<BTreeMap<&'static str, i64>>,
    too_soon: Mutex<BTreeMap<Attempted, i64>>,
}

impl Tallies {
    /// Counts `count` more.
    pub fn add(&self, name: &'static str, count: i64) {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default() += count;
    }

    /// Takes everything that was counted.
    #[must_use]
    pub fn take(&self) -> Vec<(&'static str, i64)> {
        std::mem::take(&mut *self.counts.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }

    /// Counts `count` more attempts to sign in that came too soon; beyond the most of them, for nobody and from nowhere in
    /// particular.
    pub fn add_too_soon(&self, attempted: Attempted, count: i64) {
        let mut all = self.too_soon.lock().unwrap_or_else(PoisonError::into_inner);
        let attempted = if all.len() < MOST || all.contains_key(&attempted) { attempted } else { (None, None) };
        *all.entry(attempted).or_default() += count;
    }

    /// Counts one.
    pub fn too_soon(&self, person: Option<PersonId>, address: Option<&str>) {
        self.add_too_soon((person, address.map(str::to_owned)), 1);
    }

    /// Takes the attempts that came too soon.
    #[must_use]
    pub fn take_too_soon(&self) -> Vec<(Attempted, i64)> {
        std::mem::take(&mut *self.too_soon.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }
}
