//! What open browsers are told: that something changed, without content.

use crate::domain::ids::ConversationId;

/// Something that somebody may want to look at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The cursor: rises with every change.
    pub id: i64,
    /// The conversation that changed; 0 for held texts that belong to none.
    pub conversation: ConversationId,
    /// What changed: `message`, `delivery`, `conversation`, `held`.
    pub kind: String,
}
