//! A database that goes from one account at the carrier to another: what keeps it from going, and that it went.

use super::{Result, Tx};
use crate::clock::At;
use crate::on;

/// How many texts only the account can tell about through which they were requested: under way, or in doubt.
///
/// # Errors
/// What the database said.
pub async fn undecided(tx: &mut Tx) -> Result<i64> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM deliveries WHERE state IN ('sending', 'unknown')")
        .fetch_one(&mut *c).await)?)
}

/// Another account than `account` from which texts came in, if there is one.
///
/// # Errors
/// What the database said.
pub async fn another(tx: &mut Tx, account: &str) -> Result<Option<String>> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT carrier_account FROM messages WHERE carrier_account IS NOT NULL AND carrier_account <> $1 LIMIT 1")
        .bind(account).fetch_optional(&mut *c).await)?)
}

/// Writes down that it went.
///
/// # Errors
/// What the database said.
pub async fn record(tx: &mut Tx, id: i64, at: At, from: &str, to: &str) -> Result<()> {
    on!(tx, c => sqlx::query("INSERT INTO account_moves (id, at, from_account, to_account) VALUES ($1, $2, $3, $4)")
        .bind(id).bind(at.0).bind(from).bind(to).execute(&mut *c).await.map(drop))?;
    Ok(())
}
