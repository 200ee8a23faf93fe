//! The events of the timeline: one enum, in which each kind of event carries what belongs to it, and another one for what
//! concerns no conversation.
//!
//! What serde derives is the form of the database: the variant's name in snake case is the column `kind`, and the fields
//! are the JSON object in the column `data`. `stored.rs` alone converts. Databases keep rows of earlier versions, so words
//! and keys never change, and a field that is added later needs a default.

mod house;
mod id;
mod parts;
mod stored;
#[cfg(test)]
mod tests;

pub use house::HouseEvent;
pub use parts::{Blocking, Closing, Consent, Decided, Handover, HeldText, Labelling, Loss, Moved, OfMask};
use serde::{Deserialize, Serialize};
pub use stored::{Stored, Told};

use crate::clock::At;
use crate::domain::ids::{ConversationId, DeliveryId, LegId, MessageId, NumberId, PersonId};
use crate::domain::message::Channel;
use crate::domain::pairs::expiry::Ending;
use crate::domain::routing::pick::Pick;

/// Something that happened to a conversation. Its row says when, and which person did it if a person did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
pub enum Event {
    /// The customer began it.
    Opened {},
    /// Staff began it.
    Started {},
    /// It was given to whoever was picked.
    Picked(Pick),
    /// Nobody could take it.
    Unassigned(Pick),
    /// Somebody took it.
    Claimed(Handover),
    /// Somebody gave it to somebody else.
    Transferred(Handover),
    /// Its rep lost it.
    TakenAway {
        /// Who had it.
        #[serde(with = "id")]
        from: PersonId,
        /// Why they have it no more.
        why: Loss,
    },
    /// What waited for its rep waits no longer.
    Released {
        /// The rep.
        #[serde(with = "id")]
        person: PersonId,
        /// Where they answer: what waited was sent to their phone, if they have one.
        to: Channel,
    },
    /// It is open again.
    Reopened {
        /// Why, in words for people.
        why: String,
    },
    /// It was closed.
    Closed {
        /// Why, if no person did it.
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<Closing>,
        /// For how long nothing was said.
        #[serde(skip_serializing_if = "Option::is_none")]
        hours: Option<u64>,
    },
    /// It was put aside.
    Snoozed {
        /// Until when.
        until: At,
    },
    /// It is back.
    Woke {
        /// Why, in words for people.
        why: String,
    },
    /// It got a label.
    Labelled(Labelling),
    /// A label was taken off it.
    Unlabelled(Labelling),
    /// Its contact has another name.
    Renamed {
        /// The name before.
        from: Option<String>,
        /// The name now.
        to: Option<String>,
    },
    /// Its contact was put together with another.
    Merged {
        /// The other's conversation.
        #[serde(with = "id")]
        with: ConversationId,
    },
    /// Its contact was taken apart from another.
    Separated {
        /// The other's conversation.
        #[serde(with = "id")]
        with: ConversationId,
    },
    /// Staff blocked its customer.
    Blocked(Blocking),
    /// Staff lifted a block.
    Unblocked(Blocking),
    /// Staff entered that somebody wants no texts.
    ConsentWithdrawn(Consent),
    /// Staff took back that somebody wants no texts.
    ConsentRestored(Consent),
    /// A text reads as if its author wanted no more texts.
    LooksLikeRefusal {
        /// Which text.
        #[serde(with = "id")]
        message: MessageId,
        /// The party who wrote it, in a pair.
        #[serde(skip_serializing_if = "Option::is_none")]
        party: Option<String>,
    },
    /// A person saw no refusal in it.
    NoRefusal {
        /// In which text.
        #[serde(with = "id")]
        message: MessageId,
    },
    /// Texts to its rep's phone, or to a party's, come from this mask from here on.
    LegOpened {
        /// The rep.
        #[serde(default, with = "id::option", skip_serializing_if = "Option::is_none")]
        person: Option<PersonId>,
        /// The party.
        #[serde(skip_serializing_if = "Option::is_none")]
        alias: Option<String>,
        /// The leg.
        #[serde(with = "id")]
        leg: LegId,
        /// The mask.
        #[serde(with = "id")]
        mask: NumberId,
        /// Why this mask, in words for people.
        why: String,
    },
    /// The rep's leg ended, because another conversation needed its mask.
    LegRested {
        /// The rep.
        #[serde(with = "id")]
        person: PersonId,
        /// The leg.
        #[serde(with = "id")]
        leg: LegId,
        /// The mask.
        #[serde(with = "id")]
        mask: NumberId,
    },
    /// No mask was free for the rep's phone.
    NoMask {
        /// The rep.
        #[serde(with = "id")]
        person: PersonId,
        /// Why none, in words for people.
        why: String,
    },
    /// A rep turned off the texts to their phone.
    PhoneOff {
        /// The rep, if the phone is anybody's.
        #[serde(default, with = "id::option")]
        person: Option<PersonId>,
    },
    /// Two machines seem to answer each other: nothing is passed on for now.
    LoopPaused {},
    /// A held text was sent on.
    HeldForwarded(HeldText),
    /// A held text was put away.
    HeldDismissed(HeldText),
    /// Somebody cancelled another's text that waited for its time.
    PlannedCancelled {
        /// Whose text.
        #[serde(with = "id")]
        author: PersonId,
    },
    /// Somebody gave another's text that waited another time.
    PlannedMoved {
        /// Whose text.
        #[serde(with = "id")]
        author: PersonId,
    },
    /// A person decided about a text in doubt.
    DeliveryDecided {
        /// Which.
        #[serde(with = "id")]
        delivery: DeliveryId,
        /// What.
        decision: Decided,
        /// Why nobody finds out.
        reason: Option<String>,
    },
    /// The carrier may have sent a text twice.
    Doubled {
        /// Which.
        #[serde(with = "id")]
        delivery: DeliveryId,
    },
    /// A program opened this pair.
    PairOpened {
        /// What the program calls it.
        reference: String,
        /// When it ends.
        ends_at: At,
        /// What moves its end.
        expiry: String,
    },
    /// A program joined another transaction to this pair.
    PairMerged {
        /// What the program calls that.
        reference: String,
        /// When the pair ends now.
        ends_at: At,
    },
    /// The transaction is complete.
    PairCompleted(Moved),
    /// It ends later.
    PairExtended(Moved),
    /// It ends soon.
    PairExpiring {
        /// When.
        ends_at: At,
    },
    /// It has ended.
    PairEnded {
        /// Why.
        why: Ending,
    },
    /// A party has another phone.
    PartyChanged {
        /// Who.
        alias: String,
        /// Their new leg.
        #[serde(with = "id")]
        leg: LegId,
        /// Its mask.
        #[serde(with = "id")]
        mask: NumberId,
        /// Why this mask, in words for people.
        why: String,
    },
}

