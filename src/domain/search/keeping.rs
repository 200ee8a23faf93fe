//! Which search indexes are complete, which one is being built for new rules, and its progress: one value, so that it
//! changes only as a whole.
//!
//! The index that is being built stands beside the old one under other names, and a search reads both until the new one
//! is complete. So a search misses nothing that it found before, but finds what only the new rules find piece by piece.

use serde::{Deserialize, Serialize};

use super::fold::VERSION;

/// One of two sets of lists: one serves while the other is made or taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Lists that are called as their word.
    Left,
    /// Lists that have a sign before it, which is part of no word.
    Right,
}

impl Side {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Side {
        match self {
            Side::Left => Side::Right,
            Side::Right => Side::Left,
        }
    }

    /// What a word's list is called.
    #[must_use]
    pub fn list(self, word: &str) -> String {
        match self {
            Side::Left => word.to_owned(),
            Side::Right => format!("\u{2}{word}"),
        }
    }

    /// The names of all its lists: from the first on and before the second.
    #[must_use]
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Side::Left => ("\u{3}", "\u{10ffff}"),
            Side::Right => ("\u{2}", "\u{3}"),
        }
    }
}

/// Lists that are being made anew, oldest messages first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anew {
    /// Of which version they will be.
    pub version: u32,
    /// The last message that is there.
    pub at: i64,
    /// The last message that has to be; later ones are added as they come.
    pub until: i64,
}

/// How the lists stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keeping {
    /// Of which version of the rules the lists of `side` are.
    pub version: u32,
    /// Lists that have every message up to `head`, or up to where others began to be made.
    pub side: Side,
    /// The last message that was added as it came.
    pub head: i64,
    /// What is being made on the other side.
    pub anew: Option<Anew>,
    /// The last customer whose words are new, while those of others may be old.
    pub customers: Option<i64>,
    /// The lists of the other side are of no use any more and have to go.
    pub spent: bool,
}

/// What is to be done beside adding what comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Rest,
    /// Write down that everything is made anew.
    Begin(Keeping),
    /// Take lists of this side away.
    Clear(Side),
    /// Write the words of the customers after this one.
    Customers(i64),
    /// Add these messages to the new lists.
    Add(Anew),
}

impl Keeping {
    /// Reads what the database remembers. Before there were versions it remembered only the last message.
    #[must_use]
    pub fn read(kept: Option<&str>, head: Option<&str>) -> Keeping {
        let head = head.and_then(|head| head.parse().ok());
        let first = Keeping { version: 1, side: Side::Left, head: 0, anew: None, customers: None, spent: false };
        match (kept, head) {
            // What cannot be read is made anew.
            (Some(kept), head) => {
                serde_json::from_str(kept).unwrap_or(Keeping { version: 0, head: head.unwrap_or(0), ..first })
            }
            (None, Some(head)) => Keeping { head, ..first },
            (None, None) => Keeping { version: VERSION, customers: Some(0), ..first },
        }
    }

    /// As the database remembers it.
    #[must_use]
    pub fn written(&self) -> String {
        serde_json::json!(self).to_string()
    }

    /// A newer program keeps the lists: this one can look through them and must not write.
    #[must_use]
    pub fn is_of_the_future(&self) -> bool {
        self.version > VERSION || self.anew.is_some_and(|anew| anew.version > VERSION)
    }

    /// Where what comes is added.
    #[must_use]
    pub fn writes(&self) -> Side {
        if self.anew.is_some() { self.side.other() } else { self.side }
    }

    /// The lists that have to be looked through for a word.
    #[must_use]
    pub fn lists(&self, word: &str) -> Vec<String> {
        let mut lists = vec![self.side.list(word)];
        lists.extend(self.anew.map(|_| self.side.other().list(word)));
        lists
    }

    /// The messages, after the first and up to the second, that may not be found yet by their new words.
    #[must_use]
    pub fn missing(&self) -> Option<(i64, i64)> {
        match self.anew {
            _ if self.is_of_the_future() => None,
            Some(anew) => Some((anew.at, anew.until)),
            None => (self.version != VERSION).then_some((0, self.head)),
        }
    }

