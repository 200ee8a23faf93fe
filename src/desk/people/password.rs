//! Hashes passwords: Argon2id, two at a time.
//!
//! A hash is slow on purpose, so it runs beside the threads that answer webhooks, in a queue of its own. The queue is
//! short, too: a request that would have to wait long is told at once to come again.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::desk::Desk;
use crate::secret::Chance;
use crate::store::{Error, Result};

/// Memory in KiB, the least that OWASP advises with two passes and one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Attempts that are hashed or wait for it, at most: some half a second of two cores.
const LONGEST_QUEUE: usize = 32;

static AT_WORK: Semaphore = Semaphore::const_new(2);

/// The places in the queue.
#[derive(Debug)]
pub(in crate::desk) struct Queue(Semaphore);

impl Default for Queue {
    fn default() -> Self {
        Queue(Semaphore::new(LONGEST_QUEUE))
    }
}

/// Stands in where there is no hash to compare with, so that the answer takes as long.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_password(&Chance::System, "nobody").unwrap_or_default());

/// The password could not be hashed.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed: {0}")]
pub struct NotHashed(String);

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).unwrap_or(Params::DEFAULT);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The hash of a password in PHC form, with a salt of its own. Takes some 30 ms of one core.
///
/// # Errors
/// If memory ran out.
pub fn hash_password(chance: &Chance, password: &str) -> Result<String, NotHashed> {
    let mut salt = [0; 16];
    chance.fill(&mut salt);
    let hash =
        argon2().hash_password_with_salt(password.as_bytes(), &salt).map_err(|error| NotHashed(error.to_string()))?;
    Ok(hash.to_string())
}

/// As [`hash_password`], beside the threads that answer and in its turn.
///
/// # Errors
/// If memory ran out.
pub(in crate::desk) async fn hash(desk: &Desk, password: String) -> Result<String> {
    let (turn, chance) = (desk.passwords.turn().await.map_err(|QueueFull| Error::GivenUp(FULL))?, desk.chance.clone());
    let hashed = tokio::task::spawn_blocking(move || hash_password(&chance, &password)).await;
    drop(turn);
    hashed.ok().and_then(std::result::Result::ok).ok_or(Error::GivenUp("the password could not be hashed"))
}

/// The right to hash.
#[derive(Debug)]
#[expect(dead_code, reason = "held, not read: the next in the queue comes when this is dropped")]
pub(in crate::desk) struct Turn<'q>(Option<SemaphorePermit<'static>>, SemaphorePermit<'q>);

/// So many wait already that nobody more may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::desk) struct QueueFull;

const FULL: &str = "too many passwords are being hashed at once";

impl Queue {
    /// Waits in the queue.
    ///
    /// # Errors
    /// [`QueueFull`], at once.
    pub(in crate::desk) async fn turn(&self) -> std::result::Result<Turn<'_>, QueueFull> {
        let standing = self.0.try_acquire().map_err(|_| QueueFull)?;
        Ok(Turn(AT_WORK.acquire().await.ok(), standing))
    }
}

impl Turn<'_> {
    /// Whether `password` has `hash`; without a hash it never has, and takes as long to find out.
    pub(in crate::desk) async fn verify(&self, password: String, hash: Option<String>) -> bool {
        let known = hash.is_some();
        let compared = tokio::task::spawn_blocking(move || {
            let hash = hash.as_deref().unwrap_or(NOBODY.as_str());
            PasswordHash::new(hash).is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok())
        });
        known & compared.await.unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_hash_and_no_other() {
        let hash = hash_password(&Chance::seeded(1), "tide table").unwrap();
        let queue = Queue::default();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(queue.turn().await.unwrap().verify("tide table".into(), Some(hash.clone())).await);
        assert!(!queue.turn().await.unwrap().verify("tide tables".into(), Some(hash)).await);
        assert!(!queue.turn().await.unwrap().verify("nobody".into(), None).await);
    }

    #[tokio::test]
    async fn the_queue_has_so_many_places_and_whoever_finds_none_is_told_at_once() {
        let queue = Queue::default();
        let standing: Vec<_> = (0..LONGEST_QUEUE).map(|_| queue.0.try_acquire().unwrap()).collect();
        assert_eq!(queue.turn().await.err(), Some(QueueFull));
        drop(standing);
        assert!(queue.turn().await.is_ok());
    }
}
