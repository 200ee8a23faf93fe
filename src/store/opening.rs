//! What opening a conversation reads and writes: line, members, customer, legs, masks.

use sqlx::Row;

use super::{Result, Tx};
use crate::clock::At;
use crate::domain::allocation::{LastLeg, Mask};
use crate::domain::country;
use crate::domain::ids::{ConversationId, CustomerId, LegId, NumberId, PersonId};
use crate::domain::person::Duty;
use crate::domain::pick::Member;
use crate::domain::shift::Shift;
use crate::on;

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
}

/// Holds the line until the commit, so that picks on it come one after the other; `None` if there is no such line.
/// Lines are held before conversations, and several in the order of their ids.
///
/// # Errors
/// What the database said.
pub async fn hold_line(tx: &mut Tx, line: NumberId) -> Result<Option<LineRules>> {
    let lock = tx.for_update();
    let row: Option<(Option<String>, Option<String>)> = on!(tx, c => {
        let mut q = sqlx::QueryBuilder::new("SELECT hours, policies FROM lines WHERE id = ");
        q.push_bind(line.0).push(lock);
        q.build_query_as().fetch_optional(&mut *c).await
    })?;
    if !lock.is_empty() {
        // A member of two lines must not be counted by two picks at once.
        on!(tx, c => sqlx::query(
            "SELECT p.id FROM people p JOIN line_members m ON m.person_id = p.id WHERE m.line_id = $1 \
             ORDER BY p.id FOR UPDATE OF p").bind(line.0).execute(&mut *c).await.map(drop))?;
    }
    Ok(row.map(|(hours, policies)| LineRules { hours, policies }))
}

/// The members of a line, oldest first, as they stand at `now` under the line's `hours`.
///
/// # Errors
/// What the database said.
pub async fn members(tx: &mut Tx, line: NumberId, hours: Option<&str>, now: At) -> Result<Vec<LineMember>> {
    let rows = on!(tx, c, R => sqlx::query(
        "SELECT p.id, p.name, p.disabled_at, p.duty, p.open_limit, \
         CASE WHEN p.phone_verified_at IS NOT NULL AND p.phone_muted_at IS NULL THEN p.phone END, \
         (SELECT COUNT(*) FROM conversations o WHERE o.pinned_to = p.id AND o.closed_at IS NULL), \
         p.schedule, m.picked_at \
         FROM line_members m JOIN people p ON p.id = m.person_id WHERE m.line_id = $1 ORDER BY p.id")
        .bind(line.0)
        .try_map(|row: R| {
            let (duty, schedule): (String, Option<String>) = (row.try_get(3)?, row.try_get(7)?);
            Ok(LineMember {
                member: Member {
                    id: PersonId(row.try_get(0)?),
                    name: row.try_get(1)?,
                    enabled: row.try_get::<Option<i64>, _>(2)?.is_none(),
                    // The table's check lets no other word in.
                    duty: Duty::read(&duty).unwrap_or(Duty::Away),
                    on_shift: Shift::read(hours, schedule.as_deref()).on_at(now),
                    open: row.try_get(6)?,
                    limit: row.try_get(4)?,
                    picked_at: row.try_get::<Option<i64>, _>(8)?.map(At),
                },
                phone: row.try_get(5)?,
            })
        })
        .fetch_all(&mut *c).await)?;
    Ok(rows)
}

/// The customer with this phone, made if there is none.
///
/// # Errors
/// What the database said.
pub async fn customer(tx: &mut Tx, fresh: i64, phone: &str, now: At) -> Result<CustomerId> {
    let id: i64 = on!(tx, c => sqlx::query_scalar(
        "INSERT INTO customers (id, phone, created_at) VALUES ($1, $2, $3) \
         ON CONFLICT (phone) DO UPDATE SET phone = excluded.phone RETURNING id")
        .bind(fresh).bind(phone).bind(now.0).fetch_one(&mut *c).await)?;
    Ok(CustomerId(id))
}

/// A new support conversation; its number counts up.
///
/// # Errors
/// What the database said.
pub async fn conversation(
    tx: &mut Tx,
    line: NumberId,
    customer: CustomerId,
    pinned_to: Option<PersonId>,
    now: At,
) -> Result<ConversationId> {
    let id: i64 = on!(tx, c => sqlx::query_scalar(
        "INSERT INTO conversations (kind, line_id, customer_id, pinned_to, pinned_at, opened_at, last_at, preview) \
         VALUES ('support', $1, $2, $3, $4, $4, $4, '') RETURNING id")
        .bind(line.0).bind(customer.0).bind(pinned_to.map(|id| id.0)).bind(now.0).fetch_one(&mut *c).await)?;
    Ok(ConversationId(id))
}

