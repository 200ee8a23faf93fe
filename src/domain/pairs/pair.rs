//! What an integrator asks for when it opens a pair, and whether that is possible.

use std::collections::HashSet;
use std::time::Duration;

use super::expiry::Wish;
use crate::clock::At;
use crate::domain::characters::seen;
use crate::domain::numbers::phone::Phone;
use crate::domain::words::name;

/// So many people at most are in one pair.
pub const MOST_PARTIES: usize = 10;
/// The longest reference, in characters.
pub const LONGEST_REFERENCE: usize = 200;
/// The longest alias, in characters: it stands before every text in a group.
pub const LONGEST_ALIAS: usize = 20;
/// The longest text that an integrator has sent, in characters.
pub const LONGEST_TEXT: usize = 1600;

/// Somebody who is to be joined with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Their phone.
    pub phone: Phone,
    /// What the others call them.
    pub alias: String,
}

/// A pair as it is asked for.
#[derive(Clone, Debug)]
pub struct Opening {
    /// What the integrator calls it.
    pub reference: String,
    /// Who is joined.
    pub parties: Vec<Party>,
    /// When it ends.
    pub wish: Wish,
    /// It never lives longer than this.
    pub hard_cap: Duration,
    /// The warning comes so long before the end.
    pub warn_before: Option<Duration>,
    /// What the parties are told then; nothing if only the integrator is.
    pub warning: Option<String>,
    /// Parties may answer the warning with EXTEND, for so long each time.
    pub extension: Option<Duration>,
    /// What parties are told first: alias and words.
    pub welcome: Vec<(String, String)>,
    /// Numbers, addresses and links are taken out of what is passed on.
    pub redact: bool,
    /// The same people in two transactions share one thread.
    pub merge: bool,
}

/// What is wrong with something that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Where in the body, as a JSON pointer (RFC 6901) such as `/parties/1/phone`.
    pub pointer: String,
    /// What is wrong and the remedy, in plain words.
    pub why: String,
}

impl Wrong {
    /// Something wrong at `pointer`.
    #[must_use]
    pub fn at(pointer: impl Into<String>, why: impl Into<String>) -> Self {
        Wrong { pointer: pointer.into(), why: why.into() }
    }
}

impl Opening {
    /// The same with every alias as it is kept: two that differ by what nobody can see are one.
    #[must_use]
    pub fn kept(mut self) -> Self {
        for party in &mut self.parties {
            party.alias = name::kept(&party.alias);
        }
        for (alias, _) in &mut self.welcome {
            *alias = name::kept(alias);
        }
        self
    }

    /// Everything that can be seen to be wrong without looking anything up, at `now`.
    #[must_use]
    pub fn wrongs(&self, now: At) -> Vec<Wrong> {
        let mut wrongs = Vec::new();
        wrongs.extend(words("/reference", &self.reference, LONGEST_REFERENCE).err());
        let count = self.parties.len();
        if !(2..=MOST_PARTIES).contains(&count) {
            let why = format!("there are {count} parties; name 2 to {MOST_PARTIES}");
            wrongs.push(Wrong::at("/parties", why));
        }
        let (mut phones, mut aliases) = (HashSet::new(), HashSet::new());
        for (i, party) in self.parties.iter().enumerate() {
            if !phones.insert(&party.phone) {
                let why = "another party of this pair has the same phone; each needs their own";
                wrongs.push(Wrong::at(format!("/parties/{i}/phone"), why));
            }
            let at = format!("/parties/{i}/alias");
            if let Err(wrong) = check_alias(&at, &party.alias) {
                wrongs.push(wrong);
            } else if !aliases.insert(name::key(&party.alias)) {
                wrongs.push(Wrong::at(at, "another party of this pair has the same alias; give each another"));
            }
        }
        let mut welcomed = HashSet::new();
        for (alias, body) in &self.welcome {
            let at = format!("/welcome/{}", escaped(alias));
            if !welcomed.insert(alias) {
                wrongs.push(Wrong::at(at, "this party is welcomed twice; keep one"));
            } else if self.parties.iter().any(|party| party.alias == *alias) {
                wrongs.extend(words(&at, body, LONGEST_TEXT).err());
            } else {
                wrongs.push(Wrong::at(at, "no party of this pair has this alias; write one of theirs"));
            }
        }
        wrongs.extend(self.warning.as_deref().and_then(|body| words("/expiry/warning", body, LONGEST_TEXT).err()));
        wrongs.extend(self.wrong_end(now));
        wrongs
    }

