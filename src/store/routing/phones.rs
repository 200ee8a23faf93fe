//! What depends on a phone that gets another owner.

use crate::domain::ids::{ConversationId, LegId, NumberId, PersonId};
use crate::store::sql::{from_row, query_as};
use crate::store::{Result, Tx};

/// A live way into a conversation by a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Whose, if staff's; a customer's otherwise.
    pub person: Option<PersonId>,
    /// Who is at the other end.
    pub counterpart: Option<String>,
}

from_row!(Thread { conversation, person, counterpart });

/// The live legs of `phone` in support conversations.
pub async fn threads(tx: &mut Tx, phone: &str) -> Result<Vec<Thread>> {
    let rows: Vec<Thread> = query_as(
        "SELECT conversation_id AS conversation, person_id AS person, counterpart FROM legs \
         WHERE phone = $1 AND ended_at IS NULL AND role IN ('customer', 'rep') ORDER BY conversation_id",
    )
    .bind(phone)
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// The live legs of a colleague's `phone` on numbers that it has blocked.
pub async fn blocked_threads(tx: &mut Tx, phone: &str) -> Result<Vec<Thread>> {
    let rows: Vec<Thread> = query_as(
        "SELECT l.conversation_id AS conversation, l.person_id AS person, l.counterpart FROM legs l WHERE l.phone = $1 AND l.ended_at IS NULL \
         AND l.role = 'rep' AND (SELECT b.blocked FROM blocks b WHERE b.phone = l.phone AND b.number_id = l.number_id \
           ORDER BY b.id DESC LIMIT 1) = 1 ORDER BY l.conversation_id",
    )
    .bind(phone)
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

from_row! {
    struct IdlestRow {
        id: LegId,
        conversation_id: ConversationId,
        number_id: NumberId,
    }
}

/// The live thread of a colleague's `phone` in which nothing was said for longest, `except` one conversation: its leg,
/// conversation and our number. Threads on numbers that the phone has blocked or that take no new legs are left out.
pub async fn idlest(
    tx: &mut Tx,
    phone: &str,
    except: ConversationId,
) -> Result<Option<(LegId, ConversationId, NumberId)>> {
    let row: Option<IdlestRow> = query_as(
        "SELECT l.id, l.conversation_id, l.number_id FROM legs l JOIN conversations c ON c.id = l.conversation_id \
         JOIN numbers n ON n.id = l.number_id AND n.state = 'active' AND n.role = 'mask' \
         WHERE l.phone = $1 AND l.ended_at IS NULL AND l.role = 'rep' AND l.conversation_id <> $2 \
         AND COALESCE((SELECT b.blocked FROM blocks b WHERE b.phone = l.phone AND b.number_id = l.number_id \
           ORDER BY b.id DESC LIMIT 1), 0) <> 1 ORDER BY c.last_at, c.id LIMIT 1",
    )
    .bind(phone)
    .bind(except)
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|IdlestRow { id: leg, conversation_id: conversation, number_id: number }| (leg, conversation, number)))
}
