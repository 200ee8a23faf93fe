//! Makes an invitation for somebody new, or a link by which somebody chooses another password.

use serde_json::json;

use super::sessions::LINK_LIFE;
use crate::clock::At;
use crate::desk::authority::{by_admin, hold_all, record};
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::ids::PersonId;
use crate::domain::people::audit::Action;
use crate::domain::people::person::{Role, check_email, check_name};
use crate::secret::hash_token;
use crate::store::people::links::{self, Kind};
use crate::store::{Result, Tx, people};

/// Somebody who is to be invited, as typed.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// What they will sign in with.
    pub email: String,
    /// As colleagues see it.
    pub name: String,
    /// Rank.
    pub role: Role,
}

/// Somebody who was invited.
#[derive(Clone, Debug)]
pub struct Invited {
    /// Who.
    pub person: PersonId,
    /// The token of the link, which is shown once.
    pub token: String,
}

/// Adds a person, who comes in by the link of the token and chooses a password there. `by` an admin.
///
/// # Errors
/// [`Failure::NotFound`] if `by` is no admin; [`Failure::Refused`] for `email` or `name`.
pub async fn invite(desk: &Desk, by: PersonId, new: NewPerson) -> Result<Invited, Failure> {
    let email = check_email(&new.email).map_err(|why| Failure::refused("email", why))?;
    let name = check_name(&new.name).map_err(|why| Failure::refused("name", why))?;
    let token = desk.chance.token::<32>();
    let job = Invite { by, new: NewPerson { email, name, ..new }, hash: hash_token(&token) };
    let person = desk.work(job).await?;
    Ok(Invited { person, token })
}

struct Invite {
    by: PersonId,
    new: NewPerson,
    hash: String,
}

impl Verb for Invite {
    type Out = PersonId;
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        hold_all(work.tx).await?;

        if by_admin(work.tx, self.by, self.by).await?.is_none() {
            return Err(Failure::NotFound);
        }
        if people::by_email(work.tx, &self.new.email).await?.is_some() {
            return Err(Failure::refused("email", "somebody with this address is here already"));
        }
        let id = PersonId(work.desk.ids.next(now));
        people::insert(work.tx, id, &self.new.email, &self.new.name, self.new.role, now).await?;
        give(work.tx, &self.hash, (Kind::Invitation, id), self.by, now).await?;
        let data = json!({ "role": self.new.role.as_str() });
        record(work, (self.by, id), Action::PersonInvited, &data).await?;
        Ok(id)
    }
}

async fn give(tx: &mut Tx, hash: &str, whose: (Kind, PersonId), by: PersonId, now: At) -> Result<()> {
    links::insert(tx, hash, whose, Some(by), now, now + LINK_LIFE).await
}

/// Makes a link by which `person` chooses a password: another one, or the first if the invitation ran out. The password
/// of now holds until then. `by` an admin. Returns the token, which is shown once.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such enabled person or `by` is no admin.
pub async fn reset(desk: &Desk, by: PersonId, person: PersonId) -> Result<String, Failure> {
    let token = desk.chance.token::<32>();
    desk.work(Reset { by, person, hash: hash_token(&token) }).await?;
    Ok(token)
}

struct Reset {
    by: PersonId,
    person: PersonId,
    hash: String,
}

impl Verb for Reset {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        let Some(person) = by_admin(work.tx, self.by, self.person).await? else { return Err(Failure::NotFound) };
        if person.disabled {
            return Err(Failure::refused("reset", "they are disabled: enable them first"));
        }
        let kind = if person.has_password { Kind::Reset } else { Kind::Invitation };
        give(work.tx, &self.hash, (kind, person.id), self.by, now).await?;
        record(work, (self.by, person.id), Action::LinkMade, &json!({})).await?;
        Ok(())
    }
}
