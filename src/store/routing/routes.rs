//! Where a text goes: its conversation, and the other legs of it. [`super::selected`] has what selects it.

use crate::clock::At;
use crate::domain::ids::{ConversationId, CustomerId, LegId, MessageId, NumberId, PersonId};
use crate::domain::leg::Role;
use crate::domain::routing::shift::Shift;
use crate::store::customers::CARD_HIDDEN;
use crate::store::pairs::{self, Pair};
use crate::store::sql::{FromRow, QueryBuilder, Row, query_as, query_scalar};
use crate::store::{Result, Tx, padded, push_list};

/// A conversation, as relaying sees it.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// Which.
    pub id: ConversationId,
    /// Its line.
    pub line: Option<NumberId>,
    /// The line's name.
    pub line_name: Option<String>,
    /// Its customer, if it is a support conversation.
    pub customer: Option<CustomerId>,
    /// The customer's name, if known.
    pub customer_name: Option<String>,
    /// The customer's phone.
    pub customer_phone: Option<String>,
    /// When its line is open, as JSON.
    pub line_hours: Option<String>,
    /// Its line's own words for the line that says who a thread is about.
    pub line_context: Option<String>,
    /// Its line's own policies, as JSON.
    pub line_policies: Option<String>,
    /// Its current rep.
    pub pinned_to: Option<PersonId>,
    /// Since when.
    pub pinned_at: Option<At>,
    /// That rep's phone, if it takes texts while the rep works.
    pub rep_phone: Option<String>,
    /// That rep's own schedule, as JSON.
    pub rep_schedule: Option<String>,
    /// Closed.
    pub closed: bool,
    /// When it was closed.
    pub closed_at: Option<At>,
    /// The first message that the rep's phone has not been texted, because nobody had the conversation or its rep was
    /// off duty.
    pub waits_from: Option<MessageId>,
    /// Since when relaying is paused by the loop guard.
    pub paused_at: Option<At>,
    /// What the loop guard remembers.
    pub loop_state: Option<String>,
    /// Since when the customer waits for an answer.
    pub waiting_since: Option<At>,
    /// When it was opened.
    pub opened_at: At,
    /// Put aside until then.
    pub snoozed_until: Option<At>,
    /// Staff have blocked the customer.
    pub blocked: bool,
    /// Since when somebody should look whether the customer refuses texts.
    pub flagged_at: Option<At>,
    /// How long it has and what is passed on in it, if it is a pair.
    pub pair: Option<Pair>,
}

impl Conversation {
    /// When its rep works.
    #[must_use]
    pub fn shift(&self) -> Shift {
        Shift::read(self.line_hours.as_deref(), self.rep_schedule.as_deref())
    }

    /// Since when its rep has been off while its line was open; `None` if that is not so, or if it has none.
    #[must_use]
    pub fn missing_since(&self, now: At) -> Option<At> {
        self.pinned_to.and_then(|_| self.shift().missing_since(self.pinned_at, now))
    }

    /// Its rep works at `now`, or it has none.
    #[must_use]
    pub fn on_shift(&self, now: At) -> bool {
        // Most lines and people have no hours: then there is nothing to read.
        (self.line_hours.is_none() && self.rep_schedule.is_none()) || self.shift().on_at(now)
    }
}

/// These conversations, locked until the commit so that neither pin nor legs change meanwhile.
pub async fn conversations(tx: &mut Tx, ids: &[ConversationId]) -> Result<Vec<Conversation>> {
    let mut wanted: Vec<i64> = ids.iter().map(|id| id.0).collect();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let conversations = locked(tx, &wanted).await?;
    // PostgreSQL reads a row anew that it has waited for, but not what is joined to it: somebody else's conversation by
    // now would come without its rep, and a pair that ended meanwhile as an open one. It is held from here on, so that a
    // second look is right.
    let waits = tx.holds_rows();
    let stale = conversations
        .iter()
        .any(|(conversation, rep)| conversation.pinned_to != *rep || (waits && conversation.pair.is_some()));
    let conversations = if stale { locked(tx, &wanted).await? } else { conversations };
    Ok(conversations.into_iter().map(|(conversation, _)| conversation).collect())
}

