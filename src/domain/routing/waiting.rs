//! How long somebody has waited, compared with how long they may wait.

use std::time::Duration;

use crate::clock::At;

/// A wait against its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// There is time.
    Within,
    /// Three quarters of the target have passed.
    Close,
    /// Longer than the target.
    Past,
}

/// How a wait since `since` stands at `now` against `target`.
#[must_use]
pub fn wait(since: At, target: Duration, now: At) -> Wait {
    let waited = now.since(since);
    if waited > target {
        Wait::Past
    } else if waited >= target.mul_f64(0.75) {
        Wait::Close
    } else {
        Wait::Within
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{minutes, seconds};

    #[test]
    fn a_wait_is_close_from_three_quarters_of_the_target_and_past_it_after_all_of_it() {
        let begin = At::from_seconds(1_800_000_000);
        let at = |after: Duration| wait(begin, minutes(20), begin + after);
        assert_eq!(at(seconds(0)), Wait::Within);
        assert_eq!(at(seconds(899)), Wait::Within);
        assert_eq!(at(minutes(15)), Wait::Close);
        assert_eq!(at(minutes(20)), Wait::Close);
        assert_eq!(at(seconds(1201)), Wait::Past);
        assert_eq!(wait(begin + minutes(5), minutes(20), begin), Wait::Within);
    }
}
