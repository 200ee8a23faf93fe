//! Events as the database stores them: a word and a JSON object.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Event, HouseEvent};

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
    },
}

impl Told {
    /// Reads a row. Data that cannot be read counts as none: then a kind that needs none is still known.
    #[must_use]
    pub fn read(kind: &str, data: &str) -> Self {
        let data: Value = serde_json::from_str(data).unwrap_or_default();
        let as_event = |data: &Value| Event::deserialize(json!({ "kind": kind, "data": data })).ok();
        match as_event(&data).or_else(|| as_event(&json!({}))) {
            Some(event) => Told::Event(event),
            None => Told::Unknown { kind: kind.to_owned(), why: data["why"].as_str().map(str::to_owned) },
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
