//! Instants as pages write them: exact for machines, short and relative for people.
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
    }
}
