//! Which carrier account a database belongs to, and sending that waits for better settings.

use serde_json::json;

use super::commands;
use crate::clock::At;
use crate::domain::ids::NumberId;
use crate::store::{Job, Result, Store, Tx, acts, fitness, numbers, settings};

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

/// Lets every paused number send again and returns how many there were: the settings have been mended. If not, the
/// carrier's next refusals pause them again.
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
        let mut resumed = fitness::resume_account(tx).await?;
        for number in numbers::all(tx).await?.iter().filter(|number| number.paused_at.is_some()) {
            resumed += u64::from(fitness::resume(tx, number.id).await?);
            fitness::forgive(tx, number.id).await?;
        }
        Ok(resumed)
    }
}

/// Lets those numbers send again that the carrier says are `fit`; the account is well, or it would not have said so. The
/// others are each tried by themselves, at `probe_at`.
///
/// # Errors
/// What the database said.
pub async fn resume_fit(store: &Store, fit: &[NumberId], probe_at: At, now: At) -> Result<()> {
    store.write(ResumeFit { fit: fit.to_vec(), probe_at, now }).await
}

struct ResumeFit {
    fit: Vec<NumberId>,
    probe_at: At,
    now: At,
}

impl Job for ResumeFit {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        let mut resumed = 0;
        for number in numbers::all(tx).await?.iter().filter(|number| number.paused_at.is_some()) {
            if self.fit.contains(&number.id) {
                resumed += u64::from(fitness::resume(tx, number.id).await?);
                fitness::forgive(tx, number.id).await?;
            } else {
                fitness::stop_alone(tx, number.id, self.probe_at, self.now).await?;
            }
        }
        if resumed > 0 {
            let data = json!({ "numbers": resumed });
            acts::by_command(tx, (commands::ids().next(self.now), self.now), "sending_resumed", None, &data).await?;
        }
        // None is left that stands still because of the account.
        fitness::resume_account(tx).await.map(drop)
    }
}

/// Has everything that is paused tried with the next text: the settings may be new.
///
/// # Errors
/// What the database said.
pub async fn try_paused(store: &Store, now: At) -> Result<()> {
    store.write(TryPaused(now)).await
}

struct TryPaused(At);

impl Job for TryPaused {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        fitness::try_now(tx, self.0).await
    }
}
