//! What a rep's text that begins with `#` asks for, read without doing anything.
//!
//! Such a text is for the program and not for the customer, except `##…`, which sends `#…` to the customer. A sign that
//! looks like `#` is one, and invisible characters before it or in the word behind it do not count: the rep sees
//! `#note`.

use std::fmt;
use std::time::Duration;

use crate::clock::{days, minutes};
use crate::domain::characters::seen::{as_read, clings, is_before, is_blank, is_unseen};
use crate::domain::time::duration::{self, Unread};

/// The shortest and the longest time for which a conversation can be put aside.
pub const LATER: (Duration, Duration) = (minutes(1), days(30));

/// Something that a rep asks of us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Which commands there are.
    Help,
    /// Whom this thread is with.
    Who,
    /// Keep words that only staff see.
    Note(String),
    /// Close the conversation.
    Close,
    /// Hand it to a colleague, by name.
    Transfer(String),
    /// Put it aside for so long.
    Later(Duration),
    /// Take no new customers.
    Away,
    /// Take them again, and texts on the phone.
    On,
}

/// What a text that begins with `#` is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hash {
    /// A command.
    Command(Command),
    /// Words for the customer, one `#` taken off.
    Text(String),
    /// Neither, and why.
    Wrong(Mistake),
}

/// Why a command is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    /// There is no such command.
    #[error("#{0} is no command")]
    Unknown(String),
    /// It stands alone.
    #[error("#{0} takes nothing behind it")]
    Surplus(&'static str),
    /// A note without words.
    #[error("the note is empty: text #note and what to keep")]
    NoNote,
    /// A transfer to nobody.
    #[error("to whom? Text #transfer and a colleague's name")]
    NoName,
    /// Not a span of time.
    #[error("for how long? Text #later and a time such as 15m, 2h, 3d or 1h30m")]
    NoSpan,
    /// Too short or too long a time.
    #[error("between 1 minute and 30 days, please")]
    BadSpan,
}

/// Whether `body` is for us to read with [`read`]: it begins with `#`.
#[must_use]
pub fn begins(body: &str) -> bool {
    behind_sign(body).is_some()
}

/// Reads a rep's text; `None` if it does not begin with `#`.
#[must_use]
pub fn read(body: &str) -> Option<Hash> {
    let rest = behind_sign(body)?;
    if rest.starts_with(is_sign) {
        return Some(Hash::Text(rest.to_owned()));
    }
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || is_unseen(c));
    let (word, more) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    Some(command(&as_read(word), more.trim()).map_or_else(Hash::Wrong, Hash::Command))
}

/// What stands behind the sign with which a text begins, as it was typed.
fn behind_sign(body: &str) -> Option<&str> {
    let mut rest = body.trim_start_matches(is_before).chars();
    rest.next().filter(|c| is_sign(*c))?;
    // A key cap is the sign with a frame around it.
    Some(rest.as_str().trim_start_matches(clings))
}

/// It is the sign, or reads like it: its wide and its small form, sharps, and other crossed lines.
fn is_sign(c: char) -> bool {
    matches!(c, '#' | '＃' | '﹟' | '♯' | '⌗' | '⋕' | '⧣')
}

/// `word` as it reads; `more` as it was typed.
fn command(word: &str, more: &str) -> Result<Command, Mistake> {
    let empty = is_blank(more);
    let alone = |name, command| if empty { Ok(command) } else { Err(Mistake::Surplus(name)) };
    match word.to_lowercase().as_str() {
        "help" => Ok(Command::Help),
        "who" => Ok(Command::Who),
        "note" if empty => Err(Mistake::NoNote),
        "note" => Ok(Command::Note(more.to_owned())),
        // "#close the door behind you" was not meant to close anything.
        "close" => alone("close", Command::Close),
        "transfer" if empty => Err(Mistake::NoName),
        "transfer" => {
            Ok(Command::Transfer(more.chars().filter(|c| !is_unseen(*c)).collect::<String>().trim().to_owned()))
        }
        "later" => span(&as_read(more)).map(Command::Later),
        "away" => alone("away", Command::Away),
        "on" => alone("on", Command::On),
        _ => Err(Mistake::Unknown(word.chars().take(20).collect())),
    }
}

/// Reads `15m`, `2h`, `3d`, `1h30m`, as every duration is read.
///
/// # Errors
/// [`Mistake::NoSpan`] if it is none, [`Mistake::BadSpan`] outside of [`LATER`].
pub fn span(text: &str) -> Result<Duration, Mistake> {
    match duration::read(text) {
        Ok(span) if span >= LATER.0 && span <= LATER.1 => Ok(span),
        Ok(_) | Err(Unread::TooLong) => Err(Mistake::BadSpan),
        Err(Unread::Strange) => Err(Mistake::NoSpan),
    }
}

