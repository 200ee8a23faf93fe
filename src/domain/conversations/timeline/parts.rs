//! What several kinds of events carry, and the words in them.

use serde::{Deserialize, Serialize};

use super::id;
use crate::clock::At;
use crate::domain::ids::{LabelId, MessageId, NumberId, PersonId};
use crate::domain::vocabulary::words;

words! {
    /// Why a rep does not have a conversation any more.
    Loss {
        /// Somebody took it.
        Claimed = "claimed",
        /// Somebody gave it to somebody else.
        Transferred = "transferred",
        /// Somebody was picked for it.
        Picked = "picked",
        /// The rep takes no customers now.
        Away = "away",
        /// The rep was disabled.
        Disabled = "disabled",
        /// The rep has left the line.
        LeftLine = "left_line",
        /// The rep has been off duty for too long.
        RepMissing = "rep_missing",
        /// A manager had somebody else picked.
        Reassigned = "reassigned",
    }
}

words! {
    /// Why a conversation was closed, if no person did it.
    Closing {
        /// Nothing was said for long.
        Idle = "idle",
        /// Its customer's phone is a colleague's.
        Colleague = "the customer's phone was given to a colleague",
    }
}

words! {
    /// What a person decided about a text in doubt.
    Decided {
        /// It was sent.
        Sent = "sent",
        /// It was not, and is sent again.
        NotSent = "not_sent",
        /// Nobody finds out.
        GivenUp = "given_up",
    }
}

/// A conversation went to somebody by a person's decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// Who has it now.
    #[serde(with = "id")]
    pub to: PersonId,
    /// What they are called.
    pub to_name: Option<String>,
    /// Who had it.
    #[serde(default, with = "id::option")]
    pub from: Option<PersonId>,
    /// What the person wrote for them.
    pub note: Option<String>,
}

/// A label of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labelling {
    /// Which.
    #[serde(with = "id")]
    pub label: LabelId,
    /// What it said then.
    pub name: String,
}

/// A block by staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocking {
    /// Why, as the person wrote.
    pub reason: String,
    /// On every line; else on the lines of the person.
    #[serde(default)]
    pub everywhere: bool,
}

/// What staff entered about consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// What shows it: the words of the person, or `message` and the id of a text.
    pub evidence: String,
    /// The party whose consent it is, in a pair.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
}

/// A held text about which somebody decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldText {
    /// Which.
    #[serde(with = "id")]
    pub message: MessageId,
    /// Why it goes to nobody.
    pub reason: Option<String>,
}

/// A pair has another end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// When it ends now.
    pub ends_at: At,
    /// The party who asked for it, if one did.
    pub alias: Option<String>,
}

/// A mask of the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfMask {
    /// Which.
    #[serde(with = "id")]
    pub mask: NumberId,
}
