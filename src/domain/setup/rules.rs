//! The rules of a line and of a person in a set-up file: hours, holidays, policies, texts, duty.

use toml::{Spanned, Value};

use super::check::Check;
use super::file::{self, Table};
use super::{Placed, WeekSetup};
use crate::domain::people::person::Duty;
use crate::domain::policy::{Key, LinePolicy};
use crate::domain::time::hours::{Holidays, Hours, Week, check_days, check_zone};
use crate::domain::words::text::Wording;

/// The word that gives up what is a line's own for what holds everywhere.
const USUAL: &str = "usual";

impl Check<'_> {
    pub(super) fn week(
        &mut self,
        (field, hours): (&str, Option<Spanned<file::Hours>>),
        (dates, holidays): (&str, Option<Spanned<Vec<Spanned<String>>>>),
    ) -> WeekSetup {
        let hours = hours.and_then(|hours| self.hours(field, hours));
        let holidays = holidays.map(|holidays| self.holidays(dates, holidays));
        WeekSetup { hours, holidays }
    }

    fn hours(&mut self, field: &str, hours: Spanned<file::Hours>) -> Option<Option<Hours>> {
        let Placed { value, place } = self.placed(hours);
        let table = match value {
            file::Hours::Word(word) if word == "none" => return Some(None),
            file::Hours::Word(_) => {
                let what = format!(
                    "{field}: write {{ zone = \"America/New_York\", mon-fri = \"9:00-17:00\" }}; \"none\" is always"
                );
                self.mistake(place, what);
                return None;
            }
            file::Hours::Week(table) => table,
        };
        let (mut week, mut zone, mut right) = (Week::default(), None, true);
        for (days, spans) in table {
            let (days, spans) = (self.placed(days), self.placed(spans));
            let said = match (days.value.as_str(), one_or_several(&spans.value)) {
                (_, None) => Err((spans.place, "write it in quotes, such as \"9:00-17:00\"".to_owned())),
                ("zone", Some(name)) => {
                    let checked = check_zone(&name).map_err(|why| (spans.place, why));
                    zone = Some(name);
                    checked
                }
                (name, Some(words)) => check_days(name)
                    .map_err(|why| (days.place, why))
                    .and_then(|()| week.add(name, &words).map_err(|why| (spans.place, why))),
            };
            if let Err((place, why)) = said {
                self.mistake(place, format!("{field}: {}: {why}", days.value.escape_debug()));
                right = false;
            }
        }
        let Some(zone) = zone else {
            self.mistake(place, format!("{field}: its zone is missing; add one, such as zone = \"America/New_York\""));
            return None;
        };
        match week.of(&zone) {
            Ok(hours) => Some(Some(hours)),
            Err(why) if right => {
                self.mistake(place, format!("{field}: {why}"));
                None
            }
            Err(_) => None,
        }
    }

    fn holidays(&mut self, field: &str, dates: Spanned<Vec<Spanned<String>>>) -> Placed<Holidays> {
        let Placed { value, place } = self.placed(dates);
        let mut holidays = Holidays::default();
        for date in value {
            let date = self.placed(date);
            if let Err(why) = holidays.add(&date.value) {
                self.mistake(date.place, format!("{field}: {why}"));
            }
        }
        Placed { value: holidays, place }
    }

    pub(super) fn policies(&mut self, table: Table) -> Vec<(Key, Option<String>)> {
        let mut policies = Vec::new();
        for (key, value) in table {
            let (word, value) = (self.placed(key), self.placed(value));
            let Some(key) = Key::read(&word.value) else {
                self.mistake(word.place, format!("policies: {}", Key::remedy(&word.value)));
                continue;
            };
            let words = match &value.value {
                Value::String(word) if word == USUAL => None,
                Value::String(words) => Some(words.clone()),
                other => Some(other.to_string()),
            };
            let mut policy = LinePolicy::default();
            match policy.set(key, words.as_deref()) {
                // As it is kept, so that 48h and 2d are no change.
                Ok(()) => policies.push((key, policy.get(key))),
                Err(why) => {
                    let why = format!("policies: {key}: {why}; \"{USUAL}\" is as the settings say");
                    self.mistake(value.place, why);
                }
            }
        }
        policies
    }

    pub(super) fn texts(&mut self, table: Table) -> Vec<(Wording, Option<String>)> {
        let mut texts = Vec::new();
        for (name, body) in table {
            let (name, body) = (self.placed(name), self.placed(body));
            let Some(wording) = Wording::read(&name.value) else {
                self.mistake(name.place, format!("texts: {}", Wording::remedy(&name.value)));
                continue;
            };
            match &body.value {
                Value::String(word) if word == USUAL => texts.push((wording, None)),
                Value::String(words) => match wording.check(words.trim_end()) {
                    Ok(()) => texts.push((wording, Some(words.trim_end().to_owned()))),
                    Err(why) => self.mistake(body.place, format!("texts: {}: {why}", name.value)),
                },
                _ => self.mistake(body.place, format!("texts: {}: write it in quotes", name.value)),
            }
        }
        texts
    }

    pub(super) fn duty(&mut self, duty: Spanned<String>) -> Option<Duty> {
        let duty = self.placed(duty);
        let read = Duty::read(&duty.value);
        if read.is_none() {
            let words = Duty::ALL.map(Duty::word).join(", ");
            self.mistake(duty.place, format!("duty: `{}` is none; write one of {words}", duty.value.escape_debug()));
        }
        read
    }
}

/// A text, or texts with commas between them.
fn one_or_several(value: &Value) -> Option<String> {
    match value {
        Value::String(one) => Some(one.clone()),
        Value::Array(several) => {
            several.iter().map(Value::as_str).collect::<Option<Vec<_>>>().map(|texts| texts.join(", "))
        }
        _ => None,
    }
}
