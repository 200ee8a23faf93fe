//! Who waits: conversations without a rep, texts that wait for a rep's phone, and whose customers they are.

use crate::clock::At;
use crate::domain::ids::{ConversationId, CustomerId, MessageId, NumberId, PersonId};
use crate::domain::people::person::Duty;
use crate::domain::routing::shift::Shift;
use crate::store::sql::{QueryBuilder, query, query_as, query_scalar};
use crate::store::{Result, Tx, padded, push_list};

/// The line of a conversation, before it is held; `None` if it has none.
pub async fn line_of(tx: &mut Tx, conversation: ConversationId) -> Result<Option<NumberId>> {
    let line: Option<Option<NumberId>> =
        query_scalar("SELECT line_id FROM conversations WHERE id = $1").bind(conversation).fetch_optional(tx).await?;
    Ok(line.flatten())
}

/// The lines that a person is a member of or has open conversations on, in the order in which they are held.
pub async fn lines_of(tx: &mut Tx, person: PersonId) -> Result<Vec<NumberId>> {
    let rows: Vec<NumberId> = query_scalar(
        "SELECT line_id FROM line_members WHERE person_id = $1 UNION \
         SELECT line_id FROM conversations WHERE pinned_to = $1 AND closed_at IS NULL AND line_id IS NOT NULL \
         ORDER BY 1",
    )
    .bind(person)
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// At most `limit` open conversations of a line that nobody has, the longest waiting first.
pub async fn unassigned(tx: &mut Tx, line: NumberId, limit: i64) -> Result<Vec<ConversationId>> {
    let rows: Vec<ConversationId> = query_scalar(
        "SELECT id FROM conversations WHERE line_id = $1 AND closed_at IS NULL AND pinned_to IS NULL \
         ORDER BY COALESCE(waiting_since, last_at), id LIMIT $2",
    )
    .bind(line)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// Lines on which somebody waits unassigned.
pub async fn queued_lines(tx: &mut Tx) -> Result<Vec<NumberId>> {
    let rows: Vec<NumberId> = query_scalar(
        "SELECT DISTINCT line_id FROM conversations WHERE closed_at IS NULL AND pinned_to IS NULL \
         AND line_id IS NOT NULL ORDER BY line_id",
    )
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// The open support conversations of a person on a line, oldest first.
pub async fn open_of(tx: &mut Tx, person: PersonId, line: NumberId) -> Result<Vec<ConversationId>> {
    let rows: Vec<ConversationId> = query_scalar(
        "SELECT id FROM conversations WHERE pinned_to = $1 AND line_id = $2 AND closed_at IS NULL ORDER BY id",
    )
    .bind(person)
    .bind(line)
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// The customer's newest conversation on this line that was closed after `since`, if it is the newest of all there.
pub async fn reopenable(
    tx: &mut Tx,
    customer: CustomerId,
    line: NumberId,
    since: At,
) -> Result<Option<ConversationId>> {
    let row: Option<(i64, Option<i64>)> = query_as(
        "SELECT id, closed_at FROM conversations WHERE customer_id = $1 AND line_id = $2 AND kind = 'support' \
         ORDER BY COALESCE(closed_at, last_at) DESC, id DESC LIMIT 1",
    )
    .bind(customer)
    .bind(line)
    .fetch_optional(tx)
    .await?;
    Ok(row.filter(|(_, closed)| closed.is_some_and(|at| At(at) > since)).map(|(id, _)| ConversationId(id)))
}

/// The rep who had this customer last, if that was after `since`.
pub async fn last_rep(tx: &mut Tx, customer: CustomerId, since: At) -> Result<Option<PersonId>> {
    let id: Option<i64> = query_scalar(
        "SELECT pinned_to FROM conversations WHERE customer_id = $1 AND pinned_to IS NOT NULL AND last_at > $2 \
         ORDER BY last_at DESC, id DESC LIMIT 1",
    )
    .bind(customer)
    .bind(since)
    .fetch_optional(tx)
    .await?;
    Ok(id.map(PersonId))
}

/// Remembers that a line's picks fell on these people, for taking turns.
pub async fn picked(tx: &mut Tx, line: NumberId, people: &[PersonId], now: At) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let mut q = QueryBuilder::new("UPDATE line_members SET picked_at = ");
    q.push_bind(now).push(" WHERE line_id = ").push_bind(line).push(" AND person_id IN (");
    push_list(&mut q, padded(people).copied());
    q.build().execute(tx).await?;
    Ok(())
}

/// From which message on a conversation's texts wait for the rep's phone; none do if `None`.
pub async fn wait_from(tx: &mut Tx, conversation: ConversationId, from: Option<MessageId>) -> Result<()> {
    query("UPDATE conversations SET waits_from = $1 WHERE id = $2").bind(from).bind(conversation).execute(tx).await?;
    Ok(())
}

/// The relayed messages of a conversation from `first` on that have not gone whole to a rep's phone yet, oldest first.
pub async fn relayed_from(tx: &mut Tx, conversation: ConversationId, first: MessageId) -> Result<Vec<MessageId>> {
    let rows: Vec<MessageId> = query_scalar(
        "SELECT m.id FROM messages m WHERE m.conversation_id = $1 AND m.id >= $2 AND m.outcome = 'relayed' \
         AND m.kind IN ('text', 'keyword') AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message_id = m.id \
           AND d.kind = 'text' AND d.person_id IS NOT NULL AND d.state NOT IN ('suppressed', 'expired') \
           AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.message_id = m.id AND e.leg_id = d.leg_id \
             AND e.kind = 'text' AND e.state IN ('suppressed', 'expired'))) ORDER BY m.id",
    )
    .bind(conversation)
    .bind(first)
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// An open conversation whose rep may be missing or back.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Which.
    pub id: ConversationId,
    /// Its line.
    pub line: NumberId,
    /// Its rep.
    pub person: PersonId,
    /// When the rep works.
    pub shift: Shift,
    /// Since when they have it.
    pub pinned_at: Option<At>,
    /// The line's own policies, as JSON.
    pub policies: Option<String>,
    /// Texts wait for the rep's phone.
    pub waits: bool,
    /// The customer waits for an answer.
    pub unanswered: bool,
}

/// The open conversations with a rep in which texts wait for the rep's phone, or a customer waits for a rep who has a
/// schedule.
pub async fn kept(tx: &mut Tx) -> Result<Vec<Kept>> {
    let rows = query(
        "SELECT c.id, c.line_id, c.pinned_to, l.hours, p.schedule, l.policies, c.waits_from, c.waiting_since, c.pinned_at \
         FROM conversations c JOIN people p ON p.id = c.pinned_to JOIN lines l ON l.id = c.line_id \
         WHERE c.closed_at IS NULL AND c.id IN (SELECT w.id FROM conversations w WHERE w.waits_from IS NOT NULL \
           UNION SELECT m.id FROM people s JOIN conversations m ON m.pinned_to = s.id AND m.closed_at IS NULL \
             WHERE s.schedule IS NOT NULL AND m.waiting_since IS NOT NULL) ORDER BY c.id")
        .try_map(|row| {
            let (hours, schedule): (Option<String>, Option<String>) = (row.try_get("hours")?, row.try_get("schedule")?);
            Ok(Kept {
                id: row.try_get("id")?,
                line: row.try_get("line_id")?,
                person: row.try_get("pinned_to")?,
                shift: Shift::read(hours.as_deref(), schedule.as_deref()),
                policies: row.try_get("policies")?,
                waits: row.try_get::<Option<i64>, _>("waits_from")?.is_some(),
                unanswered: row.try_get::<Option<i64>, _>("waiting_since")?.is_some(),
                pinned_at: row.try_get("pinned_at")?,
            })
        })
        .fetch_all(tx).await?;
    Ok(rows)
}

/// Sets a person's duty; returns the one before, `None` if there is no such enabled person.
pub async fn set_duty(tx: &mut Tx, person: PersonId, duty: Duty) -> Result<Option<Duty>> {
    let lock = tx.hold("people", &[person.0]);
    let before: Option<Duty> = {
        let mut q = QueryBuilder::new("SELECT duty");
        q.push(lock.noted())
            .push(" FROM people WHERE disabled_at IS NULL AND id = ")
            .push_bind(person)
            .push(lock.clause());
        q.build_query_scalar().fetch_optional(tx).await
    }?;
    lock.done(tx, usize::from(before.is_some())).await?;
    let Some(before) = before else { return Ok(None) };
    query("UPDATE people SET duty = $1 WHERE id = $2").bind(duty).bind(person).execute(tx).await?;
    Ok(Some(before))
}
