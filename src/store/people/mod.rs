//! People with a login: who they are, their phones, their duty.

pub mod acts;
pub mod audit;
pub mod devices;
pub mod links;
pub mod phone_codes;
pub mod sessions;
pub mod sign_ins;

use super::engine::lock_order::hold_rows;
use super::{Result, Tx};
use crate::clock::At;
use crate::domain::ids::PersonId;
use crate::domain::numbers::phone::Phone;
use crate::domain::people::person::{Duty, Role};
use crate::domain::time::hours::Hours;
use crate::store::sql::{query, query_as, query_scalar};

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Row id.
    pub id: PersonId,
    /// Lower case; what the person signs in with.
    pub email: String,
    /// As colleagues see it.
    pub name: String,
    /// Rank.
    pub role: Role,
    /// E.164.
    pub phone: Option<String>,
    /// Most open conversations at once.
    pub limit: Option<i64>,
    /// A password is set.
    pub has_password: bool,
    /// May no longer sign in or take texts.
    pub disabled: bool,
    /// Whether they take customers.
    pub duty: Duty,
    /// When they work; whenever the line is open if `None`.
    pub schedule: Option<Hours>,
}

type Row = (i64, String, String, String, Option<String>, Option<i64>, Option<i64>, Option<i64>, String, Option<String>);

impl Person {
    fn from_row((id, email, name, role, phone, limit, password, disabled, duty, schedule): Row) -> Self {
        Person {
            id: PersonId(id),
            email,
            name,
            // The table's check lets no other word in; the lowest rank is the safe reading of one.
            role: role.parse().unwrap_or(Role::Rep),
            phone,
            limit,
            has_password: password.is_some(),
            disabled: disabled.is_some(),
            // Nor here.
            duty: Duty::read(&duty).unwrap_or(Duty::Away),
            schedule: schedule.as_deref().map(Hours::kept),
        }
    }
}

/// Everybody, by e-mail address.
pub async fn all(tx: &mut Tx) -> Result<Vec<Person>> {
    let rows: Vec<Row> = query_as(
        "SELECT id, email, name, role, phone, open_limit, \
         CASE WHEN password_hash IS NULL THEN NULL ELSE id END, disabled_at, duty, schedule FROM people ORDER BY email",
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(Person::from_row).collect())
}

/// The person with this id.
pub async fn by_id(tx: &mut Tx, id: PersonId) -> Result<Option<Person>> {
    let row: Option<Row> = query_as(
        "SELECT id, email, name, role, phone, open_limit, \
         CASE WHEN password_hash IS NULL THEN NULL ELSE id END, disabled_at, duty, schedule FROM people WHERE id = $1",
    )
    .bind(id.0)
    .fetch_optional(tx)
    .await?;
    Ok(row.map(Person::from_row))
}

/// Disables a person from `at` on, who is signed out everywhere; or enables them again.
///
/// # Errors
/// What the database said; a conflict if their phone is another enabled person's.
pub async fn set_disabled(tx: &mut Tx, id: PersonId, at: Option<At>) -> Result<()> {
    query("UPDATE people SET disabled_at = $2 WHERE id = $1").bind(id.0).bind(at.map(|at| at.0)).execute(tx).await?;
    sign_out(tx, id).await
}

/// The enabled person whose phone this is.
pub async fn by_phone(tx: &mut Tx, phone: &str) -> Result<Option<PersonId>> {
    let id: Option<i64> = query_scalar("SELECT id FROM people WHERE phone = $1 AND disabled_at IS NULL")
        .bind(phone)
        .fetch_optional(tx)
        .await?;
    Ok(id.map(PersonId))
}

/// A person as they are written first: on duty, without phone and password.
pub async fn insert(tx: &mut Tx, id: PersonId, email: &str, name: &str, role: Role, now: At) -> Result<()> {
    query("INSERT INTO people (id, email, name, role, duty, created_at) VALUES ($1, $2, $3, $4, 'on', $5)")
        .bind(id.0)
        .bind(email)
        .bind(name)
        .bind(role.as_str())
        .bind(now.0)
        .execute(tx)
        .await?;
    Ok(())
}

