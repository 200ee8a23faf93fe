//! How long wrong passwords keep somebody from trying again.
//!
//! The wait is a time before which attempts are refused. No request is held up, because that would hold a connection.

use std::time::Duration;

use crate::clock::{At, hours, seconds};

/// Failures older than this are forgotten.
pub const WINDOW: Duration = hours(1);
/// No more failures than this within the window, whatever the delays.
const MOST: u32 = 100;
/// The longest delay after one failure. Longer would let a stranger lock people out.
const LONGEST: Duration = seconds(60);

/// How many failures are free of delay.
#[derive(Clone, Copy, Debug)]
pub enum Scope {
    /// One account.
    Account,
    /// One network address, which a whole office may share.
    Address,
}

/// Recent failures of one account or address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// How many within [`WINDOW`].
    pub count: u32,
    /// The oldest of them.
    pub oldest: At,
    /// The newest of them.
    pub newest: At,
}

/// Until when attempts are refused; `None` if one may be made now.
#[must_use]
pub fn refused_until(failures: Failures, scope: Scope, now: At) -> Option<At> {
    let free = match scope {
        Scope::Account => 5,
        Scope::Address => 20,
    };
    let over = failures.count.checked_sub(free)?;
    let delay = seconds(1).saturating_mul(1 << over.min(10)).min(LONGEST);
    let mut until = failures.newest + delay;
    if failures.count >= MOST {
        until = until.max(failures.oldest + WINDOW);
    }
    (until > now).then_some(until)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(count: u32) -> Failures {
        Failures { count, oldest: At::from_seconds(1000), newest: At::from_seconds(2000) }
    }

    #[test]
    fn the_first_wrong_passwords_cost_nothing_then_delays_double() {
        let now = At::from_seconds(2000);
        assert_eq!(refused_until(failed(4), Scope::Account, now), None);
        for (count, wait) in [(5, 1), (6, 2), (7, 4), (10, 32), (11, 60), (50, 60)] {
            assert_eq!(refused_until(failed(count), Scope::Account, now), Some(now + seconds(wait)), "{count}");
        }
        assert_eq!(refused_until(failed(5), Scope::Account, now + seconds(1)), None);
        assert_eq!(refused_until(failed(19), Scope::Address, now), None);
    }

    #[test]
    fn a_hundred_failures_close_the_hour() {
        let now = At::from_seconds(2000) + seconds(61);
        assert_eq!(refused_until(failed(99), Scope::Account, now), None);
        assert_eq!(refused_until(failed(100), Scope::Account, now), Some(At::from_seconds(1000) + WINDOW));
    }

    #[test]
    fn somebody_who_tries_at_every_chance_fails_at_most_a_hundred_times_an_hour() {
        for scope in [Scope::Account, Scope::Address] {
            let start = At::from_seconds(10_000);
            let mut tried: Vec<At> = Vec::new();
            let mut now = start;
            while now < start + hours(1) {
                let failures = Failures {
                    count: u32::try_from(tried.len()).unwrap(),
                    oldest: tried.first().copied().unwrap_or_default(),
                    newest: tried.last().copied().unwrap_or_default(),
                };
                match refused_until(failures, scope, now) {
                    Some(until) => now = until,
                    None => tried.push(now),
                }
            }
            assert!(tried.len() <= 100, "{scope:?}: {}", tried.len());
        }
    }
}
