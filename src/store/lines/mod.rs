//! Lines and their members.

pub mod texts;

use super::{Result, Tx};
use crate::domain::ids::{NumberId, PersonId};
use crate::domain::policy::LinePolicy;
use crate::domain::time::hours::Hours;
use crate::store::sql::{from_row, query, query_as, query_scalar};

/// A published support number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The id of its number.
    pub id: NumberId,
    /// E.164, or a short code.
    pub number: String,
    /// As people call it.
    pub name: String,
    /// When it is open; always if `None`.
    pub hours: Option<Hours>,
    /// What it does otherwise than the settings say.
    pub policies: LinePolicy,
}

from_row! {
    struct AllRow {
        id: NumberId,
        number: String,
        name: String,
        hours: Option<String>,
        policies: Option<String>,
    }
}

/// All lines, by name.
pub async fn all(tx: &mut Tx) -> Result<Vec<Line>> {
    let rows: Vec<AllRow> = query_as(
        "SELECT l.id, n.number, l.name, l.hours, l.policies FROM lines l JOIN numbers n ON n.id = l.id \
         ORDER BY l.name, l.id",
    )
    .fetch_all(tx)
    .await?;
    let line = |AllRow { id, number, name, hours, policies }: AllRow| Line {
        id,
        number,
        name,
        hours: hours.as_deref().map(Hours::kept),
        policies: policies.as_deref().map(LinePolicy::kept).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(line).collect())
}

/// A line's name.
pub async fn name(tx: &mut Tx, id: NumberId) -> Result<Option<String>> {
    let row: Option<String> = query_scalar("SELECT name FROM lines WHERE id = $1").bind(id).fetch_optional(tx).await?;
    Ok(row)
}

/// Makes the line of a number that was just inserted.
pub async fn insert(tx: &mut Tx, id: NumberId, name: &str) -> Result<()> {
    query("INSERT INTO lines (id, name) VALUES ($1, $2)").bind(id).bind(name).execute(tx).await?;
    Ok(())
}

/// Gives a line another name.
pub async fn rename(tx: &mut Tx, id: NumberId, name: &str) -> Result<()> {
    query("UPDATE lines SET name = $2 WHERE id = $1").bind(id).bind(name).execute(tx).await?;
    Ok(())
}

/// Sets when a line is open; always if `None`.
pub async fn set_hours(tx: &mut Tx, id: NumberId, hours: Option<&Hours>) -> Result<()> {
    query("UPDATE lines SET hours = $2 WHERE id = $1").bind(id).bind(hours.map(Hours::to_json)).execute(tx).await?;
    Ok(())
}

/// Sets what a line does otherwise than the settings say.
pub async fn set_policies(tx: &mut Tx, id: NumberId, policies: &LinePolicy) -> Result<()> {
    let own = Some(policies).filter(|own| **own != LinePolicy::default());
    query("UPDATE lines SET policies = $2 WHERE id = $1")
        .bind(id)
        .bind(own.map(LinePolicy::to_json))
        .execute(tx)
        .await?;
    Ok(())
}

/// Who is a member of which line.
pub async fn members(tx: &mut Tx) -> Result<Vec<(NumberId, PersonId)>> {
    let rows: Vec<(NumberId, PersonId)> =
        query_as("SELECT line_id, person_id FROM line_members ORDER BY line_id, person_id").fetch_all(tx).await?;
    Ok(rows)
}

/// Whether this person is a member of the line.
pub async fn is_member(tx: &mut Tx, line: NumberId, person: PersonId) -> Result<bool> {
    let row: Option<i64> = query_scalar(
        "SELECT m.person_id FROM line_members m JOIN people p ON p.id = m.person_id \
         WHERE m.line_id = $1 AND m.person_id = $2 AND p.disabled_at IS NULL",
    )
    .bind(line)
    .bind(person)
    .fetch_optional(tx)
    .await?;
    Ok(row.is_some())
}

/// A member of a line who starts a conversation from it.
#[derive(Clone, Debug)]
pub struct Starter {
    /// Their phone, if it takes texts now.
    pub phone: Option<String>,
}

/// The person, if enabled and a member of the line, which is in service.
pub async fn starter(tx: &mut Tx, line: NumberId, person: PersonId) -> Result<Option<Starter>> {
    let row: Option<(Option<String>,)> = query_as(
        "SELECT CASE WHEN p.phone_verified_at IS NOT NULL AND p.phone_muted_at IS NULL AND p.duty IN ('on', 'away') \
           THEN p.phone END FROM line_members m JOIN people p ON p.id = m.person_id JOIN numbers n ON n.id = m.line_id \
         WHERE m.line_id = $1 AND m.person_id = $2 AND p.disabled_at IS NULL AND n.state = 'active'",
    )
    .bind(line)
    .bind(person)
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|(phone,)| Starter { phone }))
}

from_row! {
    struct OfMemberRow {
        id: NumberId,
        name: String,
        policies: Option<String>,
    }
}

/// The lines from which a person may start a conversation, by name.
pub async fn of_member(tx: &mut Tx, person: PersonId) -> Result<Vec<(NumberId, String, Option<String>)>> {
    let rows: Vec<OfMemberRow> = query_as(
        "SELECT l.id, l.name, l.policies FROM line_members m JOIN lines l ON l.id = m.line_id \
         JOIN numbers n ON n.id = l.id WHERE m.person_id = $1 AND n.state = 'active' ORDER BY l.name, l.id",
    )
    .bind(person)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|OfMemberRow { id, name, policies }| (id, name, policies)).collect())
}

/// Makes a person a member of a line.
pub async fn join(tx: &mut Tx, line: NumberId, person: PersonId) -> Result<()> {
    query("INSERT INTO line_members (line_id, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(line)
        .bind(person)
        .execute(tx)
        .await?;
    Ok(())
}

/// Takes a person out of a line.
pub async fn leave(tx: &mut Tx, line: NumberId, person: PersonId) -> Result<()> {
    query("DELETE FROM line_members WHERE line_id = $1 AND person_id = $2").bind(line).bind(person).execute(tx).await?;
    Ok(())
}
