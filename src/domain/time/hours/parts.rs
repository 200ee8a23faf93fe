//! Hours built part by part, so that each mistake is reported where it was made.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::Hours;
use super::day::{Holiday, WEEK, read_days};
use super::span::Span;

/// A week as it is written down, day by day.
#[derive(Clone, Debug, Default)]
pub struct Week([Option<Vec<Span>>; 7]);

impl Week {
    /// Gives `days` (`mon`, or `mon-fri`) their spans (`9:00-12:00, 13:00-17:00`; `closed`).
    ///
    /// # Errors
    /// What is wrong, its shape and the remedy, in words.
    pub fn add(&mut self, days: &str, spans: &str) -> Result<(), String> {
        let spans = Span::read_all(spans)?;
        for day in read_days(days)? {
            if self.0[day].replace(spans.clone()).is_some() {
                return Err(format!("{} has hours already; give each day once", WEEK[day]));
            }
        }
        Ok(())
    }

    /// The hours of this week by the clock of `zone`, a name of the tz database.
    ///
    /// # Errors
    /// As [`Week::add`]; also when no day has hours.
    pub fn of(self, zone: &str) -> Result<Hours, String> {
        let week = self.0.map(Option::unwrap_or_default);
        if week.iter().all(Vec::is_empty) {
            return Err("no day has hours; give at least one, such as mon-fri = \"9:00-17:00\"".to_owned());
        }
        Ok(Hours { zone: read_zone(zone)?, week, holidays: Holidays::default() })
    }
}

/// Whether `text` names a day or days: `mon`, or `mon-fri`.
///
/// # Errors
/// What to write instead.
pub fn check_days(text: &str) -> Result<(), String> {
    read_days(text).map(drop)
}

/// Whether there is a time zone of that name.
///
/// # Errors
/// What to write instead.
pub fn check_zone(name: &str) -> Result<(), String> {
    read_zone(name).map(drop)
}

fn read_zone(name: &str) -> Result<Tz, String> {
    name.trim().parse().map_err(|_| {
        format!(
            "`{}` is no time zone; write its name in the tz database, such as America/New_York or Europe/Berlin",
            name.escape_debug()
        )
    })
}

/// Dates whose hours are not those of their weekday.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holidays(BTreeMap<Holiday, Vec<Span>>);

impl Holidays {
    /// Adds a date on which it is closed (`2026-12-25`; `12-25` in every year), or open at other hours
    /// (`2026-12-24 9:00-12:00`).
    ///
    /// # Errors
    /// What is wrong, its shape and the remedy, in words.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        let (date, spans) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
        let date = Holiday::read(date)?;
        if self.0.insert(date, Span::read_all(spans)?).is_some() {
            return Err(format!("{date} is given twice; keep one"));
        }
        Ok(())
    }

    /// As they are written.
    #[must_use]
    pub fn written(&self) -> Vec<String> {
        let written = |(date, spans): (&Holiday, &Vec<Span>)| format!("{date} {}", Span::write_all(spans));
        self.0.iter().map(written).map(|text| text.trim_end().to_owned()).collect()
    }

    /// There is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The hours of `date`, where they are not those of its weekday.
    pub(super) fn on(&self, date: NaiveDate) -> Option<&[Span]> {
        self.0.get(&Holiday::Once(date)).or_else(|| self.0.get(&Holiday::yearly(date))).map(Vec::as_slice)
    }

    /// The dates that are no holiday in other years.
    pub(super) fn once(&self) -> impl Iterator<Item = NaiveDate> {
        self.0.keys().filter_map(Holiday::once)
    }

    #[cfg(test)]
    pub(super) fn put(&mut self, date: Holiday, spans: Vec<Span>) {
        self.0.insert(date, spans);
    }
}
