//! History: everything ever said, found by its words, its author, its place, its time and its result; newest first.
//!
//! The lists of messages come from the database in pieces. They are intersected here, from the newest back, only as far
//! as a page needs. The statement that reads what is shown contains the reader's rights.

use super::Viewer;
use crate::clock::At;
use crate::domain::ids::{ConversationId, LabelId, MessageId, NumberId, PersonId};
use crate::domain::search::question::Question;
use crate::store::{Result, Tx};

pub mod choices;
mod hits;
mod plan;
mod sets;
mod sources;

pub use hits::{Hit, Neighbour};

use plan::Walk;

/// How many hits a page has.
pub const PAGE: usize = 40;

/// Whether the conversation is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Open.
    Open,
    /// Closed.
    Closed,
}

/// What is looked for among.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What was texted.
    Texts,
    /// What staff wrote for themselves.
    Notes,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is held.
    Held,
    /// It did not reach the customer.
    Failed,
    /// It did not reach the customer, with this error code.
    Code(i64),
    /// It did not reach the customer, for a reason that has these words.
    Reason(String),
}

/// What is looked for; whatever is left out does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The words.
    pub question: Question,
    /// The customer: a name, a number or its end, or `#1042`.
    pub who: Option<String>,
    /// What was said in the conversation of this number, where the words are not said.
    pub conversation: Option<ConversationId>,
    /// Who had the conversation at some time, or said something in it.
    pub person: Option<PersonId>,
    /// On which line.
    pub line: Option<NumberId>,
    /// In open or closed conversations.
    pub stage: Option<Stage>,
    /// Texts or notes.
    pub kind: Option<Kind>,
    /// What became of it.
    pub fate: Option<Fate>,
    /// In conversations with this label.
    pub label: Option<LabelId>,
    /// Said at or after.
    pub from: Option<At>,
    /// Said before.
    pub until: Option<At>,
}

/// A page of hits.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The hits, newest first.
    pub hits: Vec<Hit>,
    /// Where the next page begins, if there is more.
    pub next: Option<MessageId>,
}

/// The newest hits before `before` that `viewer` may see.
pub async fn find(tx: &mut Tx, viewer: Viewer, wanted: &Wanted, before: Option<MessageId>) -> Result<Found> {
    let mut walk = Walk::begin(tx, viewer, wanted, before).await?;
    let mut found: Vec<Hit> = Vec::new();
    while let Some(candidates) = walk.next(tx).await? {
        let earlier = found.len();
        for some in candidates.rchunks(PAGE + 1) {
            found.extend(hits::read(tx, viewer, wanted, some).await?);
            if found.len() > PAGE {
                found.truncate(PAGE + 1);
                found.pop();
                let next = found.last().map(|last| last.id);
                hits::complete(tx, &mut found).await?;
                return Ok(Found { hits: found, next });
            }
        }
        walk.aim(PAGE + 1 - found.len(), found.len() - earlier);
    }
    hits::complete(tx, &mut found).await?;
    Ok(Found { hits: found, next: None })
}

/// The conversations in which something was found, the newest hit first, at most `most`; only those that `viewer` may see.
pub async fn conversations(tx: &mut Tx, viewer: Viewer, wanted: &Wanted, most: usize) -> Result<Vec<ConversationId>> {
    let mut walk = Walk::begin(tx, viewer, wanted, None).await?;
    let mut found: Vec<ConversationId> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    while let Some(candidates) = walk.next(tx).await? {
        let fresh: Vec<_> = candidates.into_iter().filter(|one| !seen.contains(&one.conversation)).collect();
        for some in fresh.rchunks(512) {
            for (id, _) in hits::visible(tx, viewer, wanted, some).await? {
                if seen.insert(id.0) {
                    found.push(id);
                }
                if found.len() >= most {
                    return Ok(found);
                }
            }
        }
    }
    Ok(found)
}
