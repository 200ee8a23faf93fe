//! Signing in and out, by password or by a one-time link, and for how long.

use std::time::Duration;

use super::came::{self, ABSOLUTE, Arrival, Came, IDLE, Keys};
use super::prove::{self, Counted};
use crate::clock::{At, hours, minutes};
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, commands};
use crate::domain::ids::PersonId;
use crate::domain::people::audit::{Action, How};
use crate::domain::people::person::{Duty, Role};
use crate::domain::words::name;
use crate::secret::hash_token;
use crate::store::people::links::{self, Kind, OpenLink};
use crate::store::people::sign_ins::{self, SignIn, Way};
use crate::store::people::{acts, sessions};
use crate::store::{self, Job, Store, Tx};

pub use crate::desk::people::password::hash_password;
pub use crate::desk::people::prove::{Attempt, NotSignedIn};

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

/// Signs in by password and returns what the browser is given.
///
/// # Errors
/// [`NotSignedIn`].
pub async fn sign_in(desk: &Desk, attempt: Attempt) -> Result<Keys, NotSignedIn> {
    let (keys, arrival) = Arrival::of(desk, &attempt.came, How::Password);
    let (person, counted) = prove::at_the_door(desk, attempt).await?;
    desk.work(Begin { arrival, person, counted }).await?;
    Ok(keys)
}

/// Ends the session with this token.
pub async fn sign_out(desk: &Desk, token: &str, came: &Came) -> store::Result<()> {
    desk.work(End { token_hash: hash_token(token), address: came.address.clone() }).await
}

/// Who is signed in by this token. With `used`, the session goes on from now; a page that only refreshes itself
/// is no use of it.
pub async fn who(desk: &Desk, token: &str, used: bool) -> store::Result<Option<Who>> {
    let now = desk.clock.now();
    let token_hash = hash_token(token);
    let Some(session) = sessions::find(&mut desk.store.read().await?, &token_hash).await? else { return Ok(None) };
    if now.since(session.seen_at) >= IDLE || now.since(session.created_at) >= ABSOLUTE {
        return Ok(None);
    }
    if used && now.since(session.seen_at) >= TOUCH_EVERY {
        desk.store.write(Touch { token_hash, now }).await?;
    }
    Ok(Some(Who { id: session.person, name: session.name, role: session.role, duty: session.duty }))
}

/// Makes, on the command line, a one-time link's token for the enabled person with this e-mail address; `None` if there is none.
pub async fn make_link(store: &Store, token: &str, email: &str, now: At) -> store::Result<Option<()>> {
    store.write(MakeLink { token_hash: hash_token(token), email: name::address(email), now }).await
}

/// Whose one-time link it is and what for, while it can be used.
pub async fn whose_link(desk: &Desk, token: &str) -> store::Result<Option<OpenLink>> {
    links::open(&mut desk.store.read().await?, &hash_token(token), desk.clock.now()).await
}

/// Signs in by a one-time link for that, which is used up by it; `None` if it cannot be used (any more).
pub async fn use_link(desk: &Desk, token: &str, came: &Came) -> store::Result<Option<Keys>> {
    let (keys, arrival) = Arrival::of(desk, came, How::Link);
    let job = UseLink { link_hash: hash_token(token), arrival };
    Ok(desk.work(job).await?.then_some(keys))
}

struct Begin {
    arrival: Arrival,
    person: PersonId,
    counted: Counted,
}

impl Verb for Begin {
    type Out = ();
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        prove::forgive(work.tx, &self.counted).await?;
        self.arrival.begin_in(work, self.person).await
    }
}

struct End {
    token_hash: String,
    address: Option<String>,
}

impl Verb for End {
    type Out = ();
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (desk, now) = (work.desk, work.now);
        let Some(person) = sessions::delete(work.tx, &self.token_hash).await? else { return Ok(()) };
        let origin = &came::origin(work, self.address.as_deref()).await?;
        let id = desk.ids.next(now);
        let entry = SignIn { id, at: now, person, way: Way::Out, origin };
        sign_ins::insert(work.tx, entry).await
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
        let id = (commands::ids().next(self.now), self.now);
        acts::by_command(tx, id, Action::LinkMade, Some(account.person), &serde_json::json!({})).await?;
        Ok(Some(()))
    }
}

struct UseLink {
    link_hash: String,
    arrival: Arrival,
}

impl Verb for UseLink {
    type Out = bool;
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        let used = links::use_up(work.tx, &self.link_hash, Kind::SignIn, now).await?;
        let Some(person) = used else { return Ok(false) };
        self.arrival.begin_in(work, person).await?;
        Ok(true)
    }
}
