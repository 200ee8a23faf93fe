//! Closes a conversation: its legs end, its masks rest.

use super::note;
use crate::desk::replies::send_due;
use crate::desk::routing::end::end;
use crate::desk::routing::queue;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure, pairs, reasons};
use crate::domain::conversations::timeline::Event;
use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::message::Channel;
use crate::store::Result;
use crate::store::conversations::access;

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
    end(work, &conversation, Some(by), &Event::Closed { why: None, hours: None }).await?;
    // The rep who had it may take another customer.
    queue::drain_after(work, line).await?;
    Ok(())
}
