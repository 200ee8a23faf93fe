//! Whether all that people sent to a number of ours while the program was down is stored.
//!
//! Somebody may have asked for no more texts, or may have written what comes before the next text. So until a number
//! was compared with the carrier's list, nothing leaves by it, and nothing that comes to it is relayed, before the list
//! of that one person was looked at.

use std::time::Duration;

use crate::clock::{At, minutes};

/// The clocks of two nodes may differ by so much.
const CLOCKS_DIFFER: Duration = minutes(1);

/// Whether a number is known to be compared in the epoch that began at `since`: it was compared since, or it is ours only
/// since then. Neither is believed of a clock that was wrong.
#[must_use]
pub fn is_compared(since: At, in_service_at: At, compared_at: Option<At>, now: At) -> bool {
    let is_since = |at: At| at >= since && !lies_ahead(at, now);
    is_since(in_service_at) || compared_at.is_some_and(is_since)
}

/// Whether what happened at `at` was noted by a clock that was wrong: it has not happened yet.
#[must_use]
pub fn lies_ahead(at: At, now: At) -> bool {
    at > now + CLOCKS_DIFFER
}

/// Since when a number is ours. By a clock that was wrong nobody knows: then since it was compared last, or only since now.
#[must_use]
pub fn ours_since(in_service_at: At, compared_at: Option<At>, now: At) -> At {
    if lies_ahead(in_service_at, now) { compared_at.unwrap_or(now).min(now) } else { in_service_at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{hours, seconds};

    const START: At = At(1_800_000_000_000_000);

    #[test]
    fn a_number_is_compared_once_that_was_done_since_the_start() {
        let now = START + minutes(10);
        let long_ours = START - hours(1000);
        assert!(!is_compared(START, long_ours, None, now));
        assert!(!is_compared(START, long_ours, Some(START - seconds(1)), now));
        assert!(is_compared(START, long_ours, Some(START), now));
        assert!(is_compared(START, long_ours, Some(now), now));
    }

    #[test]
    fn nothing_can_have_been_missed_by_a_number_that_is_newer_than_the_start() {
        assert!(is_compared(START, START, None, START));
        assert!(is_compared(START, START + seconds(1), None, START + seconds(1)));
    }

    #[test]
    fn a_number_that_a_wrong_clock_put_into_service_is_ours_since_it_was_compared() {
        let now = START + hours(1);
        assert_eq!(ours_since(START, Some(START + minutes(5)), now), START);
        let wrong = now + hours(2);
        assert_eq!(ours_since(wrong, Some(START), now), START);
        assert_eq!(ours_since(wrong, Some(wrong), now), now);
        assert_eq!(ours_since(wrong, None, now), now);
    }

    #[test]
    fn what_a_wrong_clock_has_noted_is_not_believed() {
        assert!(!is_compared(START, START - hours(1), Some(START + hours(2)), START + minutes(10)));
        assert!(!is_compared(START, START + hours(2), None, START + minutes(10)));
    }
}