/// Gives a person another name.
pub async fn rename(tx: &mut Tx, id: PersonId, name: &str) -> Result<()> {
    query("UPDATE people SET name = $2 WHERE id = $1").bind(id.0).bind(name).execute(tx).await?;
    Ok(())
}

/// Gives a person another rank.
pub async fn set_role(tx: &mut Tx, id: PersonId, role: Role) -> Result<()> {
    query("UPDATE people SET role = $2 WHERE id = $1").bind(id.0).bind(role.as_str()).execute(tx).await?;
    Ok(())
}

/// Gives a person a phone, verified, that takes texts; or takes it away.
///
/// # Errors
/// What the database said; a conflict if it is another enabled person's.
pub async fn set_phone(tx: &mut Tx, id: PersonId, phone: Option<&Phone>, now: At) -> Result<()> {
    query("UPDATE people SET phone = $2, phone_verified_at = $3, phone_muted_at = NULL WHERE id = $1")
        .bind(id.0)
        .bind(phone.map(Phone::as_str))
        .bind(phone.map(|_| now.0))
        .execute(tx)
        .await?;
    Ok(())
}

/// Sets when a person works; whenever the line is open if `None`.
pub async fn set_schedule(tx: &mut Tx, id: PersonId, schedule: Option<&Hours>) -> Result<()> {
    query("UPDATE people SET schedule = $2 WHERE id = $1")
        .bind(id.0)
        .bind(schedule.map(Hours::to_json))
        .execute(tx)
        .await?;
    Ok(())
}

/// Sets the most open conversations that a person has at once.
pub async fn set_limit(tx: &mut Tx, id: PersonId, limit: Option<i64>) -> Result<()> {
    query("UPDATE people SET open_limit = $2 WHERE id = $1").bind(id.0).bind(limit).execute(tx).await?;
    Ok(())
}

/// Sets a password by its hash, ends the person's sessions and unused links, and says whose it is; `None` if there is no
/// such enabled person.
pub async fn set_password(tx: &mut Tx, email: &str, hash: &str) -> Result<Option<PersonId>> {
    let id: Option<i64> =
        query_scalar("UPDATE people SET password_hash = $2 WHERE email = $1 AND disabled_at IS NULL RETURNING id")
            .bind(email)
            .bind(hash)
            .fetch_optional(tx)
            .await?;
    let Some(id) = id.map(PersonId) else { return Ok(None) };
    sign_out(tx, id).await?;
    Ok(Some(id))
}

/// Sets a person's password by its hash, and nothing else.
pub async fn set_password_hash(tx: &mut Tx, id: PersonId, hash: &str) -> Result<()> {
    query("UPDATE people SET password_hash = $2 WHERE id = $1").bind(id.0).bind(hash).execute(tx).await?;
    Ok(())
}

/// Ends a person's sessions and unused links, and forgets the browsers that they signed in with.
pub async fn sign_out(tx: &mut Tx, id: PersonId) -> Result<()> {
    hold_rows(tx, "people", &[id.0]).await?;
    sessions::delete_all(tx, id).await?;
    query("DELETE FROM links WHERE person_id = $1 AND used_at IS NULL").bind(id.0).execute(tx).await?;
    devices::forget(tx, id).await
}

/// Whether there is any enabled admin but this person.
pub async fn another_admin(tx: &mut Tx, id: PersonId) -> Result<bool> {
    let others: i64 =
        query_scalar("SELECT COUNT(*) FROM people WHERE role = 'admin' AND disabled_at IS NULL AND id <> $1")
            .bind(id.0)
            .fetch_one(tx)
            .await?;
    Ok(others > 0)
}

/// Whether there is anybody at all, enabled or not.
pub async fn anybody(tx: &mut Tx) -> Result<bool> {
    let all: i64 = query_scalar("SELECT COUNT(*) FROM people").fetch_one(tx).await?;
    Ok(all > 0)
}

/// The person with this e-mail address, enabled or not.
pub async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<PersonId>> {
    let id: Option<i64> = query_scalar("SELECT id FROM people WHERE email = $1").bind(email).fetch_optional(tx).await?;
    Ok(id.map(PersonId))
}
