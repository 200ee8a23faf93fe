//! A text that reads like a refusal is shown to people, and one of them decides what it was.

use serde_json::json;

use super::{Desk, Failure, consent};
use crate::clock::At;
use crate::domain::ids::{ConversationId, MessageId, PersonId};
use crate::store::{Job, Result, Tx, access, changes, customers};

/// Marks a conversation because of a message in it.
pub(super) async fn raise(
    desk: &Desk,
    tx: &mut Tx,
    conversation: ConversationId,
    message: MessageId,
    now: At,
) -> Result<()> {
    customers::flag(tx, conversation, Some(now)).await?;
    let data = json!({ "message": message.0.to_string() });
    changes::event(tx, desk.ids.next(now), Some(conversation), now, "looks_like_refusal", None, &data).await
}

/// Decides what a marked message was: with `refused`, the customer opted out by it; else it was no refusal. A mark that
/// somebody else has settled meanwhile is left settled.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see the conversation.
pub async fn settle(desk: &Desk, by: PersonId, conversation: ConversationId, refused: bool) -> Result<(), Failure> {
    desk.store.write(Settle { desk: desk.clone(), by, conversation, refused }).await??;
    desk.live.nudge();
    Ok(())
}

struct Settle {
    desk: Desk,
    by: PersonId,
    conversation: ConversationId,
    refused: bool,
}

impl Job for Settle {
    type Out = Result<(), Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let (desk, now) = (&self.desk, self.desk.clock.now());
        let Some((talk, _)) = access::talk(tx, self.by, self.conversation).await? else {
            return Ok(Err(Failure::NotFound));
        };
        if talk.flagged_at.is_none() {
            return Ok(Ok(()));
        }
        let message = customers::flagged_message(tx, talk.id).await?;
        let message = message.map(|id| id.0.to_string()).unwrap_or_default();
        if self.refused {
            match consent::enter(desk, tx, &talk, self.by, false, &format!("message {message}"), now).await? {
                // Who has opted out meanwhile need not be entered again.
                Ok(()) | Err(Failure::Refused { field: "evidence", .. }) => {}
                Err(other) => return Ok(Err(other)),
            }
        } else {
            let data = json!({ "message": message });
            changes::event(tx, desk.ids.next(now), Some(talk.id), now, "no_refusal", Some(self.by), &data).await?;
        }
        customers::flag(tx, talk.id, None).await?;
        changes::note(tx, &[(talk.id, "conversation")], now).await?;
        Ok(Ok(()))
    }
}
