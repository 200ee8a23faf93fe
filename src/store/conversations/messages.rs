//! Messages, and the state of each conversation after them.

use crate::clock::At;
use crate::domain::ids::{ConversationId, LegId, MessageId, PersonId};
use crate::domain::message::{Author, Channel, Kind, Outcome};
use crate::store::sql::{Batch, QueryBuilder, query, query_as, query_scalar};
use crate::store::{Result, Tx, padded, push_list};

/// A message as it is written.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// Row id.
    pub id: MessageId,
    /// Where it belongs; none for a stray text.
    pub conversation: Option<ConversationId>,
    /// Who says it.
    pub author: Author,
    /// Who, if staff.
    pub author_id: Option<PersonId>,
    /// How it came in.
    pub way: Channel,
    /// What it is.
    pub kind: Kind,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, where it was not relayed.
    pub why: Option<String>,
    /// How it travelled: JSON for "why this rep?".
    pub trace: Option<String>,
    /// Verbatim.
    pub body: String,
    /// JSON list of addresses and types.
    pub media: Option<String>,
    /// The sender as the carrier wrote it.
    pub from_phone: Option<String>,
    /// Our number as the carrier wrote it.
    pub to_number: Option<String>,
    /// The leg that it came by.
    pub leg: Option<LegId>,
    /// When it was taken in.
    pub accepted_at: At,
    /// The account at the carrier.
    pub carrier_account: Option<String>,
    /// The carrier's id.
    pub carrier_id: Option<String>,
    /// The webhook as it came; dropped after 30 days.
    pub raw: Option<String>,
    /// Names the form that it was typed into, so that a doubled post is one message.
    pub form_key: Option<String>,
}

impl NewMessage {
    /// Something written in this program, which no carrier has seen: `author` and by which `way`.
    #[must_use]
    pub fn ours(
        id: MessageId,
        conversation: ConversationId,
        (author, way): (Author, Channel),
        body: String,
        accepted_at: At,
    ) -> Self {
        NewMessage {
            id,
            conversation: Some(conversation),
            author,
            author_id: None,
            way,
            kind: Kind::Text,
            outcome: Outcome::Relayed,
            why: None,
            trace: None,
            body,
            media: None,
            from_phone: None,
            to_number: None,
            leg: None,
            accepted_at,
            carrier_account: None,
            carrier_id: None,
            raw: None,
            form_key: None,
        }
    }
}

/// Writes messages.
///
/// # Errors
/// [`crate::store::Error::Conflict`] if one is stored already.
pub fn insert(batch: &mut Batch, rows: &[NewMessage]) {
    for piece in batch.pieces(rows) {
        let mut q = QueryBuilder::new(
            "INSERT INTO messages (id, conversation_id, author, author_id, way, kind, outcome, why, trace, body, \
             media, from_phone, to_number, leg_id, accepted_at, carrier_account, carrier_id, raw, form_key) ",
        );
        q.push_values(piece, |mut b, row| {
            b.push_bind(row.id)
                .push_bind(row.conversation)
                .push_bind(row.author)
                .push_bind(row.author_id)
                .push_bind(row.way)
                .push_bind(row.kind)
                .push_bind(row.outcome)
                .push_bind(row.why.clone())
                .push_bind(row.trace.clone())
                .push_bind(row.body.clone())
                .push_bind(row.media.clone())
                .push_bind(row.from_phone.clone())
                .push_bind(row.to_number.clone())
                .push_bind(row.leg)
                .push_bind(row.accepted_at)
                .push_bind(row.carrier_account.clone())
                .push_bind(row.carrier_id.clone())
                .push_bind(row.raw.clone())
                .push_bind(row.form_key.clone());
        });
        batch.add(q.build());
    }
}

/// The message that was typed into the form of that key, if it was sent before.
pub async fn by_form_key(tx: &mut Tx, key: &str) -> Result<Option<MessageId>> {
    let row: Option<MessageId> =
        query_scalar("SELECT id FROM messages WHERE form_key = $1").bind(key).fetch_optional(tx).await?;
    Ok(row)
}

/// What a message of a conversation said to the customer, and whether any of its texts did not arrive. `None` if it is no
/// text of staff there.
pub async fn unarrived(tx: &mut Tx, conversation: ConversationId, id: MessageId) -> Result<Option<(String, bool)>> {
    let row: Option<(String, i64)> = query_as(
        "SELECT m.body, (SELECT COUNT(*) FROM deliveries d WHERE d.message_id = m.id AND d.kind = 'text' \
           AND d.person_id IS NULL AND d.state IN ('undelivered', 'failed', 'suppressed', 'expired', 'dead')) \
         FROM messages m WHERE m.id = $1 AND m.conversation_id = $2 AND m.kind = 'text' AND m.author = 'rep' \
           AND m.outcome = 'relayed'",
    )
    .bind(id)
    .bind(conversation)
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|(body, failed)| (body, failed > 0)))
}

