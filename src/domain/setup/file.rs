//! The set-up file as TOML has it: every value with its place, before any decision.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use toml::{Spanned, Value};

use super::{Mistake, place};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default, rename = "line")]
    pub lines: Vec<Line>,
    #[serde(default, rename = "mask")]
    pub masks: Vec<Mask>,
    #[serde(default, rename = "person")]
    pub people: Vec<Person>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    pub number: Spanned<String>,
    pub name: Option<Spanned<String>>,
    pub country: Option<Spanned<String>>,
    pub members: Option<Vec<Spanned<String>>>,
    pub hours: Option<Spanned<Hours>>,
    pub holidays: Option<Spanned<Vec<Spanned<String>>>>,
    pub policies: Option<Table>,
    pub texts: Option<Table>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mask {
    pub number: Spanned<String>,
    pub country: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    pub email: Spanned<String>,
    pub name: Option<Spanned<String>>,
    pub role: Option<Spanned<String>>,
    pub phone: Option<Spanned<String>>,
    pub limit: Option<Spanned<Value>>,
    pub schedule: Option<Spanned<Hours>>,
    pub days_off: Option<Spanned<Vec<Spanned<String>>>>,
    pub duty: Option<Spanned<String>>,
    pub disabled: Option<bool>,
}

/// Keys that are told apart later, each with its place.
pub(super) type Table = BTreeMap<Spanned<String>, Spanned<Value>>;

/// A week as a table, or a word that takes it away.
#[derive(Debug)]
pub(super) enum Hours {
    Word(String),
    Week(Table),
}

/// Written out because what serde derives for this would lose the places.
impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(HoursVisitor)
    }
}

struct HoursVisitor;

impl<'de> Visitor<'de> for HoursVisitor {
    type Value = Hours;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{ zone = \"America/New_York\", mon-fri = \"9:00-17:00\" } or \"none\"")
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<Hours, E> {
        Ok(Hours::Word(word.to_owned()))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Hours, M::Error> {
        let mut table = Table::new();
        while let Some((key, value)) = map.next_entry()? {
            table.insert(key, value);
        }
        Ok(Hours::Week(table))
    }
}

/// The ways in which TOML spells a null character.
const SPELLED: [&str; 3] = ["\\u0000", "\\U00000000", "\\x00"];

fn nul_in_table(table: &toml::Table) -> bool {
    table.iter().any(|(key, value)| key.contains('\0') || nul_in(value))
}

fn nul_in(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(list) => list.iter().any(nul_in),
        Value::Table(table) => nul_in_table(table),
        _ => false,
    }
}

/// Reads a file. A null character, which TOML can spell and no database of ours keeps, is a mistake wherever it stands.
pub(super) fn read(text: &str) -> Result<File, Mistake> {
    if text.parse::<toml::Table>().is_ok_and(|table| nul_in_table(&table)) {
        let at = SPELLED.iter().filter_map(|spelled| text.find(spelled)).min().unwrap_or(0);
        let what = "leave out the character U+0000, which no text can have".to_owned();
        return Err(Mistake { place: place(text, at), what });
    }
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        Mistake { place: place(text, at), what: error.message().replace('\n', "; ") }
    })
}
