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

/// Ids, which are stored as text, because a program that reads JSON numbers as floating-point numbers would round them.
pub(super) mod id {
    use std::fmt::Display;

    use serde::de::{DeserializeOwned, Error, IntoDeserializer};
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<T: Display, S: Serializer>(id: &T, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(id)
    }

    pub fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        read(&String::deserialize(from)?)
    }

    fn read<T: DeserializeOwned, E: Error>(text: &str) -> Result<T, E> {
        let number: i64 = text.parse().map_err(E::custom)?;
        T::deserialize(number.into_deserializer())
    }

    pub mod option {
        use super::{Deserialize, DeserializeOwned, Deserializer, Display, Serializer, read};

        #[expect(clippy::ref_option, reason = "serde gives a field as a reference")]
        pub fn serialize<T: Display, S: Serializer>(id: &Option<T>, to: S) -> Result<S::Ok, S::Error> {
            match id {
                Some(id) => to.collect_str(id),
                None => to.serialize_none(),
            }
        }

        pub fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
            Option::<String>::deserialize(from)?.map(|text| read(&text)).transpose()
        }
    }
}