/// The conversation in which `author` sent the form of that key before, if so.
pub async fn place_of_form(tx: &mut Tx, key: &str, author: PersonId) -> Result<Option<ConversationId>> {
    let row: Option<ConversationId> = query_scalar(
        "SELECT conversation_id FROM messages WHERE form_key = $1 AND author_id = $2 AND conversation_id IS NOT NULL",
    )
    .bind(key)
    .bind(author)
    .fetch_optional(tx)
    .await?;
    Ok(row)
}

/// How a conversation stands after a message.
#[derive(Clone, Debug)]
pub struct Said {
    /// Which.
    pub id: ConversationId,
    /// When the last message came.
    pub last_at: At,
    /// When the customer last wrote, if this was the customer.
    pub inbound_at: Option<At>,
    /// Since when the customer waits; `None` after an answer.
    pub waiting_since: Option<At>,
    /// The first characters of the last message.
    pub preview: String,
    /// What the loop guard remembers.
    pub loop_state: Option<String>,
    /// Since when relaying is paused.
    pub paused_at: Option<At>,
    /// The first message that still waits for the rep's phone.
    pub waits_from: Option<MessageId>,
    /// The customer's first text that nobody responsible has seen.
    pub unread: Unread,
}

/// What messages do to the mark of what has not been seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    /// Staff wrote, so they have seen what was there; failures that they knew of are dealt with.
    pub seen: bool,
    /// The customer's first text since then.
    pub from: Option<MessageId>,
}

impl Unread {
    /// Staff wrote.
    pub const SEEN: Unread = Unread { seen: true, from: None };

    /// The customer wrote `message`.
    #[must_use]
    pub fn said(self, message: MessageId) -> Self {
        Unread { from: self.from.or(Some(message)), ..self }
    }
}

/// Brings conversations up to date after messages; of each at most one row.
pub fn said(batch: &mut Batch, rows: &[Said]) {
    if rows.is_empty() {
        return;
    }
    let mut q = QueryBuilder::new(
        "WITH v(id, last_at, inbound_at, waiting, preview, loop_state, paused, waits, seen, unread) AS (",
    );
    q.push_values(padded(rows), |mut b, row| {
        b.push_bind(row.id)
            .push_bind(row.last_at)
            .push_bind(row.inbound_at)
            .push_bind(row.waiting_since)
            .push_bind(row.preview.clone())
            .push_bind(row.loop_state.clone())
            .push_bind(row.paused_at)
            .push_bind(row.waits_from)
            .push_bind(i64::from(row.unread.seen))
            .push_bind(row.unread.from);
    });
    q.push(
        ") UPDATE conversations SET last_at = v.last_at, \
         last_inbound_at = COALESCE(v.inbound_at, last_inbound_at), waiting_since = v.waiting, \
         preview = v.preview, loop_state = v.loop_state, paused_at = v.paused, waits_from = v.waits, \
         unread_from = CASE v.seen WHEN 1 THEN v.unread ELSE COALESCE(unread_from, v.unread) END, \
         failed_at = CASE v.seen WHEN 1 THEN NULL ELSE failed_at END, \
         card_hidden = CASE WHEN v.inbound_at IS NULL THEN card_hidden ELSE 0 END \
         FROM v WHERE conversations.id = v.id",
    );
    batch.add(q.build());
}

/// The first characters of a body, for lists.
#[must_use]
pub fn preview(body: &str) -> String {
    body.chars().take(120).map(|ch| if ch.is_control() { ' ' } else { ch }).collect()
}

/// Remembers that a text was sent at `sent_at` and missed then.
pub async fn missed(tx: &mut Tx, account: &str, carrier_id: &str, sent_at: At) -> Result<()> {
    query("UPDATE messages SET sent_at = $3 WHERE carrier_account = $1 AND carrier_id = $2")
        .bind(account)
        .bind(carrier_id)
        .bind(sent_at)
        .execute(tx)
        .await?;
    Ok(())
}

/// What the failure of a delivery needs to know about its message.
#[derive(Clone, Debug)]
pub struct Authored {
    /// Which.
    pub id: MessageId,
    /// How it came in.
    pub way: Channel,
    /// The leg that it came by.
    pub leg: Option<LegId>,
}

/// These messages' authors.
pub async fn authored(tx: &mut Tx, ids: &[MessageId]) -> Result<Vec<Authored>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = {
        let mut q = QueryBuilder::new("SELECT id, way, leg_id FROM messages WHERE id IN (");
        push_list(&mut q, padded(ids).copied());
        q.build()
            .try_map(|row| {
                Ok(Authored { id: row.try_get("id")?, way: row.try_get("way")?, leg: row.try_get("leg_id")? })
            })
            .fetch_all(tx)
            .await
    }?;
    Ok(rows)
}
