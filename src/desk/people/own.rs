//! What everybody changes about themselves: name and password.

use serde_json::json;

use super::accept::set_password;
use super::{record, whom};
use crate::desk::sessions::{self, Attempt, NotSignedIn, begin_in};
use crate::desk::{Desk, Failure, password};
use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::password::check_twice;
use crate::domain::person::check_name;
use crate::secret::hash_token;
use crate::store::{Job, Result, Tx, changes, people};

/// Gives oneself another name.
///
/// # Errors
/// [`Failure::NotFound`] if the person is not enabled; [`Failure::Refused`] for `name`.
pub async fn rename_oneself(desk: &Desk, person: PersonId, name: &str) -> Result<(), Failure> {
    let name = check_name(name).map_err(|why| Failure::refused("name", why))?;
    desk.store.write(Rename { desk: desk.clone(), person, name }).await??;
    desk.live.nudge();
    Ok(())
}

struct Rename {
    desk: Desk,
    person: PersonId,
    name: String,
}

impl Job for Rename {
    type Out = Result<(), Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let now = self.desk.clock.now();
        let Some(person) = whom(tx, self.person, self.person).await? else { return Ok(Err(Failure::NotFound)) };
        if person.name != self.name {
            people::rename(tx, person.id, &self.name).await?;
            record(&self.desk, tx, (person.id, person.id), "person_renamed", &json!({}), now).await?;
            changes::note(tx, &[(ConversationId(0), "duty")], now).await?;
        }
        Ok(Ok(()))
    }
}

/// Chooses oneself another password and returns the token of a new session; all others end. A wrong `current` counts as
/// a failed sign-in from `address`. Whoever has no password yet (and came in by a link) needs no current one.
///
/// # Errors
/// [`Failure::NotFound`] if the person is not enabled; [`Failure::Refused`] for `current`, `password` or `again`.
pub async fn change_password(
    desk: &Desk,
    person: PersonId,
    address: String,
    current: String,
    (new, again): (String, String),
) -> Result<String, Failure> {
    check_twice(&new, &again).map_err(|(field, why)| Failure::refused(field, why))?;
    let whom = people::by_id(&mut desk.store.read().await?, person).await?.ok_or(Failure::NotFound)?;
    if whom.has_password {
        let attempt = Attempt { email: whom.email, password: current, address };
        sessions::prove(desk, &attempt).await.map_err(|why| match why {
            NotSignedIn::Store(error) => Failure::Store(error),
            NotSignedIn::Wrong => Failure::refused("current", "that is not your password"),
            NotSignedIn::Busy => Failure::refused("current", "too many sign in at once: try again in a few seconds"),
            NotSignedIn::Wait(_) => Failure::refused("current", "too many wrong passwords: wait a minute"),
        })?;
    }
    let hash = password::hash(desk, new).await?;
    let session = desk.chance.token::<32>();
    let job = Change { desk: desk.clone(), person, had: whom.has_password, hash, token_hash: hash_token(&session) };
    desk.store.write(job).await??;
    Ok(session)
}

struct Change {
    desk: Desk,
    person: PersonId,
    /// Whether the current password was asked for.
    had: bool,
    hash: String,
    token_hash: String,
}

impl Job for Change {
    type Out = Result<(), Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let now = self.desk.clock.now();
        let Some(person) = whom(tx, self.person, self.person).await? else { return Ok(Err(Failure::NotFound)) };
        if person.has_password != self.had {
            return Ok(Err(Failure::refused("current", "your password was changed meanwhile")));
        }
        set_password(tx, person.id, &self.hash).await?;
        begin_in(tx, &self.token_hash, person.id, now).await?;
        record(&self.desk, tx, (person.id, person.id), "password_set", &json!({}), now).await?;
        Ok(Ok(()))
    }
}
