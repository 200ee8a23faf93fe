//! What opening a conversation reads and writes: line, members, customer, legs, masks.

use crate::clock::At;
use crate::domain::ids::{ConversationId, CustomerId, LegId, NumberId, PersonId};
use crate::domain::leg::{Ended, Role};
use crate::domain::numbers::country;
use crate::domain::routing::allocation::{LastLeg, Mask};
use crate::domain::routing::pick::Member;
use crate::domain::routing::shift::Shift;
use crate::domain::words::text::Wording;
use crate::store::engine::lock_order::hold_members;
use crate::store::sql::{Batch, QueryBuilder, from_row, query, query_scalar};
use crate::store::{Result, Tx, padded, pieces, push_list};

/// A member of a line, with the phone that takes their texts.
#[derive(Clone, Debug)]
pub struct LineMember {
    /// As the pick sees them.
    pub member: Member,
    /// Their phone, if it takes texts.
    pub phone: Option<String>,
}

/// What a line says about itself.
#[derive(Clone, Debug, Default)]
pub struct LineRules {
    /// When it is open, as JSON; always if `None`.
    pub hours: Option<String>,
    /// Its own policies, as JSON; the usual ones if `None`.
    pub policies: Option<String>,
    /// What it says to somebody who opens a conversation, if it says anything.
    pub greeting: Option<String>,
}

from_row! {
    struct HoldLineRow {
        hours: Option<String>,
        policies: Option<String>,
        greeting: Option<String>,
    }
}

/// Holds the line until the commit, so that picks on it come one after the other; `None` if there is no such line.
/// Lines are held before conversations, and several in the order of their ids.
pub async fn hold_line(tx: &mut Tx, line: NumberId) -> Result<Option<LineRules>> {
    let lock = tx.hold("lines", &[line.0]);
    let row: Option<HoldLineRow> = {
        let mut q = QueryBuilder::new(
            "SELECT hours, policies, (SELECT t.body FROM line_texts t WHERE t.line_id = lines.id AND t.name = ",
        );
        q.push_bind(Wording::Greeting.name()).push(") AS greeting").push(lock.noted()).push(" FROM lines WHERE id = ");
        q.push_bind(line).push(lock.clause());
        q.build_query_as().fetch_optional(tx).await
    }?;
    lock.done(tx, usize::from(row.is_some())).await?;
    hold_members(tx, &[line.0]).await?;
    Ok(row.map(|HoldLineRow { hours, policies, greeting }| LineRules { hours, policies, greeting }))
}

/// Whose open conversations are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Only those of members who have a limit: of the others nobody asks.
    Limited,
    /// Everybody's.
    All,
}

/// The members of a line, oldest first, as they stand at `now` under the line's `hours`.
pub async fn members(
    tx: &mut Tx,
    line: NumberId,
    hours: Option<&str>,
    counted: Counted,
    now: At,
) -> Result<Vec<LineMember>> {
    let rows = query(
        "SELECT p.id, p.name, p.disabled_at, p.duty, p.open_limit, \
         CASE WHEN p.phone_verified_at IS NOT NULL AND p.phone_muted_at IS NULL THEN p.phone END AS phone, \
         CASE WHEN $2 OR p.open_limit IS NOT NULL THEN \
           (SELECT COUNT(*) FROM conversations o WHERE o.pinned_to = p.id AND o.closed_at IS NULL) ELSE 0 END AS open, \
         p.schedule, m.picked_at \
         FROM line_members m JOIN people p ON p.id = m.person_id WHERE m.line_id = $1 ORDER BY p.id",
    )
    .bind(line)
    .bind(counted == Counted::All)
    .try_map(|row| {
        let schedule: Option<String> = row.try_get("schedule")?;
        Ok(LineMember {
            member: Member {
                id: row.try_get("id")?,
                name: row.try_get("name")?,
                enabled: row.try_get::<Option<i64>, _>("disabled_at")?.is_none(),
                duty: row.try_get("duty")?,
                on_shift: Shift::read(hours, schedule.as_deref()).on_at(now),
                open: row.try_get("open")?,
                limit: row.try_get("open_limit")?,
                picked_at: row.try_get("picked_at")?,
            },
            phone: row.try_get("phone")?,
        })
    })
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// These numbers of ours as they are written.
pub async fn numbers_of(tx: &mut Tx, ids: &[NumberId]) -> Result<Vec<(NumberId, String)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(NumberId, String)> = {
        let mut q = QueryBuilder::new("SELECT id, number FROM numbers WHERE id IN (");
        push_list(&mut q, padded(ids).copied());
        q.build_query_as().fetch_all(tx).await
    }?;
    Ok(rows)
}

