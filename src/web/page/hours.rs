//! A week of hours as a form: for a line, or for a person.

use super::fields::{Field, Sent, Typed, Whys};
use crate::domain::time::hours::{Holidays, Hours, WEEK, Week, check_zone};

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The fields of a week.
pub(in crate::web) struct HoursFields {
    /// What no hours at all are called.
    pub always_label: &'static str,
    /// What hours are called.
    pub week_label: &'static str,
    pub always: bool,
    pub days: Vec<Field>,
    pub zone: Field,
    pub holidays: Field,
    /// Something is wrong with the week as a whole.
    pub why: Option<String>,
}

impl HoursFields {
    /// The fields of the form `part`, filled with `hours`, or with what was typed.
    pub(in crate::web) fn of(
        typed: &Typed,
        part: &str,
        hours: Option<&Hours>,
        (always_label, week_label, holidays): (&'static str, &'static str, &str),
    ) -> HoursFields {
        let day = |(index, name): (usize, &&str)| {
            typed.field(part, name, DAYS[index], "", &hours.map(|hours| hours.day(index)).unwrap_or_default())
        };
        let zone_hint = "A name such as America/New_York or Europe/Berlin.";
        let dates_hint = "A line each: 2026-12-25, or 12-25 for every year; with other hours, 2026-12-24 9:00-12:00.";
        let dates = hours.map(|hours| hours.holidays().join("\n")).unwrap_or_default();
        HoursFields {
            always_label,
            week_label,
            always: if typed.is(part) {
                typed.values.get("when").is_some_and(|when| when == "always")
            } else {
                hours.is_none()
            },
            days: WEEK.iter().enumerate().map(day).collect(),
            zone: typed.field(part, "zone", "Time zone", zone_hint, hours.map_or("", Hours::zone_name)),
            holidays: typed.field(part, "holidays", holidays, dates_hint, &dates),
            why: typed.is(part).then(|| typed.why("week")).flatten(),
        }
    }
}

impl Sent {
    /// The week, or always.
    pub(in crate::web) fn hours(&self) -> Result<Option<Hours>, Whys> {
        if self.value("when") == "always" {
            return Ok(None);
        }
        let (mut week, mut holidays, mut whys) = (Week::default(), Holidays::default(), Whys::new());
        for day in WEEK {
            if let Err(why) = week.add(day, self.value(day)) {
                whys.insert(day.to_owned(), why);
            }
        }
        for date in self.value("holidays").lines().map(str::trim).filter(|date| !date.is_empty()) {
            if let Err(why) = holidays.add(date) {
                whys.entry("holidays".to_owned()).or_insert(why);
            }
        }
        if let Err(why) = check_zone(self.value("zone")) {
            whys.insert("zone".to_owned(), why);
        }
        if !whys.is_empty() {
            return Err(whys);
        }
        let hours = week.of(self.value("zone")).map_err(|_| {
            let why = "no day has hours: give at least one, or choose the line above";
            Whys::from([("week".to_owned(), why.to_owned())])
        })?;
        Ok(Some(hours.with_holidays(holidays)))
    }
}
