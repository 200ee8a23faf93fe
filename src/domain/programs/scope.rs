//! The scopes of a token of the API, each a word that integrators know.

use std::fmt;
use std::str::FromStr;

/// One thing that a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// See pairs, their parties and their messages.
    PairsRead,
    /// Open, complete, extend, close and change pairs.
    PairsWrite,
    /// Text the parties of a pair as the system.
    MessagesWrite,
    /// See, make and delete the endpoints to which events are posted.
    EndpointsWrite,
}

impl Scope {
    /// Every scope, in the order in which they are explained.
    pub const ALL: [Scope; 4] = [Scope::PairsRead, Scope::PairsWrite, Scope::MessagesWrite, Scope::EndpointsWrite];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Scope::PairsRead => "pairs:read",
            Scope::PairsWrite => "pairs:write",
            Scope::MessagesWrite => "messages:write",
            Scope::EndpointsWrite => "endpoints:write",
        }
    }

    fn of(word: &str) -> Option<Self> {
        Scope::ALL.into_iter().find(|scope| scope.word() == word)
    }

    /// What it lets a program do, for people.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Scope::PairsRead => "see pairs and their messages",
            Scope::PairsWrite => "open, complete, extend, close and change pairs",
            Scope::MessagesWrite => "text the parties of a pair",
            Scope::EndpointsWrite => "see, add and remove the endpoints of events",
        }
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Scope::of(word)
            .ok_or_else(|| format!("`{word}` is no scope; choose from {}", Scope::ALL.map(Scope::word).join(", ")))
    }
}

/// What a token may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes {
    known: Vec<Scope>,
    /// Words that were kept and that this version does not know: they allow nothing, and are not forgotten.
    unknown: Vec<String>,
}

impl Scopes {
    /// These, each once.
    #[must_use]
    pub fn of(scopes: impl IntoIterator<Item = Scope>) -> Self {
        let mut known: Vec<Scope> = scopes.into_iter().collect();
        known.sort_unstable();
        known.dedup();
        Scopes { known, unknown: Vec::new() }
    }

    /// Reads words with spaces or commas between them.
    ///
    /// # Errors
    /// The remedy for the first word that is no scope, or for none at all.
    pub fn read(words: &str) -> Result<Self, String> {
        let words = words.split([' ', ',']).filter(|word| !word.is_empty());
        let scopes = Scopes::of(words.map(str::parse).collect::<Result<Vec<Scope>, String>>()?);
        if scopes.known.is_empty() {
            return Err(format!("choose at least one of {}", Scope::ALL.map(Scope::word).join(", ")));
        }
        Ok(scopes)
    }

    /// Those that were kept; a word that this version does not know gives nothing, and is among [`Scopes::unknown`].
    #[must_use]
    pub fn kept(words: &str) -> Self {
        let (known, unknown) = known(words, Scope::of);
        Scopes { unknown, ..Scopes::of(known) }
    }

    /// Words that were kept and that this version does not know.
    #[must_use]
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// These and those of `others`.
    #[must_use]
    pub fn with(self, others: &Scopes) -> Self {
        let unknown = self.unknown.into_iter().chain(others.unknown.iter().cloned()).collect();
        Scopes { unknown, ..Scopes::of(self.known.into_iter().chain(others.known.iter().copied())) }
    }

    /// The first of these that is not among `held`.
    #[must_use]
    pub fn beyond(&self, held: &Scopes) -> Option<Scope> {
        self.known.iter().copied().find(|scope| !held.has(*scope))
    }

    /// Whether `scope` is among them.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.known.contains(&scope)
    }
}

/// Words that were kept with spaces between them: what they mean, and those that this version does not know.
pub(super) fn known<T>(words: &str, meaning: impl Fn(&str) -> Option<T>) -> (Vec<T>, Vec<String>) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for word in words.split(' ') {
        match meaning(word) {
            Some(meant) => known.push(meant),
            None => unknown.push(word.to_owned()),
        }
    }
    (known, unknown)
}

impl fmt::Display for Scopes {
    /// The words with spaces between them, those that are not known last.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.known.iter().map(|scope| scope.word());
        f.write_str(&known.chain(self.unknown.iter().map(String::as_str)).collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_with_commas_or_spaces_and_kept_in_one_spelling() {
        let scopes = Scopes::read("messages:write,pairs:read pairs:read").unwrap();
        assert_eq!(scopes.to_string(), "pairs:read messages:write");
        assert!(scopes.has(Scope::PairsRead) && !scopes.has(Scope::PairsWrite));
        assert_eq!(Scopes::kept(&scopes.to_string()), scopes);
    }

    #[test]
    fn what_is_no_scope_is_refused_with_those_that_there_are() {
        for words in ["pairs", "pairs:read,all", "", " , ", "PAIRS:READ"] {
            assert!(Scopes::read(words).unwrap_err().contains("pairs:read, pairs:write"), "{words}");
        }
    }

    #[test]
    fn a_kept_word_that_is_no_scope_allows_nothing_and_is_not_forgotten() {
        let kept = Scopes::kept("rockets:launch pairs:read");
        assert!(kept.has(Scope::PairsRead) && kept.beyond(&Scopes::of([Scope::PairsRead])).is_none());
        assert_eq!(
            (kept.unknown(), kept.to_string().as_str()),
            (&["rockets:launch".to_owned()][..], "pairs:read rockets:launch")
        );
        assert_eq!(Scopes::default().with(&kept).unknown(), kept.unknown());
        assert!(!Scopes::kept("").unknown().is_empty(), "nothing at all was never written");
    }
}
