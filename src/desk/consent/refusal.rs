//! A text that reads like a refusal is shown to people, and one of them decides what it was.

use serde_json::json;

use super::{Whose, named};
use crate::clock::At;
use crate::desk::{Desk, Failure, consent};
use crate::domain::ids::{ConversationId, MessageId, PersonId};
use crate::domain::words::refusal::reads_like;
use crate::store::conversations::{access, changes};
use crate::store::routing::routes;
use crate::store::{Job, Result, Tx, customers};

/// Marks a conversation because of a message in it, by a customer or by the party who is called `alias`.
pub(in crate::desk) async fn raise(
    desk: &Desk,
    tx: &mut Tx,
    conversation: ConversationId,
    (message, alias): (MessageId, Option<&str>),
    now: At,
) -> Result<()> {
    customers::flag(tx, conversation, Some(now)).await?;
    let data = named(json!({ "message": message.0.to_string() }), alias);
    changes::event(tx, desk.ids.next(now), Some(conversation), now, "looks_like_refusal", None, &data).await
}

/// As [`raise`], if `body` reads like a refusal and is passed on to nobody; not where the conversation is marked already. It
/// may have ended.
pub(in crate::desk) async fn look_at_unheard(
    desk: &Desk,
    tx: &mut Tx,
    conversation_id: ConversationId,
    (body, said): (&str, (MessageId, Option<&str>)),
    now: At,
) -> Result<()> {
    if !reads_like(body) {
        return Ok(());
    }
    let conversation = routes::conversations(tx, &[conversation_id]).await?.into_iter().next();
    match conversation {
        Some(conversation) if conversation.flagged_at.is_none() => raise(desk, tx, conversation_id, said, now).await,
        _ => Ok(()),
    }
}

/// Decides what a marked message was: with `refused`, whoever wrote it opted out by it; else it was no refusal. A mark that
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
        let Some((conversation, _)) = access::conversation(tx, self.by, self.conversation).await? else {
            return Ok(Err(Failure::NotFound));
        };
        if conversation.flagged_at.is_none() {
            return Ok(Ok(()));
        }
        let Some(message) = customers::flagged_message(tx, conversation.id).await? else {
            return Ok(Err(Failure::refused("conversation", "it does not say which text reads like a refusal")));
        };
        if self.refused {
            let whose = Whose::author(tx, &conversation, message).await?;
            match consent::enter(desk, tx, (&conversation, whose), self.by, false, &format!("message {message}"), now)
                .await?
            {
                // Who has opted out meanwhile need not be entered again.
                Ok(()) | Err(Failure::Refused { field: "evidence", .. }) => {}
                Err(other) => return Ok(Err(other)),
            }
        } else {
            let data = json!({ "message": message.to_string() });
            changes::event(tx, desk.ids.next(now), Some(conversation.id), now, "no_refusal", Some(self.by), &data)
                .await?;
        }
        customers::flag(tx, conversation.id, None).await?;
        changes::note(tx, &[(conversation.id, "conversation")], now).await?;
        Ok(Ok(()))
    }
}
