//! How many requests a token may make: so many in each minute, counted from the first.

use std::time::Duration;

use crate::clock::{At, minutes};

/// What is counted together.
const WINDOW: Duration = minutes(1);

/// The requests of a token in the minute that runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Window {
    began: At,
    used: u32,
}

/// How a token stands after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Requests in a minute.
    pub limit: u32,
    /// Those that are left.
    pub remaining: u32,
    /// When the next minute begins, in whole seconds from now, at least 1.
    pub reset: u64,
    /// This one was too many.
    pub over: bool,
}

impl Window {
    /// Counts a request at `now`. A clock that was set back begins anew.
    pub fn take(&mut self, limit: u32, now: At) -> Quota {
        let fresh = now >= self.began + WINDOW || now < self.began;
        if fresh {
            *self = Window { began: now, used: 0 };
        }
        let over = self.used >= limit;
        if !over {
            self.used += 1;
        }
        let left = (self.began + WINDOW).since(now).as_micros().div_ceil(1_000_000);
        Quota { limit, remaining: limit - self.used, reset: u64::try_from(left).unwrap_or(60).max(1), over }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::seconds;

    #[test]
    fn a_minute_has_so_many_requests_and_the_next_as_many_again() {
        let (mut window, now) = (Window::default(), At::from_seconds(1_800_000_000));
        for left in [2, 1, 0] {
            let quota = window.take(3, now);
            assert_eq!(quota, Quota { limit: 3, remaining: left, reset: 60, over: false });
        }
        let refused = window.take(3, now + seconds(59) + Duration::from_millis(1));
        assert_eq!(refused, Quota { limit: 3, remaining: 0, reset: 1, over: true });
        assert!(!window.take(3, now + seconds(60)).over);
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out() {
        let (mut window, now) = (Window::default(), At::from_seconds(1_800_000_000));
        window.take(1, now);
        assert!(window.take(1, now).over);
        assert!(!window.take(1, now - seconds(3600)).over);
    }
}
