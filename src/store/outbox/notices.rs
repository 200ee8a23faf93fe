//! What the texts of the program need: throttle windows, and where an author can be told.

use crate::clock::At;
use crate::domain::ids::{ConversationId, DeliveryId, LegId, MessageId, NumberId, PersonId};
use crate::domain::leg::Role;
use crate::domain::outbox::delivery::Kind;
use crate::store::sql::{QueryBuilder, from_row, query_scalar};
use crate::store::{Result, Tx, padded, push_list};

/// When the newest window of notices of this kind began.
pub async fn last_window(tx: &mut Tx, kind: Kind, number: NumberId, to: &str) -> Result<Option<At>> {
    let at: Option<At> = query_scalar(
        "SELECT MAX(window_at) FROM deliveries WHERE to_phone = $1 AND number_id = $2 AND kind = $3 \
         AND window_at IS NOT NULL",
    )
    .bind(to)
    .bind(number)
    .bind(kind)
    .fetch_one(tx)
    .await?;
    Ok(at)
}

/// When somebody last answered in a conversation, from a phone or the web.
pub async fn last_answer(tx: &mut Tx, conversation: ConversationId) -> Result<Option<At>> {
    let at: Option<At> = query_scalar(
        "SELECT MAX(accepted_at) FROM messages WHERE conversation_id = $1 AND author = 'rep' AND kind = 'text' \
         AND outcome = 'relayed'",
    )
    .bind(conversation)
    .fetch_one(tx)
    .await?;
    Ok(at)
}

/// A staff leg, as a word to its owner needs it.
#[derive(Clone, Debug)]
pub struct RepLeg {
    /// Which.
    pub id: LegId,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// Whose.
    pub person: Option<PersonId>,
    /// Its phone.
    pub phone: String,
    /// Our number in it.
    pub number: NumberId,
    /// The customer's phone.
    pub counterpart: Option<String>,
    /// A party's: it is told without naming anybody's number.
    pub party: bool,
}

/// Those of these legs that are staff's, live or ended (an author may be told after the leg has ended), and those of
/// parties that are live: after the end of a pair nobody in it is texted any more.
pub async fn rep_legs(tx: &mut Tx, ids: &[LegId]) -> Result<Vec<RepLeg>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = {
        let mut q = QueryBuilder::new(
            "SELECT id, conversation_id, person_id, phone, number_id, counterpart, role FROM legs \
             WHERE (role = 'rep' OR (role = 'party' AND ended_at IS NULL)) AND id IN (",
        );
        push_list(&mut q, padded(ids).copied());
        q.build()
            .try_map(|row| {
                Ok(RepLeg {
                    id: row.try_get("id")?,
                    conversation: row.try_get("conversation_id")?,
                    person: row.try_get("person_id")?,
                    phone: row.try_get("phone")?,
                    number: row.try_get("number_id")?,
                    counterpart: row.try_get("counterpart")?,
                    party: row.try_get::<Role, _>("role")? == Role::Party,
                })
            })
            .fetch_all(tx)
            .await
    }?;
    Ok(rows)
}

/// Those of these messages whose authors have been told of a failure already.
pub async fn told(tx: &mut Tx, messages: &[MessageId]) -> Result<Vec<MessageId>> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<MessageId> = {
        let mut q = QueryBuilder::new("SELECT message_id FROM deliveries WHERE kind = 'failure' AND message_id IN (");
        push_list(&mut q, padded(messages).copied());
        q.build_query_scalar().fetch_all(tx).await
    }?;
    Ok(rows)
}

from_row! {
    struct MessagesOfRow {
        id: DeliveryId,
        message_id: MessageId,
        leg_id: Option<LegId>,
    }
}

/// The messages that these deliveries carry, notices left out.
pub async fn messages_of(
    tx: &mut Tx,
    deliveries: &[DeliveryId],
) -> Result<Vec<(DeliveryId, MessageId, Option<LegId>)>> {
    if deliveries.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<MessagesOfRow> = {
        let mut q = QueryBuilder::new(
            "SELECT id, message_id, leg_id FROM deliveries WHERE kind = 'text' AND message_id IS NOT NULL AND id IN (",
        );
        push_list(&mut q, padded(deliveries).copied());
        q.push(" ORDER BY id");
        q.build_query_as().fetch_all(tx).await
    }?;
    Ok(rows.into_iter().map(|MessagesOfRow { id, message_id: message, leg_id: leg }| (id, message, leg)).collect())
}

/// How often `phone` has been told of a failure in a conversation after `since`.
pub async fn failures(tx: &mut Tx, conversation: ConversationId, phone: &str, since: At) -> Result<i64> {
    let count: i64 = query_scalar(
        "SELECT COUNT(*) FROM deliveries WHERE conversation_id = $1 AND kind = 'failure' AND to_phone = $2 \
         AND accepted_at > $3",
    )
    .bind(conversation)
    .bind(phone)
    .bind(since)
    .fetch_one(tx)
    .await?;
    Ok(count)
}
