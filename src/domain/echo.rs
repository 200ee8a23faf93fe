//! The loop guard: two machines that answer each other are noticed, and relaying between them pauses.

use serde::{Deserialize, Serialize};

use crate::clock::{At, minutes};

/// The same exchange more often than this, within [`WINDOW`], is a loop.
const MOST: u32 = 5;
const WINDOW: std::time::Duration = minutes(10);

/// What a conversation remembers of its last exchange.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Echo {
    /// The last body from the customer's side, hashed.
    customer: u64,
    /// The last body from our side, hashed.
    ours: u64,
    /// The side that spoke last was the customer's.
    customer_last: bool,
    /// How often the same two bodies have been exchanged.
    count: u32,
    /// When the first of them came.
    since: At,
}

impl Echo {
    /// Takes in a body; true if the two sides now exchange the same two bodies too often.
    pub fn hear(&mut self, from_customer: bool, body: &str, now: At) -> bool {
        let hash = hash(body);
        let mine = if from_customer { &mut self.customer } else { &mut self.ours };
        let same = *mine == hash && self.customer_last != from_customer && now.since(self.since) <= WINDOW;
        *mine = hash;
        self.customer_last = from_customer;
        if !same {
            // The count begins with the first text that may be repeated, whichever side it came from.
            self.count = u32::from(!from_customer);
            self.since = now;
        } else if !from_customer {
            self.count += 1;
        }
        self.count > MOST
    }

    /// Whether this side says something else than what it said last.
    #[must_use]
    pub fn is_new(&self, from_customer: bool, body: &str) -> bool {
        let last = if from_customer { self.customer } else { self.ours };
        last != hash(body)
    }
}

/// FNV-1a, 64 bits: the same in every release and on every machine, since it is kept in the database.
fn hash(body: &str) -> u64 {
    body.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_machines_are_noticed_after_the_fifth_exchange() {
        let mut echo = Echo::default();
        let now = At::from_seconds(1000);
        let mut loops = Vec::new();
        for turn in 0..7 {
            echo.hear(true, "I am out of office", now + minutes(turn / 3));
            loops.push(echo.hear(false, "Thanks for your message", now + minutes(turn / 3)));
        }
        assert_eq!(loops, [false, false, false, false, false, true, true]);
        assert!(!echo.is_new(true, "I am out of office") && echo.is_new(true, "Sorry, I am here"));
    }

    #[test]
    fn people_who_repeat_themselves_slowly_or_alone_are_no_loop() {
        let mut echo = Echo::default();
        let now = At::from_seconds(1000);
        assert!((0..50).all(|_| !echo.hear(true, "hello?", now)));
        let mut slow = Echo::default();
        assert!((0..40).all(|turn| {
            slow.hear(true, "ok", now + minutes(turn * 3));
            !slow.hear(false, "ok", now + minutes(turn * 3))
        }));
        let mut talk = Echo::default();
        assert!((0..40).all(|turn| !talk.hear(true, &format!("{turn}"), now) && !talk.hear(false, "ok", now)));
    }
}
