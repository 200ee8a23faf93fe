//! What is known about a request to the carrier after it was made, and what follows for its delivery.
//!
//! The carrier only reports; this module decides, so that every carrier is treated alike.

use std::time::Duration;

use crate::clock::{At, minutes, seconds};

/// How a carrier can be asked about a request whose answer was lost; the best that it offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recall {
    /// It takes an idempotency key: the same request may simply be made again (Telnyx).
    IdempotencyKey,
    /// It echoes a reference of ours in lists and receipts (Vonage, Bandwidth).
    Reference,
    /// Its list of sent messages can be searched by from, to and body (Twilio).
    List,
    /// It cannot be asked.
    None,
}

/// What is known about a request after it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "\"not sent\" is the opposite of \"sent\", not a kind of it")]
pub enum Sent {
    /// The carrier took it and named it.
    Accepted {
        /// The carrier's id of the message.
        id: String,
    },
    /// The carrier refused it; it was not sent.
    Refused(Refusal),
    /// No connection to the carrier came about, so it was surely not sent.
    Unreached {
        /// In plain words, for people.
        why: String,
    },
    /// The carrier answered, and surely did not send it: may be made again, after a while if one is given.
    NotSent {
        /// The carrier's own wish (Retry-After).
        after: Option<Duration>,
        /// In plain words, for people.
        why: String,
    },
    /// Nobody knows: time-out, reset, 5xx, an answer that makes no sense.
    InDoubt {
        /// In plain words, for people.
        why: String,
    },
}

/// A refusal and what follows from it (Twilio's documentation).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What follows.
    pub class: RefusalClass,
    /// The carrier's code, if it gave one.
    pub code: Option<i64>,
    /// In plain words, for people; without phone numbers.
    pub why: String,
}

/// What follows from a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalClass {
    /// The carrier will not send this text, or nothing to this recipient.
    Permanent,
    /// The recipient has opted out: permanent, and entered in the ledgers.
    OptedOut,
    /// The settings of this one number are wrong, or it may not text this one phone.
    NumberSettings,
    /// The account's settings or credentials are wrong: all sending pauses, and is tried again by itself.
    AccountSettings,
    /// Refused now, likely taken later; was not sent.
    Transient,
}

/// What happens to a delivery after a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The carrier has it.
    Accepted {
        /// The carrier's id.
        id: String,
    },
    /// It may be requested again from `at` on.
    Retry {
        /// The earliest next request.
        at: At,
        /// In plain words.
        why: String,
    },
    /// The carrier was not reached. It may be requested again from `at` on, and waits no longer once the carrier answers.
    Unreached {
        /// The earliest next request.
        at: At,
        /// In plain words.
        why: String,
    },
    /// The carrier sends nothing to this phone from this number, or nothing at all from the account: the text waits, and
    /// [`crate::domain::outbox::fitness`] says what that means for others.
    Unfit {
        /// All numbers of the account, not only this one.
        account: bool,
        /// The carrier's code.
        code: Option<i64>,
        /// In plain words.
        why: String,
    },
    /// It will not be sent.
    Failed {
        /// The carrier's code.
        code: Option<i64>,
        /// The recipient has opted out at the carrier.
        opted_out: bool,
        /// In plain words.
        why: String,
    },
    /// Nobody knows whether it was sent; see [`crate::domain::outbox::doubt`].
    Unknown {
        /// In plain words.
        why: String,
    },
    /// Given up after too many requests that were surely not sent.
    Dead {
        /// In plain words.
        why: String,
    },
}

/// Requests after which a text that was surely never sent is given up.
const MOST_TRIES: i64 = 100;

/// Decides what follows from `sent`, the outcome of the `tries`-th request (from 1), for a carrier with `recall`.
#[must_use]
pub fn next(sent: Sent, tries: i64, recall: Recall, now: At) -> Next {
    match sent {
        Sent::Accepted { id } => Next::Accepted { id },
        Sent::Refused(Refusal { class: RefusalClass::Permanent, code, why }) => {
            Next::Failed { code, opted_out: false, why }
        }
        Sent::Refused(Refusal { class: RefusalClass::OptedOut, code, why }) => {
            Next::Failed { code, opted_out: true, why }
        }
        Sent::Refused(Refusal { class: RefusalClass::NumberSettings, code, why }) => {
            Next::Unfit { account: false, code, why }
        }
        Sent::Refused(Refusal { class: RefusalClass::AccountSettings, code, why }) => {
            Next::Unfit { account: true, code, why }
        }
        Sent::Refused(Refusal { class: RefusalClass::Transient, why, .. }) => again(tries, minutes(1), None, why, now),
        // A carrier that was not reached has refused nothing: the text waits as long as it is valid.
        Sent::Unreached { why } => Next::Unreached { at: now + doubled(tries, seconds(1)), why },
        Sent::NotSent { after, why } => again(tries, seconds(1), after, why, now),
        // With an idempotency key the same request may simply be made again.
        Sent::InDoubt { why } if recall == Recall::IdempotencyKey => again(tries, seconds(1), None, why, now),
        Sent::InDoubt { why } => Next::Unknown { why },
    }
}

/// Doubling delays from `first`, at most five minutes; the carrier's own wish counts if it is longer.
fn again(tries: i64, first: Duration, after: Option<Duration>, why: String, now: At) -> Next {
    if tries >= MOST_TRIES {
        return Next::Dead { why };
    }
    Next::Retry { at: now + doubled(tries, first).max(after.unwrap_or_default()), why }
}

fn doubled(tries: i64, first: Duration) -> Duration {
    let doublings = u32::try_from(tries.clamp(1, 20) - 1).unwrap_or(0);
    (first * (1 << doublings.min(9))).min(minutes(5))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: At = At(1_000_000_000);

    #[test]
    fn only_what_was_surely_not_sent_is_requested_again() {
        let doubt = Sent::InDoubt { why: "time-out".into() };
        assert!(matches!(next(doubt.clone(), 1, Recall::List, NOW), Next::Unknown { .. }));
        assert!(matches!(next(doubt.clone(), 1, Recall::None, NOW), Next::Unknown { .. }));
        assert!(matches!(next(doubt, 1, Recall::IdempotencyKey, NOW), Next::Retry { .. }));
        let refused = Sent::NotSent { after: None, why: "connection refused".into() };
        assert!(matches!(next(refused, 1, Recall::List, NOW), Next::Retry { at, .. } if at == NOW + seconds(1)));
    }

    #[test]
    fn whom_nobody_reaches_is_never_given_up() {
        let at = |tries| match next(Sent::Unreached { why: String::new() }, tries, Recall::List, NOW) {
            Next::Unreached { at, .. } => at.since(NOW),
            other => panic!("{other:?}"),
        };
        assert_eq!((at(1), at(4), at(30), at(MOST_TRIES * 9)), (seconds(1), seconds(8), minutes(5), minutes(5)));
    }

    #[test]
    fn delays_double_honour_the_carrier_and_end() {
        let not_sent = |after| Sent::NotSent { after, why: String::new() };
        let at = |tries, after| match next(not_sent(after), tries, Recall::List, NOW) {
            Next::Retry { at, .. } => at.since(NOW),
            other => panic!("{other:?}"),
        };
        assert_eq!(at(4, None), seconds(8));
        assert_eq!(at(30, None), minutes(5));
        assert_eq!(at(1, Some(seconds(90))), seconds(90));
        assert!(matches!(next(not_sent(None), MOST_TRIES, Recall::List, NOW), Next::Dead { .. }));
    }
}
