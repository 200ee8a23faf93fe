//! Canned replies: each belongs to a person, to a line, or to the company.

use crate::clock::At;
use crate::domain::ids::{CannedReplyId, NumberId, PersonId};
use crate::store::sql::{query, query_as, query_scalar};
use crate::store::{Result, Tx};

/// Who may use a canned reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// One person.
    Person(PersonId),
    /// Everybody who answers customers of a line.
    Line(NumberId),
    /// Everybody.
    Company,
}

impl Owner {
    fn columns(self) -> (Option<i64>, Option<i64>) {
        match self {
            Owner::Person(id) => (Some(id.0), None),
            Owner::Line(id) => (None, Some(id.0)),
            Owner::Company => (None, None),
        }
    }
}

/// A text that is kept to be used again.
#[derive(Clone, Debug)]
pub struct Canned {
    /// Which.
    pub id: CannedReplyId,
    /// Whose.
    pub owner: Owner,
    /// The line's name, if it is a line's.
    pub line: Option<String>,
    /// What calls it.
    pub shortcut: String,
    /// What it says, with its fields.
    pub body: String,
}

/// Those that `person` may use in a conversation of `line`, by their shortcuts; own ones first.
pub async fn usable(tx: &mut Tx, person: PersonId, line: Option<NumberId>) -> Result<Vec<Canned>> {
    let condition = "k.line_id IS NULL OR k.line_id = $2";
    read(tx, person, condition, line.map_or(0, |id| id.0)).await
}

/// Those that `person` may know of: own ones, the company's, and those of own lines, or with `all` of every line.
pub async fn known(tx: &mut Tx, person: PersonId, all: bool) -> Result<Vec<Canned>> {
    let condition = "k.line_id IS NULL OR $2 = 1 \
        OR k.line_id IN (SELECT line_id FROM line_members WHERE person_id = $1)";
    read(tx, person, condition, i64::from(all)).await
}

/// Own ones, and of the others those that `condition` selects with its parameter `$2`.
async fn read(tx: &mut Tx, person: PersonId, condition: &str, parameter: i64) -> Result<Vec<Canned>> {
    let sql = format!(
        "SELECT k.id, k.person_id, k.line_id, l.name, k.shortcut, k.body FROM canned_replies k \
         LEFT JOIN lines l ON l.id = k.line_id WHERE k.person_id = $1 OR (k.person_id IS NULL AND ({condition})) \
         ORDER BY k.shortcut, CASE WHEN k.person_id IS NULL THEN 1 ELSE 0 END, k.id LIMIT 500"
    );
    let rows = query(sqlx::AssertSqlSafe(sql))
        .bind(person)
        .bind(parameter)
        .try_map(|row| {
            Ok(Canned {
                id: row.try_get("id")?,
                owner: owner(row.try_get("person_id")?, row.try_get("line_id")?),
                line: row.try_get("name")?,
                shortcut: row.try_get("shortcut")?,
                body: row.try_get("body")?,
            })
        })
        .fetch_all(tx)
        .await?;
    Ok(rows)
}

fn owner(person: Option<i64>, line: Option<i64>) -> Owner {
    match (person, line) {
        (Some(id), _) => Owner::Person(PersonId(id)),
        (None, Some(id)) => Owner::Line(NumberId(id)),
        (None, None) => Owner::Company,
    }
}

/// Whose a canned reply is; `None` if there is none.
pub async fn owner_of(tx: &mut Tx, id: CannedReplyId) -> Result<Option<Owner>> {
    let row: Option<(Option<i64>, Option<i64>)> =
        query_as("SELECT person_id, line_id FROM canned_replies WHERE id = $1").bind(id).fetch_optional(tx).await?;
    Ok(row.map(|(person, line)| owner(person, line)))
}

/// Whether another one of the same owner has this shortcut.
pub async fn is_taken(tx: &mut Tx, owner: Owner, shortcut: &str, but: Option<CannedReplyId>) -> Result<bool> {
    let (person, line) = owner.columns();
    let found: Option<i64> = query_scalar(
        "SELECT MIN(id) FROM canned_replies WHERE shortcut = $1 AND COALESCE(person_id, 0) = COALESCE($2, 0) \
         AND COALESCE(line_id, 0) = COALESCE($3, 0) AND id <> $4",
    )
    .bind(shortcut)
    .bind(person)
    .bind(line)
    .bind(but.map_or(0, |id| id.0))
    .fetch_one(tx)
    .await?;
    Ok(found.is_some())
}

/// Whether there is such a line.
pub async fn has_line(tx: &mut Tx, line: NumberId) -> Result<bool> {
    let found: Option<i64> = query_scalar("SELECT id FROM lines WHERE id = $1").bind(line).fetch_optional(tx).await?;
    Ok(found.is_some())
}

/// Keeps a new one.
pub async fn insert(tx: &mut Tx, canned: (CannedReplyId, Owner, &str, &str), by: PersonId, now: At) -> Result<()> {
    let (id, owner, shortcut, body) = canned;
    let (person, line) = owner.columns();
    query(
        "INSERT INTO canned_replies (id, person_id, line_id, shortcut, body, created_by, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
    )
    .bind(id)
    .bind(person)
    .bind(line)
    .bind(shortcut)
    .bind(body)
    .bind(by)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

/// Changes one, also whose it is.
pub async fn update(tx: &mut Tx, canned: (CannedReplyId, Owner, &str, &str), now: At) -> Result<()> {
    let (id, owner, shortcut, body) = canned;
    let (person, line) = owner.columns();
    query(
        "UPDATE canned_replies SET person_id = $1, line_id = $2, shortcut = $3, body = $4, updated_at = $5 \
         WHERE id = $6",
    )
    .bind(person)
    .bind(line)
    .bind(shortcut)
    .bind(body)
    .bind(now)
    .bind(id)
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets one.
pub async fn delete(tx: &mut Tx, id: CannedReplyId) -> Result<()> {
    query("DELETE FROM canned_replies WHERE id = $1").bind(id).execute(tx).await?;
    Ok(())
}
