//! Reads JSON members more kindly than they are documented.
//! The carrier's own examples disagree with its schema (numbers as texts, null for empty), and a strange member must
//! not make an accepted text look like one in doubt.

use serde::{Deserialize, Deserializer};

#[derive(Deserialize)]
#[serde(untagged)]
enum Loose {
    Text(String),
    Whole(i64),
    Real(f64),
    Other(serde::de::IgnoredAny),
}

/// A text; a number becomes its digits, null and everything else the empty text.
pub(super) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(maybe_text(from)?.unwrap_or_default())
}

/// A text or null; a number becomes its digits, everything else null.
pub(super) fn maybe_text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match Loose::deserialize(from)? {
        Loose::Text(text) => Some(text),
        Loose::Whole(number) => Some(number.to_string()),
        Loose::Real(number) => Some(number.to_string()),
        Loose::Other(_) => None,
    })
}

/// A whole number or null; digits in a text count as a number, everything else is null.
pub(super) fn maybe_whole<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    Ok(match Loose::deserialize(from)? {
        Loose::Text(text) => text.trim().parse().ok(),
        Loose::Whole(number) => Some(number),
        Loose::Real(_) | Loose::Other(_) => None,
    })
}

/// True or false; everything else is false.
pub(super) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Flag {
        Is(bool),
        Other(serde::de::IgnoredAny),
    }
    Ok(matches!(Flag::deserialize(from)?, Flag::Is(true)))
}
