//! The properties of a message.

use crate::domain::vocabulary::words;

words! {
    /// Who said it.
    Author {
        /// Somebody who texts a line.
        Customer = "customer",
        /// One of our people.
        Rep = "rep",
        /// Somebody in a pair.
        Party = "party",
        /// The program, or a program of an integrator.
        System = "system",
    }
}

words! {
    /// By which way it came in.
    Channel {
        /// From a phone.
        Phone = "phone",
        /// From the inbox.
        Web = "web",
        /// From a program of an integrator.
        Api = "api",
        /// From this program.
        System = "system",
    }
}

words! {
    /// What it is.
    Kind {
        /// Something for the others.
        Text = "text",
        /// Something for staff alone.
        Note = "note",
        /// A word such as STOP.
        Keyword = "keyword",
        /// An order to this program.
        Command = "command",
    }
}

words! {
    /// What became of it.
    Outcome {
        /// It went to the other legs of its conversation.
        Relayed = "relayed",
        /// It waits for a decision.
        Held = "held",
        /// It went to nobody: it came from one of our own numbers.
        Refused = "refused",
        /// It is kept and goes nowhere.
        Kept = "kept",
    }
}

impl Author {
    /// Nobody of ours.
    #[must_use]
    pub const fn is_outside(self) -> bool {
        match self {
            Author::Customer | Author::Party => true,
            Author::Rep | Author::System => false,
        }
    }
}

impl Kind {
    /// A text, or a word such as STOP.
    #[must_use]
    pub const fn of_text(keyword: bool) -> Self {
        if keyword { Kind::Keyword } else { Kind::Text }
    }
}
