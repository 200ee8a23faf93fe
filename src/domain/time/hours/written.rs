//! Hours as text, in the database and in the set-up file alike: one grammar for both.

use std::collections::BTreeMap;
use std::fmt;

use chrono::TimeZone;
use serde::{Deserialize, Serialize};

use super::Hours;
use super::day::WEEK;
use super::parts::{Holidays, Week};
use super::span::Span;
use crate::clock::At;

/// The text of each part.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Written {
    zone: String,
    /// `mon-fri` → `09:00-17:00`.
    #[serde(flatten)]
    days: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    holidays: Vec<String>,
}

impl TryFrom<Written> for Hours {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let days = written.days.iter().map(|(days, spans)| (days.as_str(), spans.as_str()));
        Hours::from_parts(&written.zone, days, written.holidays.iter().map(String::as_str))
    }
}

impl From<Hours> for Written {
    fn from(hours: Hours) -> Self {
        Written {
            zone: hours.zone_name().to_owned(),
            days: hours.days().into_iter().collect(),
            holidays: hours.holidays(),
        }
    }
}

impl Hours {
    /// Hours from their parts as people write them: the zone's name; days (`mon` or `mon-fri`) with their spans
    /// (`9:00-12:00, 13:00-17:00`; `closed`); holidays (`12-25`, `2026-12-24 9:00-12:00`).
    ///
    /// # Errors
    /// What is wrong, its shape and the remedy, in words.
    pub fn from_parts<'a>(
        zone: &str,
        days: impl IntoIterator<Item = (&'a str, &'a str)>,
        holidays: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, String> {
        let (mut week, mut dates) = (Week::default(), Holidays::default());
        for (days, spans) in days {
            week.add(days, spans).map_err(|why| format!("{days}: {why}"))?;
        }
        for holiday in holidays {
            dates.add(holiday)?;
        }
        Ok(week.of(zone)?.with_holidays(dates))
    }

    /// The zone's name, such as `America/New_York`.
    #[must_use]
    pub fn zone_name(&self) -> &'static str {
        self.zone.name()
    }

    /// Days with hours, equal neighbours together, and their spans: `("mon-fri", "09:00-17:00")`.
    #[must_use]
    pub fn days(&self) -> Vec<(String, String)> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for day in 0..7 {
            match runs.last_mut() {
                Some((_, last)) if self.week[*last] == self.week[day] => *last = day,
                _ => runs.push((day, day)),
            }
        }
        runs.retain(|(first, _)| !self.week[*first].is_empty());
        let name = |first: usize, last: usize| {
            if first == last { WEEK[first].to_owned() } else { format!("{}-{}", WEEK[first], WEEK[last]) }
        };
        runs.into_iter().map(|(first, last)| (name(first, last), Span::write_all(&self.week[first]))).collect()
    }

    /// The spans of a day of the week as they are written, Monday being 0; empty when it is closed.
    #[must_use]
    pub fn day(&self, day: usize) -> String {
        self.week.get(day).map(|spans| Span::write_all(spans)).unwrap_or_default()
    }

    /// Holidays as they are written: `12-25`, `2026-12-24 09:00-12:00`.
    #[must_use]
    pub fn holidays(&self) -> Vec<String> {
        self.holidays.written()
    }

    /// An instant by the clock of this zone: `Mon 23 Nov, 9:00`.
    #[must_use]
    pub fn shown(&self, at: At) -> String {
        let local = at.utc().map(|utc| self.zone.from_utc_datetime(&utc.naive_utc()));
        local.map(|local| local.format("%a %-d %b, %-H:%M").to_string()).unwrap_or_default()
    }

    /// The same week with these holidays instead.
    #[must_use]
    pub fn with_holidays(self, holidays: Holidays) -> Self {
        Hours { holidays, ..self }
    }

    /// Its holidays, to be kept when the week becomes another.
    #[must_use]
    pub fn own_holidays(&self) -> Holidays {
        self.holidays.clone()
    }
}

impl fmt::Display for Hours {
    /// `mon-fri 09:00-17:00, sat 10:00-14:00 (America/New_York; holidays 12-25, 2026-12-24 09:00-12:00)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: Vec<String> = self.days().iter().map(|(days, spans)| format!("{days} {spans}")).collect();
        write!(f, "{} ({}", days.join(", "), self.zone_name())?;
        let holidays = self.holidays();
        if !holidays.is_empty() {
            write!(f, "; holidays {}", holidays.join(", "))?;
        }
        f.write_str(")")
    }
}
