//! What a token of the API may do: a set of scopes, each a word that integrators know.

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
        let found = Scope::ALL.into_iter().find(|scope| scope.word() == word);
        found.ok_or_else(|| format!("`{word}` is no scope; choose from {}", Scope::ALL.map(Scope::word).join(", ")))
    }
}

/// What a token may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// These, each once.
    #[must_use]
    pub fn of(scopes: impl IntoIterator<Item = Scope>) -> Self {
        let mut scopes: Vec<Scope> = scopes.into_iter().collect();
        scopes.sort_unstable();
        scopes.dedup();
        Scopes(scopes)
    }

    /// Reads words with spaces or commas between them.
    ///
    /// # Errors
    /// The remedy for the first word that is no scope, or for none at all.
    pub fn read(words: &str) -> Result<Self, String> {
        let words = words.split([' ', ',']).filter(|word| !word.is_empty());
        let scopes = Scopes::of(words.map(str::parse).collect::<Result<Vec<Scope>, String>>()?);
        if scopes.0.is_empty() {
            return Err(format!("choose at least one of {}", Scope::ALL.map(Scope::word).join(", ")));
        }
        Ok(scopes)
    }

    /// Those that were kept; a word that this version does not know gives nothing.
    #[must_use]
    pub fn kept(words: &str) -> Self {
        Scopes::of(words.split(' ').filter_map(|word| word.parse().ok()))
    }

    /// These and those of `others`.
    #[must_use]
    pub fn with(self, others: &Scopes) -> Self {
        Scopes::of(self.0.into_iter().chain(others.0.iter().copied()))
    }

    /// The first of these that is not among `held`.
    #[must_use]
    pub fn beyond(&self, held: &Scopes) -> Option<Scope> {
        self.0.iter().copied().find(|scope| !held.has(*scope))
    }

    /// Whether `scope` is among them.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }
}

impl fmt::Display for Scopes {
    /// The words with spaces between them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(" "))
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
        assert_eq!(Scopes::kept("pairs:read rockets:launch"), Scopes::of([Scope::PairsRead]));
    }
}
