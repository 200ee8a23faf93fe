//! Keeps canned replies: everybody their own, managers also those of a line and of the company.

use serde_json::json;

use crate::desk::{Desk, Failure};
use crate::domain::ids::{CannedReplyId, PersonId};
use crate::domain::people::person::Role;
use crate::domain::words::canned::{check, shortcut};
use crate::store::engine::dialect;
use crate::store::people::audit::{self, Entry};
use crate::store::replies::canned::{self, Owner};
use crate::store::{Job, Result, Tx, people};

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
    desk.store.write(Keep { desk: desk.clone(), by, kept: Kept { shortcut, body, ..kept } }).await?
}

/// Forgets one. Replies in which it was used stay as they are.
///
/// # Errors
/// [`Failure::NotFound`] if it is not for this person to change.
pub async fn forget(desk: &Desk, by: PersonId, id: CannedReplyId) -> Result<(), Failure> {
    desk.store.write(Forget { desk: desk.clone(), by, id }).await?
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
    desk: Desk,
    by: PersonId,
    kept: Kept,
}

impl Job for Keep {
    type Out = Result<(), Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let (kept, now) = (&self.kept, self.desk.clock.now());
        dialect::one_at_a_time(tx, "canned replies", "").await?;
        let before = match kept.id {
            Some(id) => match canned::owner_of(tx, id).await? {
                Some(owner) => Some(owner),
                None => return Ok(Err(Failure::NotFound)),
            },
            None => None,
        };
        for owner in before.into_iter().chain([kept.owner]) {
            if !may(tx, self.by, owner).await? {
                return Ok(Err(Failure::NotFound));
            }
        }
        if let Owner::Line(line) = kept.owner
            && !canned::has_line(tx, line).await?
        {
            return Ok(Err(Failure::NotFound));
        }
        if canned::is_taken(tx, kept.owner, &kept.shortcut, kept.id).await? {
            let why = format!("there is another /{} in the same place: choose another name", kept.shortcut);
            return Ok(Err(Failure::refused("shortcut", why)));
        }
        if let Some(id) = kept.id {
            canned::update(tx, (id, kept.owner, &kept.shortcut, &kept.body), now).await?;
            record(&self.desk, tx, self.by, ("canned_reply_changed", id, kept.owner)).await?;
        } else {
            let id = CannedReplyId(self.desk.ids.next(now));
            canned::insert(tx, (id, kept.owner, &kept.shortcut, &kept.body), self.by, now).await?;
            record(&self.desk, tx, self.by, ("canned_reply_made", id, kept.owner)).await?;
        }
        Ok(Ok(()))
    }
}

/// Writes the audit row of a change to one.
async fn record(
    desk: &Desk,
    tx: &mut Tx,
    by: PersonId,
    (kind, id, owner): (&'static str, CannedReplyId, Owner),
) -> Result<()> {
    let (now, data) = (desk.clock.now(), json!({ "reply": id.0.to_string(), "whose": whose(owner) }));
    audit::record(tx, Entry::new(desk.ids.next(now), now, by, kind, &data)).await
}

fn whose(owner: Owner) -> String {
    match owner {
        Owner::Person(_) => "their own".to_owned(),
        Owner::Line(line) => format!("line {}", line.0),
        Owner::Company => "company".to_owned(),
    }
}

struct Forget {
    desk: Desk,
    by: PersonId,
    id: CannedReplyId,
}

impl Job for Forget {
    type Out = Result<(), Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        match canned::owner_of(tx, self.id).await? {
            Some(owner) if may(tx, self.by, owner).await? => {
                canned::delete(tx, self.id).await?;
                record(&self.desk, tx, self.by, ("canned_reply_removed", self.id, owner)).await.map(Ok)
            }
            _ => Ok(Err(Failure::NotFound)),
        }
    }
}
