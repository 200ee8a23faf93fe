//! Says who looks at a conversation and who types in it, to colleagues who may see it. Browsers are told only when that
//! changes: an open page says every quarter of a minute that it is still there.

use crate::desk::{Desk, Failure};
use crate::domain::ids::{ConversationId, PersonId};
use crate::store::conversations::{access, changes, presences};
use crate::store::{Job, Result, Tx};

/// The kind of the change that open browsers are told.
const KIND: &str = "presence";

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
    let shown = desk.store.write(Show { desk: desk.clone(), by, conversation, sign }).await??;
    if shown {
        desk.live.nudge();
    }
    Ok(())
}

struct Show {
    desk: Desk,
    by: PersonId,
    conversation: ConversationId,
    sign: Sign,
}

impl Job for Show {
    type Out = Result<bool, Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let now = self.desk.clock.now();
        if access::viewer(tx, self.by, self.conversation).await?.is_none() {
            return Ok(Err(Failure::NotFound));
        }
        let news = match self.sign {
            Sign::Left => presences::leave(tx, self.conversation, self.by, now).await?,
            sign => presences::touch(tx, self.conversation, self.by, sign == Sign::Typing, now).await?,
        };
        if news {
            changes::note(tx, &[(self.conversation, KIND)], now).await?;
        }
        Ok(Ok(news))
    }
}
