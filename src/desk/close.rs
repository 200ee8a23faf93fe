//! Closes a conversation: its legs end, its masks rest.

use super::{Desk, Failure};
use crate::clock::At;
use crate::domain::ids::{ConversationId, PersonId};
use crate::store::{Job, Result, Tx, access, changes, opening, pins, routes};

/// Closes a conversation. Texts that were accepted before still go out.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see it. Closing a closed one changes nothing.
pub async fn close(desk: &Desk, by: PersonId, conversation: ConversationId) -> Result<(), Failure> {
    desk.store.write(Close { desk: desk.clone(), by, conversation }).await??;
    desk.live.nudge();
    Ok(())
}

struct Close {
    desk: Desk,
    by: PersonId,
    conversation: ConversationId,
}

impl Job for Close {
    type Out = Result<(), Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        close_in(&self.desk, tx, self.by, self.conversation, self.desk.clock.now()).await
    }
}

/// Closes a conversation within a transaction: what the web and a rep's command do alike.
///
/// # Errors
/// What the database said; the inner error as [`close`].
pub(super) async fn close_in(
    desk: &Desk,
    tx: &mut Tx,
    by: PersonId,
    conversation: ConversationId,
    now: At,
) -> Result<Result<(), Failure>> {
    let talks = routes::talks(tx, &[conversation]).await?;
    let seer = access::seer(tx, by, conversation).await?;
    let (Some(talk), Some(_)) = (talks.first(), seer) else { return Ok(Err(Failure::NotFound)) };
    if talk.closed {
        return Ok(Ok(()));
    }
    let rests_until = now + desk.policies.pool.quarantine;
    opening::end_legs(tx, talk.id, None, "closed", now, rests_until).await?;
    pins::close(tx, talk.id, now).await?;
    let data = serde_json::json!({});
    changes::event(tx, desk.ids.next(now), Some(talk.id), now, "closed", Some(by), &data).await?;
    changes::note(tx, &[(talk.id, "conversation")], now).await?;
    Ok(Ok(()))
}
