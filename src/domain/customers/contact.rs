//! What staff write about a customer: a name, a language, tags, notes.
//!
//! It is read from a form as people type it, and compared, so that nobody overwrites what a colleague wrote meanwhile.

use serde::Serialize;

use crate::domain::words::as_typed::{at_most, line_ends};
use crate::domain::words::name;
use crate::secret::hash_token;

/// The most characters of each field, and the most tags.
const NAME: usize = 80;
const LANGUAGE: usize = 40;
const TAG: usize = 30;
const TAGS: usize = 20;
const NOTES: usize = 4000;

/// What is known of a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Card {
    /// As staff call them.
    pub name: Option<String>,
    /// The language in which to write to them.
    pub language: Option<String>,
    /// Words by which they are found again, sorted.
    pub tags: Vec<String>,
    /// Whatever else colleagues should know.
    pub notes: Option<String>,
}

/// A field that cannot be kept, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The field of the form.
    pub field: &'static str,
    /// What is wrong and what would be right, in words.
    pub why: String,
}

impl Card {
    /// Reads a form: `tags` with commas or line breaks between them, the same tag in other letters being the same.
    ///
    /// # Errors
    /// [`Wrong`] names the first field that is too long.
    pub fn read(name: &str, language: &str, tags: &str, notes: &str) -> Result<Card, Wrong> {
        let mut all: Vec<String> = Vec::new();
        for tag in tags.split([',', '\n']).map(name::one_line).filter(|tag| !tag.is_empty()) {
            short("tags", "a tag", &tag, TAG)?;
            let key = name::key(&tag);
            if !all.iter().any(|other| name::key(other) == key) {
                all.push(tag);
            }
        }
        if all.len() > TAGS {
            let why =
                format!("there are {} tags and {TAGS} is the most: keep those by which you would look", all.len());
            return Err(Wrong { field: "tags", why });
        }
        all.sort_by_key(|tag| tag.to_lowercase());
        let (name, language) = (name::one_line(name), name::one_line(language));
        short("name", "the name", &name, NAME)?;
        short("language", "the language", &language, LANGUAGE)?;
        let notes = line_ends(notes).trim().to_owned();
        short("notes", "the notes", &notes, NOTES)?;
        let kept = |text: String| Some(text).filter(|text| !text.is_empty());
        Ok(Card { name: kept(name), language: kept(language), tags: all, notes: kept(notes) })
    }

    /// A word that is another as soon as anything of it is.
    #[must_use]
    pub fn version(&self) -> String {
        let mut digest = hash_token(&serde_json::to_string(self).unwrap_or_default());
        digest.truncate(16);
        digest
    }

    /// The card of two contacts that are one person: this one's, and what only the other has. The names of both are
    /// kept by their contacts.
    #[must_use]
    pub fn with(&self, other: &Card) -> Card {
        let known: Vec<String> = self.tags.iter().map(|tag| name::key(tag)).collect();
        let new_tags = other.tags.iter().filter(|tag| !known.contains(&name::key(tag)));
        let mut tags: Vec<String> = self.tags.iter().chain(new_tags).cloned().collect();
        tags.sort_by_key(|tag| tag.to_lowercase());
        let notes = match (&self.notes, &other.notes) {
            (Some(ours), Some(theirs)) if !ours.contains(theirs.as_str()) => Some(format!("{ours}\n\n{theirs}")),
            (ours, theirs) => ours.clone().or_else(|| theirs.clone()),
        };
        Card {
            name: self.name.clone().or_else(|| other.name.clone()),
            language: self.language.clone().or_else(|| other.language.clone()),
            tags,
            notes,
        }
    }
}

fn short(field: &'static str, what: &str, text: &str, most: usize) -> Result<(), Wrong> {
    at_most(most, what, text).map_err(|why| Wrong { field, why })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_what_was_typed_without_the_space_around_it() {
        let card = Card::read("  Joel \t Marsh ", "", "vip, deposit,VIP\n , no  show", " line\r\nline \n").unwrap();
        assert_eq!(card.name.as_deref(), Some("Joel Marsh"));
        assert_eq!((card.language.as_deref(), card.notes.as_deref()), (None, Some("line\nline")));
        assert_eq!(card.tags, ["deposit", "no show", "vip"]);
        assert_eq!(Card::read(" ", "", ",", "").unwrap(), Card::default());
    }

    #[test]
    fn what_is_too_long_is_refused_by_field_and_length() {
        let long = "x".repeat(NOTES + 1);
        let refused =
            |name: &str, language: &str, tags: &str, notes: &str| Card::read(name, language, tags, notes).unwrap_err();
        assert_eq!(refused(&long, "", "", "").field, "name");
        assert_eq!(refused("", &long, "", "").field, "language");
        assert_eq!(refused("", "", &long, "").field, "tags");
        assert!(refused("", "", "", &long).why.contains("4001 characters and 4000 is the most"));
        let many: Vec<String> = (0..=TAGS).map(|n| format!("t{n}")).collect();
        assert!(refused("", "", &many.join(","), "").why.contains("21 tags"));
    }

    #[test]
    fn every_change_changes_the_version() {
        let card = Card::read("Joel", "English", "vip", "tall").unwrap();
        let others = [
            ("Joe", "English", "vip", "tall"),
            ("Joel", "", "vip", "tall"),
            ("Joel", "English", "", "tall"),
            ("Joel", "English", "vip", ""),
        ];
        for (name, language, tags, notes) in others {
            assert_ne!(Card::read(name, language, tags, notes).unwrap().version(), card.version());
        }
        assert_eq!(card.clone().version(), card.version());
    }

    #[test]
    fn together_nothing_is_lost_and_nothing_is_told_twice() {
        let one = Card::read("Joel", "", "vip", "tall").unwrap();
        let other = Card::read("J. Marsh", "English", "deposit, vip", "two kids").unwrap();
        let both = one.with(&other);
        assert_eq!(both, Card::read("Joel", "English", "deposit, vip", "tall\n\ntwo kids").unwrap());
        assert_eq!(both.with(&other), both);
    }
}
