//! Whether things may end by themselves: not until the texts that were missed are in, nor just after the clock jumped.
//!
//! A text that waits at the carrier may be what keeps a conversation open, and a clock that was set wrong would end
//! everything at once. The clock is held against time that nobody can set, at every question.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::{At, Clock, minutes};

/// A clock that moved by more than this against steady time has jumped; less is a clock being corrected.
pub(super) const JUMP: Duration = minutes(1);
/// Nothing lapses for so long after a jump.
const CALM: Duration = minutes(5);

/// What the desk knows about whether its clock and its memory can be trusted.
#[derive(Debug)]
pub struct Gate {
    caught_up: AtomicBool,
    vouched: AtomicBool,
    compared: AtomicBool,
    since: Duration,
    watch: Mutex<Watch>,
}

#[derive(Debug)]
struct Watch {
    now: At,
    steady: Duration,
    /// Steady time from which things may lapse again.
    calm_from: Duration,
    /// Microseconds by which the clock jumped and nobody has asked about yet.
    leapt: i64,
    /// Microseconds by which it ever jumped, either way.
    strayed: i64,
}

impl Gate {
    /// A gate that is shut until [`Gate::catch_up`], and watches `clock` from now on.
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        let (now, steady) = (clock.now(), clock.steady());
        let watch = Watch { now, steady, calm_from: Duration::ZERO, leapt: 0, strayed: 0 };
        Gate {
            caught_up: AtomicBool::new(false),
            vouched: AtomicBool::new(false),
            compared: AtomicBool::new(false),
            since: steady,
            watch: Mutex::new(watch),
        }
    }

    /// How long this process has been at work.
    #[must_use]
    pub fn age(&self, clock: &Clock) -> Duration {
        clock.steady().saturating_sub(self.since)
    }

    /// What was missed while nobody listened is in.
    pub fn catch_up(&self) {
        self.caught_up.store(true, Ordering::SeqCst);
    }

    /// Whether what was missed while nobody listened is in.
    #[must_use]
    pub fn has_caught_up(&self) -> bool {
        self.caught_up.load(Ordering::SeqCst)
    }

    /// What waits in the outbox is known not to be at the carrier already.
    pub fn vouch(&self) {
        self.vouched.store(true, Ordering::SeqCst);
    }

    /// Whether what waits in the outbox is known not to be at the carrier already: the database may be a restored
    /// backup. Until then nothing that waited leaves.
    #[must_use]
    pub fn is_vouched(&self) -> bool {
        self.vouched.load(Ordering::SeqCst)
    }

    /// Our clock has been held against the carrier's.
    pub fn compare(&self) {
        self.compared.store(true, Ordering::SeqCst);
    }

    /// Whether our clock has been held against the carrier's since the start: a clock that was set before is known by then, and
    /// one that is set later is noticed here.
    #[must_use]
    pub fn is_compared(&self) -> bool {
        self.compared.load(Ordering::SeqCst)
    }

    /// Whether now can be believed: the clock has not jumped within the last five minutes. Take now before you ask.
    #[must_use]
    pub fn is_calm(&self, clock: &Clock) -> bool {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.look(clock);
        watch.steady >= watch.calm_from
    }

    /// By how many microseconds the clock has jumped since this was last asked; 0 if it has not.
    #[must_use]
    pub fn leap(&self, clock: &Clock) -> i64 {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.look(clock);
        std::mem::take(&mut watch.leapt)
    }

    /// The jump that [`Gate::leap`] told could not be dealt with: it is told again.
    pub fn leap_again(&self, micros: i64) {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.leapt = watch.leapt.saturating_add(micros);
    }

    /// How far off an instant noted by this process can be because the clock jumped after or before it was noted.
    #[must_use]
    pub fn strayed(&self, clock: &Clock) -> Duration {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.look(clock);
        Duration::from_micros(watch.strayed.unsigned_abs())
    }
}

impl Watch {
    fn look(&mut self, clock: &Clock) {
        // Steady time first: a pause between the two readings then looks like a clock that is a little ahead.
        let steady = clock.steady();
        let now = clock.now();
        let passed = steady.saturating_sub(self.steady);
        let leap = now.0 - (self.now + passed).0;
        (self.now, self.steady) = (now, steady);
        if leap.unsigned_abs() > u64::try_from(JUMP.as_micros()).unwrap_or(u64::MAX) {
            tracing::warn!(
                seconds = leap / 1_000_000,
                "the clock has jumped; nothing lapses for five minutes, and what was planned is planned anew"
            );
            self.calm_from = steady + CALM;
            self.leapt = self.leapt.saturating_add(leap);
            self.strayed = self.strayed.saturating_add(leap.saturating_abs());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{hours, seconds};

    fn clock() -> Clock {
        Clock::test(At::from_seconds(1_800_000_000))
    }

    #[test]
    fn time_that_passes_is_no_jump_however_long_nobody_looked() {
        let clock = clock();
        let gate = Gate::new(&clock);
        clock.pass(hours(72));
        assert!(gate.is_calm(&clock));
        assert_eq!(gate.leap(&clock), 0);
    }

    #[test]
    fn a_jump_either_way_is_followed_by_five_minutes_of_calm_and_told_once() {
        for to in [1_800_003_600, 1_799_996_400] {
            let clock = clock();
            let gate = Gate::new(&clock);
            clock.set(At::from_seconds(to));
            assert!(!gate.is_calm(&clock));
            assert_eq!(gate.leap(&clock), (to - 1_800_000_000) * 1_000_000);
            assert_eq!(gate.leap(&clock), 0);
            assert_eq!(gate.strayed(&clock), hours(1));
            clock.pass(seconds(299));
            assert!(!gate.is_calm(&clock));
            clock.pass(seconds(1));
            assert!(gate.is_calm(&clock));
        }
    }

    #[test]
    fn a_clock_that_is_corrected_by_seconds_has_not_jumped() {
        let clock = clock();
        let gate = Gate::new(&clock);
        for second in 1..=100 {
            clock.set(At::from_seconds(1_800_000_000 + second * 30));
            assert!(gate.is_calm(&clock), "{second}");
        }
    }

    #[test]
    fn it_is_shut_until_what_was_missed_is_in() {
        let clock = clock();
        let gate = Gate::new(&clock);
        assert!(!gate.has_caught_up() && !gate.is_vouched());
        gate.catch_up();
        assert!(gate.has_caught_up() && !gate.is_vouched());
        gate.vouch();
        assert!(gate.is_vouched());
        clock.pass(hours(1));
        assert_eq!(gate.age(&clock), hours(1));
    }
}
