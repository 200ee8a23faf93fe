//! What everybody may change about themselves: name and password.

use serde_json::json;

use super::accept::set_password;
use super::came::{Arrival, Came, Keys};
use super::prove::NotSignedIn;
use super::prove::{self, Counted};
use super::{password, passwords};
use crate::desk::authority::{record, whom};
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::change::Changed;
use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::people::audit::{Action, How};
use crate::domain::people::password::check_twice;
use crate::domain::people::person::check_name;
use crate::store::{Result, people};

/// Gives oneself another name.
///
/// # Errors
/// [`Failure::NotFound`] if the person is not enabled; [`Failure::Refused`] for `name`.
pub async fn rename_oneself(desk: &Desk, person: PersonId, name: &str) -> Result<(), Failure> {
    let name = check_name(name).map_err(|why| Failure::refused("name", why))?;
    desk.work(Rename { person, name }).await
}

struct Rename {
    person: PersonId,
    name: String,
}

impl Verb for Rename {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let Some(person) = whom(work.tx, self.person, self.person).await? else { return Err(Failure::NotFound) };
        if person.name != self.name {
            people::rename(work.tx, person.id, &self.name).await?;
            record(work, (person.id, person.id), Action::PersonRenamed, &json!({})).await?;
            work.note(&[(ConversationId(0), Changed::Duty)]);
        }
        Ok(())
    }
}

/// Chooses oneself another password, which ends all sessions and begins one: what the browser is given. Wrong `current`
/// ones are counted by themselves: somebody who guesses at the sign-in does not lock out a person who is signed in. A person
/// without a password (signed in by a link) needs no current one.
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
    let job = Change { person, counted, hash, arrival };
    desk.work(job).await?;
    Ok(keys)
}

struct Change {
    person: PersonId,
    /// By what the current password was counted, if it was asked for.
    counted: Option<Counted>,
    hash: String,
    arrival: Arrival,
}

impl Verb for Change {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let Some(person) = whom(work.tx, self.person, self.person).await? else { return Err(Failure::NotFound) };
        if person.has_password != self.counted.is_some() {
            return Err(Failure::refused("current", "your password was changed meanwhile"));
        }
        if let Some(counted) = &self.counted {
            prove::forgive(work.tx, counted).await?;
        }
        set_password(work.tx, person.id, &self.hash).await?;
        self.arrival.begin_in(work, person.id).await?;
        record(work, (person.id, person.id), Action::PasswordSet, &json!({})).await?;
        Ok(())
    }
}
