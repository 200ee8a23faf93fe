//! Checks a password. An unknown person and a wrong password give the same answer after the same time, and nobody may
//! guess for long. Somebody who guesses elsewhere does not lock out a browser in which the owner has signed in before.

use super::came::{Came, DEVICE_LIFE, origin};
use super::password;
use crate::clock::At;
use crate::desk::Desk;
use crate::desk::upkeep::tallies::Attempted;
use crate::desk::work::{UnitOfWork, Verb};
use crate::domain::ids::PersonId;
use crate::domain::people::audit::Refused;
use crate::domain::people::throttle::{self, Scope, WINDOW};
use crate::domain::words::name;
use crate::secret::hash_token;
use crate::store::people::sign_ins;
use crate::store::people::{devices, sessions};
use crate::store::{self, Tx};

/// An attempt to sign in.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// As typed.
    pub email: String,
    /// As typed.
    pub password: String,
    /// Where it came from.
    pub came: Came,
}

/// Why somebody was not signed in.
#[derive(Debug, thiserror::Error)]
pub enum NotSignedIn {
    /// Unknown person, wrong password, no password set, or disabled: not told apart.
    #[error("e-mail or password is wrong")]
    Wrong,
    /// Too many wrong passwords; refused until then.
    #[error("too many wrong passwords; try again after {0}")]
    Wait(At),
    /// So many sign in at this moment that nobody more can wait for it.
    #[error("too many sign in at once; try again in a few seconds")]
    Busy,
    /// The database or the hashing failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// What wrong passwords are counted by.
#[derive(Clone, Debug)]
pub(in crate::desk) struct Counted {
    account: String,
    address: Option<String>,
}

impl Counted {
    /// By the account and the address, as for everybody whose browser is not known.
    fn at_the_door(email: &str, came: &Came) -> Self {
        // Somebody may have typed a password into the wrong field, so the field is not kept as it was typed.
        Counted { account: hash_token(email), address: came.address.clone() }
    }

    /// By a browser that the person has signed in with: nobody else's failures count.
    fn at_home(device_hash: &str, person: PersonId) -> Self {
        Counted { account: hash_token(&format!("device {device_hash} {person}")), address: None }
    }

