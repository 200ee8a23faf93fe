//! Cancels a planned reply, moves it to another time, or sends it now. Everybody who sees the conversation may do that:
//! the writer may be off duty when the reply must not be sent.

use super::{draft, send_due};
use crate::clock::At;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::Event;
use crate::domain::ids::{ConversationId, PersonId, PlannedReplyId};
use crate::store::Result;
use crate::store::conversations::access;
use crate::store::replies::planned::{self, End};

/// What is done to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is not sent; its text goes back to its writer's draft.
    TakeBack,
    /// It leaves at this time.
    MoveTo(At),
    /// It leaves now.
    SendNow,
}

/// Does `change` to a planned reply of a conversation.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see the conversation, or it has no such reply; [`Failure::Refused`] for
/// the field `planned` if it has left already.
pub async fn reschedule(
    desk: &Desk,
    by: PersonId,
    conversation: ConversationId,
    id: PlannedReplyId,
    change: Change,
) -> Result<(), Failure> {
    desk.work(Reschedule { by, conversation, id, change }).await?;
    Ok(())
}

struct Reschedule {
    by: PersonId,
    conversation: ConversationId,
    id: PlannedReplyId,
    change: Change,
}

impl Verb for Reschedule {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        if access::conversation(work.tx, self.by, self.conversation).await?.is_none()
            || !planned::exists(work.tx, self.conversation, self.id).await?
        {
            return Err(Failure::NotFound);
        }
        let waiting = planned::waiting(work.tx, self.conversation).await?;
        let Some(one) = waiting.into_iter().find(|one| one.id == self.id) else {
            return Err(Failure::refused("planned", "it does not wait any more: it has left, or was taken back"));
        };
        match self.change {
            Change::SendNow => return Ok(send_due::leave(work, &one).await?),
            Change::MoveTo(at) => planned::move_to(work.tx, one.id, at).await?,
            Change::TakeBack => {
                planned::end(work.tx, one.id, &End::TakenBack, now).await?;
                draft::give_back(work.tx, (one.author, one.conversation), &one.body, now).await?;
            }
        }
        if self.by != one.author {
            let author = one.author;
            let event = match self.change {
                Change::TakeBack => Event::PlannedCancelled { author },
                Change::SendNow | Change::MoveTo(_) => Event::PlannedMoved { author },
            };
            work.event(Some(self.conversation), Some(self.by), &event);
        }
        work.note(&[(self.conversation, Changed::Message)]);
        Ok(())
    }
}
