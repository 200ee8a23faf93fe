//! Row ids as types of their own, so that a person can never be mistaken for a conversation.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// A rep, manager or admin.
    PersonId,
    /// One of our numbers, line or mask; a line has the id of its number.
    NumberId,
    /// Somebody who texts a line.
    CustomerId,
    /// A conversation; the number that people say ("#1042").
    ConversationId,
    /// One person's way into a conversation.
    LegId,
    /// What somebody said, once.
    MessageId,
    /// The undertaking to put one part of a message on one phone.
    DeliveryId,
    /// One request to the carrier.
    AttemptId,
    /// A word that staff put on conversations.
    LabelId,
    /// A text that is kept to be used again.
    CannedReplyId,
    /// A search that somebody keeps.
    SavedSearchId,
    /// A reply that is not sent yet: it may be undone, or is scheduled.
    PlannedReplyId,
    /// A mask that is ordered.
    PoolOrderId,
    /// A program of an integrator: whatever it asks for is its own.
    AppId,
    /// What a program of an integrator shows to be let in.
    TokenId,
    /// An address to which events are posted.
    EndpointId,
    /// Something that integrators are told of.
    EventId,
}
