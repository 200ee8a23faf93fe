//! A rep's late answer: a text on the ended leg of a conversation that is still the rep's reopens the conversation and
//! is relayed.
//!
//! This is the only case in which an ended leg relays anything: it cannot reach anybody else.

use super::carry::{self, Plain, Way};
use super::found::Found;
use super::{Item, Outcome};
use crate::desk::routing::legs::open_free_leg;
use crate::desk::routing::queue;
use crate::desk::routing::reopen::{With, reopen};
use crate::desk::work::UnitOfWork;
use crate::store::Result;
use crate::store::conversations::access;
use crate::store::routing::routes;

/// Relays a rep's text on an ended leg, if the conversation is still the rep's, was closed within `reopen_within` (or
/// not at all: its leg rests), and the customer has no newer one. `None` if it must be held.
///
/// # Errors
/// What the database said; a leg taken meanwhile makes the job begin anew.
pub(super) async fn answer(work: &mut UnitOfWork<'_>, item: &Item<'_>, found: &Found) -> Result<Option<Outcome>> {
    let desk = work.desk;
    let (Some(past), Some(rep)) = (&found.past, found.staff) else { return Ok(None) };
    let id = past.conversation;
    if queue::hold_line_of(work.tx, id).await?.is_none() {
        return Ok(None);
    }
    let Some(mut conversation) = routes::conversations(work.tx, &[id]).await?.into_iter().next() else {
        return Ok(None);
    };
    if conversation.pinned_to != Some(rep) || access::assignee(work.tx, rep, id).await?.is_none() {
        return Ok(None);
    }
    if conversation.closed {
        let within = desk.policies.support_of(conversation.line_policies.as_deref()).reopen_within;
        let in_time = past.closed_at.is_some_and(|at| at + within >= work.sent_at());
        let with = (Some(rep), With::SameRep);
        let why = "the rep answered late";
        conversation = match if in_time { reopen(work, id, with, why).await? } else { None } {
            Some(conversation) => conversation,
            None => return Ok(None),
        };
    }
    let from = item.text.from.as_str();
    let legs = routes::live_legs(work.tx, &[id]).await?;
    let has_leg = legs.iter().any(|leg| leg.phone == from);
    if let (false, Some(customer)) = (has_leg, &conversation.customer_phone) {
        open_free_leg(work, id, (rep, from), customer).await?;
    }
    let plain = Plain::new(item.text, id, Way::Sure);
    let carried = carry::carry(work, &[plain]).await?;
    Ok(carried.into_iter().next().flatten())
}
