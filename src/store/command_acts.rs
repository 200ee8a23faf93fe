//! What commands changed, by whoever may run them on this machine: rows that nobody can change.

use serde_json::Value;

use super::{Result, Tx};
use crate::clock::At;
use crate::domain::ids::PersonId;
use crate::on;

/// Writes a row. `data` has ids and words, never a number, a name or a secret.
///
/// # Errors
/// What the database said.
pub async fn record(
    tx: &mut Tx,
    (id, at): (i64, At),
    kind: &'static str,
    person: Option<PersonId>,
    data: &Value,
) -> Result<()> {
    on!(tx, c => sqlx::query("INSERT INTO command_acts (id, at, kind, person_id, data) VALUES ($1, $2, $3, $4, $5)")
        .bind(id).bind(at.0).bind(kind).bind(person.map(|person| person.0)).bind(data.to_string())
        .execute(&mut *c).await.map(drop))?;
    Ok(())
}
