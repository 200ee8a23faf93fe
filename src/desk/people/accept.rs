//! The holder of an invitation, or of a link to choose another password, chooses a password and is signed in.

use serde_json::json;

use super::came::{Arrival, Came, Keys};
use super::{password, passwords};
use crate::desk::authority::record;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::ids::PersonId;
use crate::domain::people::audit::{Action, How};
use crate::domain::people::password::check_twice;
use crate::domain::people::person::check_name;
use crate::secret::hash_token;
use crate::store::people::links::{self, Kind};
use crate::store::{Result, Tx, people};

/// What was typed.
#[derive(Clone)]
pub struct Accepted {
    /// As colleagues will see it; for an invitation only.
    pub name: Option<String>,
    /// The password.
    pub password: String,
    /// Once more.
    pub again: String,
}

/// Uses a link up: sets the password (and the name), ends all sessions of before, and returns what the browser is given.
///
/// # Errors
/// [`Failure::NotFound`] if the link cannot be used (any more); [`Failure::Refused`] for `name`, `password` or `again`.
pub async fn accept(desk: &Desk, token: &str, kind: Kind, typed: Accepted, came: &Came) -> Result<Keys, Failure> {
    let name = match (kind, &typed.name) {
        (Kind::Invitation, Some(name)) => Some(check_name(name).map_err(|why| Failure::refused("name", why))?),
        _ => None,
    };
    let about = {
        let mut tx = desk.store.read().await?;
        let open = links::open(&mut tx, &hash_token(token), desk.clock.now()).await?.ok_or(Failure::NotFound)?;
        passwords::about(&mut tx, &open.email, name.as_ref().unwrap_or(&open.name)).await?
    };
    check_twice(&typed.password, &typed.again, &about).map_err(|(field, why)| Failure::refused(field, why))?;
    let hash = password::hash(desk, typed.password).await?;
    let how = if kind == Kind::Invitation { How::Invitation } else { How::Reset };
    let (keys, arrival) = Arrival::of(desk, came, how);
    desk.work(Accept { link: hash_token(token), kind, name, hash, arrival }).await?;
    Ok(keys)
}

struct Accept {
    link: String,
    kind: Kind,
    name: Option<String>,
    hash: String,
    arrival: Arrival,
}

impl Verb for Accept {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        let used = links::use_up(work.tx, &self.link, self.kind, now).await?;
        let Some(id) = used.filter(|_| self.kind != Kind::SignIn) else { return Err(Failure::NotFound) };
        set_password(work.tx, id, &self.hash).await?;
        if let Some(name) = &self.name {
            people::rename(work.tx, id, name).await?;
        }
        self.arrival.begin_in(work, id).await?;
        record(work, (id, id), Action::PasswordSet, &json!({})).await?;
        Ok(())
    }
}

/// Sets a password by its hash, and ends the sessions of this person.
pub(super) async fn set_password(tx: &mut Tx, id: PersonId, hash: &str) -> Result<()> {
    people::set_password_hash(tx, id, hash).await?;
    people::sign_out(tx, id).await
}
