//! The first run: on a database without people, the holder of the link from the console becomes the first admin.
//!
//! After that no link leads to a set-up.

use std::time::Duration;

use serde_json::json;

use super::came::{Arrival, Came, Keys};
use super::password;
use crate::clock::{At, hours};
use crate::desk::authority::{hold_all, record};
use crate::desk::lines::new_line;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure, commands};
use crate::domain::ids::PersonId;
use crate::domain::numbers::typed;
use crate::domain::people::audit::{Action, How};
use crate::domain::people::password::{About, check_twice};
use crate::domain::people::person::{Role, check_email, check_name};
use crate::secret::hash_token;
use crate::store::people::{self, acts};
use crate::store::upkeep::settings;
use crate::store::{self, Job, Result, Store, Tx, lines};

/// The link from the console can be used for this long: somebody who reads the console later comes too late.
pub const LINK_LIFE: Duration = hours(1);

/// Remembers the set-up link of `token` from `now` on in place of any earlier one; `false` if there are people already.
pub async fn offer(store: &Store, token: &str, now: At) -> store::Result<bool> {
    store.write(Offer { hash: hash_token(token), now }).await
}

struct Offer {
    hash: String,
    now: At,
}

impl Job for Offer {
    type Out = bool;

    async fn run(&self, tx: &mut Tx) -> Result<bool> {
        if people::anybody(tx).await? {
            return Ok(false);
        }
        let until = self.now + LINK_LIFE;
        settings::set(tx, settings::SETUP_LINK, &format!("{} {}", self.hash, until.0)).await?;
        let id = (commands::ids().next(self.now), self.now);
        acts::by_command(tx, id, Action::SetupLinkMade, None, &json!({})).await?;
        Ok(true)
    }
}

/// What a link is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// By it the first admin is made.
    Open {
        /// There is a line already.
        has_line: bool,
    },
    /// It was the one, and its time is over.
    Ended,
    /// Nothing: it is another, or there are people.
    Nothing,
}

/// What the link with this token is worth.
pub async fn worth(desk: &Desk, token: &str) -> store::Result<Worth> {
    worth_in(&mut desk.store.read().await?, &hash_token(token), desk.clock.now()).await
}

async fn worth_in(tx: &mut Tx, hash: &str, now: At) -> Result<Worth> {
    let offered = settings::get(tx, settings::SETUP_LINK).await?;
    let offered = offered.as_deref().and_then(|offered| offered.split_once(' '));
    let Some((_, until)) = offered.filter(|(offered, _)| *offered == hash) else { return Ok(Worth::Nothing) };
    if people::anybody(tx).await? {
        return Ok(Worth::Nothing);
    }
    if until.parse().map_or(true, |until| now >= At(until)) {
        return Ok(Worth::Ended);
    }
    Ok(Worth::Open { has_line: !lines::all(tx).await?.is_empty() })
}

/// What was typed on the set-up page.
#[derive(Clone, Default)]
pub struct First {
    /// As colleagues will see it.
    pub name: String,
    /// What they will sign in with.
    pub email: String,
    /// The password.
    pub password: String,
    /// Once more.
    pub again: String,
    /// The company's number, such as +18005550100, or nothing to add it later.
    pub number: String,
    /// What customers know the line as.
    pub line: String,
    /// Where it came from.
    pub came: Came,
}

/// Makes the first admin, a member of the line that was named, and returns what their browser is given.
///
/// # Errors
/// [`Failure::NotFound`] if the link is not (any more) the one from the console; [`Failure::Refused`] for a field of
/// [`First`], by its name.
pub async fn finish(desk: &Desk, token: &str, first: First) -> Result<Keys, Failure> {
    let Worth::Open { has_line } = worth(desk, token).await? else { return Err(Failure::NotFound) };
    let name = check_name(&first.name).map_err(|why| Failure::refused("name", why))?;
    let email = check_email(&first.email).map_err(|why| Failure::refused("email", why))?;
    let about = About { email: email.clone(), name: name.clone(), company: vec![first.line.clone()] };
    check_twice(&first.password, &first.again, &about).map_err(|(field, why)| Failure::refused(field, why))?;
    let line = match (first.number.trim(), first.line.trim()) {
        _ if has_line => None,
        ("", "") => None,
        (number, name) => {
            let number = typed::line(number).map_err(|why| Failure::refused("number", why))?;
            Some((number, check_name(name).map_err(|why| Failure::refused("line", why))?))
        }
    };
    let hash = password::hash(desk, first.password).await?;
    let (keys, arrival) = Arrival::of(desk, &first.came, How::Setup);
    let job = Finish { offered: hash_token(token), name, email, hash, line, arrival };
    desk.work(job).await?;
    Ok(keys)
}

struct Finish {
    offered: String,
    name: String,
    email: String,
    hash: String,
    line: Option<(String, String)>,
    arrival: Arrival,
}

impl Verb for Finish {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (desk, now) = (work.desk, work.now);
        hold_all(work.tx).await?;

        if !matches!(worth_in(work.tx, &self.offered, now).await?, Worth::Open { .. }) {
            return Err(Failure::NotFound);
        }
        if let Some((number, _)) = &self.line {
            new_line::may_add(work.tx, number).await?;
        }
        settings::forget(work.tx, settings::SETUP_LINK).await?;
        let id = PersonId(desk.ids.next(now));
        people::insert(work.tx, id, &self.email, &self.name, Role::Admin, now).await?;
        people::set_password_hash(work.tx, id, &self.hash).await?;
        record(work, (id, id), Action::FirstAdmin, &json!({})).await?;
        if let Some((number, name)) = &self.line {
            let line = new_line::add_in(work, id, (number, name)).await?;
            lines::join(work.tx, line, id).await?;
        }
        self.arrival.begin_in(work, id).await?;
        Ok(())
    }
}
