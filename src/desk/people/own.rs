//! What everybody changes about themselves: name and password.

use serde_json::json;

use super::accept::set_password;
use super::came::{Arrival, Came, How, Keys};
use super::prove::{self, Counted};
use super::sessions::NotSignedIn;
use super::{password, passwords, record, whom};
use crate::desk::{Desk, Failure};
use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::people::password::check_twice;
use crate::domain::people::person::check_name;
use crate::store::conversations::changes;
use crate::store::{Job, Result, Tx, people};

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

/// Chooses oneself another password, which ends all sessions and begins one: what the browser is given. Wrong `current`
/// ones are counted by themselves: whoever guesses at the door keeps nobody from it who is inside. Whoever has no password
/// yet (and came in by a link) needs no current one.
///
/// # Errors
/// [`Failure::NotFound`] if the person is not enabled; [`Failure::Refused`] for `current`, `password` or `again`.
pub async fn change_password(
    desk: &Desk,
    person: PersonId,
    came: &Came,
    current: String,
    (new, again): (String, String),
) -> Result<Keys, Failure> {
    let (whom, about) = {
        let mut tx = desk.store.read().await?;
        let whom = people::by_id(&mut tx, person).await?.ok_or(Failure::NotFound)?;
        let about = passwords::about(&mut tx, &whom.email, &whom.name).await?;
        (whom, about)
    };
    check_twice(&new, &again, &about).map_err(|(field, why)| Failure::refused(field, why))?;
    let mut counted = None;
    if whom.has_password {
        let proved = prove::inside(desk, (person, &whom.email), current, came).await;
        counted = Some(proved.map_err(|why| match why {
            NotSignedIn::Store(error) => Failure::Store(error),
            NotSignedIn::Wrong => Failure::refused("current", "that is not your password"),
            NotSignedIn::Busy => Failure::refused("current", "too many sign in at once: try again in a few seconds"),
            NotSignedIn::Wait(_) => Failure::refused("current", "too many wrong passwords: wait a minute"),
        })?);
    }
    let hash = password::hash(desk, new).await?;
    let (keys, arrival) = Arrival::of(desk, came, How::NewPassword);
    let job = Change { desk: desk.clone(), person, counted, hash, arrival };
    desk.store.write(job).await??;
    Ok(keys)
}

struct Change {
    desk: Desk,
    person: PersonId,
    /// By what the current password was counted, if it was asked for.
    counted: Option<Counted>,
    hash: String,
    arrival: Arrival,
}

impl Job for Change {
    type Out = Result<(), Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let now = self.desk.clock.now();
        let Some(person) = whom(tx, self.person, self.person).await? else { return Ok(Err(Failure::NotFound)) };
        if person.has_password != self.counted.is_some() {
            return Ok(Err(Failure::refused("current", "your password was changed meanwhile")));
        }
        if let Some(counted) = &self.counted {
            prove::forgive(tx, counted).await?;
        }
        set_password(tx, person.id, &self.hash).await?;
        self.arrival.begin_in(&self.desk, tx, person.id, now).await?;
        record(&self.desk, tx, (person.id, person.id), "password_set", &json!({}), now).await?;
        Ok(Ok(()))
    }
}
