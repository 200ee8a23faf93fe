//! Claims a conversation, or hands it to a colleague.

use crate::desk::replies::reply::web_message;
use crate::desk::replies::send_due;
use crate::desk::routing::{pin, queue};
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure, reasons};
use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::message::{Kind, Outcome};
use crate::store::conversations::{access, messages};

/// Takes an unassigned conversation, or as a manager anybody's.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see it; [`Failure::Refused`] if it is closed or somebody's already.
pub async fn claim(desk: &Desk, by: PersonId, conversation: ConversationId) -> Result<(), Failure> {
    run(desk, Move { by, conversation, to: None, note: None }).await
}

/// Hands a conversation to `to`, a member of its line, with a note for them.
///
/// # Errors
/// As [`claim()`]; [`Failure::Refused`] for the field `to` if that person cannot have it.
pub async fn transfer(
    desk: &Desk,
    by: PersonId,
    conversation: ConversationId,
    to: PersonId,
    note: Option<String>,
) -> Result<(), Failure> {
    let note = reasons::optional("note", note.as_deref().unwrap_or_default())?;
    run(desk, Move { by, conversation, to: Some(to), note }).await
}

async fn run(desk: &Desk, job: Move) -> Result<(), Failure> {
    desk.work(job).await?;
    Ok(())
}

struct Move {
    by: PersonId,
    conversation: ConversationId,
    to: Option<PersonId>,
    note: Option<String>,
}

impl Verb for Move {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let note = self.note.as_deref();
        move_in(work, (self.by, self.conversation), self.to, note).await
    }
}

/// Claims a conversation, or hands it to `to`, within a transaction: what the web and a rep's command do alike.
///
/// # Errors
/// What the database said; the inner error as [`transfer`].
pub(in crate::desk) async fn move_in(
    work: &mut UnitOfWork<'_>,
    (by, conversation_id): (PersonId, ConversationId),
    to: Option<PersonId>,
    note: Option<&str>,
) -> Result<(), Failure> {
    let line = queue::hold_line_of(work.tx, conversation_id).await?;
    let Some((conversation, viewer)) = access::conversation(work.tx, by, conversation_id).await? else {
        return Err(Failure::NotFound);
    };
    if conversation.closed {
        return Err(Failure::refused("conversation", "it is closed"));
    }
    let assignee = to.unwrap_or(by);
    if conversation.pinned_to == Some(assignee) {
        return Ok(());
    }
    if to.is_none() && conversation.pinned_to.is_some() && !viewer.manages {
        return Err(Failure::refused("conversation", "somebody else has taken it"));
    }
    let Some(found) = access::assignee(work.tx, assignee, conversation_id).await? else {
        let (field, why) = match to {
            Some(_) => ("to", "this person is not a member of the line, or is disabled: choose somebody else"),
            None => ("conversation", "only members of the line can take it: have an admin add you to the line"),
        };
        return Err(Failure::refused(field, why));
    };
    send_due::at_once(work, conversation_id).await?;
    let why = pin::tell(work, &conversation, &viewer, (assignee, Some(found.name)), note);
    if let Some(note) = note.filter(|note| !note.trim().is_empty()) {
        let desk = work.desk;
        let message = web_message(desk, conversation.id, viewer.id, Kind::Note, Outcome::Kept, note, None, work.now);
        messages::insert(work.batch(), &[message]);
        work.flush().await?;
    }
    pin::give(work, &conversation, assignee, why).await?;
    // The rep who had it may take another customer.
    queue::drain_after(work, line).await?;
    Ok(())
}
