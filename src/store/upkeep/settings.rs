//! What this database stores about itself: a name and a value each.

use crate::store::sql::{query, query_scalar};
use crate::store::{Result, Tx};

/// The carrier account that this database has served; another one is refused.
pub const CARRIER_ACCOUNT: &str = "carrier_account";

/// The secret by which a server proves that it serves this database.
pub const SERVER_KEY: &str = "server_key";

/// When somebody last looked whether this database can be written: a node by its number, or `doctor`, each in a row of its own
/// whose name begins so.
pub const WRITTEN_AT: &str = "written_at";

/// The hash of the link from the console by which the first admin is made.
pub const SETUP_LINK: &str = "setup_link";

/// The key by which network addresses are hashed where they are kept.
pub const ORIGIN_KEY: &str = "origin_key";

/// The value of `name`.
pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    let value = query_scalar("SELECT value FROM settings WHERE name = $1").bind(name).fetch_optional(tx).await?;
    Ok(value)
}

/// Remembers `value` unless something is remembered already, and returns what is.
pub async fn remember(tx: &mut Tx, name: &str, value: &str) -> Result<String> {
    query("INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
        .bind(name)
        .bind(value)
        .execute(tx)
        .await?;
    Ok(get(tx, name).await?.unwrap_or_else(|| value.to_owned()))
}

/// Remembers `value` instead of what was remembered before.
pub async fn set(tx: &mut Tx, name: &str, value: &str) -> Result<()> {
    query("INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .bind(name)
        .bind(value)
        .execute(tx)
        .await?;
    Ok(())
}

/// Forgets what was remembered.
pub async fn forget(tx: &mut Tx, name: &str) -> Result<()> {
    query("DELETE FROM settings WHERE name = $1").bind(name).execute(tx).await?;
    Ok(())
}