/// A leg as it is opened.
#[derive(Clone, Debug)]
pub struct NewLeg<'a> {
    /// Row id.
    pub id: LegId,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// `customer`, `rep` or `party`.
    pub role: &'static str,
    /// Whose, if staff's.
    pub person: Option<PersonId>,
    /// Its phone.
    pub phone: &'a str,
    /// Our number in it.
    pub number: NumberId,
    /// The other side's phone, by which the same two people find the same mask again.
    pub counterpart: Option<&'a str>,
}

/// Opens a leg.
///
/// # Errors
/// [`super::Error::Conflict`] if the phone has a live leg on that number.
pub async fn leg(tx: &mut Tx, leg: &NewLeg<'_>, now: At) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO legs (id, conversation_id, role, person_id, phone, number_id, counterpart, opened_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(leg.id.0)
        .bind(leg.conversation.0)
        .bind(leg.role)
        .bind(leg.person.map(|id| id.0))
        .bind(leg.phone)
        .bind(leg.number.0)
        .bind(leg.counterpart)
        .bind(now.0)
        .execute(&mut *c).await.map(drop))?;
    Ok(())
}

/// Every mask, as `phone` knows it.
///
/// # Errors
/// What the database said.
pub async fn masks(tx: &mut Tx, phone: &str) -> Result<Vec<Mask>> {
    let rows = on!(tx, c, R => sqlx::query(
        "SELECT n.id, n.state, l.id, l.opened_at, l.ended_at, l.rests_until, l.counterpart, \
         CASE WHEN EXISTS (SELECT 1 FROM legs v WHERE v.phone = $1 AND v.number_id = n.id AND v.ended_at IS NULL) \
           THEN 1 ELSE 0 END, \
         (SELECT b.blocked FROM blocks b WHERE b.phone = $1 AND b.number_id = n.id ORDER BY b.id DESC LIMIT 1), \
         n.number, n.country \
         FROM numbers n LEFT JOIN legs l ON l.id = (SELECT h.id FROM legs h WHERE h.phone = $1 \
           AND h.number_id = n.id ORDER BY h.opened_at DESC, h.id DESC LIMIT 1) \
         WHERE n.role = 'mask' AND n.state = 'active' ORDER BY n.id")
        .bind(phone)
        .try_map(|row: R| {
            let last: Option<i64> = row.try_get(2)?;
            let opened: Option<i64> = row.try_get(3)?;
            let ended: Option<i64> = row.try_get(4)?;
            let (number, country): (String, Option<String>) = (row.try_get(9)?, row.try_get(10)?);
            Ok(Mask {
                near: country::serves(&number, country.as_deref(), phone),
                id: NumberId(row.try_get(0)?),
                // On a mask that the phone has blocked nothing would arrive.
                active: row.try_get::<String, _>(1)? == "active" && row.try_get::<Option<i64>, _>(8)? != Some(1),
                live: row.try_get::<i32, _>(7)? == 1,
                last: match last {
                    Some(_) => Some(LastLeg {
                        used_at: At(ended.or(opened).unwrap_or(0)),
                        rests_until: row.try_get::<Option<i64>, _>(5)?.map(At),
                        counterpart: row.try_get::<Option<String>, _>(6)?.unwrap_or_default(),
                    }),
                    None => None,
                },
            })
        })
        .fetch_all(&mut *c).await)?;
    Ok(rows)
}

/// Remembers that these legs' phones have been told who the thread is about.
///
/// # Errors
/// What the database said.
pub async fn greeted(tx: &mut Tx, legs: &[LegId], now: At) -> Result<()> {
    if legs.is_empty() {
        return Ok(());
    }
    on!(tx, c => {
        let mut q = sqlx::QueryBuilder::new("UPDATE legs SET greeted_at = ");
        q.push_bind(now.0).push(" WHERE id IN (");
        let mut ids = q.separated(", ");
        for id in super::padded(legs) {
            ids.push_bind(id.0);
        }
        q.push(")");
        q.build().execute(&mut *c).await.map(drop)
    })?;
    Ok(())
}

/// Ends the live legs of a conversation, all or one person's; masks rest until `rests_until`.
///
/// # Errors
/// What the database said.
pub async fn end_legs(
    tx: &mut Tx,
    conversation: ConversationId,
    person: Option<PersonId>,
    why: &str,
    now: At,
    rests_until: At,
) -> Result<u64> {
    let ended = on!(tx, c => sqlx::query(
        "UPDATE legs SET ended_at = $1, ended_why = $2, \
         rests_until = CASE WHEN number_id IN (SELECT id FROM numbers WHERE role = 'mask') THEN $3 END \
         WHERE conversation_id = $4 AND ended_at IS NULL AND ($5 IS NULL OR person_id = $5)")
        .bind(now.0)
        .bind(why)
        .bind(rests_until.0)
        .bind(conversation.0)
        .bind(person.map(|id| id.0))
        .execute(&mut *c).await.map(|done| done.rows_affected()))?;
    Ok(ended)
}
