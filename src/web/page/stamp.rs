//! Times as pages write them: exact for machines, short and relative for people.
//!
//! Pages give UTC, and the script turns it into the reader's own time.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::clock::At;

/// An instant on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp(pub At);

impl Stamp {
    fn utc(self) -> DateTime<Utc> {
        self.0.utc().unwrap_or_default()
    }

    /// RFC 3339, for the `datetime` attribute.
    #[must_use]
    pub fn iso(self) -> String {
        self.utc().format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// `14:05 UTC`.
    #[must_use]
    pub fn clock(self) -> String {
        self.utc().format("%H:%M UTC").to_string()
    }

    /// `14:05:09 UTC`.
    #[must_use]
    pub fn exact(self) -> String {
        self.utc().format("%H:%M:%S UTC").to_string()
    }

    /// `Tuesday, 10 March 2026`.
    #[must_use]
    pub fn day(self) -> String {
        self.utc().format("%A, %-d %B %Y").to_string()
    }

    /// `10 Mar 2026, 14:05 UTC`.
    #[must_use]
    pub fn full(self) -> String {
        self.utc().format("%-d %b %Y, %H:%M UTC").to_string()
    }

    /// `10 Mar 2026`.
    #[must_use]
    pub fn date(self) -> String {
        self.utc().format("%-d %b %Y").to_string()
    }

    /// Whether both fall on one day in UTC.
    #[must_use]
    pub fn same_day(self, other: Stamp) -> bool {
        self.utc().date_naive() == other.utc().date_naive()
    }

    /// How long ago: `now`, `2 m`, `3 h`, `5 d`, `7 w`.
    #[must_use]
    pub fn ago(self, now: &Stamp) -> Ago {
        Ago(now.0.since(self.0).as_secs())
    }
}

/// As [`Stamp::iso`], for templates that have the instant alone.
#[must_use]
pub fn iso(at: &At) -> String {
    Stamp(*at).iso()
}

/// As [`Stamp::full`], for templates that have the instant alone.
#[must_use]
pub fn full(at: &At) -> String {
    Stamp(*at).full()
}

/// A span in its largest unit.
#[derive(Clone, Copy, Debug)]
pub struct Ago(u64);

impl fmt::Display for Ago {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (minutes, hours, days) = (self.0 / 60, self.0 / 3600, self.0 / 86_400);
        match () {
            () if minutes == 0 => f.write_str("now"),
            () if hours == 0 => write!(f, "{minutes} m"),
            () if days == 0 => write!(f, "{hours} h"),
            () if days < 14 => write!(f, "{days} d"),
            () => write!(f, "{} w", days / 7),
        }
    }
}

/// How long until something ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// It is over.
    Over,
    /// So many seconds.
    Seconds(u64),
}

/// What ends within so many seconds ends soon.
const SHORT: u64 = 600;

impl Left {
    /// From `now` to `at`.
    #[must_use]
    pub fn of(at: At, now: At) -> Self {
        if at <= now { Left::Over } else { Left::Seconds(at.since(now).as_secs()) }
    }

    /// It ends within ten minutes.
    #[must_use]
    pub fn is_short(self) -> bool {
        matches!(self, Left::Seconds(seconds) if seconds < SHORT)
    }
}

impl fmt::Display for Left {
    /// `over`, `in 40 s`, `in 25 min`, `in 3 h 5 min`, `in 2 d 4 h`; never more than there is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Left::Seconds(seconds) = self else { return f.write_str("over") };
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
        match (days, hours, minutes) {
            (0, 0, 0) => write!(f, "in {seconds} s"),
            (0, 0, _) => write!(f, "in {minutes} min"),
            (0, ..) => write!(f, "in {hours} h {} min", minutes % 60),
            _ => write!(f, "in {days} d {} h", hours % 24),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short_in_lists_and_exact_in_threads() {
        let at = Stamp(At::from_seconds(1_773_158_700));
        let later = |seconds: i64| Stamp(At::from_seconds(1_773_158_700 + seconds));
        assert_eq!((at.clock().as_str(), at.day().as_str()), ("16:05 UTC", "Tuesday, 10 March 2026"));
        for (seconds, word) in
            [(0, "now"), (59, "now"), (120, "2 m"), (7300, "2 h"), (172_800, "2 d"), (1_814_400, "3 w")]
        {
            assert_eq!(at.ago(&later(seconds)).to_string(), word);
        }
        assert_eq!(later(60).ago(&at).to_string(), "now");
        for (seconds, word) in
            [(0, "over"), (40, "in 40 s"), (1540, "in 25 min"), (11_100, "in 3 h 5 min"), (187_200, "in 2 d 4 h")]
        {
            assert_eq!(Left::of(later(seconds).0, at.0).to_string(), word);
        }
    }
}
