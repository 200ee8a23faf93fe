//! The policies of one line: only those that differ from the settings.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{PickPolicy, SupportPolicy};
use crate::domain::numbers::country::Countries;
use crate::domain::time::duration;
use crate::domain::vocabulary::words;

/// The policies of one line, kept as JSON in `lines.policies`; what is `None` is as the settings say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LinePolicy {
    /// How a rep is chosen among the candidates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pick: Option<PickPolicy>,
    /// A conversation without a message for so long is closed.
    #[serde(
        serialize_with = "long::serialize",
        deserialize_with = "positive",
        skip_serializing_if = "Option::is_none"
    )]
    pub idle_close: Option<Duration>,
    /// A text within this time of the closing reopens the same conversation.
    #[serde(with = "long", skip_serializing_if = "Option::is_none")]
    pub reopen_within: Option<Duration>,
    /// A returning customer goes back to the same rep within this time.
    #[serde(with = "long", skip_serializing_if = "Option::is_none")]
    pub sticky_for: Option<Duration>,
    /// A rep who stays off duty for so long while the line is open loses the conversation.
    #[serde(
        serialize_with = "long::serialize",
        deserialize_with = "positive",
        skip_serializing_if = "Option::is_none"
    )]
    pub hand_over_after: Option<Duration>,
    /// A customer should not wait longer for an answer.
    #[serde(
        serialize_with = "long::serialize",
        deserialize_with = "positive",
        skip_serializing_if = "Option::is_none"
    )]
    pub answer_target: Option<Duration>,
    /// Whether a fresh thread on a rep's phone begins with one line that says who it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_line: Option<bool>,
    /// Whether reps see customers' whole numbers, not only the last two digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_numbers: Option<bool>,
    /// To which countries' numbers conversations may be started.
    #[serde(with = "countries", skip_serializing_if = "Option::is_none")]
    pub countries: Option<Countries>,
}

words! {
    /// A policy that a line may set, by its word in the set-up file, in forms, and in `lines.policies`.
    Key {
        /// [`LinePolicy::pick`].
        Pick = "pick",
        /// [`LinePolicy::idle_close`].
        IdleClose = "idle_close",
        /// [`LinePolicy::reopen_within`].
        ReopenWithin = "reopen_within",
        /// [`LinePolicy::sticky_for`].
        StickyFor = "sticky_for",
        /// [`LinePolicy::hand_over_after`].
        HandOverAfter = "hand_over_after",
        /// [`LinePolicy::answer_target`].
        AnswerTarget = "answer_target",
        /// [`LinePolicy::context_line`].
        ContextLine = "context_line",
        /// [`LinePolicy::show_numbers`].
        ShowNumbers = "show_numbers",
        /// [`LinePolicy::countries`].
        Countries = "countries",
    }
}

impl Key {
    /// What to write instead of `word`, which is no policy.
    #[must_use]
    pub fn remedy(word: &str) -> String {
        format!("`{word}` is no policy of a line; they are {}", Self::ALL.map(Self::word).join(", "))
    }
}

impl LinePolicy {
    /// Reads what [`LinePolicy::to_json`] wrote.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn read(json: &str) -> Result<Self, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    /// Reads what the database keeps. What cannot be read allows no number to be shown and no conversation to be begun, and
    /// is else as the settings say. `serve` does not start with such policies, and `doctor` names them.
    #[must_use]
    pub fn kept(json: &str) -> Self {
        let closed = |_| LinePolicy {
            show_numbers: Some(false),
            countries: Some(Countries::Only(Vec::new())),
            ..LinePolicy::default()
        };
        LinePolicy::read(json).unwrap_or_else(closed)
    }

    /// The compact text for the database; `{}` when nothing is set.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Sets a policy from the words of a set-up file or a form; `None`: as the settings say.
    ///
    /// # Errors
    /// What is wrong and the remedy, in words; nothing is set then.
    pub fn set(&mut self, key: Key, words: Option<&str>) -> Result<(), String> {
        let (mut keys, word) = (self.keys(), key.word());
        match words {
            Some("true") => keys.insert(word.to_owned(), true.into()),
            Some("false") => keys.insert(word.to_owned(), false.into()),
            Some(words) => keys.insert(word.to_owned(), words.into()),
            None => keys.remove(word),
        };
        let read = serde_json::from_value(keys.into());
        *self = read.map_err(|error| match key {
            Key::ContextLine | Key::ShowNumbers => "write true or false".to_owned(),
            Key::Pick
            | Key::IdleClose
            | Key::ReopenWithin
            | Key::StickyFor
            | Key::HandOverAfter
            | Key::AnswerTarget
            | Key::Countries => error.to_string(),
        })?;
        Ok(())
    }

    /// What is set of a policy, as people read it; [`LinePolicy::set`] reads that, too.
    #[must_use]
    pub fn get(&self, key: Key) -> Option<String> {
        match key {
            Key::Pick => self.pick.map(|pick| pick.word().to_owned()),
            Key::IdleClose => self.idle_close.map(duration::spoken),
            Key::ReopenWithin => self.reopen_within.map(duration::spoken),
            Key::StickyFor => self.sticky_for.map(duration::spoken),
            Key::HandOverAfter => self.hand_over_after.map(duration::spoken),
            Key::AnswerTarget => self.answer_target.map(duration::spoken),
            Key::ContextLine => self.context_line.map(|yes| yes.to_string()),
            Key::ShowNumbers => self.show_numbers.map(|yes| yes.to_string()),
            Key::Countries => self.countries.as_ref().map(ToString::to_string),
        }
    }

