//! Whether the carrier can be reached at all: what requests without an answer show, and how the carrier is asked until
//! it answers.
//!
//! If each lane waited longer after each failure, lanes would still be silent minutes after the carrier is back. So
//! they wait together: the program asks the carrier something small every few seconds. When the carrier answers that,
//! one text is tried; when that is answered, everything that waits is due.

use std::time::Duration;

use crate::clock::{At, minutes, seconds};
use crate::secret::Chance;

/// Requests that ended longer ago show nothing; 1 minute.
pub const WITHIN: Duration = minutes(1);
/// A carrier that cannot be reached is asked again after this, and up to half as much more…
const ASKED_AGAIN: Duration = seconds(2);
/// …and one that answers but takes no text is tried again after this,…
const TRIED_AGAIN: Duration = seconds(2);
/// …twice as long each time, and at most so long.
const LAST_TRIAL: Duration = minutes(1);

/// Requests within the last minute that had no answer, and after which no other request had one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Silence {
    /// So many found no connection: that is nobody's phone's fault.
    pub unreached: i64,
    /// To so many phones there were any: one phone may be what the carrier stumbles over.
    pub phones: i64,
}

impl Silence {
    /// Whether it is the carrier that does not answer. One request alone proves nothing.
    #[must_use]
    pub fn is_outage(self) -> bool {
        self.unreached >= 2 || self.phones >= 2
    }
}

/// When the carrier is asked again.
#[must_use]
pub fn next_question(chance: &Chance, now: At) -> At {
    now + jittered(ASKED_AGAIN, chance)
}

/// When a carrier with which so many texts were tried, this one included, may be tried with another.
#[must_use]
pub fn next_trial(trials: i64, chance: &Chance, now: At) -> At {
    let doublings = u32::try_from(trials.clamp(1, 10) - 1).unwrap_or(0);
    now + jittered((TRIED_AGAIN * (1 << doublings)).min(LAST_TRIAL * 2 / 3), chance)
}

/// Up to half as long again, so that nodes do not ask all at the same instant.
fn jittered(wait: Duration, chance: &Chance) -> Duration {
    let half = usize::try_from(wait.as_millis() / 2).unwrap_or(0);
    wait + Duration::from_millis(u64::try_from(chance.below(half + 1)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_phone_or_one_request_is_no_outage() {
        let silence = |unreached, phones| Silence { unreached, phones }.is_outage();
        assert!(!silence(0, 0) && !silence(0, 1) && !silence(1, 1));
        assert!(silence(2, 1), "a connection is nobody's phone's");
        assert!(silence(0, 2) && silence(1, 2));
    }

    #[test]
    fn it_is_asked_every_few_seconds_and_tried_with_a_text_ever_more_seldom() {
        let (chance, now) = (Chance::seeded(1), At::from_seconds(1_000_000));
        let waits: std::collections::BTreeSet<_> = (0..200)
            .map(|_| next_question(&chance, now).since(now))
            .inspect(|wait| {
                assert!(*wait >= seconds(2) && *wait <= seconds(3), "{wait:?}");
            })
            .collect();
        assert!(waits.len() > 100, "not all at the same instant");
        for trials in 1..50 {
            let wait = next_trial(trials, &chance, now).since(now);
            assert!(wait >= seconds(2) && wait <= LAST_TRIAL, "{trials}: {wait:?}");
            assert!(trials < 6 || wait >= seconds(40), "{trials}: {wait:?}");
        }
    }
}
