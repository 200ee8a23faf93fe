//! Reopens a closed conversation: its customer's leg becomes live again, and its rep's leg on the same mask, if that
//! mask is free.

use super::legs;
use crate::desk::work::UnitOfWork;
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::Event;
use crate::domain::ids::{ConversationId, PersonId};
use crate::faults;
use crate::store::conversations::{access, pins};
use crate::store::routing::opening;
use crate::store::routing::routes::{self, Conversation};
use crate::store::{Result, people};

/// With whom a conversation is taken up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum With {
    /// The rep who had it, if that rep may still have it; else nobody, and a rep must be picked.
    SameRep,
    /// Nobody yet: the caller picks.
    Nobody,
}

/// Reopens a closed conversation and returns it as it stands then; `by` the person who does it, if a person does.
/// Hold its line before (`queue::hold_line_of`) if somebody is to be picked. `None`, and nothing is changed,
/// if it is open, if its customer has another open one on the same line, or if the customer's phone is a colleague's.
///
/// # Errors
/// What the database said; a leg taken meanwhile makes the job begin anew.
pub async fn reopen(
    work: &mut UnitOfWork<'_>,
    conversation_id: ConversationId,
    (by, with): (Option<PersonId>, With),
    why: &str,
) -> Result<Option<Conversation>> {
    let (desk, now) = (work.desk, work.now);
    let Some(conversation) = routes::conversations(work.tx, &[conversation_id]).await?.into_iter().next() else {
        return Ok(None);
    };
    let (true, Some(line), Some(customer)) = (conversation.closed, conversation.line, &conversation.customer_phone)
    else {
        return Ok(None);
    };
    let elsewhere = routes::live_on(work.tx, customer, line).await?.is_some();
    if elsewhere || people::by_phone(work.tx, customer).await?.is_some() {
        return Ok(None);
    }
    pins::reopen(work.tx, conversation_id).await?;
    opening::legs(work.tx, &[legs::customer_leg(desk, conversation_id, line, customer, now)], now).await?;
    work.event(Some(conversation_id), by, &Event::Reopened { why: why.to_owned() });
    faults::point("after_reopen");
    let assignee = match (with, conversation.pinned_to) {
        (With::SameRep, Some(rep)) => access::assignee(work.tx, rep, conversation_id).await?.map(|_| rep),
        _ => None,
    };
    if assignee != conversation.pinned_to {
        pins::pin(work.tx, conversation_id, assignee, now).await?;
    }
    if let (Some(rep), Some(phone)) = (assignee, &conversation.rep_phone) {
        legs::open_free_leg(work, conversation_id, (rep, phone), customer).await?;
    }
    work.note(&[(conversation_id, Changed::Conversation)]);
    Ok(routes::conversations(work.tx, &[conversation_id]).await?.into_iter().next())
}
