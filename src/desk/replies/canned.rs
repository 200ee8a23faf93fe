//! Stores canned replies: everybody has their own, and managers also keep those of a line and of the company.

use serde_json::json;

use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::ids::{CannedReplyId, PersonId};
use crate::domain::people::audit::Action;
use crate::domain::people::person::Role;
use crate::domain::words::canned::{check, shortcut};
use crate::store::engine::dialect;
use crate::store::people::audit::{self, Entry};
use crate::store::replies::canned::{self, Owner};
use crate::store::{Result, Tx, people};

/// A canned reply as it was typed.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Which one is changed; a new one if `None`.
    pub id: Option<CannedReplyId>,
    /// Whose it is to be.
    pub owner: Owner,
    /// What calls it.
    pub shortcut: String,
    /// What it says.
    pub body: String,
}

/// Keeps one.
///
/// # Errors
/// [`Failure::NotFound`] if it is not for this person to change, or there is no such line; [`Failure::Refused`] for the
/// field `shortcut` or `body`.
pub async fn keep(desk: &Desk, by: PersonId, kept: Kept) -> Result<(), Failure> {
    let shortcut = shortcut(&kept.shortcut).map_err(|why| Failure::refused("shortcut", why))?;
    check(&kept.body).map_err(|why| Failure::refused("body", why))?;
    let body = kept.body.trim().to_owned();
    desk.work(Keep { by, kept: Kept { shortcut, body, ..kept } }).await
}

/// Forgets one. Replies in which it was used stay as they are.
///
/// # Errors
/// [`Failure::NotFound`] if it is not for this person to change.
pub async fn forget(desk: &Desk, by: PersonId, id: CannedReplyId) -> Result<(), Failure> {
    desk.work(Forget { by, id }).await
}

/// Whether `by` may change what belongs to `owner`.
async fn may(tx: &mut Tx, by: PersonId, owner: Owner) -> Result<bool> {
    Ok(match owner {
        Owner::Person(person) => person == by,
        Owner::Line(_) | Owner::Company => {
            people::by_id(tx, by).await?.is_some_and(|person| !person.disabled && person.role >= Role::Manager)
        }
    })
}

struct Keep {
    by: PersonId,
    kept: Kept,
}

impl Verb for Keep {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        let (kept, now) = (&self.kept, now);
        dialect::one_at_a_time(work.tx, "canned replies", "").await?;
        let before = match kept.id {
            Some(id) => match canned::owner_of(work.tx, id).await? {
                Some(owner) => Some(owner),
                None => return Err(Failure::NotFound),
            },
            None => None,
        };
        for owner in before.into_iter().chain([kept.owner]) {
            if !may(work.tx, self.by, owner).await? {
                return Err(Failure::NotFound);
            }
        }
        if let Owner::Line(line) = kept.owner
            && !canned::has_line(work.tx, line).await?
        {
            return Err(Failure::NotFound);
        }
        if canned::is_taken(work.tx, kept.owner, &kept.shortcut, kept.id).await? {
            let why = format!("there is another /{} in the same place: choose another name", kept.shortcut);
            return Err(Failure::refused("shortcut", why));
        }
        if let Some(id) = kept.id {
            canned::update(work.tx, (id, kept.owner, &kept.shortcut, &kept.body), now).await?;
            record(work, self.by, (Action::CannedReplyChanged, id, kept.owner)).await?;
        } else {
            let id = CannedReplyId(work.desk.ids.next(now));
            canned::insert(work.tx, (id, kept.owner, &kept.shortcut, &kept.body), self.by, now).await?;
            record(work, self.by, (Action::CannedReplyMade, id, kept.owner)).await?;
        }
        Ok(())
    }
}

/// Writes the audit row of a change to one.
async fn record(
    work: &mut UnitOfWork<'_>,
    by: PersonId,
    (action, id, owner): (Action, CannedReplyId, Owner),
) -> Result<()> {
    let desk = work.desk;
    let (now, data) = (desk.clock.now(), json!({ "reply": id.0.to_string(), "whose": whose(owner) }));
    audit::record(work.tx, Entry::new(desk.ids.next(now), now, by, action, &data)).await
}

fn whose(owner: Owner) -> String {
    match owner {
        Owner::Person(_) => "their own".to_owned(),
        Owner::Line(line) => format!("line {}", line.0),
        Owner::Company => "company".to_owned(),
    }
}

struct Forget {
    by: PersonId,
    id: CannedReplyId,
}

impl Verb for Forget {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        match canned::owner_of(work.tx, self.id).await? {
            Some(owner) if may(work.tx, self.by, owner).await? => {
                canned::delete(work.tx, self.id).await?;
                Ok(record(work, self.by, (Action::CannedReplyRemoved, self.id, owner)).await?)
            }
            _ => Err(Failure::NotFound),
        }
    }
}