/// Each with the rep whose phone and schedule it names.
async fn locked(tx: &mut Tx, wanted: &[i64]) -> Result<Vec<(Conversation, Option<PersonId>)>> {
    let lock = tx.hold("conversations c", wanted);
    let rows: Vec<(Conversation, Option<PersonId>)> = {
        let mut q = QueryBuilder::new("SELECT c.id, c.line_id, li.name AS line_name, c.customer_id, CASE WHEN ");
        q.push(CARD_HIDDEN).push(
            " THEN c.called ELSE u.name END AS customer_name, u.phone AS customer_phone, c.pinned_to, c.closed_at, c.paused_at, \
             c.loop_state, c.waiting_since, c.opened_at, c.snoozed_until, \
             COALESCE(u.blocked_at, (SELECT k.blocked_at FROM line_blocks k WHERE k.customer_id = c.customer_id \
               AND k.line_id = c.line_id)) AS blocked_at, li.hours, li.policies, \
             CASE WHEN p.disabled_at IS NULL AND p.phone_verified_at IS NOT NULL AND p.phone_muted_at IS NULL \
               AND p.duty IN ('on', 'away') THEN p.phone END AS rep_phone, p.schedule, c.waits_from, c.pinned_at, \
             c.flagged_at, tx.body AS line_context, p.id AS rep_id, ",
        );
        q.push(pairs::COLUMNS).push(lock.noted()).push(
            " FROM conversations c LEFT JOIN lines li ON li.id = c.line_id \
             LEFT JOIN pairs x ON x.conversation_id = c.id \
             LEFT JOIN line_texts tx ON tx.line_id = c.line_id AND tx.name = 'context' \
             LEFT JOIN customers u ON u.id = c.customer_id LEFT JOIN people p ON p.id = c.pinned_to WHERE c.id IN (",
        );
        push_list(&mut q, padded(wanted).copied());
        q.push(" ORDER BY c.id").push(lock.clause());
        q.build()
            .try_map(|row| {
                Ok((
                    Conversation {
                        id: row.try_get("id")?,
                        line: row.try_get("line_id")?,
                        line_name: row.try_get("line_name")?,
                        customer: row.try_get("customer_id")?,
                        customer_name: row.try_get("customer_name")?,
                        customer_phone: row.try_get("customer_phone")?,
                        pinned_to: row.try_get("pinned_to")?,
                        closed: row.try_get::<Option<i64>, _>("closed_at")?.is_some(),
                        closed_at: row.try_get("closed_at")?,
                        paused_at: row.try_get("paused_at")?,
                        loop_state: row.try_get("loop_state")?,
                        waiting_since: row.try_get("waiting_since")?,
                        opened_at: row.try_get("opened_at")?,
                        snoozed_until: row.try_get("snoozed_until")?,
                        blocked: row.try_get::<Option<i64>, _>("blocked_at")?.is_some(),
                        line_hours: row.try_get("hours")?,
                        line_policies: row.try_get("policies")?,
                        rep_phone: row.try_get("rep_phone")?,
                        rep_schedule: row.try_get("schedule")?,
                        waits_from: row.try_get("waits_from")?,
                        pinned_at: row.try_get("pinned_at")?,
                        flagged_at: row.try_get("flagged_at")?,
                        line_context: row.try_get("line_context")?,
                        pair: pairs::read(&row)?,
                    },
                    row.try_get("rep_id")?,
                ))
            })
            .fetch_all(tx)
            .await
    }?;
    lock.done(tx, rows.len()).await?;
    Ok(rows)
}

/// A live leg, with what decides whether its phone gets texts.
#[derive(Clone, Debug)]
pub struct LiveLeg {
    /// Which.
    pub id: LegId,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// Whose way it is.
    pub role: Role,
    /// Whose, if staff's.
    pub person: Option<PersonId>,
    /// Its owner's name, if staff.
    pub person_name: Option<String>,
    /// What a party is called by the others.
    pub alias: Option<String>,
    /// Its phone.
    pub phone: String,
    /// Our number in it.
    pub number: NumberId,
    /// Its first text has been sent.
    pub greeted: bool,
    /// The phone takes texts now: always for customers and parties; for staff verified, not muted, on duty, enabled.
    pub reachable: bool,
}

const LEG: &str = "SELECT l.id, l.conversation_id, l.role, l.person_id, p.name, l.phone, l.number_id, l.greeted_at, \
     CASE WHEN l.person_id IS NULL OR (p.disabled_at IS NULL AND p.phone = l.phone AND p.phone_verified_at IS NOT NULL \
       AND p.phone_muted_at IS NULL AND p.duty IN ('on', 'away')) THEN 1 ELSE 0 END AS reachable, l.alias \
     FROM legs l LEFT JOIN people p ON p.id = l.person_id ";

