//! Signing in and out, by password or by a one-time link.
//! An unknown person and a wrong password look alike and last alike, and nobody may guess for long.

use std::time::Duration;

use crate::clock::{At, hours, minutes};
use crate::desk::{Desk, password};
use crate::domain::ids::PersonId;
use crate::domain::name;
use crate::domain::person::{Duty, Role};
use crate::domain::throttle::{self, Scope, WINDOW};
use crate::secret::hash_token;
use crate::store::links::{self, Kind, OpenLink};
use crate::store::sessions::Account;
use crate::store::{self, Job, Store, Tx, sessions};

pub use crate::desk::password::hash_password;

/// A session that is not used ends after this.
pub const IDLE: Duration = hours(8);
/// Every session ends after this.
pub const ABSOLUTE: Duration = hours(24);
/// A one-time link can be used for this long.
pub const LINK_LIFE: Duration = hours(24);
/// Use is noted no more often than this.
const TOUCH_EVERY: Duration = minutes(1);

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Who {
    /// The person.
    pub id: PersonId,
    /// The person's name.
    pub name: String,
    /// The person's rank.
    pub role: Role,
    /// Whether the person takes customers.
    pub duty: Duty,
}

/// An attempt to sign in.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// As typed.
    pub email: String,
    /// As typed.
    pub password: String,
    /// The network address that it came from.
    pub address: String,
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
    /// The database or the hashing failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Signs in by password and returns the new session's token.
///
/// # Errors
/// [`NotSignedIn`].
pub async fn sign_in(desk: &Desk, attempt: Attempt) -> Result<String, NotSignedIn> {
    let (person, account) = prove(desk, &attempt).await?;
    Ok(begin(desk, Begin::for_password(desk, person, account)).await?)
}

/// Proves a password without beginning a session, under the same throttle: whose it is, and the account's mark in the
/// throttle.
///
/// # Errors
/// [`NotSignedIn`].
pub(super) async fn prove(desk: &Desk, attempt: &Attempt) -> Result<(PersonId, String), NotSignedIn> {
    let email = name::address(&attempt.email);
    // Somebody may have typed a password into the wrong field, so the field is not kept as it was typed.
    let account = hash_token(&email);
    refuse_guessers(desk, &account, &attempt.address).await?;
    // Asked again in its turn: of a thousand attempts at once, those behind the first failures are refused.
    let turn = password::turn().await;
    refuse_guessers(desk, &account, &attempt.address).await?;
    let found = account_of(desk, &attempt.email, &email).await?;
    let hash = found.as_ref().and_then(|found| found.password_hash.clone());
    let right = turn.verify(attempt.password.clone(), hash).await;
    // The turn ends after the failure has been noted, so that the next in the queue is told of it.
    match found {
        Some(found) if right => Ok((found.person, account)),
        _ => {
            let now = desk.clock.now();
            let id = desk.ids.next(now);
            desk.store.write(NoteFailure { id, account, address: attempt.address.clone(), now }).await?;
            drop(turn);
            Err(NotSignedIn::Wrong)
        }
    }
}

/// The account of an address that is kept as `address`, or as it was `typed`: before, addresses had several spellings.
async fn account_of(desk: &Desk, typed: &str, address: &str) -> store::Result<Option<Account>> {
    let mut tx = desk.store.read().await?;
    let found = sessions::account(&mut tx, address).await?;
    let before = typed.trim().to_lowercase();
    if found.is_none() && before != address { sessions::account(&mut tx, &before).await } else { Ok(found) }
}

/// Ends the session with this token.
///
/// # Errors
/// What the database said.
pub async fn sign_out(desk: &Desk, token: &str) -> store::Result<()> {
    desk.store.write(End { token_hash: hash_token(token) }).await
}

/// Who is signed in by this token. With `used`, the session goes on from now; a page that only refreshes itself
/// is no use of it.
///
/// # Errors
/// What the database said.
pub async fn who(desk: &Desk, token: &str, used: bool) -> store::Result<Option<Who>> {
    let now = desk.clock.now();
    let token_hash = hash_token(token);
    let Some(session) = sessions::find(&mut desk.store.read().await?, &token_hash).await? else { return Ok(None) };
    if now.since(session.seen_at) >= IDLE || now.since(session.created_at) >= ABSOLUTE {
        return Ok(None);
    }
    let Ok(role) = session.role.parse() else { return Ok(None) };
    if used && now.since(session.seen_at) >= TOUCH_EVERY {
        desk.store.write(Touch { token_hash, now }).await?;
    }
    Ok(Some(Who {
        id: session.person,
        name: session.name,
        role,
        duty: Duty::read(&session.duty).unwrap_or(Duty::Away),
    }))
}

