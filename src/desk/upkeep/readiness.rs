//! Whether things may end by themselves, and what may leave: not before missed texts are stored, nor just after a clock
//! jump.
//!
//! A text that waits at the carrier may keep a conversation open or forbid an answer, and a clock that was set wrong
//! would end everything at once. What is known holds for one timeline of the database: when the server is another one,
//! or has an older copy, the program finds everything out again. It compares the clock at every question with time that
//! nobody can set.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::watch::Watch;
use crate::clock::{At, Clock, minutes};
use crate::domain::ids::NumberId;
use crate::store::Timeline;

/// A carrier whose lists cannot be had for so long is not waited for any longer.
pub const PATIENCE: Duration = minutes(15);

/// What the desk knows about whether its clock and its memory can be trusted.
#[derive(Debug)]
pub struct Readiness {
    clock: Clock,
    timeline: Timeline,
    known: Mutex<Known>,
    /// Our clock has been held against the carrier's.
    clock_compared: AtomicBool,
    watch: Mutex<Watch>,
}

/// What was found out since this process started or, if that is later, since the database was last found to be another:
/// hand it back with what was found out, so that nothing is believed of a database that it was not about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epoch(u64);

#[derive(Debug)]
struct Known {
    epoch: u64,
    /// Steady time of its beginning.
    since: Duration,
    caught_up: bool,
    outbox_checked: bool,
    compared: bool,
    /// People whose own lists were read to the end.
    looked_at: HashSet<String>,
    /// People whose lists somebody waits for, and one of our numbers because of which.
    wanted: HashMap<String, NumberId>,
    /// Steady time at which the carrier last gave a list of texts to us.
    listed: Duration,
    /// Steady time before which no single person is looked at: the carrier gave no list.
    rests_until: Duration,
}

impl Known {
    fn new(epoch: u64, since: Duration) -> Self {
        Known {
            epoch,
            since,
            caught_up: false,
            outbox_checked: false,
            compared: false,
            looked_at: HashSet::new(),
            wanted: HashMap::new(),
            listed: since,
            rests_until: since,
        }
    }
}

impl Readiness {
    /// Allows nothing until [`Readiness::catch_up`], and watches `clock` and `timeline` from now on.
    #[must_use]
    pub fn new(clock: &Clock, timeline: Timeline) -> Self {
        let (now, steady) = (clock.now(), clock.steady());
        let watch = Watch { now, steady, calm_from: Duration::ZERO, jumped: 0, strayed: 0 };
        let known = Known::new(timeline.number(), steady);
        Readiness {
            clock: clock.clone(),
            timeline,
            known: Mutex::new(known),
            clock_compared: AtomicBool::new(false),
            watch: Mutex::new(watch),
        }
    }

    /// Asks or notes something; what is known of another timeline is forgotten before.
    fn with<T>(&self, act: impl FnOnce(&mut Known) -> T) -> T {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let number = self.timeline.number();
        if known.epoch != number {
            tracing::error!(
                "the database is not the one of before: its server was started anew, or is another one, or holds an older \
                 state. What waits is sent only after a look at what the carrier has"
            );
            *known = Known::new(number, self.clock.steady());
        }
        act(&mut known)
    }

    /// Notes something that was found out in `epoch`, unless another has begun.
    fn note(&self, epoch: Epoch, act: impl FnOnce(&mut Known)) {
        self.with(|known| {
            if known.epoch == epoch.0 {
                act(known);
            }
        });
    }

