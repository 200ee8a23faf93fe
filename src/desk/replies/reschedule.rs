//! Takes a planned reply back, moves it to another time, or lets it leave now. Whoever sees the conversation may: the
//! writer may be off duty when it must not go out.

use serde_json::json;

use super::{draft, send_due};
use crate::clock::At;
use crate::desk::outbox::Enqueued;
use crate::desk::{Desk, Failure};
use crate::domain::ids::{ConversationId, PersonId, PlannedReplyId};
use crate::store::conversations::{access, changes};
use crate::store::replies::planned::{self, End};
use crate::store::{Job, Result, Tx};

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
    let sent = desk.store.write(Reschedule { desk: desk.clone(), by, conversation, id, change }).await??;
    desk.send(sent);
    Ok(())
}

struct Reschedule {
    desk: Desk,
    by: PersonId,
    conversation: ConversationId,
    id: PlannedReplyId,
    change: Change,
}

impl Job for Reschedule {
    type Out = Result<Enqueued, Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let (desk, now) = (&self.desk, self.desk.clock.now());
        if access::conversation(tx, self.by, self.conversation).await?.is_none()
            || !planned::exists(tx, self.conversation, self.id).await?
        {
            return Ok(Err(Failure::NotFound));
        }
        let waiting = planned::waiting(tx, self.conversation).await?;
        let Some(one) = waiting.into_iter().find(|one| one.id == self.id) else {
            return Ok(Err(Failure::refused("planned", "it does not wait any more: it has left, or was taken back")));
        };
        match self.change {
            Change::SendNow => return Ok(Ok(send_due::leave(desk, tx, &one, now).await?)),
            Change::MoveTo(at) => planned::move_to(tx, one.id, at).await?,
            Change::TakeBack => {
                planned::end(tx, one.id, &End::TakenBack, now).await?;
                draft::give_back(tx, (one.author, one.conversation), &one.body, now).await?;
            }
        }
        if self.by != one.author {
            let kind = if self.change == Change::TakeBack { "planned_cancelled" } else { "planned_moved" };
            let data = json!({ "author": one.author.0.to_string() });
            changes::event(tx, desk.ids.next(now), Some(self.conversation), now, kind, Some(self.by), &data).await?;
        }
        changes::note(tx, &[(self.conversation, "message")], now).await?;
        Ok(Ok(Enqueued::default()))
    }
}
