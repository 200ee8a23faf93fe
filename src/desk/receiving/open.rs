//! A customer's text without a live leg reopens the conversation that was closed lately, or opens another and picks a
//! rep.

use super::carry::{self, Plain, Way};
use super::{Inbound, Outcome};
use crate::desk::outbox::notice;
use crate::desk::routing::legs;
use crate::desk::routing::queue::{self, HeldLine};
use crate::desk::routing::reopen::{With, reopen};
use crate::desk::work::UnitOfWork;
use crate::domain::conversations::timeline::Event;
use crate::domain::ids::{ConversationId, CustomerId, NumberId};
use crate::domain::routing::pick::Pick;
use crate::faults;
use crate::store::routing::{opening, queue as table};
use crate::store::{Error, Result};

pub(super) async fn open(work: &mut UnitOfWork<'_>, text: &Inbound, line: NumberId) -> Result<Outcome> {
    let (desk, now) = (work.desk, work.now);
    let mut held_line = HeldLine::hold(work, line).await?;
    // Customers are held before conversations.
    let fresh = desk.ids.next(now);
    let customer = opening::customer(work.tx, fresh, &text.from, now).await?;
    // Customers who wait already go first.
    let had = work.is_for_others();
    queue::drain_held(work, &mut held_line).await?;
    work.is_for(had);
    held_line.had = had.map(|had| had.rep);
    // Somebody new has neither an earlier conversation nor a rep to go back to.
    let known = Some(customer).filter(|customer| customer.0 != fresh);
    let taken_up = match known {
        Some(customer) => take_up(work, &mut held_line, customer).await?,
        None => None,
    };
    let plain = if let Some(conversation) = taken_up {
        Plain::new(text, conversation, Way::Sure)
    } else {
        let conversation = begin(work, &mut held_line, text, (customer, known)).await?;
        Plain::new(text, conversation, Way::First)
    };
    faults::point("after_open");
    carry::carry(work, &[plain])
        .await?
        .into_iter()
        .next()
        .flatten()
        .ok_or(Error::GivenUp("the leg just opened was not found"))
}

/// Reopens the customer's last conversation on the line, if it was closed lately.
async fn take_up(
    work: &mut UnitOfWork<'_>,
    held_line: &mut HeldLine,
    customer: CustomerId,
) -> Result<Option<ConversationId>> {
    let (_desk, now) = (work.desk, work.now);
    // What came to us late was sent in time or not by the carrier's clock.
    let since = work.sent_at() - held_line.policy.reopen_within;
    let Some(closed) = table::reopenable(work.tx, customer, held_line.line, since).await? else { return Ok(None) };
    let last = held_line.last_rep(work.tx, Some(customer), now).await?;
    let why = "the customer texted again";
    let Some(conversation) = reopen(work, closed, (None, With::Nobody), why).await? else { return Ok(None) };
    held_line.assign(work, &conversation, last).await?;
    Ok(Some(conversation.id))
}

/// Opens a conversation with the rep who is picked.
async fn begin(
    work: &mut UnitOfWork<'_>,
    held_line: &mut HeldLine,
    text: &Inbound,
    (customer, known): (CustomerId, Option<CustomerId>),
) -> Result<ConversationId> {
    let (desk, now) = (work.desk, work.now);
    let last = held_line.last_rep(work.tx, known, now).await?;
    let pick = held_line.pick(work, last).await?;
    let made = opening::conversations(work.tx, held_line.line, &[(customer, pick.chosen)], now).await?;
    let (_, conversation) = made.into_iter().next().ok_or(Error::GivenUp("the conversation just opened has no id"))?;
    opened(work, conversation, &pick);
    opening::legs(work.tx, &[legs::customer_leg(desk, conversation, held_line.line, &text.from, now)], now).await?;
    if let Some((id, phone)) = held_line.chosen(&pick).and_then(|one| Some((one.member.id, one.phone.as_deref()?))) {
        legs::open_rep_leg(work, conversation, (id, phone), &text.from).await?;
    }
    notice::greet(work, conversation, (held_line.line, held_line.greeting.as_deref()), &text.from).await?;
    Ok(conversation)
}

/// What the timeline says of a conversation that begins.
pub(super) fn opened(work: &mut UnitOfWork<'_>, conversation: ConversationId, pick: &Pick) {
    work.event(Some(conversation), None, &Event::Opened {});
    work.event(Some(conversation), None, &Event::of_pick(pick.clone()));
}