/// Those of these phones that are somebody's: an enabled colleague's, or a customer's of ours.
pub async fn known(tx: &mut Tx, phones: &[&str]) -> Result<Vec<String>> {
    if phones.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<String> = {
        let mut q = QueryBuilder::new("WITH asked(phone) AS (");
        q.push_values(padded(phones), |mut b, phone| {
            b.push_bind((*phone).to_owned());
        });
        q.push(
            ") SELECT a.phone FROM asked a WHERE EXISTS (SELECT 1 FROM customers c WHERE c.phone = a.phone) \
             OR EXISTS (SELECT 1 FROM people p WHERE p.phone = a.phone AND p.disabled_at IS NULL)",
        );
        q.build_query_scalar().fetch_all(tx).await
    }?;
    Ok(rows)
}

/// The customer with this phone, made if there is none; held until the commit.
pub async fn customer(tx: &mut Tx, fresh: i64, phone: &str, now: At) -> Result<CustomerId> {
    let id: i64 = query_scalar(
        "INSERT INTO customers (id, phone, created_at) VALUES ($1, $2, $3) \
         ON CONFLICT (phone) DO UPDATE SET created_at = customers.created_at RETURNING id",
    )
    .bind(fresh)
    .bind(phone)
    .bind(now)
    .fetch_one(tx)
    .await?;
    tx.holds("customers", std::iter::once(id));
    Ok(CustomerId(id))
}

/// Customers whom nobody knew before, each with a phone.
///
/// # Errors
/// [`crate::store::Error::Conflict`] if somebody is one already.
pub async fn customers(tx: &mut Tx, rows: &[(CustomerId, &str)], now: At) -> Result<()> {
    for piece in pieces(tx, rows) {
        let mut q = QueryBuilder::new("INSERT INTO customers (id, phone, created_at) ");
        q.push_values(piece, |mut b, (id, phone)| {
            b.push_bind(id).push_bind((*phone).to_owned()).push_bind(now);
        });
        q.build().execute(tx).await?;
    }
    Ok(())
}

/// New support conversations of a line, one for each of these customers, with the rep who has it; their numbers
/// count up.
pub async fn conversations(
    tx: &mut Tx,
    line: NumberId,
    rows: &[(CustomerId, Option<PersonId>)],
    now: At,
) -> Result<Vec<(CustomerId, ConversationId)>> {
    let mut made = Vec::with_capacity(rows.len());
    for piece in pieces(tx, rows) {
        let ids: Vec<(CustomerId, ConversationId)> = {
            let mut q = QueryBuilder::new(
                "INSERT INTO conversations (kind, line_id, customer_id, pinned_to, pinned_at, opened_at, last_at, preview) ",
            );
            q.push_values(piece, |mut b, (customer, pinned_to)| {
                b.push_bind("support")
                    .push_bind(line)
                    .push_bind(customer)
                    .push_bind(*pinned_to)
                    .push_bind(now)
                    .push_bind(now)
                    .push_bind(now)
                    .push_bind("");
            });
            q.push(" RETURNING customer_id, id");
            q.build_query_as().fetch_all(tx).await
        }?;
        // In which order they come back is not said.
        made.extend(ids);
    }
    Ok(made)
}

/// A leg as it is opened.
#[derive(Clone, Debug)]
pub struct NewLeg<'a> {
    /// Row id.
    pub id: LegId,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// Whose way it is.
    pub role: Role,
    /// Whose, if staff's.
    pub person: Option<PersonId>,
    /// Its phone.
    pub phone: &'a str,
    /// Our number in it.
    pub number: NumberId,
    /// The other side's phone, by which the same two people find the same mask again.
    pub counterpart: Option<&'a str>,
    /// What a party is called by the others.
    pub alias: Option<&'a str>,
}

