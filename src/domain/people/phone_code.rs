//! The code that proves that a phone is its owner's: six digits, texted to it, typed on the page.
//!
//! Few codes and few tries make guessing hopeless: fifteen guesses an hour among a million.

use std::time::Duration;

use crate::clock::{At, hours, minutes};

/// How long a code can be typed.
pub const LIFE: Duration = minutes(10);
/// How often a code can be mistyped.
pub const TRIES: i64 = 5;
/// How many codes are sent within [`WINDOW`], for one person as well as to one phone.
pub const MOST: usize = 3;
/// The time in which codes are counted.
pub const WINDOW: Duration = hours(1);
/// How many codes there are.
const CODES: usize = 1_000_000;

/// The `n`-th code; `n` is below what [`code`]'s caller draws from.
#[must_use]
pub fn code(draw: impl FnOnce(usize) -> usize) -> String {
    format!("{:06}", draw(CODES) % CODES)
}

/// What was typed, without the space and the dash that people put into numbers.
#[must_use]
pub fn typed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect()
}

/// When the next code may be sent; now if `None`. `sent` are the times of earlier ones.
#[must_use]
pub fn next_at(sent: &[At], now: At) -> Option<At> {
    let mut recent: Vec<At> = sent.iter().copied().filter(|at| *at + WINDOW > now).collect();
    recent.sort_unstable();
    let over = recent.len().checked_sub(MOST)?;
    recent.get(over).map(|at| *at + WINDOW)
}

/// A code that was sent.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    /// Until when it can be typed.
    pub expires_at: At,
    /// How often it was mistyped.
    pub failures: i64,
    /// It was used or replaced.
    pub ended: bool,
}

/// What a try came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the code.
    Right,
    /// It is not; so many tries are left.
    Wrong {
        /// Tries that are left.
        left: i64,
    },
    /// The code cannot be typed any more: too late, too often, or used.
    Over,
}

/// Judges a try.
#[must_use]
pub fn judge(sent: Sent, is_it: bool, now: At) -> Verdict {
    if sent.ended || now >= sent.expires_at || sent.failures >= TRIES {
        Verdict::Over
    } else if is_it {
        Verdict::Right
    } else {
        Verdict::Wrong { left: TRIES - sent.failures - 1 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::seconds;

    #[test]
    fn codes_have_six_digits_and_are_read_as_people_write_them() {
        assert_eq!(code(|n| n - 1), "999999");
        assert_eq!(code(|_| 7), "000007");
        assert_eq!(typed(" 123-456\u{a0}"), "123456");
    }

    #[test]
    fn a_code_is_over_after_its_time_after_five_wrong_tries_and_after_its_use() {
        let now = At::from_seconds(1000);
        let sent = Sent { expires_at: now + LIFE, failures: 0, ended: false };
        assert_eq!(judge(sent, true, now), Verdict::Right);
        assert_eq!(judge(sent, false, now), Verdict::Wrong { left: 4 });
        assert_eq!(judge(Sent { failures: 4, ..sent }, false, now), Verdict::Wrong { left: 0 });
        assert_eq!(judge(Sent { failures: 5, ..sent }, true, now), Verdict::Over);
        assert_eq!(judge(sent, true, now + LIFE), Verdict::Over);
        assert_eq!(judge(Sent { ended: true, ..sent }, true, now), Verdict::Over);
    }

    proptest! {
        #[test]
        fn whoever_asks_at_every_chance_gets_three_codes_in_any_hour(steps in proptest::collection::vec(1_u64..2000, 1..60)) {
            let mut now = At::from_seconds(100_000);
            let mut sent: Vec<At> = Vec::new();
            for step in steps {
                now = now + seconds(step);
                match next_at(&sent, now) {
                    None => sent.push(now),
                    Some(at) => prop_assert!(at > now && next_at(&sent, at).is_none()),
                }
            }
            for from in &sent {
                let within = sent.iter().filter(|at| *at >= from && **at < *from + WINDOW).count();
                prop_assert!(within <= MOST, "{within}");
            }
        }
    }
}
