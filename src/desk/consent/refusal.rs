//! Shows people a text that reads like a refusal; one of them decides whether it is one.

use super::Whose;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure, consent};
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::Event;
use crate::domain::ids::{ConversationId, MessageId, PersonId};
use crate::domain::words::refusal::reads_like;
use crate::store::conversations::access;
use crate::store::routing::routes;
use crate::store::{Result, customers};

/// Marks a conversation because of a message in it, by a customer or by the party who is called `alias`.
pub(in crate::desk) async fn raise(
    work: &mut UnitOfWork<'_>,
    conversation: ConversationId,
    (message, alias): (MessageId, Option<&str>),
) -> Result<()> {
    let now = work.now;
    customers::flag(work.tx, conversation, Some(now)).await?;
    let party = alias.map(str::to_owned);
    work.event(Some(conversation), None, &Event::LooksLikeRefusal { message, party });
    Ok(())
}

/// As [`raise`], if `body` reads like a refusal and is passed on to nobody; not where the conversation is marked already. It
/// may have ended.
pub(in crate::desk) async fn look_at_unheard(
    work: &mut UnitOfWork<'_>,
    conversation_id: ConversationId,
    (body, said): (&str, (MessageId, Option<&str>)),
) -> Result<()> {
    if !reads_like(body) {
        return Ok(());
    }
    let conversation = routes::conversations(work.tx, &[conversation_id]).await?.into_iter().next();
    match conversation {
        Some(conversation) if conversation.flagged_at.is_none() => raise(work, conversation_id, said).await,
        _ => Ok(()),
    }
}

/// Decides what a marked message was: with `refused`, its author opted out by it; else it was no refusal. A mark that
/// somebody else has settled meanwhile is left settled.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see the conversation.
pub async fn settle(desk: &Desk, by: PersonId, conversation: ConversationId, refused: bool) -> Result<(), Failure> {
    desk.work(Settle { by, conversation, refused }).await
}

struct Settle {
    by: PersonId,
    conversation: ConversationId,
    refused: bool,
}

impl Verb for Settle {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let Some((conversation, _)) = access::conversation(work.tx, self.by, self.conversation).await? else {
            return Err(Failure::NotFound);
        };
        if conversation.flagged_at.is_none() {
            return Ok(());
        }
        let Some(message) = customers::flagged_message(work.tx, conversation.id).await? else {
            return Err(Failure::refused("conversation", "it does not say which text reads like a refusal"));
        };
        if self.refused {
            let whose = Whose::author(work.tx, &conversation, message).await?;
            match consent::enter(work, (&conversation, whose), self.by, false, &format!("message {message}")).await {
                // Who has opted out meanwhile need not be entered again.
                Ok(()) | Err(Failure::Refused { field: "evidence", .. }) => {}
                Err(other) => return Err(other),
            }
        } else {
            work.event(Some(conversation.id), Some(self.by), &Event::NoRefusal { message });
        }
        customers::flag(work.tx, conversation.id, None).await?;
        work.note(&[(conversation.id, Changed::Conversation)]);
        Ok(())
    }
}
