//! Reassigns many conversations at a time; each has a commit and an event of its own.

use super::assign;
use crate::desk::routing::pin;
use crate::desk::routing::queue::HeldLine;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::conversations::timeline::{Event, Loss};
use crate::domain::ids::{ConversationId, PersonId};
use crate::store::Result;
use crate::store::conversations::access;
use crate::store::routing::{queue as store_queue, routes};

/// The most conversations that are given away at once.
pub const MOST: usize = 500;

/// Whom to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewAssignee {
    /// This person.
    Person(PersonId),
    /// The rep whom the line's policy picks among the others.
    Anew,
}

/// What became of it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// They have somebody else now, or had them already.
    pub moved: Vec<ConversationId>,
    /// They could not be moved, and why.
    pub refused: Vec<(ConversationId, String)>,
}

/// Gives conversations to `to`. One that `by` may not see counts as one that is not there.
///
/// # Errors
/// [`Failure::Refused`] for the field `c` if there are none or more than [`MOST`]; what the database said.
pub async fn reassign(desk: &Desk, by: PersonId, ids: &[ConversationId], to: NewAssignee) -> Result<Outcome, Failure> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Err(Failure::refused("c", "choose at least one conversation"));
    }
    if ids.len() > MOST {
        return Err(Failure::refused(
            "c",
            format!("{MOST} conversations at once are the most; these are {}", ids.len()),
        ));
    }
    let mut outcome = Outcome::default();
    for id in ids {
        let done = match to {
            NewAssignee::Person(person) => assign::transfer(desk, by, id, person, None).await,
            NewAssignee::Anew => pick_anew(desk, by, id).await,
        };
        match done {
            Ok(()) => outcome.moved.push(id),
            Err(Failure::Refused { why, .. }) => outcome.refused.push((id, why)),
            Err(Failure::NotFound) => outcome.refused.push((id, "there is no such conversation".to_owned())),
            Err(failure) => return Err(failure),
        }
    }
    Ok(outcome)
}

/// Has another rep picked for a conversation. Managers only.
///
/// # Errors
/// [`Failure::NotFound`] for anybody else, or if there is no such conversation; [`Failure::Refused`] if it is closed or
/// nobody could take it.
pub async fn pick_anew(desk: &Desk, by: PersonId, conversation: ConversationId) -> Result<(), Failure> {
    desk.work(Anew { by, conversation }).await?;
    Ok(())
}

struct Anew {
    by: PersonId,
    conversation: ConversationId,
}

impl Verb for Anew {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let Some(line) = store_queue::line_of(work.tx, self.conversation).await? else {
            return Err(Failure::NotFound);
        };
        let mut held_line = HeldLine::hold(work, line).await?;
        let Some((_, viewer)) = access::conversation(work.tx, self.by, self.conversation).await? else {
            return Err(Failure::NotFound);
        };
        let Some(conversation) = routes::conversations(work.tx, &[self.conversation]).await?.into_iter().next() else {
            return Err(Failure::NotFound);
        };
        if !viewer.manages {
            return Err(Failure::NotFound);
        }
        if conversation.closed {
            return Err(Failure::refused("conversation", "it is closed"));
        }
        held_line.members.retain(|one| Some(one.member.id) != conversation.pinned_to);
        if !held_line.has_candidate() {
            return Err(Failure::refused("conversation", "nobody else on its line can take it now"));
        }

        if let Some(before) = conversation.pinned_to {
            let why = Loss::Reassigned;
            work.event(Some(conversation.id), Some(self.by), &Event::TakenAway { from: before, why });
            pin::take_away(work, &conversation, why).await?;
        }
        let Some(conversation) = routes::conversations(work.tx, &[self.conversation]).await?.into_iter().next() else {
            return Err(Failure::NotFound);
        };
        held_line.assign(work, &conversation, None).await?;
        Ok(())
    }
}
