//! Puts texts into the outbox.
//!
//! Every verb that sends something uses this module, so that one place judges lanes, pace and consent.

use std::time::Instant;

use tokio::sync::OwnedSemaphorePermit;

use crate::clock::At;
use crate::domain::ids::{AttemptId, ConversationId, DeliveryId, LegId, MessageId, NumberId, PersonId};
use crate::domain::outbox::delivery::Kind;

pub mod claim;
pub mod decide;
pub mod deliver;
mod depart;
pub mod doubt;
mod enqueue;
mod flow;
pub(in crate::desk) mod hand_on;
pub mod leases;
pub(in crate::desk) mod list_limit;
pub mod notice;
pub mod receipts;
pub mod relay;
mod requests;
pub mod unsaid;

pub use depart::{Departed, depart, probe, promote};
pub use enqueue::enqueue;
pub(in crate::desk) use flow::{BEHIND, SHUT_OUT};

/// Why a text that may have been sent before the database went back is not requested yet.
const LOOKED_UP: &str = "it may have been sent before the database was restored: it is looked up at the carrier first";

/// Something to be sent.
#[derive(Clone, Debug)]
#[must_use = "nobody gets it until it is enqueued"]
pub struct Draft {
    /// Which message; none for a notice.
    pub message: Option<MessageId>,
    /// By which leg; none for a notice.
    pub leg: Option<LegId>,
    /// Where people look for it.
    pub conversation: Option<ConversationId>,
    /// What it is.
    pub kind: Kind,
    /// From which number.
    pub number: NumberId,
    /// To which phone.
    pub to: String,
    /// Whose phone, if staff's.
    pub person: Option<PersonId>,
    /// Of any length; split where it must be.
    pub body: String,
    /// For throttled notices: the window that this one begins.
    pub window_at: Option<At>,
}

/// A request that a commit has begun: to be made once, now.
#[derive(Debug)]
#[must_use = "its lane stands still until the lease is over unless it is made"]
pub struct Sending {
    /// The attempt.
    pub attempt: AttemptId,
    /// The part of its receipt address that cannot be guessed.
    pub secret: String,
    /// Of which delivery.
    pub delivery: DeliveryId,
    /// Its fencing number.
    pub fence: i64,
    /// Our number.
    pub from: String,
    /// Their phone.
    pub to: String,
    /// The text.
    pub body: String,
    /// When its message was accepted.
    pub accepted_at: At,
    /// When it is given up.
    pub valid_until: At,
    /// It is sent to find out whether anything can be.
    pub probes: bool,
    /// Its place among the requests under way; given back when it is dropped.
    pub permit: OwnedSemaphorePermit,
    /// When it was begun, by a clock that never jumps: its lease counts from here.
    pub born: Instant,
}

impl Sending {
    /// The last part of the receipt address.
    #[must_use]
    pub fn token(&self) -> String {
        token(self.attempt, &self.secret)
    }
}

/// The last part of an attempt's receipt address: its id in hexadecimal and what cannot be guessed.
#[must_use]
pub fn token(attempt: AttemptId, secret: &str) -> String {
    format!("{:x}-{secret}", attempt.0)
}

/// A text that was not sent because its addressee does not want it, and whose author must be told.
#[derive(Clone, Debug)]
#[must_use = "its author does not know that it was not sent"]
pub struct Unsent {
    /// Which message.
    pub message: MessageId,
    /// By which leg.
    pub leg: Option<LegId>,
    /// In plain words.
    pub why: String,
}
