//! The only source of the current time: an instant that both databases store alike, and a clock that tests can set.
//!
//! All other code takes `now` as a value, so that every rule about time can be tested without waiting.

use std::fmt;
use std::ops::{Add, Sub};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// An instant: whole microseconds since 1970-01-01T00:00:00Z, a BIGINT in both databases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct At(pub i64);

/// The length of a day, in microseconds.
const DAY_MICROS: i64 = 86_400_000_000;

impl At {
    /// The start of 1970, before everything that this program stores.
    pub const EPOCH: At = At(0);

    /// Whole microseconds since the epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The instant at `seconds` since the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        At(seconds * 1_000_000)
    }

    /// Whole days since 1970 in UTC.
    #[must_use]
    pub const fn day(self) -> i64 {
        self.0.div_euclid(DAY_MICROS)
    }

    /// When the day begins that is so many after the first of 1970 in UTC.
    #[must_use]
    pub const fn of_day(day: i64) -> Self {
        At(day.saturating_mul(DAY_MICROS))
    }

    /// How long after `earlier` this is; zero if it is not after it.
    #[must_use]
    pub fn since(self, earlier: At) -> Duration {
        Duration::from_micros(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    /// The same instant as a calendar date and time in UTC; `None` beyond the calendar's range.
    #[must_use]
    pub fn utc(self) -> Option<chrono::DateTime<chrono::Utc>> {
        chrono::DateTime::from_timestamp_micros(self.0)
    }
}

impl From<chrono::DateTime<chrono::Utc>> for At {
    fn from(time: chrono::DateTime<chrono::Utc>) -> Self {
        At(time.timestamp_micros())
    }
}

impl fmt::Display for At {
    /// RFC 3339 in UTC with milliseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.utc() {
            Some(time) => write!(f, "{}", time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)),
            None => write!(f, "{} µs", self.0),
        }
    }
}

fn micros(d: Duration) -> i64 {
    i64::try_from(d.as_micros()).unwrap_or(i64::MAX)
}

impl Add<Duration> for At {
    type Output = At;
    fn add(self, d: Duration) -> At {
        At(self.0.saturating_add(micros(d)))
    }
}

impl Sub<Duration> for At {
    type Output = At;
    fn sub(self, d: Duration) -> At {
        At(self.0.saturating_sub(micros(d)))
    }
}

/// Where now comes from. Cheap to clone; clones share their state.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock, moved by an offset in microseconds (between nodes, now is the database's clock).
    System(Arc<AtomicI64>),
    /// Stands still until a test turns it.
    Test(Arc<Turned>),
    /// Another machine's, in a test: it showed so much before that test's clock was first turned.
    Beside(Arc<Turned>, At),
}

/// A clock in a test's hand: what its face shows, and how far it was ever turned, in microseconds.
#[derive(Debug)]
pub struct Turned {
    face: AtomicI64,
    turned: AtomicI64,
}

/// What the time that nobody can set is counted from.
static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Clock::System(Arc::new(AtomicI64::new(0)))
    }

    /// A clock that stands at `at`.
    #[must_use]
    pub fn test(at: At) -> Self {
        Clock::Test(Arc::new(Turned { face: AtomicI64::new(at.0), turned: AtomicI64::new(0) }))
    }

    /// The clock of another machine: it agrees with this one, goes on as time passes, and does not move when somebody sets
    /// this one. Only a test's clock has another beside it; the system's is shared.
    #[must_use]
    pub fn beside(&self) -> Self {
        match self {
            Clock::Test(hands) => {
                let turned = hands.turned.load(Ordering::SeqCst);
                Clock::Beside(hands.clone(), At(self.now().0 - turned))
            }
            other => other.clone(),
        }
    }

    /// Now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one source of now")]
    pub fn now(&self) -> At {
        match self {
            Clock::System(offset) => {
                let machine = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, micros);
                At(machine + offset.load(Ordering::Relaxed))
            }
            Clock::Test(hands) => At(hands.face.load(Ordering::SeqCst)),
            Clock::Beside(hands, began) => At(began.0 + hands.turned.load(Ordering::SeqCst)),
        }
    }

    /// Makes the system clock agree with `there`, the database's now; a test clock does not move.
    #[expect(clippy::disallowed_methods, reason = "this is the one source of now")]
    pub fn agree_with(&self, there: At) {
        if let Clock::System(offset) = self {
            let machine = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, micros);
            offset.store(there.0 - machine, Ordering::Relaxed);
        }
    }

    /// Turns a test clock by `d`; the system clock cannot be turned.
    pub fn pass(&self, d: Duration) {
        if let Clock::Test(hands) = self {
            hands.face.fetch_add(micros(d), Ordering::SeqCst);
            hands.turned.fetch_add(micros(d), Ordering::SeqCst);
        }
    }

    /// Time that passes evenly whatever now is set to; only the difference of two readings means anything.
    #[must_use]
    pub fn steady(&self) -> Duration {
        match self {
            Clock::System(_) => BEGAN.elapsed(),
            Clock::Test(hands) | Clock::Beside(hands, _) => {
                Duration::from_micros(hands.turned.load(Ordering::SeqCst).unsigned_abs())
            }
        }
    }

    /// Sets a test clock to `at` while no time passes, as somebody does who corrects a clock; not the system clock.
    pub fn set(&self, at: At) {
        if let Clock::Test(hands) = self {
            hands.face.store(at.0, Ordering::SeqCst);
        }
    }
}

/// Shorthand: `n` seconds.
#[must_use]
pub const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// Shorthand: `n` minutes.
#[must_use]
pub const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n * 60)
}

/// Shorthand: `n` hours.
#[must_use]
pub const fn hours(n: u64) -> Duration {
    Duration::from_secs(n * 3600)
}

/// Shorthand: `n` days of 24 hours.
#[must_use]
pub const fn days(n: u64) -> Duration {
    Duration::from_secs(n * 86_400)
}
