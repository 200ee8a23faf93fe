//! Says who looks at a conversation and who types in it, to colleagues who may see it. It informs browsers only when
//! that changes: an open page reports every 15 seconds that it is still there.

use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::change::Changed;
use crate::domain::ids::{ConversationId, PersonId};
use crate::store::Result;
use crate::store::conversations::{access, presences};

/// What a page says of its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Looks at the conversation.
    Looking,
    /// Types in it.
    Typing,
    /// Has left it.
    Left,
}

/// Takes down a sign.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see the conversation.
pub async fn sign(desk: &Desk, by: PersonId, conversation: ConversationId, sign: Sign) -> Result<(), Failure> {
    desk.work(Show { by, conversation, sign }).await
}

struct Show {
    by: PersonId,
    conversation: ConversationId,
    sign: Sign,
}

impl Verb for Show {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        if access::viewer(work.tx, self.by, self.conversation).await?.is_none() {
            return Err(Failure::NotFound);
        }
        let news = match self.sign {
            Sign::Left => presences::leave(work.tx, self.conversation, self.by, now).await?,
            sign => presences::touch(work.tx, self.conversation, self.by, sign == Sign::Typing, now).await?,
        };
        if news {
            work.note(&[(self.conversation, Changed::Presence)]);
        }
        Ok(())
    }
}