/// Opens legs.
///
/// # Errors
/// [`crate::store::Error::Conflict`] if a phone has a live leg on that number.
pub async fn legs(tx: &mut Tx, rows: &[NewLeg<'_>], now: At) -> Result<()> {
    for piece in pieces(tx, rows) {
        let mut q = QueryBuilder::new(
            "INSERT INTO legs (id, conversation_id, role, person_id, phone, number_id, counterpart, alias, opened_at) ",
        );
        q.push_values(piece, |mut b, leg| {
            b.push_bind(leg.id)
                .push_bind(leg.conversation)
                .push_bind(leg.role)
                .push_bind(leg.person)
                .push_bind(leg.phone.to_owned())
                .push_bind(leg.number)
                .push_bind(leg.counterpart.map(str::to_owned))
                .push_bind(leg.alias.map(str::to_owned))
                .push_bind(now);
        });
        q.build().execute(tx).await?;
    }
    Ok(())
}

/// Every mask on which `phone` has no live leg, as it knows it.
pub async fn masks(tx: &mut Tx, phone: &str) -> Result<Vec<Mask>> {
    let rows = query(
        "SELECT n.id AS number_id, l.id AS last, l.opened_at, l.ended_at, l.rests_until, l.counterpart, n.number, n.country, \
         (SELECT b.blocked FROM blocks b WHERE b.phone = $1 AND b.number_id = n.id ORDER BY b.id DESC LIMIT 1) AS active \
         FROM numbers n LEFT JOIN legs l ON l.id = (SELECT h.id FROM legs h WHERE h.phone = $1 \
           AND h.number_id = n.id ORDER BY h.opened_at DESC, h.id DESC LIMIT 1) \
         WHERE n.role = 'mask' AND n.state = 'active' AND NOT EXISTS (SELECT 1 FROM legs v WHERE v.phone = $1 \
           AND v.number_id = n.id AND v.ended_at IS NULL) ORDER BY n.id",
    )
    .bind(phone)
    .try_map(|row| {
        let last: Option<i64> = row.try_get("last")?;
        let opened: Option<i64> = row.try_get("opened_at")?;
        let ended: Option<i64> = row.try_get("ended_at")?;
        let (number, country): (String, Option<String>) = (row.try_get("number")?, row.try_get("country")?);
        Ok(Mask {
            near: country::serves(&number, country.as_deref(), phone),
            id: row.try_get("number_id")?,
            // On a mask that the phone has blocked nothing would arrive.
            active: row.try_get::<Option<i64>, _>("active")? != Some(1),
            live: false,
            last: match last {
                Some(_) => Some(LastLeg {
                    used_at: At(ended.or(opened).unwrap_or(0)),
                    rests_until: row.try_get("rests_until")?,
                    counterpart: row.try_get::<Option<String>, _>("counterpart")?.unwrap_or_default(),
                }),
                None => None,
            },
        })
    })
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// Remembers that these legs' phones have been told who the thread is about.
pub fn greeted(batch: &mut Batch, legs: &[LegId], now: At) {
    if legs.is_empty() {
        return;
    }
    let mut q = QueryBuilder::new("UPDATE legs SET greeted_at = ");
    q.push_bind(now).push(" WHERE id IN (");
    push_list(&mut q, padded(legs).copied());
    batch.add(q.build());
}

/// Ends the live legs of a conversation, all or one person's; masks rest until `rests_until`.
pub async fn end_legs(
    tx: &mut Tx,
    conversation: ConversationId,
    person: Option<PersonId>,
    (why, now): (Ended, At),
    rests_until: At,
) -> Result<u64> {
    let ended = query(
        "UPDATE legs SET ended_at = $1, ended_why = $2, \
         rests_until = CASE WHEN number_id IN (SELECT id FROM numbers WHERE role = 'mask') THEN $3 END \
         WHERE conversation_id = $4 AND ended_at IS NULL AND ($5 IS NULL OR person_id = $5)",
    )
    .bind(now)
    .bind(why)
    .bind(rests_until)
    .bind(conversation)
    .bind(person)
    .execute(tx)
    .await?
    .rows_affected();
    Ok(ended)
}
