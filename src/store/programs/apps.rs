//! Apps: the programs of integrators. What one of them made or opened belongs to no other.

use crate::clock::At;
use crate::domain::ids::{AppId, PersonId};
use crate::store::sql::{query, query_as, query_scalar};
use crate::store::{Result, Tx};

/// An app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// Which.
    pub id: AppId,
    /// As people call it.
    pub name: String,
}

/// Keeps an app, made by `by` on the web or by nobody on the command line.
pub async fn insert(tx: &mut Tx, app: &App, by: Option<PersonId>, now: At) -> Result<()> {
    query("INSERT INTO apps (id, name, created_by, created_at) VALUES ($1, $2, $3, $4)")
        .bind(app.id)
        .bind(app.name.as_str())
        .bind(by)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(())
}

/// All of them, the oldest first.
pub async fn all(tx: &mut Tx) -> Result<Vec<App>> {
    let rows: Vec<(AppId, String)> = query_as("SELECT id, name FROM apps ORDER BY id").fetch_all(tx).await?;
    Ok(rows.into_iter().map(|(id, name)| App { id, name }).collect())
}

/// How many pairs of an app are open at `now`.
pub async fn open_pairs(tx: &mut Tx, app: AppId, now: At) -> Result<i64> {
    let count: i64 = query_scalar("SELECT COUNT(*) FROM pairs WHERE app_id = $1 AND ended_at IS NULL AND ends_at > $2")
        .bind(app)
        .bind(now)
        .fetch_one(tx)
        .await?;
    Ok(count)
}
