//! The legs of a conversation.

use super::message::Author;
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
