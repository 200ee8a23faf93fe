//! Where settings come from: the environment first, then Rocket.toml. Collects all mistakes instead of stopping at the
//! first.

use std::collections::BTreeMap;
use std::ffi::OsString;

use rocket::figment::Figment;
use rocket::figment::value::Value;

use super::keys::{self, Key, Optional, Setting};
use super::names::{self, Said};
use super::{Refused, defaults, rocket_toml};

/// The environment and Rocket.toml, and what was found wrong in them so far.
#[derive(Debug)]
pub struct Source {
    env: BTreeMap<String, String>,
    figment: Figment,
    mistakes: Vec<String>,
    warnings: Vec<String>,
}

impl Source {
    /// This process's environment, and Rocket.toml where Rocket looks for it.
    #[must_use]
    pub fn of_process() -> Self {
        let (file, said) = match rocket_toml::find(std::env::var_os("ROCKET_CONFIG").as_deref()) {
            Ok(None) => (None, Ok(Vec::new())),
            Ok(Some(file)) => {
                let named = file.display().to_string();
                let profile = std::env::var("ROCKET_PROFILE").unwrap_or_default();
                let said = match std::fs::read_to_string(&file) {
                    Ok(text) => rocket_toml::check(&named, &text, &profile),
                    Err(error) => Err(vec![format!("{named} cannot be read: {error}")]),
                };
                (Some(file), said)
            }
            Err(mistake) => (None, Err(vec![mistake])),
        };
        // A file that cannot be read is left out, so that what is said of it is said once, and well.
        let mut source = Self::new(std::env::vars_os(), defaults::figment(file.filter(|_| said.is_ok()).as_deref()));
        match said {
            Ok(said) => said.into_iter().for_each(|one| source.say(one)),
            Err(mistakes) => source.mistakes.extend(mistakes),
        }
        source
    }

    /// These variables, and settings for Rocket in `figment`.
    #[must_use]
    pub fn new(env: impl IntoIterator<Item = (OsString, OsString)>, figment: Figment) -> Self {
        let mut source = Source { env: BTreeMap::new(), figment, mistakes: Vec::new(), warnings: Vec::new() };
        for (name, value) in env {
            let name = name.to_string_lossy().into_owned();
            let ours = name.starts_with("SWITCHBOARD_") || keys::ALL.iter().any(|key| key.name == name);
            match value.into_string() {
                Ok(value) => drop(source.env.insert(name, value)),
                Err(_) if ours => source.mistakes.push(format!("{name} is not UTF-8: write it in UTF-8")),
                // Others may set what they like.
                Err(_) => {}
            }
        }
        source
    }

    /// Nothing is set.
    pub(super) fn empty() -> Self {
        Self::new([], Figment::new())
    }

    fn say(&mut self, said: Said) {
        match said {
            Said::Refuse(mistake) => self.mistakes.push(mistake),
            Said::Warn(warning) => self.warnings.push(warning),
        }
    }

    /// What is odd and harmless, to be told once the log has begun.
    pub(super) fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    pub(super) fn figment(&self) -> Figment {
        self.figment.clone()
    }

    /// How many mistakes there are so far.
    pub(super) fn mistaken(&self) -> usize {
        self.mistakes.len()
    }

    pub(super) fn mistake(&mut self, mistake: String) {
        self.mistakes.push(mistake);
    }

    /// Names that nobody reads, in the environment and in our tables of Rocket.toml.
    pub(super) fn refuse_unknown_keys(&mut self) {
        for one in names::environment(&self.env) {
            self.say(one);
        }
        let paths: Vec<String> = keys::ALL.iter().map(|key| key.path()).collect();
        for table in keys::tables() {
            let Ok(Value::Dict(_, dict)) = self.figment.find_value(&table) else { continue };
            for name in dict.keys() {
                let path = format!("{table}.{name}");
                if !paths.contains(&path) {
                    self.mistakes.push(names::refusal(&path, names::alike(&path, &paths)));
                }
            }
        }
    }

    /// The value of `setting`: what is set, if it can be used (else it is among the mistakes), or its default.
    pub(super) fn value<T>(&mut self, setting: &Setting<T>) -> T {
        self.set(setting).unwrap_or_else(|| setting.usual())
    }

    /// What is set of `setting`; `None` if it is absent or wrong (then it is among the mistakes).
    pub(super) fn set<T>(&mut self, setting: &Setting<T>) -> Option<T> {
        self.read(&setting.key, setting.read)
    }

    /// The value of `setting`; `None` if it is absent or wrong (then it is among the mistakes).
    pub(super) fn given<T>(&mut self, setting: &Optional<T>) -> Option<T> {
        self.read(&setting.key, setting.read)
    }

    fn read<T>(&mut self, key: &Key, read: fn(&Key, &str) -> Result<T, String>) -> Option<T> {
        let (called, value) = self.find(key)?;
        match read(key, &value) {
            Ok(value) => Some(value),
            Err(remedy) => {
                let shape = if key.is_secret() {
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

    /// An account or a token; `None` if it is absent or wrong (then it is among the mistakes).
    pub(super) fn credential(&mut self, setting: &Optional<String>) -> Option<String> {
        let (called, value) = self.find(&setting.key)?;
        match (setting.read)(&setting.key, &value) {
            Ok(value) => Some(value).filter(|value| !value.is_empty()),
            Err(wrong) => {
                self.mistakes.push(format!("{called} {wrong}"));
                None
            }
        }
    }

    /// As [`Source::credential`], and a mistake if it is absent; `where_from` tells where to find it.
    pub(super) fn require(&mut self, setting: &Optional<String>, where_from: &str) -> String {
        let before = self.mistakes.len();
        self.credential(setting).unwrap_or_else(|| {
            if self.mistakes.len() == before {
                self.mistakes.push(format!("{} is missing: set it, {where_from}", setting.key.name));
            }
            String::new()
        })
    }

    /// `settings`, unless something was wrong.
    pub(super) fn finish<T>(self, settings: T) -> Result<T, Refused> {
        if self.mistakes.is_empty() { Ok(settings) } else { Err(Refused(self.mistakes)) }
    }

    /// (what the operator called it, value)
    fn find(&mut self, key: &Key) -> Option<(String, String)> {
        let path = key.path();
        if let Some(value) = self.env.get(key.name) {
            // An empty optional account or token is how container files leave one out.
            let left_out = value.is_empty() && path.starts_with("twilio_");
            return (!left_out).then(|| (key.name.to_owned(), value.clone()));
        }
        let value = match self.figment.find_value(&path).ok()? {
            Value::String(_, text) => text,
            Value::Bool(_, truth) => truth.to_string(),
            Value::Num(_, number) => {
                number.to_i128().map(|whole| whole.to_string()).or(number.to_f64().map(|part| part.to_string()))?
            }
            _ => {
                self.mistakes.push(format!("{path} in Rocket.toml is a list or table: write a text"));
                return None;
            }
        };
        Some((format!("{path} in Rocket.toml"), value))
    }
}
