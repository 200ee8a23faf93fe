//! Somebody has read a conversation, or dealt with a failed text in it: its marks go.

use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::change::Changed;
use crate::domain::ids::{ConversationId, MessageId, PersonId};
use crate::domain::people::audit::Action;
use crate::store::Result;
use crate::store::conversations::{access, attention};
use crate::store::people::audit::{self, Entry};

/// Records that somebody has read a conversation up to the message `last`, or all of it. A manager who only looks leaves it
/// unread; for an unassigned conversation any member of its line counts as its reader.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see it.
pub async fn read(
    desk: &Desk,
    by: PersonId,
    conversation: ConversationId,
    last: Option<MessageId>,
) -> Result<(), Failure> {
    let last = last.unwrap_or(MessageId(i64::MAX));
    desk.work(Read { by, conversation, last }).await
}

struct Read {
    by: PersonId,
    conversation: ConversationId,
    last: MessageId,
}

impl Verb for Read {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        let Some((conversation, _)) = access::conversation(work.tx, self.by, self.conversation).await? else {
            return Err(Failure::NotFound);
        };
        let responsible = match conversation.pinned_to {
            Some(rep) => rep == self.by,
            None => access::assignee(work.tx, self.by, conversation.id).await?.is_some(),
        };
        let seen = responsible && attention::seen(work.tx, conversation.id, self.last).await?;
        let answered = attention::answered_to(work.tx, self.by, conversation.id, self.last, now).await?;
        if seen || answered {
            work.note(&[(conversation.id, Changed::Reading)]);
        }
        Ok(())
    }
}

/// Takes note that somebody has dealt with the texts of a conversation that did not arrive.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see it.
pub async fn mend(desk: &Desk, by: PersonId, conversation: ConversationId) -> Result<(), Failure> {
    desk.work(Mend { by, conversation }).await
}

struct Mend {
    by: PersonId,
    conversation: ConversationId,
}

impl Verb for Mend {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        let Some((conversation, _)) = access::conversation(work.tx, self.by, self.conversation).await? else {
            return Err(Failure::NotFound);
        };
        if attention::mended(work.tx, conversation.id).await? {
            let data = serde_json::json!({});
            let id = work.desk.ids.next(now);
            let entry = Entry {
                conversation: Some(conversation.id),
                ..Entry::new(id, now, self.by, Action::FailuresSeen, &data)
            };
            audit::record(work.tx, entry).await?;
            work.note(&[(conversation.id, Changed::Conversation)]);
        }
        Ok(())
    }
}
