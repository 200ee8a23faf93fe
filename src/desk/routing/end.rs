//! Ends a conversation: its legs end, its masks rest.

use crate::desk::work::UnitOfWork;
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::{Closing, Event};
use crate::domain::ids::PersonId;
use crate::domain::leg::Ended;
use crate::faults;
use crate::store::Result;
use crate::store::conversations::pins;
use crate::store::routing::routes::{self, Conversation};
use crate::store::routing::{opening, phones};

/// Ends an open conversation that is held: its legs end, its masks rest, and the timeline says who did it and why.
pub(in crate::desk) async fn end(
    work: &mut UnitOfWork<'_>,
    conversation: &Conversation,
    by: Option<PersonId>,
    closed: &Event,
) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    let rests_until = now + desk.policies.pool.quarantine;
    opening::end_legs(work.tx, conversation.id, None, (Ended::Closed, now), rests_until).await?;
    pins::close(work.tx, conversation.id, now).await?;
    faults::point("after_close");
    work.event(Some(conversation.id), by, closed);
    work.note(&[(conversation.id, Changed::Conversation)]);
    Ok(())
}

/// Closes the conversations that `phone` has as a customer: it is a colleague's from now on.
pub(in crate::desk) async fn end_as_customer(work: &mut UnitOfWork<'_>, phone: &str) -> Result<()> {
    for thread in phones::threads(work.tx, phone).await?.into_iter().filter(|thread| thread.person.is_none()) {
        for conversation in routes::conversations(work.tx, &[thread.conversation]).await? {
            end(work, &conversation, None, &Event::Closed { why: Some(Closing::Colleague), hours: None }).await?;
        }
    }
    Ok(())
}
