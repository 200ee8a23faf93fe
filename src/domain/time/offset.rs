//! How far the carrier's clock is ahead of ours, as the dates of its answers show it.
//!
//! An answer's date is cut to the second, and the answer was made at some time between question and answer. So one
//! answer shows a span that contains the truth. Spans are measured by time that nobody can set: somebody who sets our
//! clock changes the offset, but not what was measured.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::{At, seconds};

/// An answer that took longer shows nothing of use; 20 seconds.
pub const SLOWEST: Duration = seconds(20);
/// An offset beyond this is told to people; 5 seconds.
pub const TOLD: Duration = seconds(5);
/// So many spans are remembered.
const KEPT: usize = 5;
/// So many in a row that agree with each other, and not with those before, are believed instead.
const TURN: usize = 3;
/// Spans that miss each other by less agree: clocks run unevenly.
const UNEVEN: i64 = 2_000_000;
/// An answer's date is cut to the second.
const CUT: i64 = 1_000_000;

/// Between which the carrier's time less steady time lies, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    least: i64,
    most: i64,
}

impl Span {
    /// What an answer shows that is dated `date` and came at `answered` to a question of `asked`, both steady time; `None` if
    /// it took longer than [`SLOWEST`].
    #[must_use]
    pub fn shown(date: At, asked: Duration, answered: Duration) -> Option<Self> {
        let micros = |steady: Duration| i64::try_from(steady.as_micros()).ok();
        if answered.checked_sub(asked)? > SLOWEST {
            return None;
        }
        Some(Span { least: date.0 - micros(answered)?, most: date.0 + CUT - micros(asked)? })
    }

    fn agrees(self, other: Span) -> bool {
        self.least <= other.most + UNEVEN && other.least <= self.most + UNEVEN
    }

    fn and(self, other: Span) -> Span {
        Span { least: self.least.max(other.least), most: self.most.min(other.most) }
    }
}

/// What the last answers have shown.
#[derive(Clone, Debug, Default)]
pub struct Offset {
    agreed: VecDeque<Span>,
    /// The last ones, if they do not agree with those before: a machine of the carrier's is wrong, or steady time stood still
    /// while this machine slept.
    odd: Vec<Span>,
}

impl Offset {
    /// One more answer.
    pub fn add(&mut self, span: Span) {
        if self.known().is_none_or(|known| known.agrees(span)) {
            self.odd.clear();
            self.agreed.push_back(span);
            if self.agreed.len() > KEPT {
                self.agreed.pop_front();
            }
            return;
        }
        if self.odd.iter().any(|odd| !odd.agrees(span)) {
            self.odd.clear();
        }
        self.odd.push(span);
        if self.odd.len() == TURN {
            self.agreed = std::mem::take(&mut self.odd).into();
        }
    }

    /// By how many microseconds the carrier's clock is ahead of ours, which shows `now` at `steady`: 0 if it cannot be told
    /// from none; `None` before the first answer, and while answers contradict each other.
    #[must_use]
    pub fn ahead(&self, now: At, steady: Duration) -> Option<i64> {
        let known = self.known().filter(|_| self.odd.is_empty())?;
        let ours = now.0 - i64::try_from(steady.as_micros()).ok()?;
        let (least, most) = (known.least - ours, known.most - ours);
        Some(if least <= 0 && most >= 0 { 0 } else { least.midpoint(most) })
    }

    fn known(&self) -> Option<Span> {
        self.agreed.iter().copied().reduce(Span::and)
    }
}

/// Whether people are told that the carrier's clock is `ahead` of ours by so many microseconds.
#[must_use]
pub fn is_told(ahead: i64) -> bool {
    Duration::from_micros(ahead.unsigned_abs()) > TOLD
}

