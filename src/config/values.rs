//! Reads the text of a setting. The bounds come from the key's row, and stand nowhere else.

use std::str::FromStr;
use std::time::Duration;

use super::key::{Key, Takes};
use crate::domain::money::Cents;
use crate::domain::policy::PickPolicy;
use crate::domain::time::duration;
use crate::wire::twilio::signing_keys::Allowed;

/// Whether `value` is within the key's bounds, which `read` reads; always where a key has none.
fn within<T: PartialOrd>(key: &Key, value: &T, read: impl Fn(&str) -> Option<T>) -> bool {
    match key.takes {
        Takes::Range(least, most, _) | Takes::Limit(least, most, _) => {
            read(least).is_some_and(|least| least <= *value) && read(most).is_some_and(|most| *value <= most)
        }
        _ => true,
    }
}

fn number<T: PartialOrd>(key: &Key, text: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, String> {
    read(text).filter(|value| within(key, value, read)).ok_or_else(|| key.remedy())
}

pub(super) fn parsed<T: FromStr>(key: &Key, text: &str) -> Result<T, String> {
    text.parse().map_err(|_| key.remedy())
}

pub(super) fn whole<T: FromStr + PartialOrd>(key: &Key, text: &str) -> Result<T, String> {
    number(key, text, |text| text.parse().ok())
}

pub(super) fn limit<T: FromStr + PartialOrd>(key: &Key, text: &str) -> Result<Option<T>, String> {
    if text == "none" { Ok(None) } else { whole(key, text).map(Some) }
}

pub(super) fn percent(key: &Key, text: &str) -> Result<i64, String> {
    number(key, text, |text| text.strip_suffix('%').unwrap_or(text).parse().ok())
}

pub(super) fn decimal(key: &Key, text: &str) -> Result<f64, String> {
    number(key, text, |text| {
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        text.parse().ok().filter(|_| plain)
    })
}

pub(super) fn span(key: &Key, text: &str) -> Result<Duration, String> {
    let long = duration::parse(text)?;
    if within(key, &long, |text| duration::parse(text).ok()) { Ok(long) } else { Err(key.remedy()) }
}

pub(super) fn truth(_: &Key, text: &str) -> Result<bool, String> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("write true or false".to_owned()),
    }
}

pub(super) fn word(key: &Key, text: &str) -> Result<&'static str, String> {
    let words = if let Takes::OneOf(words) = key.takes { words } else { &[] };
    words.iter().find(|word| **word == text).copied().ok_or_else(|| key.remedy())
}

pub(super) fn pick(key: &Key, text: &str) -> Result<PickPolicy, String> {
    PickPolicy::read(text).ok_or_else(|| key.remedy())
}

pub(super) fn signatures(key: &Key, text: &str) -> Result<Allowed, String> {
    Allowed::read(text).ok_or_else(|| key.remedy())
}

pub(super) fn budget(_: &Key, text: &str) -> Result<Option<Cents>, String> {
    if text == "none" { Ok(None) } else { Cents::read(text).map(Some) }
}

pub(super) fn database(_: &Key, text: &str) -> Result<String, String> {
    match text.split_once(':') {
        Some(("sqlite", path)) if !path.trim_start_matches('/').is_empty() && !path.contains(":memory:") => {
            Ok(text.to_owned())
        }
        Some(("postgres" | "postgresql", rest)) if rest.len() > 2 && rest.starts_with("//") => Ok(text.to_owned()),
        _ => Err("write sqlite:PATH (a file, such as sqlite:switchboard.db) or \
                  postgres://user:password@host/database"
            .to_owned()),
    }
}

pub(super) fn log_filter(_: &Key, text: &str) -> Result<String, String> {
    text.parse::<tracing_subscriber::EnvFilter>().map(|_| text.to_owned()).map_err(|_| {
        "write a level (error, warn, info, debug, trace) or directives such as switchboard=debug,warn".into()
    })
}

/// An account or a token, without the space around it, which comes with copying. An error is what is wrong with it, and the
/// remedy: whatever is signed with a blank key is signed by everybody.
pub(super) fn credential(_: &Key, text: &str) -> Result<String, String> {
    let trimmed = text.trim();
    if trimmed.is_empty() && !text.is_empty() {
        return Err("is blank: copy it again, or leave it out".to_owned());
    }
    if trimmed.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("has a blank or a line break within: copy it again".to_owned());
    }
    Ok(trimmed.to_owned())
}
