//! Sessions and wrong passwords.
//! Only hashes of tokens are stored, so that a stolen database signs nobody in.

use crate::clock::At;
use crate::domain::ids::PersonId;
use crate::domain::people::person::{Duty, Role};
use crate::domain::people::throttle::Failures;
use crate::store::engine::lock_order::{Asked, hold_which};
use crate::store::sql::{AssertSqlSafe, from_row, query, query_as, query_scalar};
use crate::store::{Result, Tx};

/// What is needed to check a password.
#[derive(Clone, Debug)]
pub struct Account {
    /// Whose it is.
    pub person: PersonId,
    /// The password's hash in PHC form; `None` if none was set.
    pub password_hash: Option<String>,
}

/// The account of an enabled person.
pub async fn account(tx: &mut Tx, email: &str) -> Result<Option<Account>> {
    let row: Option<(PersonId, Option<String>)> =
        query_as("SELECT id, password_hash FROM people WHERE email = $1 AND disabled_at IS NULL")
            .bind(email)
            .fetch_optional(tx)
            .await?;
    Ok(row.map(|(id, password_hash)| Account { person: id, password_hash }))
}

/// Failures of one account since `since`.
pub async fn failures_of_account(tx: &mut Tx, account: &str, since: At) -> Result<Failures> {
    let row = query_as("SELECT COUNT(*) AS count, MIN(at) AS oldest, MAX(at) AS newest FROM sign_in_failures WHERE account = $1 AND at > $2")
        .bind(account)
        .bind(since)
        .fetch_one(tx)
        .await?;
    Ok(failures(row))
}

/// Failures from one address since `since`; see [`note_failure`].
pub async fn failures_of_address(tx: &mut Tx, address: &str, since: At) -> Result<Failures> {
    let row = query_as("SELECT COUNT(*) AS count, MIN(at) AS oldest, MAX(at) AS newest FROM sign_in_failures WHERE address = $1 AND at > $2")
        .bind(address)
        .bind(since)
        .fetch_one(tx)
        .await?;
    Ok(failures(row))
}

from_row! {
    struct FailuresRow {
        count: i64,
        oldest: Option<At>,
        newest: Option<At>,
    }
}

fn failures(FailuresRow { count, oldest, newest }: FailuresRow) -> Failures {
    Failures {
        count: u32::try_from(count).unwrap_or(u32::MAX),
        oldest: oldest.unwrap_or_default(),
        newest: newest.unwrap_or_default(),
    }
}

/// Notes a wrong password and forgets those of before `since`. Without an address it counts for the account alone.
pub async fn note_failure(
    tx: &mut Tx,
    id: i64,
    (account, address): (&str, Option<&str>),
    at: At,
    since: At,
) -> Result<()> {
    let address = address.unwrap_or_default();
    hold_failures(tx, account).await?;
    query("DELETE FROM sign_in_failures WHERE account = $1 AND at <= $2").bind(account).bind(since).execute(tx).await?;
    query("INSERT INTO sign_in_failures (id, account, address, at) VALUES ($1, $2, $3, $4)")
        .bind(id)
        .bind(account)
        .bind(address)
        .bind(at)
        .execute(tx)
        .await?;
    Ok(())
}

/// Deletes up to `most` failures from before `before`, of all accounts: somebody who guesses at names leaves one for each.
pub async fn forget_old_failures(tx: &mut Tx, before: At, most: i64) -> Result<u64> {
    let old = tx.free("sign_in_failures", "id", "at <= $1 LIMIT $2");
    let sql = format!("DELETE FROM sign_in_failures WHERE id IN {old}");
    Ok(query(AssertSqlSafe(sql)).bind(before).bind(most).execute(tx).await?.rows_affected())
}

/// Forgets the failures of an account whose owner has just signed in.
pub async fn forget_failures(tx: &mut Tx, account: &str) -> Result<()> {
    hold_failures(tx, account).await?;
    query("DELETE FROM sign_in_failures WHERE account = $1").bind(account).execute(tx).await?;
    Ok(())
}

