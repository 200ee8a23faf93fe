//! Opt-out, opt-in and help words, as the carrier itself understands them.
//!
//! The carrier blocks and unblocks by these words whatever we do, so our ledgers must read them alike. The word must be
//! the whole message: "Stop by at 5?" is a sentence.

use crate::domain::numbers::phone::Phone;

/// What a message that is nothing but a keyword asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Keyword {
    /// No more texts from this number.
    Stop,
    /// Texts from this number again.
    Start,
    /// Who is this, and how do I make it stop?
    Help,
}

impl Keyword {
    /// The word for it in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Keyword::Stop => "stop",
            Keyword::Start => "start",
            Keyword::Help => "help",
        }
    }

    /// What the database calls `word`.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        [Keyword::Stop, Keyword::Start, Keyword::Help].into_iter().find(|keyword| keyword.word() == word)
    }
}

// Source: Twilio's default handling, with the two words added on 14 May 2025.
const STOP: &[&str] = &["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"];
const START: &[&str] = &["START", "UNSTOP"];
/// Restores on ordinary numbers; on a toll-free number the block lies in the network and ignores it.
const START_UNLESS_TOLL_FREE: &str = "YES";
const HELP: &[&str] = &["HELP", "INFO"];

/// The keyword that `body` is on an ordinary number, whatever its case and the white space around it.
#[must_use]
pub fn of(body: &str) -> Option<Keyword> {
    let word = body.trim();
    let among = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(word));
    if among(STOP) {
        Some(Keyword::Stop)
    } else if among(START) || among(&[START_UNLESS_TOLL_FREE]) {
        Some(Keyword::Start)
    } else if among(HELP) {
        Some(Keyword::Help)
    } else {
        None
    }
}

/// As [`of`], on a North American toll-free number: there YES is only a word.
#[must_use]
pub fn of_toll_free(body: &str) -> Option<Keyword> {
    of(body).filter(|_| !body.trim().eq_ignore_ascii_case(START_UNLESS_TOLL_FREE))
}

/// Who answers a HELP to one of our numbers: the carrier or we, never both. By default the carrier answers on long codes
/// and toll-free numbers, never on short codes; where it says what it took the word for, it has answered.
#[must_use]
pub fn help_is_ours(number: &str, carrier_said: bool, carrier_answers: bool) -> bool {
    !carrier_said && (!carrier_answers || Phone::parse(number).is_err())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_whole_message_is_the_word() {
        for word in ["STOP", "stop", " Stop \n", "StopAll", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"]
        {
            assert_eq!(of(word), Some(Keyword::Stop), "{word}");
        }
        for word in ["START", "unstop", "\tYes "] {
            assert_eq!(of(word), Some(Keyword::Start), "{word}");
        }
        for word in ["help", "Info"] {
            assert_eq!(of(word), Some(Keyword::Help), "{word}");
        }
        for sentence in ["Stop by at 5?", "STOP PLEASE", "opt out", "stop.", "", " ", "yes please", "HELP!", "STOPP"] {
            assert_eq!(of(sentence), None, "{sentence}");
        }
    }

    #[test]
    fn yes_restores_nothing_on_a_toll_free_number() {
        assert_eq!(of_toll_free(" yes"), None);
        assert_eq!(of_toll_free("start"), Some(Keyword::Start));
        assert_eq!(of_toll_free("stop"), Some(Keyword::Stop));
        assert_eq!(of_toll_free("info"), Some(Keyword::Help));
    }

    #[test]
    fn help_has_one_answer() {
        assert!(!help_is_ours("+15055550100", false, true), "the carrier's, on a long code");
        assert!(!help_is_ours("+18005550100", false, true), "and on a toll-free number");
        assert!(help_is_ours("72345", false, true), "ours on a short code");
        assert!(!help_is_ours("72345", true, true), "unless the carrier says that it answered");
        assert!(help_is_ours("+15055550100", false, false), "ours where the carrier was told not to");
        assert!(!help_is_ours("+15055550100", true, false));
    }

    proptest! {
        #[test]
        fn nothing_longer_than_a_word_is_a_keyword(body in "(?i)(stop|start|help|yes|end) ?[a-z0-9?!.,]{6,20}") {
            prop_assert_eq!(of(&body), None);
        }
    }
}
