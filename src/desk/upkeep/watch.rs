//! Compares our clock with time that nobody can set, and notices when our clock jumps.

use std::time::Duration;

use crate::clock::{At, Clock, minutes};

/// A clock that moved by more than this against steady time has jumped; less is a clock being corrected.
pub(in crate::desk) const JUMP: Duration = minutes(1);
/// Nothing lapses for so long after a jump.
const CALM: Duration = minutes(5);

/// The clock as it was when it was last looked at.
#[derive(Debug)]
pub(in crate::desk) struct Watch {
    pub(in crate::desk) now: At,
    pub(in crate::desk) steady: Duration,
    /// Steady time from which things may lapse again.
    pub(in crate::desk) calm_from: Duration,
    /// Microseconds by which the clock jumped and nobody has asked about yet.
    pub(in crate::desk) jumped: i64,
    /// Microseconds by which it ever jumped, either way.
    pub(in crate::desk) strayed: i64,
}

impl Watch {
    pub(in crate::desk) fn look(&mut self, clock: &Clock) {
        // Steady time first: a pause between the two readings then looks like a clock that is a little ahead.
        let steady = clock.steady();
        let now = clock.now();
        let passed = steady.saturating_sub(self.steady);
        let jump = now.0 - (self.now + passed).0;
        (self.now, self.steady) = (now, steady);
        if jump.unsigned_abs() > u64::try_from(JUMP.as_micros()).unwrap_or(u64::MAX) {
            tracing::warn!(
                seconds = jump / 1_000_000,
                "the clock has jumped; nothing lapses for five minutes, and what was planned is planned anew"
            );
            self.calm_from = steady + CALM;
            self.jumped = self.jumped.saturating_add(jump);
            self.strayed = self.strayed.saturating_add(jump.saturating_abs());
        }
    }
}
