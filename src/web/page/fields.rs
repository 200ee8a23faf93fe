//! The fields of forms: their values, what was typed, and why it was refused.
//!
//! Our forms name each field `field[NAME]`; only the names that a handler asks for are read.

use std::collections::HashMap;

use rocket::FromForm;

use crate::domain::words::sentence::sentence;

/// What a form brought.
#[derive(FromForm)]
pub(in crate::web) struct Posted {
    pub field: HashMap<String, String>,
}

/// The values of a form by their names.
#[derive(Default)]
pub(in crate::web) struct Sent(pub HashMap<String, String>);

/// What is wrong with which field.
pub(in crate::web) type Whys = HashMap<String, String>;

impl Sent {
    /// A value, without the space around it; empty if there is none.
    pub(in crate::web) fn value(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    /// The numbers in the names of boxes that were checked: `line-7` is 7 of `line-`.
    pub(in crate::web) fn checked(&self, start: &str) -> Vec<i64> {
        let mut ids: Vec<i64> = self.0.keys().filter_map(|name| name.strip_prefix(start)?.parse().ok()).collect();
        ids.sort_unstable();
        ids
    }
}

/// A form that comes back: its part of the page, what was typed, and what is wrong with which field.
#[derive(Default)]
pub(in crate::web) struct Typed {
    pub part: &'static str,
    pub values: HashMap<String, String>,
    pub whys: Whys,
}

impl Typed {
    /// This part with what was sent, and `why` one of its fields was refused.
    pub(in crate::web) fn refused(part: &'static str, sent: Sent, field: &str, why: String) -> Typed {
        Typed { part, values: sent.0, whys: Whys::from([(field.to_owned(), why)]) }
    }

    /// Whether this part of the page comes back.
    pub(in crate::web) fn is(&self, part: &str) -> bool {
        self.part == part
    }

    /// The reason that belongs to a field, as a sentence.
    pub(in crate::web) fn why(&self, name: &str) -> Option<String> {
        self.whys.get(name).map(|why| sentence(why))
    }

    /// A field of a part: with what was typed if the part comes back, else with `value`.
    pub(in crate::web) fn field(&self, part: &str, name: &str, label: &str, hint: &str, value: &str) -> Field {
        let again = self.is(part).then(|| self.values.get(name)).flatten();
        Field {
            name: name.to_owned(),
            label: label.to_owned(),
            hint: hint.to_owned(),
            value: again.map_or_else(|| value.to_owned(), Clone::clone),
            why: self.is(part).then(|| self.why(name)).flatten(),
            choices: Vec::new(),
        }
    }

    /// Whether a box is checked: as it was left if the part comes back, else if `is`.
    pub(in crate::web) fn box_of(&self, part: &str, name: &str, is: bool) -> bool {
        if self.is(part) { self.values.contains_key(name) } else { is }
    }
}

/// A field on the page.
pub(in crate::web) struct Field {
    pub name: String,
    pub label: String,
    pub hint: String,
    pub value: String,
    pub why: Option<String>,
    /// The words to choose from, each with what it means; free text if there is none.
    pub choices: Vec<(String, String)>,
}

impl Field {
    /// The same field, to be chosen from these.
    pub(in crate::web) fn of(mut self, choices: &[(&str, &str)]) -> Field {
        self.choices.extend(choices.iter().map(|(word, meaning)| ((*word).to_owned(), (*meaning).to_owned())));
        self
    }
}

/// A box to check.
pub(in crate::web) struct Check {
    pub name: String,
    pub label: String,
    pub checked: bool,
}
