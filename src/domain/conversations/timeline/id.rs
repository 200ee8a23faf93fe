//! Ids in the JSON of events. They are text there, because a program that reads JSON numbers as floating-point numbers
//! would round them.

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
