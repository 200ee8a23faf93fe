//! Where settings come from: the environment first, then Rocket.toml. Collects mistakes instead of stopping at one.

use std::collections::BTreeMap;
use std::ffi::OsString;

use rocket::figment::Figment;
use rocket::figment::value::Value;

use super::keys::{self, Key};
use super::{Refused, server};

/// The environment and Rocket.toml, and what was found wrong in them so far.
#[derive(Debug)]
pub struct Source {
    env: BTreeMap<String, String>,
    figment: Figment,
    mistakes: Vec<String>,
}

impl Source {
    /// This process's environment, and Rocket.toml where Rocket looks for it.
    #[must_use]
    pub fn of_process() -> Self {
        Self::new(std::env::vars_os(), server::figment())
    }

    /// These variables, and settings for Rocket in `figment`.
    #[must_use]
    pub fn new(env: impl IntoIterator<Item = (OsString, OsString)>, figment: Figment) -> Self {
        let mut source = Source { env: BTreeMap::new(), figment, mistakes: Vec::new() };
        for (name, value) in env {
            let name = name.to_string_lossy().into_owned();
            if !name.starts_with("SWITCHBOARD_") && keys::ALL.iter().all(|key| key.name != name) {
                continue;
            }
            match value.into_string() {
                Ok(value) => drop(source.env.insert(name, value)),
                Err(_) => source.mistakes.push(format!("{name} is not UTF-8: write it in UTF-8")),
            }
        }
        source
    }

    pub(super) fn figment(&self) -> Figment {
        self.figment.clone()
    }

    pub(super) fn mistake(&mut self, mistake: String) {
        self.mistakes.push(mistake);
    }

    /// Our own keys that do not exist, in the environment and in our tables of Rocket.toml.
    pub(super) fn refuse_unknown_keys(&mut self) {
        let known = |name: &str| keys::ALL.iter().any(|key| key.name == name);
        let mut unknown: Vec<String> = self
            .env
            .keys()
            .filter(|name| !known(name))
            .map(|name| refusal(name, keys::ALL.map(|key| key.name)))
            .collect();
        for table in keys::TABLES {
            let Ok(Value::Dict(_, dict)) = self.figment.find_value(table) else { continue };
            for name in dict.keys() {
                let path = format!("{table}.{name}");
                if keys::ALL.iter().all(|key| key.path != path) {
                    unknown.push(refusal(&path, keys::ALL.map(|key| key.path)));
                }
            }
        }
        self.mistakes.extend(unknown);
    }

    /// The value of `name` through `read`; `None` if it is absent or wrong (then it is among the mistakes).
    pub(super) fn read<T>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let (called, value, secret) = self.find(name)?;
        match read(&value) {
            Ok(value) => Some(value),
            Err(remedy) => {
                let shape = if secret {
                    format!("has a value of {} characters that cannot be used", value.chars().count())
                } else if value.is_empty() {
                    "is empty".to_owned()
                } else {
                    format!("is `{}`", value.escape_debug())
                };
                self.mistakes.push(format!("{called} {shape}: {remedy}"));
                None
            }
        }
    }

    /// An account or a token, without the space around it, which comes with copying; `None` if it is absent. One that is
    /// nothing but space, or has space within, is a mistake: whatever is signed with a blank key is signed by everybody.
    pub(super) fn credential(&mut self, name: &str) -> Option<String> {
        let (called, value, _) = self.find(name)?;
        let trimmed = value.trim();
        if trimmed.is_empty() && !value.is_empty() {
            self.mistakes.push(format!("{called} is blank: copy it again, or leave it out"));
            return None;
        }
        if trimmed.chars().any(|c| c.is_whitespace() || c.is_control()) {
            self.mistakes.push(format!("{called} has a blank or a line break within: copy it again"));
            return None;
        }
        Some(trimmed.to_owned()).filter(|value| !value.is_empty())
    }

    /// As [`Source::credential`], and a mistake if it is absent; `where_from` tells where to find it.
    pub(super) fn require(&mut self, name: &str, where_from: &str) -> String {
        let before = self.mistakes.len();
        self.credential(name).unwrap_or_else(|| {
            if self.mistakes.len() == before {
                self.mistakes.push(format!("{name} is missing: set it, {where_from}"));
            }
            String::new()
        })
    }

    /// One of `words`.
    pub(super) fn choose(&mut self, name: &str, words: &[&'static str]) -> Option<&'static str> {
        self.read(name, |text| {
            let word = words.iter().find(|word| **word == text);
            word.copied().ok_or_else(|| format!("write one of {}", words.join(", ")))
        })
    }

    /// `settings`, unless something was wrong.
    pub(super) fn finish<T>(self, settings: T) -> Result<T, Refused> {
        if self.mistakes.is_empty() { Ok(settings) } else { Err(Refused(self.mistakes)) }
    }

    /// (what the operator called it, value, secret)
    fn find(&mut self, name: &str) -> Option<(String, String, bool)> {
        let key: &Key = keys::ALL.iter().find(|key| key.name == name)?;
        if let Some(value) = self.env.get(name) {
            // An empty optional account or token is how container files leave one out.
            let left_out = value.is_empty() && key.path.starts_with("twilio_");
            return (!left_out).then(|| (name.to_owned(), value.clone(), key.secret));
        }
        let value = match self.figment.find_value(key.path).ok()? {
            Value::String(_, text) => text,
            Value::Bool(_, truth) => truth.to_string(),
            Value::Num(_, number) => {
                number.to_i128().map(|whole| whole.to_string()).or(number.to_f64().map(|part| part.to_string()))?
            }
            _ => {
                self.mistakes.push(format!("{} in Rocket.toml is a list or table: write a text", key.path));
                return None;
            }
        };
        Some((format!("{} in Rocket.toml", key.path), value, key.secret))
    }
}

fn refusal<const N: usize>(name: &str, known: [&'static str; N]) -> String {
    let near = known.into_iter().max_by(|a, b| likeness(name, a).total_cmp(&likeness(name, b)));
    let near = near.filter(|near| likeness(name, near) > 0.7).map(|near| format!("did you mean {near}? "));
    format!("{name} is not a key: {}`switchboard --help` lists them all", near.unwrap_or_default())
}

/// The share of letter pairs that two names have in common (Dice), from 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "names are short")]
fn likeness(one: &str, other: &str) -> f64 {
    let own = |text: &str| text.trim_start_matches("SWITCHBOARD_").to_owned();
    let pairs = |text: &str| own(text).as_bytes().windows(2).map(|pair| [pair[0], pair[1]]).collect::<Vec<_>>();
    let (ours, mut theirs) = (pairs(one), pairs(other));
    let all = ours.len() + theirs.len();
    let common =
        ours.iter().filter(|pair| theirs.iter().position(|it| it == *pair).map(|at| theirs.remove(at)).is_some());
    2.0 * common.count() as f64 / all.max(1) as f64
}