    /// The epoch as it is now.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        Epoch(self.with(|known| known.epoch))
    }

    /// For how long this epoch has lasted.
    #[must_use]
    pub fn age(&self) -> Duration {
        let steady = self.clock.steady();
        steady.saturating_sub(self.with(|known| known.since))
    }

    /// When this epoch began, by the clock as it goes now.
    #[must_use]
    pub fn since(&self) -> At {
        self.clock.now() - self.age()
    }

    /// What was missed while nobody listened is in, of all lines and all masks that anybody uses.
    pub fn catch_up(&self, epoch: Epoch) {
        self.note(epoch, |known| known.caught_up = true);
    }

    /// Whether what was missed while nobody listened is in, of all lines and all masks that anybody uses.
    #[must_use]
    pub fn has_caught_up(&self) -> bool {
        self.with(|known| known.caught_up)
    }

    /// Every number of ours was compared with the carrier, and what was found is in.
    pub fn all_compared(&self, epoch: Epoch) {
        self.note(epoch, |known| {
            known.compared = true;
            known.looked_at.clear();
            known.wanted.clear();
        });
    }

    /// Whether every number of ours was compared with the carrier.
    #[must_use]
    pub fn has_compared_all(&self) -> bool {
        self.with(|known| known.compared)
    }

    /// What `phone` has sent to us is in, whichever number it was for.
    pub fn looked_at(&self, epoch: Epoch, phone: &str) {
        self.note(epoch, |known| {
            known.wanted.remove(phone);
            if !known.compared {
                known.looked_at.insert(phone.to_owned());
            }
        });
    }

    /// Whether what `phone` has sent to us is in, whichever number it was for.
    #[must_use]
    pub fn has_looked_at(&self, phone: &str) -> bool {
        self.with(|known| known.compared || known.looked_at.contains(phone))
    }

    /// Something waits until it is known what `phone` has sent, or what was sent to `number`.
    pub fn want(&self, phone: &str, number: NumberId) {
        self.with(|known| match known.wanted.get_mut(phone) {
            Some(wanted) => *wanted = number,
            None => drop(known.wanted.insert(phone.to_owned(), number)),
        });
    }

    /// People of whom somebody waits to know what they have sent, at most `most`, and one of our numbers for each.
    #[must_use]
    pub fn wanted(&self, most: usize) -> Vec<(String, NumberId)> {
        self.with(|known| known.wanted.iter().take(most).map(|(phone, number)| (phone.clone(), *number)).collect())
    }

    /// Nobody waits to know what `phone` has sent.
    pub fn want_no_more(&self, phone: &str) {
        self.with(|known| known.wanted.remove(phone));
    }

    /// The carrier has given a list of texts to us.
    pub fn listed(&self) {
        let steady = self.clock.steady();
        self.with(|known| known.listed = steady);
    }

    /// When the database was last found to hold an older state, if it ever was.
    #[must_use]
    pub fn gone_back_at(&self) -> Option<At> {
        (self.epoch().0 > 0).then(|| self.since())
    }

    /// The carrier gave no list: it is asked for the next one after `pause`.
    pub fn rest(&self, pause: Duration) {
        let until = self.clock.steady() + pause;
        self.with(|known| known.rests_until = until);
    }

    /// Whether no list is asked for just now.
    #[must_use]
    pub fn rests(&self) -> bool {
        let steady = self.clock.steady();
        self.with(|known| steady < known.rests_until)
    }

    /// For how long the carrier has given no list of texts to us.
    #[must_use]
    pub fn unlisted_for(&self) -> Duration {
        let steady = self.clock.steady();
        steady.saturating_sub(self.with(|known| known.listed))
    }

    /// What waits in the outbox is known not to be at the carrier already.
    pub fn outbox_checked(&self, epoch: Epoch) {
        self.note(epoch, |known| known.outbox_checked = true);
    }

    /// Whether what waits in the outbox is known not to be at the carrier already: the database may be a restored
    /// backup. Until then nothing that waited leaves.
    #[must_use]
    pub fn is_outbox_checked(&self) -> bool {
        self.with(|known| known.outbox_checked)
    }

    /// Our clock has been held against the carrier's.
    pub fn compare_clock(&self) {
        self.clock_compared.store(true, Ordering::SeqCst);
    }

    /// Whether our clock has been held against the carrier's since the start: a clock that was set before is known by then, and
    /// one that is set later is noticed here.
    #[must_use]
    pub fn has_compared_clock(&self) -> bool {
        self.clock_compared.load(Ordering::SeqCst)
    }

    /// Whether now can be believed: the clock has not jumped within the last five minutes. Take now before you ask.
    #[must_use]
    pub fn is_calm(&self) -> bool {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.look(&self.clock);
        watch.steady >= watch.calm_from
    }

    /// By how many microseconds the clock has jumped since this was last asked; 0 if it has not.
    #[must_use]
    pub fn jump(&self) -> i64 {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.look(&self.clock);
        std::mem::take(&mut watch.jumped)
    }

    /// The jump that [`Readiness::jump`] told could not be dealt with: it is told again.
    pub fn jump_again(&self, micros: i64) {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.jumped = watch.jumped.saturating_add(micros);
    }

    /// How far off an instant noted by this process can be because the clock jumped after or before it was noted.
    #[must_use]
    pub fn strayed(&self) -> Duration {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.look(&self.clock);
        Duration::from_micros(watch.strayed.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{hours, seconds};

    fn clock() -> Clock {
        Clock::test(At::from_seconds(1_800_000_000))
    }

    fn readiness(clock: &Clock) -> Readiness {
        Readiness::new(clock, Timeline::default())
    }

    #[test]
    fn time_that_passes_is_no_jump_however_long_nobody_looked() {
        let clock = clock();
        let readiness = readiness(&clock);
        clock.pass(hours(72));
        assert!(readiness.is_calm());
        assert_eq!(readiness.jump(), 0);
    }

    #[test]
    fn a_jump_either_way_is_followed_by_five_minutes_of_calm_and_told_once() {
        for to in [1_800_003_600, 1_799_996_400] {
            let clock = clock();
            let readiness = readiness(&clock);
            clock.set(At::from_seconds(to));
            assert!(!readiness.is_calm());
            assert_eq!(readiness.jump(), (to - 1_800_000_000) * 1_000_000);
            assert_eq!(readiness.jump(), 0);
            assert_eq!(readiness.strayed(), hours(1));
            clock.pass(seconds(299));
            assert!(!readiness.is_calm());
            clock.pass(seconds(1));
            assert!(readiness.is_calm());
        }
    }

    #[test]
    fn a_clock_that_is_corrected_by_seconds_has_not_jumped() {
        let clock = clock();
        let readiness = readiness(&clock);
        for second in 1..=100 {
            clock.set(At::from_seconds(1_800_000_000 + second * 30));
            assert!(readiness.is_calm(), "{second}");
        }
    }

    #[test]
    fn it_is_shut_until_what_was_missed_is_in() {
        let clock = clock();
        let readiness = readiness(&clock);
        let epoch = readiness.epoch();
        assert!(!readiness.has_caught_up() && !readiness.is_outbox_checked());
        readiness.catch_up(epoch);
        assert!(readiness.has_caught_up() && !readiness.is_outbox_checked());
        readiness.outbox_checked(epoch);
        assert!(readiness.is_outbox_checked());
        clock.pass(hours(1));
        assert_eq!(readiness.age(), hours(1));
        assert_eq!(readiness.since(), At::from_seconds(1_800_000_000));
    }

    #[test]
    fn what_is_known_of_one_database_is_not_believed_of_the_next() {
        let clock = clock();
        let timeline = Timeline::default();
        let readiness = Readiness::new(&clock, timeline.clone());
        let before = readiness.epoch();
        readiness.catch_up(before);
        readiness.outbox_checked(before);
        readiness.looked_at(before, "+15055550134");
        readiness.all_compared(before);
        assert!(readiness.has_caught_up() && readiness.is_outbox_checked() && readiness.has_compared_all());
        assert!(readiness.has_looked_at("+15055550134"));
        clock.pass(minutes(2));
        timeline.turn();
        assert!(!readiness.has_caught_up() && !readiness.is_outbox_checked() && !readiness.has_compared_all());
        assert!(!readiness.has_looked_at("+15055550134"));
        assert_eq!(readiness.age(), Duration::ZERO);
        // A look that began before is late.
        readiness.catch_up(before);
        readiness.outbox_checked(before);
        readiness.looked_at(before, "+15055550134");
        readiness.all_compared(before);
        assert!(!readiness.has_caught_up() && !readiness.is_outbox_checked() && !readiness.has_compared_all());
        assert!(!readiness.has_looked_at("+15055550134"));
    }

    #[test]
    fn a_carrier_without_lists_is_waited_for_a_quarter_of_an_hour() {
        let clock = clock();
        let readiness = readiness(&clock);
        clock.pass(minutes(10));
        readiness.listed();
        clock.pass(minutes(14));
        assert_eq!(readiness.unlisted_for(), minutes(14));
        clock.pass(minutes(1));
        assert!(readiness.unlisted_for() >= PATIENCE);
        readiness.listed();
        assert_eq!(readiness.unlisted_for(), Duration::ZERO);
    }
}
