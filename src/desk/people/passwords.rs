//! Sets a person's password, and says what it must not contain.

use crate::desk::Desk;
use crate::desk::work::{UnitOfWork, Verb};
use crate::domain::people::audit::Action;
use crate::domain::people::password::About;
use crate::domain::words::name;
use crate::store::people::{self, acts};
use crate::store::{self, Result, Store, Tx, lines};

/// What somebody who guesses at this person's password knows.
pub async fn about(tx: &mut Tx, email: &str, name: &str) -> Result<About> {
    let company = lines::all(tx).await?.into_iter().map(|line| line.name).collect();
    Ok(About { email: name::address(email), name: name.trim().to_owned(), company })
}

/// As [`about`], of the person with this e-mail address; of the address alone if there is none.
pub async fn about_address(store: &Store, email: &str) -> Result<About> {
    let mut tx = store.read().await?;
    let email = name::address(email);
    let known = people::all(&mut tx).await?.into_iter().find(|person| person.email == email);
    about(&mut tx, &email, known.as_ref().map_or("", |person| &person.name)).await
}

/// Sets the password of the enabled person with this e-mail address by its hash, on the command line, and ends their
/// sessions and unused links; `false` if there is no such person.
pub async fn set(desk: &Desk, email: &str, hash: String) -> Result<bool> {
    desk.work(Set { email: name::address(email), hash }).await
}

struct Set {
    email: String,
    hash: String,
}

impl Verb for Set {
    type Out = bool;
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (desk, now) = (work.desk, work.now);
        let Some(person) = people::set_password(work.tx, &self.email, &self.hash).await? else { return Ok(false) };

        acts::by_command(work.tx, (desk.ids.next(now), now), Action::PasswordSet, Some(person), &serde_json::json!({}))
            .await?;
        Ok(true)
    }
}
