//! Which carrier account a database belongs to, and sending that waits for better settings.

use serde_json::json;

use super::commands;
use crate::clock::At;
use crate::store::{Job, Result, Store, Tx, attempts, command_acts, settings};

/// Claims the database for the carrier account `identity`; the first claim is remembered for good. The inner error is
/// the other account that it belongs to.
///
/// # Errors
/// What the database said.
pub async fn claim(store: &Store, identity: &str) -> Result<Result<(), String>> {
    let held = store.write(Claim(identity.to_owned())).await?;
    Ok(if held == identity { Ok(()) } else { Err(held) })
}

/// The carrier account that the database belongs to, if it has been served.
///
/// # Errors
/// What the database said.
pub async fn claimed(store: &Store) -> Result<Option<String>> {
    settings::get(&mut store.read().await?, settings::CARRIER_ACCOUNT).await
}

struct Claim(String);

impl Job for Claim {
    type Out = String;

    async fn run(&self, tx: &mut Tx) -> Result<String> {
        settings::remember(tx, settings::CARRIER_ACCOUNT, &self.0).await
    }
}

/// Lets every paused number send again and returns how many there were: the settings have been mended, or may have
/// been. If not, the carrier's next refusal pauses them again.
///
/// # Errors
/// What the database said.
pub async fn resume_sending(store: &Store) -> Result<u64> {
    store.write(Resume(None)).await
}

/// As [`resume_sending`], because a command was told to: that it did is written down.
///
/// # Errors
/// What the database said.
pub async fn resume_by_command(store: &Store, now: At) -> Result<u64> {
    store.write(Resume(Some(now))).await
}

struct Resume(Option<At>);

impl Job for Resume {
    type Out = u64;

    async fn run(&self, tx: &mut Tx) -> Result<u64> {
        let resumed = attempts::resume(tx).await?;
        if let Some(now) = self.0.filter(|_| resumed > 0) {
            let data = json!({ "numbers": resumed });
            command_acts::record(tx, (commands::ids().next(now), now), "sending_resumed", None, &data).await?;
        }
        Ok(resumed)
    }
}
