//! The set-up file: lines, masks and people, read from TOML into values that are valid by themselves.
//!
//! Every mistake is reported with its line and column; whether the values fit the database is for the desk to say.

mod check;
mod file;
mod rules;

use std::fmt;
use std::str::FromStr;

use super::numbers::phone::Phone;
use super::people::person::{Duty, Role};
use super::policy::Key;
use super::time::hours::{Holidays, Hours};
use super::words::text::Wording;

/// What a set-up file wants. What is `None` was not mentioned and stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// Published numbers.
    pub lines: Vec<LineSetup>,
    /// Members of the pool.
    pub masks: Vec<MaskSetup>,
    /// People.
    pub people: Vec<PersonSetup>,
    /// What may be a slip, and is taken as it stands.
    pub doubts: Vec<Mistake>,
}

/// A published number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineSetup {
    /// E.164, or a short code.
    pub number: Placed<String>,
    /// As people call it.
    pub name: Option<String>,
    /// ISO 3166 code.
    pub country: Option<String>,
    /// E-mail addresses of all its members.
    pub members: Option<Vec<Placed<String>>>,
    /// When it is open.
    pub week: WeekSetup,
    /// As [`crate::domain::policy::LinePolicy::set`] takes them; `None`: as the settings say.
    pub policies: Vec<(Key, Option<String>)>,
    /// Its own words; `None`: the usual ones.
    pub texts: Vec<(Wording, Option<String>)>,
}

/// When a line is open, or a person works: the week and the dates that are not like it, each by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WeekSetup {
    /// The week, without holidays; `Some(None)` is always.
    pub hours: Option<Option<Hours>>,
    /// The holidays.
    pub holidays: Option<Placed<Holidays>>,
}

impl WeekSetup {
    /// What `known` becomes.
    ///
    /// # Errors
    /// The mistake, if there would be holidays without a week.
    pub fn over(&self, known: Option<&Hours>) -> Result<Option<Hours>, Mistake> {
        let week = match &self.hours {
            None => known.cloned(),
            Some(None) => None,
            Some(Some(hours)) => Some(hours.clone().with_holidays(known.map(Hours::own_holidays).unwrap_or_default())),
        };
        match (week, &self.holidays) {
            (week, None) => Ok(week),
            (Some(week), Some(holidays)) => Ok(Some(week.with_holidays(holidays.value.clone()))),
            (None, Some(holidays)) if holidays.value.is_empty() => Ok(None),
            (None, Some(holidays)) => Err(Mistake {
                place: holidays.place,
                what: "dates are left out of a week, and there is none here: give the week as well, such as \
                       { zone = \"America/New_York\", mon-sun = \"00:00-24:00\" }"
                    .to_owned(),
            }),
        }
    }
}

/// A member of the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskSetup {
    /// E.164.
    pub number: Placed<String>,
    /// ISO 3166 code.
    pub country: Option<String>,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonSetup {
    /// Lower case.
    pub email: Placed<String>,
    /// As colleagues see it.
    pub name: Option<String>,
    /// Rank.
    pub role: Option<Role>,
    /// `Some(None)` takes it away.
    pub phone: Option<Option<Placed<Phone>>>,
    /// Most open conversations at once; `Some(None)` takes the limit away.
    pub limit: Option<Option<i64>>,
    /// When the person works.
    pub week: WeekSetup,
    /// Whether the person takes customers.
    pub duty: Option<Duty>,
    /// May no longer sign in or take texts.
    pub disabled: Option<bool>,
}

/// Where something stands in the file; both count from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// Something in the file that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where it stands.
    pub place: Place,
    /// What is wrong, and the remedy.
    pub what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.place.line, self.place.column, self.what)
    }
}

impl FromStr for Setup {
    type Err = Vec<Mistake>;

    /// Reads a set-up file.
    ///
    /// # Errors
    /// Every mistake, in the order of the file; of TOML that cannot be read, the first.
    fn from_str(text: &str) -> Result<Self, Vec<Mistake>> {
        let file = file::read(text).map_err(|mistake| vec![mistake])?;
        check::check(text, file)
    }
}

/// The place at byte `offset` of `text`.
fn place(text: &str, offset: usize) -> Place {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Place { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
}

#[cfg(test)]
mod tests;
