//! What the table of settings says of one key.

use std::fmt;

/// What the table says of one key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name in the environment.
    pub name: &'static str,
    /// What holds without it; empty if nothing does.
    pub default: &'static str,
    /// Which values it may have.
    pub takes: Takes,
    /// What it sets, in one sentence without a full stop.
    pub meaning: &'static str,
}

/// Which values a key may have.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// From the first to the second, both included; the third is the remedy for what is outside.
    Range(&'static str, &'static str, &'static str),
    /// The same, or `none`.
    Limit(&'static str, &'static str, &'static str),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// What these words say.
    Text(&'static str),
    /// The same, and no message repeats the value.
    Secret(&'static str),
}

impl Key {
    /// Its name in Rocket.toml; a dot opens a table.
    #[must_use]
    pub fn path(&self) -> String {
        let bare = ["SWITCHBOARD_", "ROCKET_"].into_iter().find_map(|prefix| self.name.strip_prefix(prefix));
        bare.unwrap_or(self.name).to_lowercase().replace("__", ".")
    }

    /// Whether no message may repeat its value.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        matches!(self.takes, Takes::Secret(_))
    }

    /// What to write instead of a value outside the bounds.
    pub(super) fn remedy(&self) -> String {
        match self.takes {
            Takes::Range(least, most, remedy) | Takes::Limit(least, most, remedy) => {
                remedy.replace("{least}", least).replace("{most}", most)
            }
            Takes::OneOf(words) => format!("write one of {}", words.join(", ")),
            Takes::Text(words) | Takes::Secret(words) => format!("write {words}"),
        }
    }
}

impl fmt::Display for Takes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Takes::Range(least, most, _) => write!(f, "{least} to {most}"),
            Takes::Limit(least, most, _) => write!(f, "{least} to {most}, or none for no limit"),
            Takes::OneOf(words) => match words.split_last() {
                Some((last, others)) if !others.is_empty() => write!(f, "{} or {last}", others.join(", ")),
                _ => f.write_str(&words.join("")),
            },
            Takes::Text(words) | Takes::Secret(words) => f.write_str(words),
        }
    }
}
