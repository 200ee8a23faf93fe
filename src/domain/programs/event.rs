//! Events for integrators: their kinds, and the kinds that an endpoint wants.

use std::fmt;
use std::str::FromStr;

use super::scope::{Scope, Scopes, known};

/// Something that happened to a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It was opened.
    PairOpened,
    /// It ends soon; the parties have been warned.
    PairExpiring,
    /// Its end was put off.
    PairExtended,
    /// The transaction is done; the grace runs.
    PairCompleted,
    /// It has ended, by time or by somebody.
    PairEnded,
    /// A party has another phone.
    PartyChanged,
    /// A party wrote.
    MessageReceived,
    /// A text has arrived on a party's phone.
    MessageDelivered,
    /// A text will not arrive on a party's phone.
    MessageFailed,
    /// A party wrote after the end; nobody got it.
    LateTextHeld,
}

impl Kind {
    /// Every kind, in the order in which they are explained.
    pub const ALL: [Kind; 10] = [
        Kind::PairOpened,
        Kind::PairExpiring,
        Kind::PairExtended,
        Kind::PairCompleted,
        Kind::PairEnded,
        Kind::PartyChanged,
        Kind::MessageReceived,
        Kind::MessageDelivered,
        Kind::MessageFailed,
        Kind::LateTextHeld,
    ];

    /// The word for it, as in `type` of what is posted.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Kind::PairOpened => "pair.opened",
            Kind::PairExpiring => "pair.expiring",
            Kind::PairExtended => "pair.extended",
            Kind::PairCompleted => "pair.completed",
            Kind::PairEnded => "pair.ended",
            Kind::PartyChanged => "party.changed",
            Kind::MessageReceived => "message.received",
            Kind::MessageDelivered => "message.delivered",
            Kind::MessageFailed => "message.failed",
            Kind::LateTextHeld => "late_text.held",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The scope that an endpoint needs for it: the event says no more than that scope shows.
    #[must_use]
    pub const fn scope(self) -> Scope {
        match self {
            Kind::PairOpened
            | Kind::PairExpiring
            | Kind::PairExtended
            | Kind::PairCompleted
            | Kind::PairEnded
            | Kind::PartyChanged
            | Kind::MessageReceived
            | Kind::MessageDelivered
            | Kind::MessageFailed
            | Kind::LateTextHeld => Scope::PairsRead,
        }
    }

    /// When it comes, for people.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Kind::PairOpened => "a pair was opened",
            Kind::PairExpiring => "a pair ends soon; the parties were warned",
            Kind::PairExtended => "the end of a pair was put off",
            Kind::PairCompleted => "a pair was completed; its grace runs",
            Kind::PairEnded => "a pair has ended",
            Kind::PartyChanged => "a party has another phone",
            Kind::MessageReceived => "a party wrote",
            Kind::MessageDelivered => "a text has arrived on a party's phone",
            Kind::MessageFailed => "a text will not arrive on a party's phone",
            Kind::LateTextHeld => "a party wrote after the end; nobody got it",
        }
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Kind::read(word)
            .ok_or_else(|| format!("`{word}` is no event; choose from *, {}", Kind::ALL.map(Kind::word).join(", ")))
    }
}

/// What an endpoint wants to be told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Everything, also kinds that come with later versions.
    All,
    /// These, and words that were kept and that this version does not know: they never come, and are not forgotten.
    These(Vec<Kind>, Vec<String>),
}

impl Wanted {
    /// Reads words such as `pair.ended`; `*` is everything.
    ///
    /// # Errors
    /// The remedy for the first word that is no event, or for none at all.
    pub fn read<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let words: Vec<&str> = words.into_iter().collect();
        if words.contains(&"*") {
            return Ok(Wanted::All);
        }
        let mut kinds = words.into_iter().map(str::parse).collect::<Result<Vec<Kind>, String>>()?;
        if kinds.is_empty() {
            return Err(format!("choose at least one event: *, {}", Kind::ALL.map(Kind::word).join(", ")));
        }
        kinds.sort_unstable();
        kinds.dedup();
        Ok(Wanted::These(kinds, Vec::new()))
    }

    /// Those that were kept; a word that this version does not know never comes, and is among [`Wanted::unknown`].
    #[must_use]
    pub fn kept(words: &str) -> Self {
        if words == "*" {
            return Wanted::All;
        }
        let (known, unknown) = known(words, Kind::read);
        Wanted::These(known, unknown)
    }

    /// Words that were kept and that this version does not know.
    #[must_use]
    pub fn unknown(&self) -> &[String] {
        match self {
            Wanted::All => &[],
            Wanted::These(_, unknown) => unknown,
        }
    }

    /// Their words, those that are not known last.
    #[must_use]
    pub fn words(&self) -> Vec<&str> {
        match self {
            Wanted::All => vec!["*"],
            Wanted::These(kinds, unknown) => {
                kinds.iter().map(|kind| kind.word()).chain(unknown.iter().map(String::as_str)).collect()
            }
        }
    }

    /// What an endpoint that gets all this must be allowed to read.
    #[must_use]
    pub fn needs(&self) -> Scopes {
        Scopes::of(Kind::ALL.into_iter().filter(|kind| self.has(*kind)).map(Kind::scope))
    }

    /// Whether `kind` is among them.
    #[must_use]
    pub fn has(&self, kind: Kind) -> bool {
        match self {
            Wanted::All => true,
            Wanted::These(kinds, _) => kinds.contains(&kind),
        }
    }
}

impl fmt::Display for Wanted {
    /// The words with spaces between them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_by_its_word_and_a_star_is_all_of_them() {
        for kind in Kind::ALL {
            assert_eq!(kind.word().parse(), Ok(kind));
            assert!(Wanted::All.has(kind));
        }
        assert_eq!(Wanted::read(["pair.ended", "*"]), Ok(Wanted::All));
        let wanted = Wanted::read(["pair.ended", "pair.opened", "pair.ended"]).unwrap();
        assert_eq!(wanted.to_string(), "pair.opened pair.ended");
        assert_eq!(Wanted::kept(&wanted.to_string()), wanted);
        assert!(!wanted.has(Kind::MessageReceived));
    }

    #[test]
    fn a_kept_word_that_is_no_event_never_comes_and_is_not_forgotten() {
        let kept = Wanted::kept("rocket.launched pair.ended");
        assert!(kept.has(Kind::PairEnded) && !kept.has(Kind::PairOpened));
        assert_eq!(
            (kept.unknown(), kept.words()),
            (&["rocket.launched".to_owned()][..], vec!["pair.ended", "rocket.launched"])
        );
        assert!(Wanted::kept("*").unknown().is_empty() && !Wanted::kept("").unknown().is_empty());
    }

    #[test]
    fn what_is_no_event_is_refused_with_those_that_there_are() {
        assert!(Wanted::read(["pair.closed"]).unwrap_err().contains("`pair.closed` is no event"));
        assert!(Wanted::read([]).unwrap_err().contains("pair.opened"));
    }
}
