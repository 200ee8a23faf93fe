//! The set-up file as TOML has it: every value with its place, nothing decided yet.

use serde::Deserialize;
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
}

pub(super) fn read(text: &str) -> Result<File, Mistake> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        Mistake { place: place(text, at), what: error.message().replace('\n', "; ") }
    })
}
