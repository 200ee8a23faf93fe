//! Saved searches; each belongs to one person.

use crate::clock::At;
use crate::domain::ids::{PersonId, SavedSearchId};
use crate::store::sql::{from_row, query, query_as};
use crate::store::{Result, Tx};

/// A search that somebody keeps.
#[derive(Clone, Debug)]
pub struct SavedSearch {
    /// Its row.
    pub id: SavedSearchId,
    /// What they call it.
    pub name: String,
    /// The address behind the question mark.
    pub query: String,
}

from_row! {
    struct OfRow {
        id: SavedSearchId,
        name: String,
        query: String,
    }
}

/// A person's searches, by name.
pub async fn of(tx: &mut Tx, person: PersonId) -> Result<Vec<SavedSearch>> {
    let rows: Vec<OfRow> =
        query_as("SELECT id, name, query FROM saved_searches WHERE person_id = $1 ORDER BY name, id")
            .bind(person)
            .fetch_all(tx)
            .await?;
    Ok(rows.into_iter().map(|OfRow { id, name, query }| SavedSearch { id, name, query }).collect())
}

/// Keeps a search; one of the same name is replaced.
pub async fn keep(
    tx: &mut Tx,
    id: SavedSearchId,
    person: PersonId,
    (name, words): (&str, &str),
    now: At,
) -> Result<()> {
    query(
        "INSERT INTO saved_searches (id, person_id, name, query, created_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (person_id, name) DO UPDATE SET query = excluded.query",
    )
    .bind(id)
    .bind(person)
    .bind(name)
    .bind(words)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets a person's own search; false if they have no such.
pub async fn forget(tx: &mut Tx, id: SavedSearchId, person: PersonId) -> Result<bool> {
    let done = query("DELETE FROM saved_searches WHERE id = $1 AND person_id = $2")
        .bind(id)
        .bind(person)
        .execute(tx)
        .await?
        .rows_affected();
    Ok(done == 1)
}