/// The live legs of these conversations. Hold the conversations ([`conversations`]) first.
pub async fn live_legs(tx: &mut Tx, conversations: &[ConversationId]) -> Result<Vec<LiveLeg>> {
    if conversations.is_empty() {
        return Ok(Vec::new());
    }
    let rows = {
        let mut q = QueryBuilder::new(LEG);
        q.push("WHERE l.ended_at IS NULL AND l.conversation_id IN (");
        push_list(&mut q, padded(conversations).copied());
        q.push(" ORDER BY l.id");
        q.build()
            .try_map(|row| {
                Ok(LiveLeg {
                    id: row.try_get("id")?,
                    conversation: row.try_get("conversation_id")?,
                    role: row.try_get("role")?,
                    person: row.try_get("person_id")?,
                    person_name: row.try_get("name")?,
                    phone: row.try_get("phone")?,
                    number: row.try_get("number_id")?,
                    greeted: row.try_get::<Option<i64>, _>("greeted_at")?.is_some(),
                    reachable: row.try_get::<i32, _>("reachable")? == 1,
                    alias: row.try_get("alias")?,
                })
            })
            .fetch_all(tx)
            .await
    }?;
    Ok(rows)
}

/// The conversation of the live leg of a phone on one of our numbers.
pub async fn live_on(tx: &mut Tx, phone: &str, number: NumberId) -> Result<Option<ConversationId>> {
    let id: Option<ConversationId> =
        query_scalar("SELECT conversation_id FROM legs WHERE phone = $1 AND number_id = $2 AND ended_at IS NULL")
            .bind(phone)
            .bind(number)
            .fetch_optional(tx)
            .await?;
    Ok(id)
}

/// The newest leg, live or ended, of a phone on one of our numbers.
#[derive(Clone, Debug)]
pub struct PastLeg {
    /// Which.
    pub id: LegId,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// Whose, if staff's.
    pub person: Option<PersonId>,
    /// Who has the conversation now.
    pub pinned_to: Option<PersonId>,
    /// That person's name.
    pub pinned_name: Option<String>,
    /// The conversation is closed.
    pub closed: bool,
    /// Since when.
    pub closed_at: Option<At>,
    /// What a party was called by the others.
    pub alias: Option<String>,
}

impl PastLeg {
    /// It was the way of `rep`, who still has the conversation, open or closed.
    #[must_use]
    pub fn still_of(&self, rep: Option<PersonId>) -> bool {
        rep.is_some() && self.person == rep && self.pinned_to == rep
    }

    /// It was a rep's, and its conversation goes on with somebody else.
    #[must_use]
    pub fn moved(&self) -> bool {
        !self.closed && self.person.is_some() && self.pinned_to.is_some() && self.person != self.pinned_to
    }
}

impl FromRow for PastLeg {
    fn from_row(row: &Row) -> sqlx::Result<Self> {
        let closed_at: Option<At> = row.try_get("closed_at")?;
        Ok(PastLeg {
            id: row.try_get("id")?,
            conversation: row.try_get("conversation_id")?,
            person: row.try_get("person_id")?,
            pinned_to: row.try_get("pinned_to")?,
            pinned_name: row.try_get("name")?,
            closed: closed_at.is_some(),
            closed_at,
            alias: row.try_get("alias")?,
        })
    }
}

/// The newest leg of `phone` on `number`, if there ever was one.
pub async fn last_leg(tx: &mut Tx, phone: &str, number: NumberId) -> Result<Option<PastLeg>> {
    Ok(query_as(
        "SELECT l.id, l.conversation_id, l.person_id, c.pinned_to, p.name, c.closed_at, l.alias FROM legs l \
         JOIN conversations c ON c.id = l.conversation_id LEFT JOIN people p ON p.id = c.pinned_to \
         WHERE l.phone = $1 AND l.number_id = $2 ORDER BY l.opened_at DESC, l.id DESC LIMIT 1",
    )
    .bind(phone)
    .bind(number)
    .fetch_optional(tx)
    .await?)
}

/// Which of these carrier ids are stored already.
pub async fn known(tx: &mut Tx, account: &str, ids: &[&str]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for some in ids.chunks(256) {
        let rows: Vec<(String,)> = {
            let mut q = QueryBuilder::new("SELECT carrier_id FROM messages WHERE carrier_account = ");
            q.push_bind(account.to_owned()).push(" AND carrier_id IN (");
            push_list(&mut q, padded(some).map(|id| (*id).to_owned()));
            q.build_query_as().fetch_all(tx).await
        }?;
        found.extend(rows.into_iter().map(|(id,)| id));
    }
    Ok(found)
}
