//! When a line is open, or a person at work: a week of hours by the clock of one time zone, with holidays.
//!
//! Spans become instants day by day, so that a day on which clocks are changed needs no rule of its own.

mod day;
mod parts;
mod span;
#[cfg(test)]
mod tests;
mod written;
mod zone;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::clock::At;

pub use day::WEEK;
pub use parts::{Holidays, Week, check_days, check_zone};
use span::Span;
use written::Written;

/// A week of hours in one time zone, and holidays: dates on which it is closed or open at other hours.
///
/// A span belongs to the date on which it begins, also when it runs over midnight: a holiday takes away the spans that
/// begin on it and leaves the rest of the night before. A local time that does not exist (clocks put forward) stands
/// for the end of the jump; one that exists twice opens from the first and closes at the last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Hours {
    zone: Tz,
    /// Monday first.
    week: [Vec<Span>; 7],
    holidays: Holidays,
}

/// The instant at which `date` begins by the clock of `zone`, such as `Europe/Berlin`.
///
/// # Errors
/// Which of the two cannot be read, and what to write.
pub fn beginning_of(date: &str, zone: &str) -> Result<At, String> {
    let zone: Tz = zone.parse().map_err(|_| format!("`{zone}` is no time zone; write one such as Europe/Berlin"))?;
    let date: NaiveDate = date.parse().map_err(|_| format!("`{date}` is no date; write one such as 2026-03-31"))?;
    zone::begin(zone, date.and_time(NaiveTime::MIN)).ok_or_else(|| format!("`{date}` is too far away"))
}

/// No two days that differ from an always equal week lie further apart: 29 February around a century's end.
const YEARS: u64 = 9 * 366;

/// Without holidays a week is like any other, but for the hours that a change of clocks swallows.
const WEEKS: u64 = 5 * 7;

/// A span reaches into the day after its own; a date that a zone left out makes that one more.
const REACH: u64 = 3;

impl Hours {
    /// Reads what [`Hours::to_json`] wrote: `{"zone": "Europe/Berlin", "mon-fri": "09:00-12:00, 13:00-17:00",
    /// "holidays": ["12-25", "2026-12-24 09:00-12:00"]}`.
    ///
    /// # Errors
    /// What is wrong, its shape and the remedy, in words.
    pub fn read(json: &str) -> Result<Self, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    /// Reads what the database keeps. What cannot be read is never open: nobody is texted at an hour that nobody chose, and
    /// texts wait where people see them. `serve` does not start with such hours, and `doctor` names them.
    #[must_use]
    pub fn kept(json: &str) -> Self {
        let closed = |_| Hours { zone: Tz::UTC, week: [const { Vec::new() }; 7], holidays: Holidays::default() };
        Hours::read(json).unwrap_or_else(closed)
    }

    /// The compact text for the database: equal hours give equal texts.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Whether it is open at `now`.
    #[must_use]
    pub fn open_at(&self, now: At) -> bool {
        let Some(today) = self.date(now) else { return false };
        let (first, last) = (today - Days::new(REACH), today + Days::new(1));
        first.iter_days().take_while(|date| *date <= last).any(|date| {
            self.open_on(date)
                .iter()
                .any(|span| self.stretch(date, *span).is_some_and(|(begin, end)| begin <= now && now < end))
        })
    }

    /// When the state that holds at `now` ends, strictly after it; `None` if it never does.
    #[must_use]
    pub fn next_change(&self, now: At) -> Option<At> {
        let today = self.date(now)?;
        let last = self.holidays.once().max();
        let days = Days::new(self.horizon());
        let horizon = last.map_or(today, |last| last.max(today)) + days;
        let mut until: Option<At> = None;
        let dates = (today - Days::new(REACH)).iter_days().take_while(|date| *date <= horizon);
        for (begin, end) in dates.flat_map(|date| self.stretches(date)) {
            match until {
                None if end <= now => {}
                None if begin > now => return Some(begin),
                Some(open) if begin > open => return Some(open),
                _ => until = Some(until.map_or(end, |open| open.max(end))),
            }
        }
        until.filter(|open| self.date(*open).is_some_and(|date| date + Days::new(REACH) < horizon))
    }

    /// When the state that holds at `now` began, `now` at the latest; `None` if it always was so.
    #[must_use]
    pub fn since(&self, now: At) -> Option<At> {
        let today = self.date(now)?;
        let first = self.holidays.once().min();
        let horizon = first.map_or(today, |first| first.min(today)) - Days::new(self.horizon());
        let mut length = 2 * REACH;
        loop {
            let start = horizon.max(today - Days::new(length));
            let (mut from, mut until) = (At(i64::MIN), At(i64::MIN));
            let dates = start.iter_days().take_while(|date| *date <= today + Days::new(1));
            for (begin, end) in dates.flat_map(|date| self.stretches(date)).take_while(|(begin, _)| *begin <= now) {
                from = if begin > until { begin } else { from };
                until = until.max(end);
            }
            let change = if until > now { from } else { until };
            // What began before the first of these dates may still have been open on the next few.
            let settled = zone::begin(self.zone, (start + Days::new(REACH)).and_time(NaiveTime::MIN))?;
            if change > settled {
                return Some(change);
            } else if start == horizon {
                return None;
            }
            length *= 2;
        }
    }

    /// How many days to look ahead or back before the state counts as one that never changes.
    fn horizon(&self) -> u64 {
        if self.holidays.is_empty() { WEEKS } else { YEARS }
    }

    /// When the clock of this zone shows `local`; the end of the jump when it was jumped over.
    pub(in crate::domain) fn clock_shows(&self, local: NaiveDateTime) -> Option<At> {
        zone::begin(self.zone, local)
    }

    /// What the clock of this zone shows at `now`.
    pub(in crate::domain) fn local(&self, now: At) -> Option<NaiveDateTime> {
        let local = self.zone.from_utc_datetime(&now.utc()?.naive_utc()).naive_local();
        // Beyond this no calendar reaches, and no sum of days overflows within it.
        (-9999..=9999).contains(&local.year()).then_some(local)
    }

    /// The date on the calendar of this zone.
    pub(in crate::domain) fn date(&self, now: At) -> Option<NaiveDate> {
        self.local(now).map(|local| local.date())
    }

    /// The spans that begin on `date`.
    fn open_on(&self, date: NaiveDate) -> &[Span] {
        let weekday = date.weekday().num_days_from_monday() as usize;
        self.holidays.on(date).unwrap_or(&self.week[weekday])
    }

    /// The instants between which `span` of `date` is open; `None` if a change of clocks swallows all of it.
    fn stretch(&self, date: NaiveDate, span: Span) -> Option<(At, At)> {
        let midnight = date.and_time(NaiveTime::MIN);
        let local = |minutes: u16| midnight.checked_add_signed(TimeDelta::minutes(minutes.into()));
        let (begin, end) = (zone::begin(self.zone, local(span.begin)?)?, zone::end(self.zone, local(span.end)?)?);
        (begin < end).then_some((begin, end))
    }

    /// All stretches that begin on `date`, in order: begins rise with the date and the span.
    fn stretches(&self, date: NaiveDate) -> Vec<(At, At)> {
        self.open_on(date).iter().filter_map(|span| self.stretch(date, *span)).collect()
    }
}
