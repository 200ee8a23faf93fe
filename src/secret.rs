//! The only source of random numbers: tokens, ids and random picks.
//!
//! A seeded variant lets a test repeat a run.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use sha2::{Digest, Sha256};

use crate::clock::{At, days};

/// Where chance comes from. Cheap to clone; clones of a seeded one share its state.
#[derive(Clone, Debug)]
pub enum Chance {
    /// The operating system's generator, through a cryptographically strong one for each thread.
    System,
    /// Repeatable, for tests.
    Seeded(Arc<Mutex<StdRng>>),
}

impl Chance {
    /// A repeatable source.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Chance::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// Fills `bytes`.
    #[expect(clippy::disallowed_methods, reason = "this is the one source of chance")]
    pub fn fill(&self, bytes: &mut [u8]) {
        match self {
            Chance::System => rand::rng().fill_bytes(bytes),
            Chance::Seeded(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes),
        }
    }

    /// A whole number below `end`, each equally likely; 0 when `end` is 0.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one source of chance")]
    pub fn below(&self, end: usize) -> usize {
        match (self, end) {
            (_, 0) => 0,
            (Chance::System, _) => rand::rng().random_range(0..end),
            (Chance::Seeded(rng), _) => rng.lock().unwrap_or_else(PoisonError::into_inner).random_range(0..end),
        }
    }

    /// A token of `BYTES` random bytes in URL-safe base64 without padding (16 bytes are 22 characters).
    #[must_use]
    pub fn token<const BYTES: usize>(&self) -> String {
        let mut bytes = [0; BYTES];
        self.fill(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// `BYTES` random bytes in lower-case hexadecimal.
    #[must_use]
    pub fn hex<const BYTES: usize>(&self) -> String {
        let mut bytes = [0; BYTES];
        self.fill(&mut bytes);
        hex(&bytes)
    }
}

/// `bytes` in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// The SHA-256 of a random token in hexadecimal: what is stored instead of the token.
#[must_use]
pub fn hash_token(token: &str) -> String {
    hex(&Sha256::digest(token))
}

/// The HMAC-SHA-256 of `text` in hexadecimal: what is stored where the text itself could be guessed from a plain hash.
///
/// # Panics
/// Never: HMAC takes keys of every length.
#[must_use]
pub fn keyed_hash(key: &str, text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("a key of any length");
    mac.update(text.as_bytes());
    hex(&mac.finalize().into_bytes())
}

/// Makes row ids: 63 bits, rising with time, known before the row is written, unique between nodes.
///
/// From the top: milliseconds since 2020 (41 bits), node (10 bits), counter (12 bits). A node that makes more
/// than 4,096 ids in a millisecond borrows from the next one.
#[derive(Clone, Debug)]
pub struct Ids {
    node: i64,
    last: Arc<AtomicI64>,
}

impl Ids {
    const EPOCH_MILLIS: i64 = 1_577_836_800_000;

    /// Ids of `node`, of which the lowest ten bits count.
    #[must_use]
    pub fn of_node(node: i64) -> Self {
        Ids { node: node & 0x3ff, last: Arc::new(AtomicI64::new(0)) }
    }

    /// The least id that can be made at `at`: what was made before has a lower one, as far as clocks agree.
    #[must_use]
    pub fn floor(at: At) -> i64 {
        (at.0.div_euclid(1000) - Self::EPOCH_MILLIS).max(0) << 22
    }

    /// The next id.
    #[must_use]
    pub fn next(&self, now: At) -> i64 {
        // `last` holds milliseconds and counter without the node, so that it can be counted up.
        let fresh = (now.0 / 1000 - Self::EPOCH_MILLIS).max(0) << 12;
        let before = self
            .last
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(fresh.max(last + 1)))
            .unwrap_or_else(|last| last);
        let tick = fresh.max(before + 1);
        ((tick >> 12) << 22) | (self.node << 12) | (tick & 0xfff)
    }

    /// Goes on above `newest`, which an earlier process may have made while its clock was ahead; at most a day, lest one
    /// wrong clock decide for ever. False if `newest` is further ahead of `now`.
    #[must_use]
    pub fn go_on_after(&self, newest: i64, now: At) -> bool {
        let near = newest < Self::floor(now + days(1));
        if near {
            self.last.fetch_max(((newest >> 22) << 12) | 0xfff, Ordering::SeqCst);
        }
        near
    }

    /// The next id, and one above `newest`, which another node may have made whose clock is ahead.
    #[must_use]
    pub fn after(&self, newest: Option<i64>, now: At) -> i64 {
        let id = self.next(now);
        match newest {
            Some(newest) if newest >= id => self.next(At(((newest >> 22) + 1 + Self::EPOCH_MILLIS) * 1000)),
            _ => id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::seconds;

    #[test]
    fn ids_go_on_above_those_that_a_wrong_clock_has_made_up_to_a_day_ahead() {
        let now = At(1_800_000_000_000_000);
        let newest = Ids::of_node(5).next(now + days(1) - seconds(1));
        let ids = Ids::of_node(3);
        assert!(ids.go_on_after(newest, now));
        assert!(ids.next(now) > newest);
        let far = Ids::of_node(5).next(now + days(2));
        let ids = Ids::of_node(3);
        assert!(!ids.go_on_after(far, now));
        assert!(ids.next(now) < far);
        assert!(ids.go_on_after(0, now) && ids.next(now) > Ids::floor(now));
    }

    #[test]
    fn ids_rise_and_never_repeat_even_when_the_clock_stands_or_goes_back() {
        let ids = Ids::of_node(3);
        let mut last = 0;
        for step in 0..20_000_i64 {
            let id = ids.next(At(1_800_000_000_000_000 - step));
            assert!(id > last);
            last = id;
        }
    }

    #[test]
    fn an_id_can_be_had_that_is_above_one_from_a_node_whose_clock_is_ahead() {
        let (one, two) = (Ids::of_node(1), Ids::of_node(2));
        let now = At(1_800_000_000_000_000);
        let ahead = two.next(At(now.0 + 5_000_000));
        let id = one.after(Some(ahead), now);
        assert!(id > ahead && one.next(now) > id && one.after(Some(ahead), now) > id);
        assert!(one.after(Some(two.next(now)), now) > ahead && one.after(None, now) > ahead);
    }

    #[test]
    fn a_keyed_hash_is_the_published_one() {
        // RFC 4231, case 2.
        let known = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(keyed_hash("Jefe", "what do ya want for nothing?"), known);
    }

    #[test]
    fn two_nodes_never_make_the_same_id() {
        let (one, two) = (Ids::of_node(1), Ids::of_node(2));
        let now = At(1_800_000_000_000_000);
        let all: std::collections::HashSet<i64> = (0..5000).flat_map(|_| [one.next(now), two.next(now)]).collect();
        assert_eq!(all.len(), 10_000);
    }
}
