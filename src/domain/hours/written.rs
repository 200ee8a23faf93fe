//! Hours as they are written down, in the database and in the set-up file alike: one grammar for both.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::Hours;
use super::day::{Holiday, WEEK, read_days};
use super::span::Span;

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
        let mut week: [Option<Vec<Span>>; 7] = Default::default();
        for (names, spans) in days {
            let spans = Span::read_all(spans).map_err(|why| format!("{names}: {why}"))?;
            for day in read_days(names)? {
                if week[day].replace(spans.clone()).is_some() {
                    return Err(format!("{} is given twice", WEEK[day]));
                }
            }
        }
        let week = week.map(Option::unwrap_or_default);
        if week.iter().all(Vec::is_empty) {
            return Err("no day has hours; give at least one, such as mon-fri 9:00-17:00".to_owned());
        }
        let mut dates = BTreeMap::new();
        for text in holidays {
            let (date, spans) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
            let date = Holiday::read(date)?;
            let spans = Span::read_all(spans).map_err(|why| format!("{date}: {why}"))?;
            if dates.insert(date, spans).is_some() {
                return Err(format!("the holiday {date} is given twice"));
            }
        }
        Ok(Hours { zone: zone_of(zone)?, week, holidays: dates })
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

    /// Holidays as they are written: `12-25`, `2026-12-24 09:00-12:00`.
    #[must_use]
    pub fn holidays(&self) -> Vec<String> {
        let written = |(date, spans): (&Holiday, &Vec<Span>)| format!("{date} {}", Span::write_all(spans));
        self.holidays.iter().map(written).map(|text| text.trim_end().to_owned()).collect()
    }
}

/// The zone of that name.
fn zone_of(name: &str) -> Result<Tz, String> {
    let remedy = || {
        format!(
            "`{name}` is no time zone; write its name in the tz database, such as America/New_York or Europe/Berlin"
        )
    };
    name.trim().parse().map_err(|_| remedy())
}
