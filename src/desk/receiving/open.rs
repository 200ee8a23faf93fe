//! A customer's text without a live leg takes up the conversation that was closed lately, or opens another, and a rep is
//! picked for it.

use serde_json::json;

use super::carry::{self, Plain, Way};
use super::{Inbound, Outcome};
use crate::clock::At;
use crate::desk::Desk;
use crate::desk::outbox::{Enqueued, notice};
use crate::desk::routing::legs;
use crate::desk::routing::queue::{self, HeldLine};
use crate::desk::routing::reopen::{With, reopen};
use crate::domain::ids::{ConversationId, CustomerId, NumberId};
use crate::domain::routing::pick::Pick;
use crate::faults;
use crate::store::conversations::changes::{self, NewEvent};
use crate::store::routing::{opening, queue as table};
use crate::store::{Error, Result, Tx};

pub(super) async fn open(
    desk: &Desk,
    tx: &mut Tx,
    text: &Inbound,
    line: NumberId,
    now: At,
    done: &mut Enqueued,
) -> Result<Outcome> {
    let mut held_line = HeldLine::hold(desk, tx, line, now).await?;
    // Customers are held before conversations.
    let fresh = desk.ids.next(now);
    let customer = opening::customer(tx, fresh, &text.from, now).await?;
    // Whoever waits already goes first.
    done.add(queue::drain_held(&desk.for_others(), tx, &mut held_line, now).await?);
    held_line.had = desk.had().map(|had| had.rep);
    // Somebody new has neither an earlier conversation nor a rep to go back to.
    let known = Some(customer).filter(|customer| customer.0 != fresh);
    let taken_up = match known {
        Some(customer) => take_up(desk, tx, &mut held_line, customer, now, done).await?,
        None => None,
    };
    let plain = if let Some(conversation) = taken_up {
        Plain::new(text, conversation, Way::Sure)
    } else {
        let conversation = begin(desk, tx, &mut held_line, text, (customer, known), now, done).await?;
        Plain::new(text, conversation, Way::First)
    };
    faults::point("after_open");
    carry::carry(desk, tx, &[plain], now, done)
        .await?
        .into_iter()
        .next()
        .flatten()
        .ok_or(Error::GivenUp("the leg just opened was not found"))
}

/// Reopens the customer's last conversation on the line, if it was closed lately.
async fn take_up(
    desk: &Desk,
    tx: &mut Tx,
    held_line: &mut HeldLine,
    customer: CustomerId,
    now: At,
    done: &mut Enqueued,
) -> Result<Option<ConversationId>> {
    // What came to us late was sent in time or not by the carrier's clock.
    let since = desk.sent_at(now) - held_line.policy.reopen_within;
    let Some(closed) = table::reopenable(tx, customer, held_line.line, since).await? else { return Ok(None) };
    let last = held_line.last_rep(tx, Some(customer), now).await?;
    let why = "the customer texted again";
    let Some(conversation) = reopen(desk, tx, closed, (None, With::Nobody), why, now).await? else { return Ok(None) };
    held_line.assign(desk, tx, &conversation, last, now, done).await?;
    Ok(Some(conversation.id))
}

/// Opens a conversation with whoever is picked.
async fn begin(
    desk: &Desk,
    tx: &mut Tx,
    held_line: &mut HeldLine,
    text: &Inbound,
    (customer, known): (CustomerId, Option<CustomerId>),
    now: At,
    done: &mut Enqueued,
) -> Result<ConversationId> {
    let last = held_line.last_rep(tx, known, now).await?;
    let pick = held_line.pick(desk, tx, last, now).await?;
    let made = opening::conversations(tx, held_line.line, &[(customer, pick.chosen)], now).await?;
    let (_, conversation) = made.into_iter().next().ok_or(Error::GivenUp("the conversation just opened has no id"))?;
    changes::events(tx, &opened(desk, conversation, &pick, now), now).await?;
    opening::legs(tx, &[legs::customer_leg(desk, conversation, held_line.line, &text.from, now)], now).await?;
    if let Some((id, phone)) = held_line.chosen(&pick).and_then(|one| Some((one.member.id, one.phone.as_deref()?))) {
        done.add(legs::open_rep_leg(desk, tx, conversation, (id, phone), &text.from, now).await?);
    }
    done.add(
        notice::greet(desk, tx, conversation, (held_line.line, held_line.greeting.as_deref()), &text.from, now).await?,
    );
    Ok(conversation)
}

/// What the timeline says of a conversation that begins.
pub(super) fn opened(desk: &Desk, conversation: ConversationId, pick: &Pick, now: At) -> [NewEvent; 2] {
    let kind = if pick.chosen.is_some() { "picked" } else { "unassigned" };
    [("opened", json!({})), (kind, json!(pick))].map(|(kind, data)| NewEvent {
        id: desk.ids.next(now),
        conversation,
        kind,
        actor: None,
        data,
    })
}