/// How far our clock is from the carrier's, which is `ahead` by so many microseconds: `90 s ahead of` or `90 s behind`.
#[must_use]
pub fn worded(ahead: i64) -> String {
    let seconds = (ahead.unsigned_abs() + 499_999) / 1_000_000;
    if ahead > 0 { format!("{seconds} s behind") } else { format!("{seconds} s ahead of") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{hours, minutes};

    const NOW: At = At::from_seconds(1_800_000_000);

    /// What `offset` is after an answer of a clock that is `ahead` seconds ahead, in half a second that begins at `steady`.
    fn answered(offset: &mut Offset, ahead: i64, steady: Duration) -> Option<i64> {
        let later = steady + Duration::from_millis(500);
        let date = At::from_seconds((NOW + later).0 / 1_000_000 + ahead);
        offset.add(Span::shown(date, steady, later).unwrap());
        offset.ahead(NOW + later, later)
    }

    #[test]
    fn clocks_that_agree_as_far_as_can_be_told_differ_by_nothing() {
        let mut offset = Offset::default();
        assert_eq!(offset.ahead(NOW, seconds(5)), None);
        for millis in [0, 100, 999, 1500, 7400, 100_000] {
            assert_eq!(answered(&mut offset, 0, Duration::from_millis(millis)), Some(0), "{millis}");
        }
    }

    #[test]
    fn an_offset_is_measured_to_a_second_and_better_with_each_answer() {
        for ahead in [-7200, -600, -90, -3, 3, 90, 600, 7200] {
            let mut offset = Offset::default();
            for millis in [0, 1300, 2600, 3900, 5200, 6500, 7800] {
                let shown = answered(&mut offset, ahead, Duration::from_millis(millis)).unwrap();
                assert!((shown - ahead * 1_000_000).abs() <= 1_000_000, "{ahead} s after {millis} ms: {shown}");
            }
            let shown = offset.ahead(NOW + seconds(9), seconds(9)).unwrap();
            assert!((shown - ahead * 1_000_000).abs() <= 500_000, "{ahead}: {shown}");
        }
    }

    #[test]
    fn setting_our_clock_changes_the_offset_at_once() {
        let mut offset = Offset::default();
        answered(&mut offset, 0, seconds(1));
        let late = offset.ahead(NOW + hours(2) + seconds(3), seconds(3)).unwrap();
        assert!((late + 7_200_000_000).abs() <= 1_000_000, "{late}");
    }

    #[test]
    fn one_wrong_machine_makes_it_unsure_and_three_in_a_row_are_believed() {
        let mut offset = Offset::default();
        assert_eq!(answered(&mut offset, 0, seconds(1)), Some(0));
        assert_eq!(answered(&mut offset, 300, seconds(2)), None);
        assert_eq!(answered(&mut offset, 0, seconds(3)), Some(0));
        assert_eq!(answered(&mut offset, 300, seconds(4)), None);
        assert_eq!(answered(&mut offset, -300, seconds(5)), None, "two that contradict each other");
        assert_eq!(answered(&mut offset, 300, seconds(6)), None);
        assert_eq!(answered(&mut offset, 300, seconds(7)), None);
        assert!(answered(&mut offset, 300, seconds(8)).is_some_and(|ahead| ahead > 299_000_000));
    }

    #[test]
    fn more_than_five_seconds_are_told_in_words() {
        assert!(!is_told(5_000_000) && !is_told(-5_000_000) && is_told(5_000_001) && is_told(-5_000_001));
        assert_eq!(worded(-90_400_000), "90 s ahead of");
        assert_eq!(worded(7_199_600_000), "7200 s behind");
    }

    #[test]
    fn an_answer_that_took_too_long_shows_nothing() {
        assert_eq!(Span::shown(NOW, seconds(1), seconds(1) + SLOWEST + Duration::from_millis(1)), None);
        assert!(Span::shown(NOW, seconds(1), seconds(1) + SLOWEST).is_some());
        assert_eq!(Span::shown(NOW, minutes(2), minutes(1)), None);
    }
}