    fn wrong_end(&self, now: At) -> Vec<Wrong> {
        let mut wrongs = Vec::new();
        let mut some = |pointer: &str, span: Option<Duration>| {
            if span.is_some_and(|span| span.is_zero()) {
                wrongs.push(Wrong::at(pointer, "it is no time at all; write a span such as 30m"));
            }
        };
        some("/expiry/hard_cap", Some(self.hard_cap));
        some("/expiry/warn_before", self.warn_before);
        some("/expiry/extend", self.extension);
        match self.wish {
            Wish::After(span) => some("/expiry/after", Some(span)),
            Wish::Sliding(span) => some("/expiry/idle", Some(span)),
            // No grace at all ends it with its completion.
            Wish::At(_) | Wish::AfterCompletion(_) => {}
        }
        if let Wish::At(at) = self.wish
            && at <= now
        {
            let why = format!("{at} has passed: it is {now} now; write a later time");
            wrongs.push(Wrong::at("/expiry/at", why));
        }
        if self.warning.is_some() && self.warn_before.is_none() {
            let why = "a warning needs to know when it is given; write a span such as 10m";
            wrongs.push(Wrong::at("/expiry/warn_before", why));
        }
        if self.extension.is_some() && self.warning.is_none() {
            let why = "EXTEND answers the warning, and there is none; write the words of one, or leave `extend` out";
            wrongs.push(Wrong::at("/expiry/warning", why));
        }
        wrongs
    }
}

/// Whether `alias` may stand before somebody's texts.
///
/// # Errors
/// What is wrong with it.
pub fn check_alias(pointer: &str, alias: &str) -> Result<(), Wrong> {
    words(pointer, alias, LONGEST_ALIAS)?;
    if alias.contains('\n') || alias.contains(':') {
        return Err(Wrong::at(pointer, "a colon or a line break would part it from the text wrongly; leave it out"));
    }
    Ok(())
}

/// Whether `body` is some words, and no more than `most` characters.
///
/// # Errors
/// What is wrong with it.
pub fn words(pointer: &str, body: &str, most: usize) -> Result<(), Wrong> {
    let length = body.chars().count();
    if seen::is_blank(body) {
        return Err(Wrong::at(pointer, "it is empty; write something"));
    }
    if length > most {
        return Err(Wrong::at(pointer, format!("it has {length} characters; shorten it to {most}")));
    }
    if body.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Wrong::at(pointer, "it has a control character; write letters and line breaks only"));
    }
    Ok(())
}

