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
use crate::store::sql::{FromRow, QueryBuilder, Row, query, query_scalar};

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

const COLUMNS: &str = "id, email, name, role, phone, open_limit, \
     CASE WHEN password_hash IS NULL THEN 0 ELSE 1 END AS has_password, disabled_at, duty, schedule";

impl FromRow for Person {
    fn from_row(row: &Row) -> sqlx::Result<Self> {
        Ok(Person {
            id: row.try_get("id")?,
            email: row.try_get("email")?,
            name: row.try_get("name")?,
            role: row.try_get("role")?,
            phone: row.try_get("phone")?,
            limit: row.try_get("open_limit")?,
            has_password: row.try_get::<i32, _>("has_password")? == 1,
            disabled: row.try_get::<Option<At>, _>("disabled_at")?.is_some(),
            duty: row.try_get("duty")?,
            schedule: row.try_get::<Option<String>, _>("schedule")?.as_deref().map(Hours::kept),
        })
    }
}

/// Everybody, by e-mail address.
pub async fn all(tx: &mut Tx) -> Result<Vec<Person>> {
    let mut q = QueryBuilder::new("SELECT ");
    q.push(COLUMNS).push(" FROM people ORDER BY email");
    Ok(q.build_query_as().fetch_all(tx).await?)
}

/// The person with this id.
pub async fn by_id(tx: &mut Tx, id: PersonId) -> Result<Option<Person>> {
    let mut q = QueryBuilder::new("SELECT ");
    q.push(COLUMNS).push(" FROM people WHERE id = ").push_bind(id);
    Ok(q.build_query_as().fetch_optional(tx).await?)
}

/// Disables a person from `at` on, who is signed out everywhere; or enables them again.
///
/// # Errors
/// What the database said; a conflict if their phone is another enabled person's.
pub async fn set_disabled(tx: &mut Tx, id: PersonId, at: Option<At>) -> Result<()> {
    query("UPDATE people SET disabled_at = $2 WHERE id = $1").bind(id).bind(at).execute(tx).await?;
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
        .bind(id)
        .bind(email)
        .bind(name)
        .bind(role)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(())
}

/// Gives a person another name.
pub async fn rename(tx: &mut Tx, id: PersonId, name: &str) -> Result<()> {
    query("UPDATE people SET name = $2 WHERE id = $1").bind(id).bind(name).execute(tx).await?;
    Ok(())
}

/// Gives a person another rank.
pub async fn set_role(tx: &mut Tx, id: PersonId, role: Role) -> Result<()> {
    query("UPDATE people SET role = $2 WHERE id = $1").bind(id).bind(role).execute(tx).await?;
    Ok(())
}

/// Gives a person a phone, verified, that takes texts; or takes it away.
///
/// # Errors
/// What the database said; a conflict if it is another enabled person's.
pub async fn set_phone(tx: &mut Tx, id: PersonId, phone: Option<&Phone>, now: At) -> Result<()> {
    query("UPDATE people SET phone = $2, phone_verified_at = $3, phone_muted_at = NULL WHERE id = $1")
        .bind(id)
        .bind(phone.map(Phone::as_str))
        .bind(phone.map(|_| now.0))
        .execute(tx)
        .await?;
    Ok(())
}

/// Sets when a person works; whenever the line is open if `None`.
pub async fn set_schedule(tx: &mut Tx, id: PersonId, schedule: Option<&Hours>) -> Result<()> {
    query("UPDATE people SET schedule = $2 WHERE id = $1")
        .bind(id)
        .bind(schedule.map(Hours::to_json))
        .execute(tx)
        .await?;
    Ok(())
}

/// Sets the most open conversations that a person has at once.
pub async fn set_limit(tx: &mut Tx, id: PersonId, limit: Option<i64>) -> Result<()> {
    query("UPDATE people SET open_limit = $2 WHERE id = $1").bind(id).bind(limit).execute(tx).await?;
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
    query("UPDATE people SET password_hash = $2 WHERE id = $1").bind(id).bind(hash).execute(tx).await?;
    Ok(())
}

/// Ends a person's sessions and unused links, and forgets the browsers that they signed in with.
pub async fn sign_out(tx: &mut Tx, id: PersonId) -> Result<()> {
    hold_rows(tx, "people", &[id.0]).await?;
    sessions::delete_all(tx, id).await?;
    query("DELETE FROM links WHERE person_id = $1 AND used_at IS NULL").bind(id).execute(tx).await?;
    devices::forget(tx, id).await
}

/// Whether there is any enabled admin but this person.
pub async fn another_admin(tx: &mut Tx, id: PersonId) -> Result<bool> {
    let others: i64 =
        query_scalar("SELECT COUNT(*) FROM people WHERE role = 'admin' AND disabled_at IS NULL AND id <> $1")
            .bind(id)
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
