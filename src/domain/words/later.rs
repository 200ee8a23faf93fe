//! Until when a conversation is put aside: a span, tomorrow morning, or the morning of next Monday.

use std::time::Duration;

use chrono::{Datelike, Days, NaiveDateTime, NaiveTime, Weekday};

use super::command::{Mistake, span};
use crate::clock::At;
use crate::domain::time::hours::Hours;

/// The hour at which mornings begin.
const MORNING: u32 = 9;

/// A time to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Later {
    /// After so long.
    In(Duration),
    /// At nine o'clock tomorrow.
    Tomorrow,
    /// At nine o'clock next Monday.
    NextWeek,
    /// When the clock shows this.
    On(NaiveDateTime),
}

impl Later {
    /// Reads `tomorrow`, `next_week`, a span such as `1h30m`, or a date and time such as `2026-11-23T09:00`.
    ///
    /// # Errors
    /// As [`span`].
    pub fn read(word: &str) -> Result<Self, Mistake> {
        match word.trim() {
            "tomorrow" => Ok(Later::Tomorrow),
            "next_week" => Ok(Later::NextWeek),
            word => match NaiveDateTime::parse_from_str(word, "%Y-%m-%dT%H:%M") {
                Ok(time) => Ok(Later::On(time)),
                Err(_) => span(word).map(Later::In),
            },
        }
    }

    /// The instant that is meant at `now`; clocks and mornings are those of `hours`' time zone, or else of UTC.
    #[must_use]
    pub fn at(self, now: At, hours: Option<&Hours>) -> Option<At> {
        if let Later::In(span) = self {
            return Some(now + span);
        }
        let local = if let Later::On(time) = self {
            time
        } else {
            let today = match hours {
                Some(hours) => hours.date(now)?,
                None => now.utc()?.date_naive(),
            };
            let days = match self {
                Later::NextWeek => 7 - u64::from(today.weekday().days_since(Weekday::Mon)),
                _ => 1,
            };
            (today + Days::new(days)).and_time(NaiveTime::from_hms_opt(MORNING, 0, 0)?)
        };
        match hours {
            Some(hours) => hours.clock_shows(local),
            None => Some(At::from(local.and_utc())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::hours;

    #[test]
    fn mornings_are_those_of_the_readers_zone() {
        // Tuesday, 10 March 2026, 16:05 UTC
        let now = At::from_seconds(1_773_158_700);
        let at = |later: Later, hours| later.at(now, hours).unwrap().to_string();
        assert_eq!(at(Later::In(hours(2)), None), "2026-03-10T18:05:00.000Z");
        assert_eq!(at(Later::Tomorrow, None), "2026-03-11T09:00:00.000Z");
        assert_eq!(at(Later::NextWeek, None), "2026-03-16T09:00:00.000Z");
        let auckland = Hours::read(r#"{"zone": "Pacific/Auckland", "mon-fri": "09:00-17:00"}"#).unwrap();
        assert_eq!(at(Later::Tomorrow, Some(&auckland)), "2026-03-11T20:00:00.000Z", "there it is Wednesday already");
        let picked = Later::read("2026-03-12T08:30").unwrap();
        assert_eq!(at(picked, None), "2026-03-12T08:30:00.000Z");
        assert_eq!(at(picked, Some(&auckland)), "2026-03-11T19:30:00.000Z");
        assert_eq!(Later::read(" tomorrow "), Ok(Later::Tomorrow));
        assert_eq!(Later::read("3h"), Ok(Later::In(hours(3))));
        assert_eq!(Later::read("soon"), Err(Mistake::NoSpan));
    }
}