async fn hold_failures(tx: &mut Tx, account: &str) -> Result<()> {
    hold_which(tx, "sign_in_failures", "id", "account = $1", &[Asked::Word(account)]).await
}

/// A session with the person behind it.
#[derive(Clone, Debug)]
pub struct Session {
    /// Whose it is.
    pub person: PersonId,
    /// Name, for the page.
    pub name: String,
    /// Rank.
    pub role: Role,
    /// Whether they take customers.
    pub duty: Duty,
    /// When the person signed in.
    pub created_at: At,
    /// When it was last used, to the minute.
    pub seen_at: At,
}

from_row! {
    struct FindRow {
        id: PersonId,
        name: String,
        role: Role,
        duty: Duty,
        created_at: At,
        seen_at: At,
    }
}

/// The session with this token hash, unless its person has been disabled.
pub async fn find(tx: &mut Tx, token_hash: &str) -> Result<Option<Session>> {
    let row: Option<FindRow> = query_as(
        "SELECT p.id, p.name, p.role, p.duty, s.created_at, s.seen_at FROM sessions s JOIN people p ON p.id = s.person_id \
         WHERE s.token_hash = $1 AND p.disabled_at IS NULL"
    ).bind(token_hash).fetch_optional(tx).await?;
    Ok(row.map(|FindRow { id, name, role, duty, created_at, seen_at }| Session {
        person: id,
        name,
        role,
        duty,
        created_at,
        seen_at,
    }))
}

/// Begins a session.
pub async fn insert(tx: &mut Tx, token_hash: &str, person: PersonId, now: At) -> Result<()> {
    query("INSERT INTO sessions (token_hash, person_id, created_at, seen_at) VALUES ($1, $2, $3, $3)")
        .bind(token_hash)
        .bind(person)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(())
}

/// Notes that a session was used.
pub async fn touch(tx: &mut Tx, token_hash: &str, now: At) -> Result<()> {
    query("UPDATE sessions SET seen_at = $2 WHERE token_hash = $1 AND seen_at < $2")
        .bind(token_hash)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(())
}

/// Ends a session and says whose it was.
pub async fn delete(tx: &mut Tx, token_hash: &str) -> Result<Option<PersonId>> {
    let id: Option<PersonId> = query_scalar("DELETE FROM sessions WHERE token_hash = $1 RETURNING person_id")
        .bind(token_hash)
        .fetch_optional(tx)
        .await?;
    Ok(id)
}

/// Drops the sessions that began before `began` or were last used before `used`.
pub async fn drop_stale(tx: &mut Tx, began: At, used: At) -> Result<()> {
    let stale = tx.free("sessions", "token_hash", "created_at <= $1 OR seen_at <= $2");
    let sql = format!("DELETE FROM sessions WHERE token_hash IN {stale}");
    query(AssertSqlSafe(sql)).bind(began).bind(used).execute(tx).await?;
    Ok(())
}

/// Ends all sessions of a person.
pub async fn delete_all(tx: &mut Tx, person: PersonId) -> Result<()> {
    hold_which(tx, "sessions", "token_hash", "person_id = $1", &[Asked::Number(person.0)]).await?;
    query("DELETE FROM sessions WHERE person_id = $1").bind(person).execute(tx).await?;
    Ok(())
}

/// Whether anybody has ever been able to come in: a session, a used link or a password exists.
pub async fn anybody_came_in(tx: &mut Tx) -> Result<bool> {
    let ways: i64 = query_scalar(
        "SELECT (SELECT COUNT(*) FROM sessions) + (SELECT COUNT(*) FROM links WHERE used_at IS NOT NULL) \
         + (SELECT COUNT(*) FROM people WHERE password_hash IS NOT NULL)",
    )
    .fetch_one(tx)
    .await?;
    Ok(ways > 0)
}
