//! Events as the database stores them: a word and a JSON object.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Event, HouseEvent};
use crate::domain::ids::PersonId;

/// An event in the form of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The column `kind`.
    pub kind: String,
    /// The column `data`: a JSON object.
    pub data: Value,
}

impl Stored {
    fn of(event: &impl Serialize) -> Self {
        let mut both = json!(event);
        Stored { kind: both["kind"].as_str().unwrap_or_default().to_owned(), data: both["data"].take() }
    }
}

impl From<&Event> for Stored {
    fn from(event: &Event) -> Self {
        Stored::of(event)
    }
}

impl From<&HouseEvent> for Stored {
    fn from(event: &HouseEvent) -> Self {
        Stored::of(event)
    }
}

/// What a row about a conversation tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// An event that this version knows.
    Event(Event),
    /// One that it cannot read, because another version wrote it.
    Unknown {
        /// Its word.
        kind: String,
        /// Why it happened, if it says so.
        why: Option<String>,
        /// Whom it gave its conversation to, if it says so.
        given_to: Option<PersonId>,
    },
}

impl Told {
    /// Reads a row. Text that is no JSON counts as no data: then a kind that needs none is still known.
    #[must_use]
    pub fn read(kind: &str, data: &str) -> Self {
        let data: Value = serde_json::from_str(data).unwrap_or_else(|_| json!({}));
        match Event::deserialize(json!({ "kind": kind, "data": data })) {
            Ok(event) => Told::Event(event),
            Err(_) => Told::Unknown {
                kind: kind.to_owned(),
                why: data["why"].as_str().map(str::to_owned),
                given_to: given_to(kind, &data),
            },
        }
    }

    /// Whom it gave its conversation to.
    #[must_use]
    pub fn given_to(&self) -> Option<PersonId> {
        match self {
            Told::Event(event) => event.given_to(),
            Told::Unknown { given_to, .. } => *given_to,
        }
    }

    /// The event, if this version knows it.
    #[must_use]
    pub fn event(self) -> Option<Event> {
        match self {
            Told::Event(event) => Some(event),
            Told::Unknown { .. } => None,
        }
    }
}

/// Whom an event gave its conversation to of which this version cannot read everything: a newer one may have added a word.
fn given_to(kind: &str, data: &Value) -> Option<PersonId> {
    match kind {
        "picked" => data["chosen"].as_i64(),
        "claimed" | "transferred" => data["to"].as_str()?.parse().ok(),
        _ => None,
    }
    .map(PersonId)
}
