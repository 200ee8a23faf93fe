//! The rate of each number: a text of n segments takes n places.
//!
//! A place is reserved once, so that nobody has to ask again and again when a long queue is due.

use std::time::Duration;

use crate::clock::At;

/// Places may be taken this much ahead of time, so that fast numbers send in small bursts instead of one by one.
const AHEAD: Duration = Duration::from_millis(20);
/// A reserved place is still good this long after its time; later the text queues again.
const GRACE: Duration = Duration::from_secs(1);

/// When one of our numbers may send next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The next free place.
    pub free_at: At,
    /// How long one segment takes.
    pub per_segment: Duration,
}

impl Pace {
    /// Reserves places for `segments` and returns when they begin: `now` if that is at once.
    pub fn reserve(&mut self, segments: i64, now: At) -> At {
        let slot = self.free_at.max(now);
        let places = u32::try_from(segments.max(1)).unwrap_or(u32::MAX);
        self.free_at = slot + self.per_segment * places;
        if slot <= now + AHEAD { now } else { slot }
    }

    /// Whether a place reserved for `slot` can be used at `now`, or has been missed for so long (an outage, a pause)
    /// that using it would send a burst.
    #[must_use]
    pub fn still_good(slot: At, now: At) -> bool {
        slot + GRACE >= now
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::seconds;

    #[test]
    fn a_long_code_sends_one_segment_a_second() {
        let start = At::from_seconds(1000);
        let mut pace = Pace { free_at: At::EPOCH, per_segment: seconds(1) };
        assert_eq!(pace.reserve(1, start), start);
        assert_eq!(pace.reserve(3, start), start + seconds(1));
        assert_eq!(pace.reserve(1, start), start + seconds(4));
        assert_eq!(pace.reserve(1, start + seconds(60)), start + seconds(60));
    }

    proptest! {
        #[test]
        fn in_any_span_no_more_segments_leave_than_the_rate_allows(
            segments in proptest::collection::vec(1_i64..5, 1..60), rate in 1_u32..200,
        ) {
            let start = At::from_seconds(1000);
            let mut pace = Pace { free_at: At::EPOCH, per_segment: seconds(1) / rate };
            let mut last = start;
            let mut sum = 0;
            for n in &segments {
                last = pace.reserve(*n, start);
                sum += n;
            }
            let before_last = sum - segments.last().unwrap();
            let span = (last + AHEAD).since(start).as_secs_f64();
            prop_assert!(f64::from(i32::try_from(before_last).unwrap()) <= span * f64::from(rate) + 1e-3);
        }
    }
}
