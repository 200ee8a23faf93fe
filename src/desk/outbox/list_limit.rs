//! How many lists the program asks the carrier for at once: fewer while lists do not come in time.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Most lists at once.
const MOST: usize = 16;

/// A limit that is halved when a list could not be had, and doubled when all came.
#[derive(Debug)]
pub struct ListLimit(AtomicUsize);

impl Default for ListLimit {
    fn default() -> Self {
        ListLimit(AtomicUsize::new(MOST))
    }
}

impl ListLimit {
    /// So many may be asked for at once, 1 to 16.
    #[must_use]
    pub fn at_once(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// So many were allowed, and all that were asked for came or not. A carrier that does not keep up would be busy for ever with
    /// lists for which nobody waits any more.
    pub fn came(&self, at_once: usize, all: bool) {
        let next = if all { at_once.saturating_mul(2).min(MOST) } else { (at_once / 2).max(1) };
        self.0.store(next, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carrier_that_does_not_keep_up_is_asked_for_half_as_many_lists() {
        let limit = ListLimit::default();
        let came = |all| {
            limit.came(limit.at_once(), all);
            limit.at_once()
        };
        assert_eq!([false, false, false, false, false].map(came), [8, 4, 2, 1, 1]);
        assert_eq!([true, true, false, true, true, true, true].map(came), [2, 4, 2, 4, 8, 16, 16]);
    }
}
