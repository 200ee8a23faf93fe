//! Takes a closed conversation up again: its customer's leg lives again, and its rep's on the same mask if it is free.

use serde_json::json;

use super::legs;
use crate::clock::At;
use crate::desk::Desk;
use crate::domain::ids::{ConversationId, PersonId};
use crate::faults;
use crate::store::conversations::{access, changes, pins};
use crate::store::routing::opening;
use crate::store::routing::routes::{self, Conversation};
use crate::store::{Result, Tx, people};

/// With whom a conversation is taken up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum With {
    /// Whoever had it, if they may still have it; else nobody, and somebody is to be picked.
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
    desk: &Desk,
    tx: &mut Tx,
    conversation_id: ConversationId,
    (by, with): (Option<PersonId>, With),
    why: &str,
    now: At,
) -> Result<Option<Conversation>> {
    let Some(conversation) = routes::conversations(tx, &[conversation_id]).await?.into_iter().next() else {
        return Ok(None);
    };
    let (true, Some(line), Some(customer)) = (conversation.closed, conversation.line, &conversation.customer_phone)
    else {
        return Ok(None);
    };
    let elsewhere = routes::live_on(tx, customer, line).await?.is_some();
    if elsewhere || people::by_phone(tx, customer).await?.is_some() {
        return Ok(None);
    }
    pins::reopen(tx, conversation_id).await?;
    opening::legs(tx, &[legs::customer_leg(desk, conversation_id, line, customer, now)], now).await?;
    changes::event(tx, desk.ids.next(now), Some(conversation_id), now, "reopened", by, &json!({ "why": why })).await?;
    faults::point("after_reopen");
    let assignee = match (with, conversation.pinned_to) {
        (With::SameRep, Some(rep)) => access::assignee(tx, rep, conversation_id).await?.map(|_| rep),
        _ => None,
    };
    if assignee != conversation.pinned_to {
        pins::pin(tx, conversation_id, assignee, now).await?;
    }
    if let (Some(rep), Some(phone)) = (assignee, &conversation.rep_phone) {
        legs::open_free_leg(desk, tx, conversation_id, (rep, phone), customer, now).await?;
    }
    changes::note(tx, &[(conversation_id, "conversation")], now).await?;
    Ok(routes::conversations(tx, &[conversation_id]).await?.into_iter().next())
}
