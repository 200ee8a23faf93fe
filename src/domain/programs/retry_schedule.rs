//! When a post that an endpoint did not accept is tried again, and when it is given up.

use std::time::Duration;

use crate::clock::{At, hours, minutes, seconds};

/// The pauses between one try and the next: a day in all.
const PAUSES: [Duration; 6] = [seconds(5), minutes(5), minutes(30), hours(2), hours(5), hours(10)];
/// A pause is longer by up to this share of it, so that what failed together does not come again together.
const JITTER: u32 = 10;
/// The answer of an endpoint that wants no more posts.
const GONE: u16 = 410;

/// What follows from a post that was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is tried again then.
    Again(At),
    /// It is given up, and so is the endpoint.
    GiveUp,
}

/// What follows from the `attempt`-th try, from 1, that was answered with `status` at `now`. `chance` is a number below
/// 1000, each equally likely.
#[must_use]
pub fn next(attempt: i64, status: Option<u16>, chance: u32, now: At) -> Next {
    let pause = usize::try_from(attempt - 1).ok().and_then(|tried| PAUSES.get(tried));
    match pause {
        Some(pause) if status != Some(GONE) => Next::Again(now + *pause + *pause * chance.min(999) / (1000 * JITTER)),
        _ => Next::GiveUp,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_tried_seven_times_within_a_day_and_a_little() {
        let now = At::from_seconds(1_800_000_000);
        let pauses: Vec<u64> = (1..=6)
            .map(|attempt| match next(attempt, Some(500), 0, now) {
                Next::Again(at) => at.since(now).as_secs(),
                Next::GiveUp => 0,
            })
            .collect();
        assert_eq!(pauses, [5, 300, 1800, 7200, 18_000, 36_000]);
        assert_eq!(next(7, Some(500), 0, now), Next::GiveUp);
        assert_eq!(next(7, None, 999, now), Next::GiveUp);
    }

    #[test]
    fn a_pause_is_longer_by_up_to_a_tenth() {
        let now = At::from_seconds(1_800_000_000);
        let Next::Again(latest) = next(2, None, 999, now) else { panic!("given up") };
        assert!(latest > now + seconds(329) && latest <= now + seconds(330));
    }

    #[test]
    fn whoever_says_gone_is_not_asked_again() {
        assert_eq!(next(1, Some(410), 0, At::EPOCH), Next::GiveUp);
        assert_ne!(next(1, Some(404), 0, At::EPOCH), Next::GiveUp);
    }
}