    fn keys(&self) -> serde_json::Map<String, serde_json::Value> {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(keys)) => keys,
            _ => serde_json::Map::new(),
        }
    }

    /// The policy of the line: what is set here, and else `house`, the settings.
    #[must_use]
    pub fn over(&self, house: &SupportPolicy) -> SupportPolicy {
        SupportPolicy {
            idle_close: self.idle_close.unwrap_or(house.idle_close),
            reopen_within: self.reopen_within.unwrap_or(house.reopen_within),
            sticky_for: self.sticky_for.unwrap_or(house.sticky_for),
            hand_over_after: self.hand_over_after.unwrap_or(house.hand_over_after),
            answer_target: self.answer_target.unwrap_or(house.answer_target),
            pick: self.pick.unwrap_or(house.pick),
            context_line: self.context_line.unwrap_or(house.context_line),
            show_numbers: self.show_numbers.unwrap_or(house.show_numbers),
            countries: self.countries.clone().unwrap_or_else(|| house.countries.clone()),
            // One person may be a member of several lines.
            first_texts_per_hour: house.first_texts_per_hour,
        }
    }
}

impl Serialize for PickPolicy {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for PickPolicy {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let word = String::deserialize(from)?;
        PickPolicy::read(&word).ok_or_else(|| serde::de::Error::custom(PickPolicy::remedy(&word)))
    }
}

/// A duration that must not be none at all.
fn positive<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    let long = self::long::deserialize(from)?;
    if long.is_some_and(|long| long.is_zero()) { Err(serde::de::Error::custom("write more than 0")) } else { Ok(long) }
}

/// Countries as operators write them.
mod countries {
    use super::{Countries, Deserialize, Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "this is the interface of serde's `with`")]
    pub fn serialize<S: Serializer>(countries: &Option<Countries>, to: S) -> Result<S::Ok, S::Error> {
        match countries {
            Some(countries) => to.collect_str(countries),
            None => to.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Countries>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| Countries::read(&text).map_err(serde::de::Error::custom)).transpose()
    }
}

/// Durations as operators write them.
mod long {
    use super::{Deserialize, Deserializer, Duration, Serializer, duration};

    #[expect(clippy::ref_option, reason = "this is the interface of serde's `with`")]
    pub fn serialize<S: Serializer>(long: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
        match long {
            Some(long) => to.serialize_str(&duration::words(*long)),
            None => to.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| duration::parse(&text).map_err(serde::de::Error::custom)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::hours;

    #[test]
    fn a_line_changes_only_what_it_sets() {
        let house = SupportPolicy { idle_close: hours(5), ..SupportPolicy::sample() };
        assert_eq!(LinePolicy::default().over(&house), house);
        let line = LinePolicy { pick: Some(PickPolicy::RoundRobin), show_numbers: Some(true), ..LinePolicy::default() };
        let both = SupportPolicy { pick: PickPolicy::RoundRobin, show_numbers: true, ..house.clone() };
        assert_eq!(line.over(&house), both);
    }

    #[test]
    fn each_key_is_set_and_taken_away_in_words() {
        let mut line = LinePolicy::default();
        for (key, words) in
            Key::ALL.into_iter().zip(["random", "2 d", "0 s", "9 d", "30 min", "15 min", "false", "true", "CA, US"])
        {
            line.set(key, Some(words)).unwrap();
            assert_eq!(line.get(key).as_deref(), Some(words), "{key}");
        }
        assert_eq!(line.keys().len(), Key::ALL.len());
        assert!(line.set(Key::ShowNumbers, Some("maybe")).unwrap_err().contains("true or false"));
        assert!(line.set(Key::Countries, Some("XX")).unwrap_err().contains("no country"));
        assert!(line.set(Key::Pick, Some("best")).unwrap_err().contains("least_busy"));
        assert!(Key::remedy("pic").contains("they are pick, "));
        for key in Key::ALL {
            line.set(key, None).unwrap();
        }
        assert_eq!(line, LinePolicy::default());
    }

    #[test]
    fn what_was_written_is_read_again_and_everything_else_refused() {
        assert_eq!(LinePolicy::default().to_json(), "{}");
        let json = r#"{"pick":"least_busy","idle_close":"2d","hand_over_after":"30m","context_line":false}"#;
        let line = LinePolicy::read(json).unwrap();
        assert_eq!(line.idle_close, Some(hours(48)));
        assert_eq!(line.to_json(), json);
        assert_eq!(LinePolicy::read("{}"), Ok(LinePolicy::default()));
        for (json, word) in [
            (r#"{"pick":"best"}"#, "least_busy"),
            (r#"{"idle_close":"72"}"#, "72h"),
            (r#"{"hand_over_after":"0s"}"#, "more than 0"),
            (r#"{"idle":"72h"}"#, "idle_close"),
        ] {
            let why = LinePolicy::read(json).unwrap_err();
            assert!(why.contains(word), "{json}: {why}");
        }
    }
}