    /// What is to be done next.
    #[must_use]
    pub fn next(&self) -> Step {
        let wanted = self.version != VERSION;
        match self.anew {
            _ if self.is_of_the_future() => Step::Rest,
            // Lists of yet another version were begun: they have to go first.
            Some(anew) if anew.version != VERSION => {
                Step::Begin(Keeping { anew: None, spent: true, customers: Some(0), ..*self })
            }
            None if wanted && !self.spent => {
                let anew = Anew { version: VERSION, at: 0, until: self.head };
                Step::Begin(Keeping { anew: Some(anew), customers: Some(0), ..*self })
            }
            _ if self.spent => Step::Clear(self.side.other()),
            _ if self.customers.is_some() => Step::Customers(self.customers.unwrap_or(0)),
            Some(anew) => Step::Add(anew),
            None => Step::Rest,
        }
    }

    /// After messages up to `last` were added to the new lists; `None`: there were no more, and the new ones serve alone.
    #[must_use]
    pub fn added(&self, anew: Anew, last: Option<i64>) -> Keeping {
        match last {
            Some(last) => Keeping { anew: Some(Anew { at: last, ..anew }), ..*self },
            None => Keeping { version: anew.version, side: self.side.other(), anew: None, spent: true, ..*self },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_another_version_are_made_anew_and_then_take_over() {
        let old = Keeping::read(None, Some("70"));
        assert_eq!((old.version, old.missing(), old.lists("kayak")), (1, Some((0, 70)), vec!["kayak".to_owned()]));
        let Step::Begin(begun) = old.next() else { panic!("{old:?}") };
        assert_eq!((begun.writes(), begun.missing()), (Side::Right, Some((0, 70))));
        assert_eq!(begun.lists("kayak"), ["kayak", "\u{2}kayak"]);
        assert_eq!(begun.next(), Step::Customers(0));
        let named = Keeping { customers: None, ..begun };
        let Step::Add(anew) = named.next() else { panic!("{named:?}") };
        let half = named.added(anew, Some(40));
        assert_eq!((half.missing(), Keeping::read(Some(&half.written()), None)), (Some((40, 70)), half));
        let Step::Add(anew) = half.next() else { panic!("{half:?}") };
        let whole = half.added(anew, None);
        assert_eq!((whole.version, whole.side, whole.missing()), (VERSION, Side::Right, None));
        assert_eq!(whole.next(), Step::Clear(Side::Left));
        assert_eq!(Keeping { spent: false, ..whole }.next(), Step::Rest);
        assert_eq!(whole.lists("kayak"), ["\u{2}kayak"]);
    }

    #[test]
    fn a_new_database_has_nothing_to_make_anew_and_junk_has_all() {
        let new = Keeping::read(None, None);
        assert_eq!((new.next(), Keeping { customers: None, ..new }.next()), (Step::Customers(0), Step::Rest));
        assert!(matches!(Keeping::read(Some("{}"), Some("9")).next(), Step::Begin(begun) if begun.head == 9));
    }

    #[test]
    fn an_older_program_leaves_the_lists_of_a_newer_one_alone() {
        let now = Keeping { customers: None, ..Keeping::read(None, None) };
        let newer = Keeping { version: VERSION + 1, ..now };
        let making = Keeping { anew: Some(Anew { version: VERSION + 1, at: 0, until: 9 }), ..now };
        for one in [newer, making] {
            assert_eq!((one.is_of_the_future(), one.next(), one.missing()), (true, Step::Rest, None));
        }
        // And what was begun for a version that is none any more goes before it is begun again.
        let begun = Keeping { version: 0, anew: Some(Anew { version: 1, at: 4, until: 9 }), ..now };
        let Step::Begin(dropped) = begun.next() else { panic!() };
        assert_eq!(dropped.next(), Step::Clear(Side::Right));
        assert!(matches!(Keeping { spent: false, ..dropped }.next(), Step::Begin(_)));
    }

    #[test]
    fn no_list_of_one_side_is_called_like_one_of_the_other() {
        for word in ["*", "=note", "/17", "0", "kayak", "👍", "返金", "\u{10fffd}"] {
            for side in [Side::Left, Side::Right] {
                let (low, high) = side.names();
                let name = side.list(word);
                assert!(low <= name.as_str() && name.as_str() < high, "{word}");
                let (low, high) = side.other().names();
                assert!(!(low <= name.as_str() && name.as_str() < high), "{word}");
            }
        }
    }
}
