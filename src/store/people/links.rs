//! One-time links: what each is for, and its use. Only hashes of their tokens are stored.

use crate::clock::At;
use crate::domain::ids::PersonId;
use crate::store::engine::lock_order::hold_rows;
use crate::store::sql::{AssertSqlSafe, from_row, query, query_as, query_scalar, stored_words};
use crate::store::{Result, Tx};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It signs a person in.
    SignIn,
    /// Somebody new chooses a password.
    Invitation,
    /// Somebody who forgot it chooses another.
    Reset,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::SignIn => "sign_in",
            Kind::Invitation => "invitation",
            Kind::Reset => "reset",
        }
    }

    fn read(word: &str) -> Option<Self> {
        [Kind::SignIn, Kind::Invitation, Kind::Reset].into_iter().find(|kind| kind.word() == word)
    }
}
stored_words!(Kind);

/// A link that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenLink {
    /// What for.
    pub kind: Kind,
    /// Whose.
    pub person: PersonId,
    /// The person's name.
    pub name: String,
    /// What the person signs in with.
    pub email: String,
}

from_row!(OpenLink { kind, person, name, email });

/// Keeps the hash of a one-time link, made by `made_by` on the web or by nobody on the command line. A new one by which a
/// password is chosen replaces those before it.
pub async fn insert(
    tx: &mut Tx,
    token_hash: &str,
    (kind, person): (Kind, PersonId),
    made_by: Option<PersonId>,
    now: At,
    expires_at: At,
) -> Result<()> {
    if kind != Kind::SignIn {
        hold_rows(tx, "people", &[person.0]).await?;
        query("DELETE FROM links WHERE person_id = $1 AND used_at IS NULL AND kind <> 'sign_in'")
            .bind(person)
            .execute(tx)
            .await?;
    }
    query(
        "INSERT INTO links (token_hash, person_id, created_at, expires_at, kind, made_by) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(token_hash).bind(person).bind(now).bind(expires_at).bind(kind).bind(made_by)
        .execute(tx).await?;
    Ok(())
}

/// The maker of a link still is an enabled admin, or it was made on the command line: an admin who leaves leaves no way
/// in.
const BACKED: &str =
    "(made_by IS NULL OR made_by IN (SELECT id FROM people WHERE disabled_at IS NULL AND role = 'admin'))";

/// The unused, unexpired link of this token, if its person is enabled and its maker still is an admin.
pub async fn open(tx: &mut Tx, token_hash: &str, now: At) -> Result<Option<OpenLink>> {
    let sql = format!(
        "SELECT l.kind, p.id AS person, p.name, p.email FROM links l JOIN people p ON p.id = l.person_id \
         WHERE l.token_hash = $1 AND l.used_at IS NULL AND l.expires_at > $2 AND p.disabled_at IS NULL AND {BACKED}"
    );
    Ok(query_as(AssertSqlSafe(sql)).bind(token_hash).bind(now).fetch_optional(tx).await?)
}

/// Uses a link of that kind up; `None` if it was used, has expired, is for something else, was made by somebody who is no
/// admin any more, or never was.
pub async fn use_up(tx: &mut Tx, token_hash: &str, kind: Kind, now: At) -> Result<Option<PersonId>> {
    // A transaction that changes a link holds its person.
    let Some(link) = open(tx, token_hash, now).await? else { return Ok(None) };
    hold_rows(tx, "people", &[link.person.0]).await?;
    let sql = format!(
        "UPDATE links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 AND kind = $3 \
         AND person_id IN (SELECT id FROM people WHERE disabled_at IS NULL) AND {BACKED} RETURNING person_id"
    );
    let row: Option<PersonId> =
        query_scalar(AssertSqlSafe(sql)).bind(token_hash).bind(now).bind(kind).fetch_optional(tx).await?;
    Ok(row)
}