/// A span as [`span`] reads it: `1d2h5m`.
#[must_use]
pub fn span_words(span: Duration) -> String {
    let minutes = span.as_secs() / 60;
    let parts = [(minutes / 1440, 'd'), (minutes / 60 % 24, 'h'), (minutes % 60, 'm')];
    parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .fold(String::new(), |all, (count, unit)| all + &format!("{count}{unit}"))
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Command::Help => f.write_str("#help"),
            Command::Who => f.write_str("#who"),
            Command::Note(text) => write!(f, "#note {text}"),
            Command::Close => f.write_str("#close"),
            Command::Transfer(name) => write!(f, "#transfer {name}"),
            Command::Later(span) => write!(f, "#later {}", span_words(*span)),
            Command::Away => f.write_str("#away"),
            Command::On => f.write_str("#on"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::hours;

    #[test]
    fn each_command_is_read_whatever_its_case_and_the_space_around_it() {
        for (body, command) in [
            ("#help", Command::Help),
            (" #WHO\n", Command::Who),
            ("#help me", Command::Help),
            ("# close", Command::Close),
            ("#Note wants a skiff\nfor two", Command::Note("wants a skiff\nfor two".into())),
            ("#transfer  Ana Ruiz ", Command::Transfer("Ana Ruiz".into())),
            ("#later 2h", Command::Later(hours(2))),
            ("#LATER 1H 30M", Command::Later(minutes(90))),
            ("#later 30d", Command::Later(days(30))),
            ("#away", Command::Away),
            ("#On", Command::On),
        ] {
            assert_eq!(read(body), Some(Hash::Command(command)), "{body}");
        }
    }

    #[test]
    fn what_is_no_command_says_why_and_is_still_not_for_the_customer() {
        for (body, mistake) in [
            ("#", Mistake::Unknown(String::new())),
            ("#1 please", Mistake::Unknown("1".into())),
            ("#closed", Mistake::Unknown("closed".into())),
            ("#close the door", Mistake::Surplus("close")),
            ("#away tomorrow", Mistake::Surplus("away")),
            ("#note", Mistake::NoNote),
            ("#transfer ", Mistake::NoName),
            ("#later", Mistake::NoSpan),
            ("#later soon", Mistake::NoSpan),
            ("#later 2", Mistake::NoSpan),
            ("#later h", Mistake::NoSpan),
            ("#later 0m", Mistake::BadSpan),
            ("#later 31d", Mistake::BadSpan),
            ("#later 30d1m", Mistake::BadSpan),
            ("#later 99999999999999999999h", Mistake::BadSpan),
        ] {
            assert_eq!(read(body), Some(Hash::Wrong(mistake)), "{body}");
        }
    }

    #[test]
    fn a_command_is_read_as_people_see_it_and_its_words_are_kept_as_they_were_typed() {
        let note = |text: &str| Some(Hash::Command(Command::Note(text.to_owned())));
        for body in [
            "＃note he is rude",
            "﹟note he is rude",
            "♯note he is rude",
            "#\u{fe0f}\u{20e3}note he is rude",
            "＃ＮＯＴＥ　he is rude",
            "#no\u{200b}te he is rude",
            "#\u{200d}note he is rude",
            "# \u{2060}note he is rude",
            "\u{301}#note he is rude",
            "\u{600}#note he is rude",
        ] {
            assert_eq!(read(body), note("he is rude"), "{body:?}");
        }
        let unseen = "\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{feff}\u{2060}\u{2061}\u{2066}\u{2069}\u{202a}\u{202c}\u{202e}\u{ad}\u{61c}\u{180e}\u{fe0f}\u{e0020}\u{3164}\u{2800}\u{34f}\u{a0}\u{3000}\u{7f}";
        for one in unseen.chars() {
            assert_eq!(read(&format!("{one}#note he is rude")), note("he is rude"), "{one:?}");
            assert_eq!(read(&format!(" {one} ##7")), Some(Hash::Text("#7".into())), "{one:?}");
        }
        assert_eq!(read("#note caf\u{e9} ＡＢ\u{200b}Ｃ ﹟2"), note("caf\u{e9} ＡＢ\u{200b}Ｃ ﹟2"));
        assert_eq!(read("#later ２ｈ\u{200b}"), Some(Hash::Command(Command::Later(hours(2)))));
        assert_eq!(read("#close \u{200b}"), Some(Hash::Command(Command::Close)));
        assert_eq!(read("#note \u{2060}"), Some(Hash::Wrong(Mistake::NoNote)));
        assert_eq!(read("＃＃7"), Some(Hash::Text("＃7".into())));
        assert_eq!(read("#\u{200b}#7"), Some(Hash::Text("#7".into())));
        assert_eq!(
            read("#n\u{43e}te he is rude"),
            Some(Hash::Wrong(Mistake::Unknown("n\u{43e}te".into()))),
            "not for the customer"
        );
        assert_eq!(read("\u{200b}no. #1"), None);
    }

    #[test]
    fn a_doubled_sign_is_a_text_that_begins_with_one() {
        assert_eq!(read("##1 is yours"), Some(Hash::Text("#1 is yours".into())));
        assert_eq!(read(" ###"), Some(Hash::Text("##".into())));
        assert_eq!(read("no. #1"), None);
        assert_eq!(read(""), None);
    }

    fn commands() -> impl Strategy<Value = Command> {
        prop_oneof![
            Just(Command::Help),
            Just(Command::Who),
            "[a-zA-Zäß]([a-zA-Z #?!\n]{0,20}[a-z])?".prop_map(Command::Note),
            Just(Command::Close),
            "[A-Z][a-z]{0,8}( [A-Z][a-z]{0,8})?".prop_map(Command::Transfer),
            (1_u64..=43_200).prop_map(|count| Command::Later(minutes(count))),
            Just(Command::Away),
            Just(Command::On),
        ]
    }

    proptest! {
        #[test]
        fn nothing_that_can_be_texted_makes_it_fail(body in any::<String>(), more in "[\u{200b}\u{feff} ]{0,2}[#＃﹟][a-z]{0,8} ?.{0,30}") {
            prop_assert_eq!(read(&body).is_some(), begins(&body));
            prop_assert!(read(&more).is_some());
        }

        #[test]
        fn a_command_is_read_as_it_is_written(command in commands()) {
            prop_assert_eq!(read(&command.to_string()), Some(Hash::Command(command)));
        }

        #[test]
        fn a_literal_loses_one_sign_and_nothing_else(rest in "(?s).{0,40}") {
            prop_assert_eq!(read(&format!("##{rest}")), Some(Hash::Text(format!("#{rest}"))));
        }
    }
}
