//! The difference between our clock and the carrier's. Every answer measures it, and times are translated by it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::{At, Clock};
use crate::domain::time::offset::{Offset, Span};

const SECOND: i64 = 1_000_000;

/// From the carrier's clock to ours, by an offset in microseconds; unknown: nowhere.
#[derive(Clone, Copy, Debug)]
pub struct Way(Option<i64>);

impl Way {
    /// An instant of the carrier's as our clock shows it, and whether that is sure: without a known offset it stands as the
    /// carrier wrote it.
    #[must_use]
    pub fn ours(self, theirs: At) -> (At, bool) {
        (At(theirs.0 - self.0.unwrap_or(0)), self.0.is_some())
    }
}

/// The two clocks.
#[derive(Debug)]
pub struct Apart {
    clock: Clock,
    offset: Mutex<Offset>,
}

impl Apart {
    /// Before the first answer.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Apart { clock, offset: Mutex::default() }
    }

    /// Steady time at which a question goes out.
    #[must_use]
    pub fn asked(&self) -> Duration {
        self.clock.steady()
    }

    /// The answer to the question of `asked` has come just now and is dated `date`.
    pub fn answered(&self, asked: Duration, date: At) {
        if let Some(span) = Span::shown(date, asked, self.clock.steady()) {
            self.offset.lock().unwrap_or_else(PoisonError::into_inner).add(span);
        }
    }

    /// By how many microseconds the carrier's clock is ahead of ours now; `None` while that is not known.
    #[must_use]
    pub fn ahead(&self) -> Option<i64> {
        // Both readings at once: what lies between them would count as an offset.
        let (now, steady) = (self.clock.now(), self.clock.steady());
        self.offset.lock().unwrap_or_else(PoisonError::into_inner).ahead(now, steady)
    }

    /// What brings the instants of one list to our clock: one offset for all of them, and in whole seconds like themselves, so
    /// that what the carrier made in one second stays in one second and in its order.
    #[must_use]
    pub fn way(&self) -> Way {
        Way(self.ahead().map(|ahead| ahead.div_euclid(SECOND) * SECOND))
    }

    /// An instant of ours as the carrier's clock shows it; `None` while the offset is not known.
    #[must_use]
    pub fn theirs(&self, ours: At) -> Option<At> {
        Some(At(ours.0 + self.ahead()?))
    }
}
