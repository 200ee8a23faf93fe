//! What the carrier reports about texts that it has taken: in any order, twice, or never.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::domain::outbox::delivery::State;
use switchboard::domain::outbox::settlement::Report;
use switchboard::secret::Chance;

use super::carrier::Taken;

#[derive(Debug, Default)]
pub struct Reports {
    /// Receipt tokens and the deliveries that they are about.
    deliveries: BTreeMap<String, i64>,
    learnt: BTreeSet<String>,
    /// (token, carrier's id) of texts that can be reported on.
    known: Vec<(String, String)>,
    /// What the carrier will say in the end, by id.
    ends: BTreeMap<String, usize>,
    /// Carrier's ids that were reported as having gone wrong.
    pub wrong: BTreeSet<String>,
}

/// Rank, state, code, opted out.
const WORDS: [(i64, Option<State>, Option<i64>, bool); 7] = [
    (1, None, None, false),
    (2, None, None, false),
    (3, Some(State::Sent), None, false),
    (4, Some(State::Delivered), None, false),
    (4, Some(State::Undelivered), Some(30003), false),
    (4, Some(State::Failed), Some(30008), false),
    (4, Some(State::Failed), Some(21610), true),
];

impl Reports {
    pub fn begun(&mut self, token: &str, delivery: i64) {
        self.deliveries.insert(token.to_owned(), delivery);
    }

    pub fn delivery(&self, token: &str) -> Option<i64> {
        self.deliveries.get(token).copied()
    }

    /// What the carrier has taken by now.
    pub fn learn(&mut self, taken: &[Taken]) {
        for one in taken {
            if self.learnt.insert(one.id.clone()) {
                self.known.push((one.token.clone(), one.id.clone()));
            }
        }
    }

    /// A report about one of them.
    pub fn next(&mut self, chance: &Chance) -> Option<(String, Report)> {
        if self.known.is_empty() {
            return None;
        }
        let (token, id) = self.known[chance.below(self.known.len())].clone();
        // A carrier does not change its mind about how it ended.
        let end = *self.ends.entry(id.clone()).or_insert_with(|| 3 + [0, 0, 0, 0, 1, 2, 3][chance.below(7)]);
        let (rank, state, code, opted_out) = WORDS[[0, 1, 2, end, end][chance.below(5)]];
        if state.is_some_and(State::is_failure) {
            self.wrong.insert(id.clone());
        }
        let why = code.map(|_| "the carrier could not deliver it".to_owned());
        Some((token, Report { id, rank, state, code, why, opted_out }))
    }
}
