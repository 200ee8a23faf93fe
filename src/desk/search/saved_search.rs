//! Searches that people save for themselves.

use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::ids::{PersonId, SavedSearchId};
use crate::domain::words::name;
use crate::store::search::saved_searches;
use crate::store::{Job, Result, Tx};

/// The longest name and the longest question, in characters.
const LONGEST: (usize, usize) = (60, 2_000);
/// The most that one person keeps.
const MOST: usize = 50;

/// Keeps a search under a name; one that this person has under the same name is replaced.
///
/// # Errors
/// [`Failure::Refused`] for the field `name`.
pub async fn keep(desk: &Desk, by: PersonId, name: &str, query: &str) -> Result<(), Failure> {
    let name = name::kept(name);
    if name.is_empty() {
        return Err(Failure::refused("name", "give it a name by which you find it again"));
    }
    if name.chars().count() > LONGEST.0 || query.chars().count() > LONGEST.1 {
        return Err(Failure::refused("name", format!("a name has at most {} characters", LONGEST.0)));
    }
    desk.work(Keep { by, name, query: query.to_owned() }).await
}

struct Keep {
    by: PersonId,
    name: String,
    query: String,
}

impl Verb for Keep {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        let own = saved_searches::of(work.tx, self.by).await?;
        if own.len() >= MOST && !own.iter().any(|one| one.name == self.name) {
            return Err(Failure::refused("name", format!("you keep {MOST} searches already: forget one first")));
        }
        let id = SavedSearchId(work.desk.ids.next(now));
        Ok(saved_searches::keep(work.tx, id, self.by, (&self.name, &self.query), now).await?)
    }
}

/// Forgets one of this person's own searches.
///
/// # Errors
/// [`Failure::NotFound`] if it is nobody's or somebody else's.
pub async fn forget(desk: &Desk, by: PersonId, id: SavedSearchId) -> Result<(), Failure> {
    let found = desk.store.write(Forget(by, id)).await?;
    found.then_some(()).ok_or(Failure::NotFound)
}

struct Forget(PersonId, SavedSearchId);

impl Job for Forget {
    type Out = bool;

    async fn run(&self, tx: &mut Tx) -> Result<bool> {
        saved_searches::forget(tx, self.1, self.0).await
    }
}
