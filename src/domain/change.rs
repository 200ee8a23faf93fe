//! What open browsers are told: that something changed, without content.

use crate::domain::ids::ConversationId;
use crate::domain::vocabulary::words;

words! {
    /// What changed. Open pages know the words, too (`static/live.js`).
    Changed {
        /// Something was said.
        Message = "message",
        /// A text that leaves is in another state.
        Delivery = "delivery",
        /// The conversation itself: who has it, whether it is open, its labels and its contact.
        Conversation = "conversation",
        /// Somebody has read it.
        Reading = "reading",
        /// Somebody looks at it or types in it.
        Presence = "presence",
        /// A held text came, or was decided.
        Held = "held",
        /// Who takes customers, and the rules of lines.
        Duty = "duty",
        /// The pool of masks.
        Pool = "pool",
    }
}

/// Something that somebody may want to look at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The cursor: rises with every change.
    pub id: i64,
    /// The conversation that changed; 0 where none did: held texts of none, duty, the pool.
    pub conversation: ConversationId,
    /// What changed.
    pub kind: Changed,
}