/// A name as a step of a JSON pointer.
#[must_use]
pub fn escaped(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

/// Whether a text asks for more time and for nothing else.
#[must_use]
pub fn asks_for_more(body: &str) -> bool {
    seen::says_only(body, "extend")
}

/// The phones on the other side of one of these, in an order that does not depend on who is who: by it the same people
/// find the same masks again.
#[must_use]
pub fn counterpart(phone: &str, all: &[&str]) -> String {
    let mut others: Vec<&str> = all.iter().copied().filter(|one| *one != phone).collect();
    others.sort_unstable();
    others.join(",")
}

/// What a text of `alias` becomes on the others' phones: in a group it says whose it is.
#[must_use]
pub fn as_heard(alias: &str, parties: usize, body: &str) -> String {
    if parties > 2 && !alias.is_empty() { format!("{alias}: {body}") } else { body.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{hours, minutes};
    use crate::domain::pairs::expiry::HARD_CAP;

    const NOW: At = At::from_seconds(1_000_000);

    fn opening() -> Opening {
        let party = |phone: &str, alias: &str| Party { phone: Phone::parse(phone).unwrap(), alias: alias.to_owned() };
        Opening {
            reference: "bait-77".to_owned(),
            parties: vec![party("+15055550131", "Fisher"), party("+15055550132", "Helper")],
            wish: Wish::AfterCompletion(minutes(30)),
            hard_cap: HARD_CAP,
            warn_before: None,
            warning: None,
            extension: None,
            welcome: vec![("Fisher".to_owned(), "Your helper is on the way.".to_owned())],
            redact: false,
            merge: false,
        }
    }

    fn pointers(opening: &Opening) -> Vec<String> {
        opening.wrongs(NOW).into_iter().map(|wrong| wrong.pointer).collect()
    }

    #[test]
    fn what_is_right_has_nothing_wrong() {
        assert_eq!(opening().wrongs(NOW), []);
        let zero = Opening { wish: Wish::AfterCompletion(std::time::Duration::ZERO), ..opening() };
        assert_eq!(zero.wrongs(NOW), []);
    }

    #[test]
    fn each_mistake_is_told_where_it_stands() {
        let mut same = opening();
        same.parties[1].phone = same.parties[0].phone.clone();
        same.parties[1].alias = "fisher".to_owned();
        assert_eq!(pointers(&same), ["/parties/1/phone", "/parties/1/alias"]);
        assert_eq!(pointers(&Opening { parties: Vec::new(), welcome: Vec::new(), ..opening() }), ["/parties"]);
        assert_eq!(pointers(&Opening { reference: " ".to_owned(), ..opening() }), ["/reference"]);
        let welcome = vec![("Cap/tain".to_owned(), "Hi".to_owned())];
        assert_eq!(pointers(&Opening { welcome, ..opening() }), ["/welcome/Cap~1tain"]);
        assert_eq!(pointers(&Opening { wish: Wish::At(NOW), ..opening() }), ["/expiry/at"]);
        let warned = Opening { warning: Some("Soon over.".to_owned()), ..opening() };
        assert_eq!(pointers(&warned), ["/expiry/warn_before"]);
        let extended = Opening { extension: Some(hours(1)), ..opening() };
        assert_eq!(pointers(&extended), ["/expiry/warning"]);
    }

    #[test]
    fn aliases_that_differ_by_what_nobody_can_see_are_one() {
        for other in ["Fisher ", "\u{feff}fisher", "Fi\u{200b}sher", "Fi\u{200d}sher"] {
            let mut same = opening();
            same.parties[1].alias = other.to_owned();
            assert_eq!(pointers(&same.kept()), ["/parties/1/alias"], "{other:?}");
        }
        let mut named = opening();
        named.parties[0].alias = " Jose\u{301}\u{200b}".to_owned();
        named.welcome = vec![("José".to_owned(), "Hi".to_owned()), ("Jose\u{301}".to_owned(), "Hi".to_owned())];
        let named = named.kept();
        assert_eq!((named.parties[0].alias.as_str(), named.welcome[1].0.as_str()), ("José", "José"));
        assert_eq!(pointers(&named), ["/welcome/José"], "twice");
    }

    #[test]
    fn the_same_people_are_the_same_in_any_order() {
        assert_eq!(counterpart("+1", &["+3", "+1", "+2"]), counterpart("+1", &["+1", "+2", "+3"]));
        assert_eq!(as_heard("Sam", 2, "on my way"), "on my way");
        assert_eq!(as_heard("Sam", 3, "on my way"), "Sam: on my way");
        assert!(asks_for_more(" Extend\n") && !asks_for_more("Extend it"));
        assert!(asks_for_more("EXTEND!") && asks_for_more("extend please") && !asks_for_more("shall we extend?"));
    }
}
