//! Closes a conversation: its legs end, its masks rest.

use serde_json::json;

use super::note;
use crate::desk::replies::send_due;
use crate::desk::routing::queue;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure, pairs, reasons};
use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::message::Channel;
use crate::faults;
use crate::store::Result;
use crate::store::conversations::{access, pins};
use crate::store::routing::routes::{self, Conversation};
use crate::store::routing::{opening, phones};

/// Closes a conversation. Texts that were accepted before still go out.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see it. Closing a closed one changes nothing.
pub async fn close(desk: &Desk, by: PersonId, conversation: ConversationId) -> Result<(), Failure> {
    close_saying(desk, by, conversation, "").await
}

/// As [`close()`], and keeps `note` for colleagues, if it is not empty.
///
/// # Errors
/// As [`close()`]; [`Failure::Refused`] for the field `note` if it is too long.
pub async fn close_saying(desk: &Desk, by: PersonId, conversation: ConversationId, note: &str) -> Result<(), Failure> {
    let note = reasons::optional("note", note)?;
    desk.work(Close { by, conversation, note }).await?;
    Ok(())
}

struct Close {
    by: PersonId,
    conversation: ConversationId,
    note: Option<String>,
}

impl Verb for Close {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        close_in(work, (self.by, self.conversation), self.note.as_deref()).await
    }
}

/// Closes a conversation within a transaction, with a note for colleagues if there is one: what the web and a rep's
/// command do alike. Hold no conversation before.
///
/// # Errors
/// What the database said; the inner error as [`close`].
pub(in crate::desk) async fn close_in(
    work: &mut UnitOfWork<'_>,
    (by, conversation_id): (PersonId, ConversationId),
    note: Option<&str>,
) -> Result<(), Failure> {
    let line = queue::hold_line_of(work.tx, conversation_id).await?;
    let Some((conversation, _)) = access::conversation(work.tx, by, conversation_id).await? else {
        return Err(Failure::NotFound);
    };
    if conversation.closed {
        return Ok(());
    }
    send_due::at_once(work, conversation_id).await?;
    if let Some(body) = note {
        note::note_in(work, (by, conversation_id), (Channel::Web, None), body).await?;
    }
    if conversation.pair.is_some() {
        pairs::end_talk(work, &conversation, Some(by)).await?;
        return Ok(());
    }
    end(work, &conversation, Some(by), json!({})).await?;
    // The rep who had it may take another customer.
    queue::drain_after(work, line).await?;
    Ok(())
}

/// Ends an open conversation that is held: its legs end, its masks rest, and the timeline says who did it and why.
pub(in crate::desk) async fn end(
    work: &mut UnitOfWork<'_>,
    conversation: &Conversation,
    by: Option<PersonId>,
    data: serde_json::Value,
) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    let rests_until = now + desk.policies.pool.quarantine;
    opening::end_legs(work.tx, conversation.id, None, "closed", now, rests_until).await?;
    pins::close(work.tx, conversation.id, now).await?;
    faults::point("after_close");
    work.event(Some(conversation.id), "closed", by, data);
    work.note(&[(conversation.id, "conversation")]);
    Ok(())
}

/// Closes the conversations that `phone` has as a customer: it is a colleague's from now on.
pub(in crate::desk) async fn end_as_customer(work: &mut UnitOfWork<'_>, phone: &str) -> Result<()> {
    for thread in phones::threads(work.tx, phone).await?.into_iter().filter(|thread| thread.person.is_none()) {
        for conversation in routes::conversations(work.tx, &[thread.conversation]).await? {
            let data = json!({ "why": "the customer's phone was given to a colleague" });
            end(work, &conversation, None, data).await?;
        }
    }
    Ok(())
}