    /// By the person who is signed in.
    fn inside(person: PersonId) -> Self {
        Counted { account: hash_token(&format!("inside {person}")), address: None }
    }
}

/// Proves a password at the door: whose it is, and what its failures were counted by.
///
/// # Errors
/// [`NotSignedIn`].
pub(in crate::desk) async fn at_the_door(desk: &Desk, attempt: Attempt) -> Result<(PersonId, Counted), NotSignedIn> {
    let mut email = name::address(&attempt.email);
    let counted = {
        let mut tx = desk.store.read().await?;
        // Before, an address had several spellings: one that is kept as it was typed is found, too.
        let typed = attempt.email.trim().to_lowercase();
        if typed != email
            && sessions::account(&mut tx, &email).await?.is_none()
            && sessions::account(&mut tx, &typed).await?.is_some()
        {
            email = typed;
        }
        let person = sessions::account(&mut tx, &email).await?.map(|found| found.person);
        match (person, attempt.came.device.as_deref().map(hash_token)) {
            (Some(person), Some(device))
                if devices::knows(&mut tx, &device, person, desk.clock.now() - DEVICE_LIFE).await? =>
            {
                Counted::at_home(&device, person)
            }
            _ => Counted::at_the_door(&email, &attempt.came),
        }
    };
    let person = prove(desk, &email, attempt.password, &attempt.came, &counted).await?;
    Ok((person, counted))
}

/// Proves the password of somebody who is signed in, whom nobody outside keeps from it.
///
/// # Errors
/// [`NotSignedIn`].
pub(in crate::desk) async fn inside(
    desk: &Desk,
    (person, email): (PersonId, &str),
    password: String,
    came: &Came,
) -> Result<Counted, NotSignedIn> {
    let counted = Counted::inside(person);
    prove(desk, email, password, came, &counted).await.map(|_| counted)
}

async fn prove(
    desk: &Desk,
    email: &str,
    password: String,
    came: &Came,
    counted: &Counted,
) -> Result<PersonId, NotSignedIn> {
    refuse_guessers(desk, email, came, counted).await?;
    // Asked again in its turn: of a thousand attempts at once, those behind the first failures are refused.
    let turn = desk.passwords.turn().await.map_err(|password::QueueFull| NotSignedIn::Busy)?;
    refuse_guessers(desk, email, came, counted).await?;
    let found = sessions::account(&mut desk.store.read().await?, email).await?;
    let hash = found.as_ref().and_then(|found| found.password_hash.clone());
    let right = turn.verify(password, hash).await;
    // The turn ends after the failure has been noted, so that the next in the queue is told of it.
    match found {
        Some(found) if right => Ok(found.person),
        found => {
            let note = NoteFailure {
                counted: counted.clone(),
                person: found.map(|found| found.person),
                address: came.address.clone(),
            };
            desk.work(note).await?;
            drop(turn);
            Err(NotSignedIn::Wrong)
        }
    }
}

async fn refuse_guessers(desk: &Desk, email: &str, came: &Came, counted: &Counted) -> Result<(), NotSignedIn> {
    let now = desk.clock.now();
    let mut tx = desk.store.read().await?;
    let of_account = sessions::failures_of_account(&mut tx, &counted.account, now - WINDOW).await?;
    let mut until = throttle::refused_until(of_account, Scope::Account, now);
    if let Some(address) = &counted.address {
        let of_address = sessions::failures_of_address(&mut tx, address, now - WINDOW).await?;
        until = until.max(throttle::refused_until(of_address, Scope::Address, now));
    }
    let Some(until) = until else { return Ok(()) };
    let person = sessions::account(&mut tx, email).await?.map(|found| found.person);
    desk.tallies.too_soon(person, came.address.as_deref());
    Err(NotSignedIn::Wait(until))
}

/// Forgives what was counted, within the transaction in which the right password is taken.
pub(in crate::desk) async fn forgive(tx: &mut Tx, counted: &Counted) -> store::Result<()> {
    sessions::forget_failures(tx, &counted.account).await
}

struct NoteFailure {
    counted: Counted,
    person: Option<PersonId>,
    address: Option<String>,
}

impl Verb for NoteFailure {
    type Out = ();
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (desk, now) = (work.desk, work.now);
        let by = (self.counted.account.as_str(), self.counted.address.as_deref());
        sessions::note_failure(work.tx, desk.ids.next(now), by, now, now - WINDOW).await?;
        let origin = origin(work, self.address.as_deref()).await?;
        sign_ins::refuse(work.tx, (self.person, &origin, Refused::Wrong), 1, now).await
    }
}

/// Adds the attempts to sign in that came too soon, which were counted in memory, to what is kept of them.
///
/// # Errors
/// What the database said; the counts are kept for the next time.
pub async fn keep_too_soon(desk: &Desk) -> store::Result<()> {
    let too_soon = desk.tallies.take_too_soon();
    if too_soon.is_empty() {
        return Ok(());
    }
    let note = NoteTooSoon { too_soon: too_soon.clone(), at: desk.clock.now() };
    let noted = desk.work(note).await;
    if noted.is_err() {
        for (attempted, count) in too_soon {
            desk.tallies.add_too_soon(attempted, count);
        }
    }
    noted
}

/// Attempts that came too soon, and how many of each, added to what is kept of them.
struct NoteTooSoon {
    too_soon: Vec<(Attempted, i64)>,
    at: At,
}

impl Verb for NoteTooSoon {
    type Out = ();
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        for ((person, address), count) in &self.too_soon {
            let origin = origin(work, address.as_deref()).await?;
            sign_ins::refuse(work.tx, (*person, &origin, Refused::TooSoon), *count, self.at).await?;
        }
        Ok(())
    }
}
