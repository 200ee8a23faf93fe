//! A database that moves from one account at the carrier to another: what prevents the move.

use crate::store::sql::query_scalar;
use crate::store::{Result, Tx};

/// How many texts only the account can tell about through which they were requested: under way, or in doubt.
pub async fn undecided(tx: &mut Tx) -> Result<i64> {
    Ok(query_scalar("SELECT COUNT(*) FROM deliveries WHERE state IN ('sending', 'unknown')").fetch_one(tx).await?)
}

/// Another account than `account` from which texts came in, if there is one.
pub async fn another(tx: &mut Tx, account: &str) -> Result<Option<String>> {
    Ok(query_scalar(
        "SELECT carrier_account FROM (SELECT carrier_account FROM messages \
         UNION ALL SELECT carrier_account FROM arrivals) came \
         WHERE carrier_account IS NOT NULL AND carrier_account <> $1 LIMIT 1",
    )
    .bind(account)
    .fetch_optional(tx)
    .await?)
}
