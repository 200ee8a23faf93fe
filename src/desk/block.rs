//! Keeps a sender away: what they text is kept and goes to nobody, until somebody lets them in again.

use serde_json::json;

use super::{Desk, Failure, because};
use crate::domain::ids::{ConversationId, PersonId};
use crate::store::{Job, Result, Tx, access, changes, customers};

/// Blocks the customer of a conversation, on every line, and says why.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see the conversation; [`Failure::Refused`] for the field `reason`.
pub async fn block(desk: &Desk, by: PersonId, conversation: ConversationId, reason: &str) -> Result<(), Failure> {
    let reason = because::words("reason", reason, "say why, so that colleagues know: the reason is empty")?;
    run(desk, by, conversation, true, reason).await
}

/// Lets the customer of a conversation in again. What was kept meanwhile stays where it is.
///
/// # Errors
/// As [`block()`].
pub async fn unblock(desk: &Desk, by: PersonId, conversation: ConversationId) -> Result<(), Failure> {
    run(desk, by, conversation, false, String::new()).await
}

async fn run(
    desk: &Desk,
    by: PersonId,
    conversation: ConversationId,
    blocked: bool,
    reason: String,
) -> Result<(), Failure> {
    desk.store.write(Block { desk: desk.clone(), by, conversation, blocked, reason }).await??;
    desk.live.nudge();
    Ok(())
}

struct Block {
    desk: Desk,
    by: PersonId,
    conversation: ConversationId,
    blocked: bool,
    reason: String,
}

impl Job for Block {
    type Out = Result<(), Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let now = self.desk.clock.now();
        let Some((talk, _)) = access::talk(tx, self.by, self.conversation).await? else {
            return Ok(Err(Failure::NotFound));
        };
        let Some(customer) = talk.customer else {
            return Ok(Err(Failure::refused("conversation", "it has no customer who could be blocked")));
        };
        if talk.blocked == self.blocked {
            return Ok(Ok(()));
        }
        customers::set_block(tx, customer, self.blocked.then_some((now, self.by))).await?;
        let kind = if self.blocked { "blocked" } else { "unblocked" };
        let data = json!({ "reason": self.reason });
        changes::event(tx, self.desk.ids.next(now), Some(talk.id), now, kind, Some(self.by), &data).await?;
        changes::note(tx, &[(talk.id, "conversation")], now).await?;
        Ok(Ok(()))
    }
}
