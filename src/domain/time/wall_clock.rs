//! The clock of a reader: the reader's own time zone if there is a schedule, else the line's, else UTC.

use chrono::{Datelike, NaiveDateTime};

use super::hours::Hours;
use crate::clock::At;

/// How a date and a time are written in a form's field of type `datetime-local`.
const FIELD: &str = "%Y-%m-%dT%H:%M";

/// A clock in one time zone.
#[derive(Clone, Debug, Default)]
pub struct WallClock(Option<Hours>);

impl WallClock {
    /// The clock by which these hours are kept, as the database keeps them.
    #[must_use]
    pub fn of(hours: Option<&str>) -> WallClock {
        WallClock(hours.and_then(|text| Hours::read(text).ok()))
    }

    /// The hours whose clock it is.
    #[must_use]
    pub fn hours(&self) -> Option<&Hours> {
        self.0.as_ref()
    }

    /// The name of its zone.
    #[must_use]
    pub fn zone(&self) -> &str {
        self.0.as_ref().map_or("UTC", Hours::zone_name)
    }

    /// What it shows at `at`; `None` beyond every calendar.
    #[must_use]
    pub fn shows(&self, at: At) -> Option<NaiveDateTime> {
        match &self.0 {
            Some(hours) => hours.local(at),
            None => Some(at.utc()?.naive_utc()),
        }
    }

    /// When it shows `local`; the end of the jump when the clock jumped over it.
    #[must_use]
    pub fn at(&self, local: NaiveDateTime) -> Option<At> {
        match &self.0 {
            Some(hours) => hours.clock_shows(local),
            None => Some(At::from(local.and_utc())),
        }
    }

    /// Reads what a field of type `datetime-local` sends.
    #[must_use]
    pub fn read(text: &str) -> Option<NaiveDateTime> {
        let text = text.trim();
        NaiveDateTime::parse_from_str(text, FIELD)
            .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"))
            .ok()
    }

    /// `at` as such a field shows it.
    #[must_use]
    pub fn field(&self, at: At) -> String {
        self.shows(at).map(|local| local.format(FIELD).to_string()).unwrap_or_default()
    }

    /// `at` in a few words, as somebody says it at `now`: `14:05`, `Monday 9:00`, `3 April 9:00`.
    #[must_use]
    pub fn short(&self, at: At, now: At) -> String {
        let (Some(then), Some(today)) = (self.shows(at), self.shows(now)) else { return String::new() };
        let days = (then.date() - today.date()).num_days();
        let format = match days {
            0 => "%-H:%M",
            1..=6 => "%A %-H:%M",
            _ if then.year() == today.year() => "%-d %B %-H:%M",
            _ => "%-d %B %Y %-H:%M",
        };
        then.format(format).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUCKLAND: &str = r#"{"zone": "Pacific/Auckland", "mon-fri": "09:00-17:00"}"#;

    #[test]
    fn a_picked_time_is_that_of_the_clock_on_the_wall() {
        // Tuesday, 10 March 2026, 16:05 UTC: Wednesday, 5:05 in Auckland
        let now = At::from_seconds(1_773_158_700);
        let (utc, auckland) = (WallClock::default(), WallClock::of(Some(AUCKLAND)));
        assert_eq!((utc.field(now).as_str(), auckland.field(now).as_str()), ("2026-03-10T16:05", "2026-03-11T05:05"));
        for wall_clock in [&utc, &auckland] {
            assert_eq!(
                WallClock::read(&wall_clock.field(now)).and_then(|local| wall_clock.at(local)),
                Some(now),
                "{}",
                wall_clock.zone()
            );
        }
        assert_eq!((utc.zone(), auckland.zone()), ("UTC", "Pacific/Auckland"));
        assert_eq!(WallClock::read("2026-03-11T05:05:30").map(|at| at.to_string()).unwrap(), "2026-03-11 05:05:30");
        assert_eq!((WallClock::read("tomorrow"), WallClock::read("2026-02-30T10:00")), (None, None));
    }

    #[test]
    fn a_time_is_said_as_shortly_as_it_can_be() {
        let now = At::from_seconds(1_773_158_700);
        let said = |hours: i64| WallClock::default().short(now + crate::clock::hours(hours.unsigned_abs()), now);
        assert_eq!(
            [1, 17, 24 * 6, 24 * 10, 24 * 300].map(said),
            ["17:05", "Wednesday 9:05", "Monday 16:05", "20 March 16:05", "4 January 2027 16:05"]
        );
    }
}
