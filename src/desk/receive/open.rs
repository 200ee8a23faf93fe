//! A customer's first text opens a conversation and picks a rep at random.

use serde_json::json;

use super::{Inbound, Outcome, carry};
use crate::clock::At;
use crate::desk::outbox::Enqueued;
use crate::desk::{Desk, legs};
use crate::domain::ids::{LegId, NumberId};
use crate::domain::pick::{self, Member};
use crate::store::opening::{self, NewLeg};
use crate::store::{Error, Result, Tx, changes};

pub(super) async fn open(
    desk: &Desk,
    tx: &mut Tx,
    text: &Inbound,
    line: NumberId,
    now: At,
    done: &mut Enqueued,
) -> Result<Outcome> {
    opening::hold_line(tx, line).await?;
    let members = opening::members(tx, line).await?;
    let facts: Vec<Member> = members.iter().map(|one| one.member.clone()).collect();
    let pick = pick::pick(&facts, |n| desk.chance.below(n));
    let customer = opening::customer(tx, desk.ids.next(now), &text.from, now).await?;
    let conversation = opening::conversation(tx, line, customer, pick.chosen, now).await?;
    let event = if pick.chosen.is_some() { "picked" } else { "unassigned" };
    changes::event(tx, desk.ids.next(now), Some(conversation), now, "opened", None, &json!({})).await?;
    changes::event(tx, desk.ids.next(now), Some(conversation), now, event, None, &json!(pick)).await?;
    let leg = NewLeg {
        id: LegId(desk.ids.next(now)),
        conversation,
        role: "customer",
        person: None,
        phone: &text.from,
        number: line,
        counterpart: None,
    };
    opening::leg(tx, &leg, now).await?;
    let chosen = members.iter().find(|one| Some(one.member.id) == pick.chosen);
    if let Some((id, phone)) = chosen.and_then(|one| Some((one.member.id, one.phone.as_deref()?))) {
        legs::open_rep_leg(desk, tx, conversation, (id, phone), &text.from, now).await?;
    }
    changes::note(tx, &[(conversation, "conversation")], now).await?;
    carry::carry(desk, tx, &[(text, conversation, None)], now, done)
        .await?
        .into_iter()
        .next()
        .flatten()
        .ok_or(Error::GivenUp("the leg just opened was not found"))
}