/// Makes a one-time link's token for the enabled person with this e-mail address; `None` if there is none.
///
/// # Errors
/// What the database said.
pub async fn make_link(store: &Store, token: &str, email: &str, now: At) -> store::Result<Option<()>> {
    store.write(MakeLink { token_hash: hash_token(token), email: name::address(email), now }).await
}

/// Whose one-time link it is and what for, while it can be used.
///
/// # Errors
/// What the database said.
pub async fn whose_link(desk: &Desk, token: &str) -> store::Result<Option<OpenLink>> {
    links::open(&mut desk.store.read().await?, &hash_token(token), desk.clock.now()).await
}

/// Signs in by a one-time link for that, which is used up by it; `None` if it cannot be used (any more).
///
/// # Errors
/// What the database said.
pub async fn use_link(desk: &Desk, token: &str) -> store::Result<Option<String>> {
    let session = desk.chance.token::<32>();
    let job = UseLink { link_hash: hash_token(token), token_hash: hash_token(&session), now: desk.clock.now() };
    Ok(desk.store.write(job).await?.then_some(session))
}

async fn refuse_guessers(desk: &Desk, account: &str, address: &str) -> Result<(), NotSignedIn> {
    let now = desk.clock.now();
    let mut tx = desk.store.read().await?;
    let of_account = sessions::failures_of_account(&mut tx, account, now - WINDOW).await?;
    let of_address = sessions::failures_of_address(&mut tx, address, now - WINDOW).await?;
    let until = throttle::refused_until(of_account, Scope::Account, now).max(throttle::refused_until(
        of_address,
        Scope::Address,
        now,
    ));
    until.map_or(Ok(()), |until| Err(NotSignedIn::Wait(until)))
}

async fn begin(desk: &Desk, (token, job): (String, Begin)) -> store::Result<String> {
    desk.store.write(job).await?;
    Ok(token)
}

/// Begins a session within a transaction.
///
/// # Errors
/// What the database said.
pub(super) async fn begin_in(tx: &mut Tx, token_hash: &str, person: PersonId, now: At) -> store::Result<()> {
    sessions::drop_stale(tx, now - ABSOLUTE, now - IDLE).await?;
    sessions::insert(tx, token_hash, person, now).await
}

struct Begin {
    token_hash: String,
    person: PersonId,
    account: String,
    now: At,
}

impl Begin {
    fn for_password(desk: &Desk, person: PersonId, account: String) -> (String, Self) {
        let token = desk.chance.token::<32>();
        let begin = Begin { token_hash: hash_token(&token), person, account, now: desk.clock.now() };
        (token, begin)
    }
}

impl Job for Begin {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> store::Result<()> {
        sessions::forget_failures(tx, &self.account).await?;
        begin_in(tx, &self.token_hash, self.person, self.now).await
    }
}

struct NoteFailure {
    id: i64,
    account: String,
    address: String,
    now: At,
}

impl Job for NoteFailure {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> store::Result<()> {
        sessions::note_failure(tx, self.id, &self.account, &self.address, self.now, self.now - WINDOW).await
    }
}

struct End {
    token_hash: String,
}

impl Job for End {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> store::Result<()> {
        sessions::delete(tx, &self.token_hash).await
    }
}

struct Touch {
    token_hash: String,
    now: At,
}

impl Job for Touch {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> store::Result<()> {
        sessions::touch(tx, &self.token_hash, self.now).await
    }
}

struct MakeLink {
    token_hash: String,
    email: String,
    now: At,
}

impl Job for MakeLink {
    type Out = Option<()>;

    async fn run(&self, tx: &mut Tx) -> store::Result<Option<()>> {
        let Some(account) = sessions::account(tx, &self.email).await? else { return Ok(None) };
        let whose = (Kind::SignIn, account.person);
        links::insert(tx, &self.token_hash, whose, None, self.now, self.now + LINK_LIFE).await?;
        Ok(Some(()))
    }
}

struct UseLink {
    link_hash: String,
    token_hash: String,
    now: At,
}

impl Job for UseLink {
    type Out = bool;

    async fn run(&self, tx: &mut Tx) -> store::Result<bool> {
        let used = links::use_up(tx, &self.link_hash, Kind::SignIn, self.now).await?;
        let Some(person) = used else { return Ok(false) };
        begin_in(tx, &self.token_hash, person, self.now).await?;
        Ok(true)
    }
}
