//! The states of a delivery and what a receipt may change: a status never goes back.

use crate::domain::vocabulary::words;

words! {
    /// Where a delivery stands.
    State {
        /// Waits for its turn.
        Ready = "ready",
        /// A request is under way.
        Sending = "sending",
        /// A request was made and nobody knows what became of it.
        Unknown = "unknown",
        /// The carrier has it.
        Accepted = "accepted",
        /// The carrier has passed it on.
        Sent = "sent",
        /// It is on the phone.
        Delivered = "delivered",
        /// It did not reach the phone.
        Undelivered = "undelivered",
        /// It was refused or went wrong for good.
        Failed = "failed",
        /// Not sent, because its addressee does not want or no longer gets it.
        Suppressed = "suppressed",
        /// Not sent in time.
        Expired = "expired",
        /// Nobody could find out; a person may decide.
        Parked = "parked",
        /// Given up after many tries, none of which was sent.
        Dead = "dead",
    }
}

words! {
    /// What a delivery carries.
    Kind {
        /// A part of a message.
        Text = "text",
        /// A notice that the conversation behind a number has ended.
        Ended = "ended",
        /// A notice to a rep whose text was not relayed, or who gave a command.
        ToRep = "to_rep",
        /// A notice that only words are passed on.
        WordsOnly = "words_only",
        /// Help for a rep who texts a line.
        RepOnLine = "rep_on_line",
        /// The answer to HELP.
        Help = "help",
        /// The greeting of a line.
        Greeting = "greeting",
        /// A notice that a text did not arrive.
        Failure = "failure",
        /// A notice to a customer whom nobody can answer now.
        AfterHours = "after_hours",
        /// A notice that a conversation is back that was put aside.
        Reminder = "reminder",
        /// The code that proves whose a phone is.
        PhoneCode = "phone_code",
    }
}

impl State {
    /// Holds up its lane: nothing else leaves from the same number to the same phone.
    #[must_use]
    pub const fn holds_lane(self) -> bool {
        matches!(self, State::Sending | State::Unknown)
    }

    /// Ended without reaching the phone, so that its author must be told.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, State::Undelivered | State::Failed | State::Suppressed | State::Expired | State::Dead)
    }
}

/// The rank of a delivery that the carrier has not reported on.
pub const UNREPORTED: i64 = -1;

/// What a carrier's word for its state makes of a delivery: the new state, or `None` where it only ranks, as the words do
/// for a text that is still on its way.
#[must_use]
pub fn state_of(status: &str) -> Option<State> {
    match status {
        "sent" => Some(State::Sent),
        "delivered" | "partially_delivered" | "read" => Some(State::Delivered),
        "undelivered" => Some(State::Undelivered),
        "failed" | "canceled" => Some(State::Failed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_read_by_its_word() {
        for state in [State::Ready, State::Unknown, State::Undelivered, State::Dead, State::Parked] {
            assert_eq!(State::read(state.word()), Some(state));
        }
        assert_eq!(State::read("lost"), None);
    }
}
