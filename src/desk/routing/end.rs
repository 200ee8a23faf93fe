//! Ends a conversation: its legs end, its masks rest.

use serde_json::json;

use crate::desk::work::UnitOfWork;
use crate::domain::ids::PersonId;
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
