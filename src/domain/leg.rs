//! The legs of a conversation.

use super::conversations::timeline::Loss;
use super::message::Author;
use super::pairs::expiry::Ending;
use super::vocabulary::words;

words! {
    /// Whose way it is.
    Role {
        /// Of somebody who texts a line.
        Customer = "customer",
        /// Of one of our people.
        Rep = "rep",
        /// Of somebody in a pair.
        Party = "party",
    }
}

impl Role {
    /// Who says what comes by it.
    #[must_use]
    pub const fn author(self) -> Author {
        match self {
            Role::Customer => Author::Customer,
            Role::Rep => Author::Rep,
            Role::Party => Author::Party,
        }
    }
}

/// Why a leg ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Its conversation was closed.
    Closed,
    /// Its pair is over.
    PairOver(Ending),
    /// Its rep does not have the conversation any more.
    Lost(Loss),
    /// Its rep has another phone, or none.
    PhoneChanged,
    /// Its party has another phone.
    PartyMoved,
    /// Masks were short: the conversation goes on in the inbox alone.
    Rested,
    /// The rep's phone blocks its number.
    Blocked,
}

impl Ended {
    /// The word that the database keeps.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Ended::Closed => "closed",
            Ended::PairOver(why) => why.word(),
            Ended::Lost(why) => why.word(),
            Ended::PhoneChanged => "phone_changed",
            Ended::PartyMoved => "changed",
            Ended::Rested => "rested",
            Ended::Blocked => "blocked",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_means_for_good_what_it_has_meant() {
        let own = [Ended::Closed, Ended::PhoneChanged, Ended::PartyMoved, Ended::Rested, Ended::Blocked];
        assert_eq!(own.map(Ended::word), ["closed", "phone_changed", "changed", "rested", "blocked"]);
        assert_eq!(Ending::ALL.map(|why| Ended::PairOver(why).word()), ["expired", "closed"]);
        let lost = ["claimed", "transferred", "picked", "away", "disabled", "left_line", "rep_missing", "reassigned"];
        assert_eq!(Loss::ALL.map(|why| Ended::Lost(why).word()), lost);
    }
}
