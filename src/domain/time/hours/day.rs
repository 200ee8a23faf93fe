//! Days as people write them: `mon`, `mon-fri`, and holidays as `2026-12-25` or `12-25` of every year.

use std::fmt;

use chrono::{Datelike, NaiveDate};

/// The days of a week, Monday first, as they are written in hours.
pub const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The days of `mon` or `mon-fri` or `fri-mon`, Monday being 0.
pub(super) fn read_days(text: &str) -> Result<Vec<usize>, String> {
    let day = |name: &str| WEEK.iter().position(|day| day.eq_ignore_ascii_case(name.trim()));
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (Some(first), Some(last)) = (day(first), day(last)) else {
        return Err(format!("`{text}` is no day; the days are {}, or a range such as mon-fri", WEEK.join(", ")));
    };
    let length = (last + 7 - first) % 7;
    Ok((0..=length).map(|step| (first + step) % 7).collect())
}

/// A date whose hours are not those of its weekday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Holiday {
    /// Every year on that month and day; 29 February only in leap years.
    Yearly(u32, u32),
    /// Once; goes before a yearly one.
    Once(NaiveDate),
}

impl Holiday {
    /// Reads a date, or a month and a day.
    pub fn read(text: &str) -> Result<Self, String> {
        let remedy = || format!("`{text}` is no date; write 2026-12-25, or 12-25 for that day of every year");
        let parts: Vec<&str> = text.split('-').collect();
        let number = |part: &str, length: usize| {
            let plain = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| part.parse::<u32>().ok()).flatten().ok_or_else(remedy)
        };
        match parts.as_slice() {
            [month, day] => {
                let (month, day) = (number(month, 2)?, number(day, 2)?);
                // A leap year has every day that a year can have.
                NaiveDate::from_ymd_opt(2024, month, day).map(|_| Holiday::Yearly(month, day)).ok_or_else(remedy)
            }
            [year, month, day] => {
                let year = number(year, 4)?;
                if !(2000..2100).contains(&year) {
                    return Err(format!("`{text}` is in the year {year}; write one from 2000 to 2099"));
                }
                let date = NaiveDate::from_ymd_opt(year.cast_signed(), number(month, 2)?, number(day, 2)?);
                date.map(Holiday::Once).ok_or_else(remedy)
            }
            _ => Err(remedy()),
        }
    }

    /// The date, if it is only once.
    pub fn once(&self) -> Option<NaiveDate> {
        match self {
            Holiday::Once(date) => Some(*date),
            Holiday::Yearly(..) => None,
        }
    }

    /// What it is called on `date` when it falls on it every year.
    pub fn yearly(date: NaiveDate) -> Self {
        Holiday::Yearly(date.month(), date.day())
    }
}

impl fmt::Display for Holiday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Holiday::Yearly(month, day) => write!(f, "{month:02}-{day:02}"),
            Holiday::Once(date) => write!(f, "{}", date.format("%Y-%m-%d")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_alone_and_as_ranges() {
        assert_eq!(read_days("mon").unwrap(), [0]);
        assert_eq!(read_days("mon-fri").unwrap(), [0, 1, 2, 3, 4]);
        assert_eq!(read_days("Sat-Mon").unwrap(), [5, 6, 0]);
        assert!(read_days("monday").unwrap_err().contains("mon, tue"));
    }

    #[test]
    fn holidays_are_read_and_written_alike() {
        for text in ["2026-12-25", "12-25", "02-29", "2028-02-29"] {
            assert_eq!(Holiday::read(text).unwrap().to_string(), text);
        }
        for text in ["25.12.2026", "2026-02-29", "02-30", "13-01", "2026-1-1", "26-12-25", "", "1999-01-01"] {
            assert!(Holiday::read(text).is_err(), "{text}");
        }
    }
}