impl Event {
    /// What a pick came to.
    #[must_use]
    pub fn of_pick(pick: Pick) -> Self {
        if pick.chosen.is_some() { Event::Picked(pick) } else { Event::Unassigned(pick) }
    }

    /// Whom it gave its conversation to.
    #[must_use]
    pub fn given_to(&self) -> Option<PersonId> {
        match self {
            Event::Picked(pick) => pick.chosen,
            Event::Claimed(handover) | Event::Transferred(handover) => Some(handover.to),
            Event::Opened {}
            | Event::Started {}
            | Event::Unassigned(_)
            | Event::TakenAway { .. }
            | Event::Released { .. }
            | Event::Reopened { .. }
            | Event::Closed { .. }
            | Event::Snoozed { .. }
            | Event::Woke { .. }
            | Event::Labelled(_)
            | Event::Unlabelled(_)
            | Event::Renamed { .. }
            | Event::Merged { .. }
            | Event::Separated { .. }
            | Event::Blocked(_)
            | Event::Unblocked(_)
            | Event::ConsentWithdrawn(_)
            | Event::ConsentRestored(_)
            | Event::LooksLikeRefusal { .. }
            | Event::NoRefusal { .. }
            | Event::LegOpened { .. }
            | Event::LegRested { .. }
            | Event::NoMask { .. }
            | Event::PhoneOff { .. }
            | Event::LoopPaused {}
            | Event::HeldForwarded(_)
            | Event::HeldDismissed(_)
            | Event::PlannedCancelled { .. }
            | Event::PlannedMoved { .. }
            | Event::DeliveryDecided { .. }
            | Event::Doubled { .. }
            | Event::PairOpened { .. }
            | Event::PairMerged { .. }
            | Event::PairCompleted(_)
            | Event::PairExtended(_)
            | Event::PairExpiring { .. }
            | Event::PairEnded { .. }
            | Event::PartyChanged { .. } => None,
        }
    }
}
