//! Blocks a sender: the program stores the sender's texts and relays them to nobody, until somebody ends the block.
//!
//! A manager's block holds on every line, a rep's on the rep's lines: a rep of one line must not silence another line's
//! customer.

use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure, reasons};
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::{Blocking, Event};
use crate::domain::ids::{ConversationId, PersonId};
use crate::store::conversations::access;
use crate::store::{Result, customers};

/// Blocks the customer of a conversation and says why: on every line if `by` is a manager, else on the lines of `by`.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see the conversation; [`Failure::Refused`] for the field `reason`.
pub async fn block(desk: &Desk, by: PersonId, conversation: ConversationId, reason: &str) -> Result<(), Failure> {
    let reason = reasons::required("reason", reason, "say why, so that colleagues know: the reason is empty")?;
    run(desk, by, conversation, true, reason).await
}

/// Lets the customer of a conversation in again, as far as [`block()`] reaches. What was kept meanwhile stays where it is.
///
/// # Errors
/// As [`block()`]; [`Failure::Refused`] for `conversation` if somebody else blocked them on every line and `by` is no
/// manager.
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
    desk.work(Block { by, conversation, blocked, reason }).await
}

struct Block {
    by: PersonId,
    conversation: ConversationId,
    blocked: bool,
    reason: String,
}

impl Verb for Block {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        let Some((conversation, viewer)) = access::conversation(work.tx, self.by, self.conversation).await? else {
            return Err(Failure::NotFound);
        };
        let Some(customer) = conversation.customer else {
            return Err(Failure::refused("conversation", "it has no customer who could be blocked"));
        };
        let Some(line) = conversation.line else { return Err(Failure::NotFound) };
        if conversation.blocked == self.blocked {
            return Ok(());
        }
        let everywhere = customers::blocked_everywhere(work.tx, customer).await?;
        let everywhere = match (self.blocked, viewer.manages) {
            (true, true) => {
                customers::block(work.tx, customer, (now, self.by)).await?;
                true
            }
            (true, false) => {
                customers::block_on_lines_of(work.tx, customer, line, (now, self.by)).await?;
                false
            }
            (false, manages) if manages || everywhere == Some(self.by) => {
                customers::unblock(work.tx, customer).await?;
                true
            }
            (false, _) if everywhere.is_some() => {
                let why = "somebody else has blocked them on every line: ask a manager to lift it";
                return Err(Failure::refused("conversation", why));
            }
            (false, _) => {
                customers::unblock_on_lines_of(work.tx, customer, line, self.by).await?;
                false
            }
        };
        let blocking = Blocking { reason: self.reason.clone(), everywhere };
        let event = if self.blocked { Event::Blocked(blocking) } else { Event::Unblocked(blocking) };
        work.event(Some(conversation.id), Some(self.by), &event);
        work.note(&[(conversation.id, Changed::Conversation)]);
        Ok(())
    }
}
