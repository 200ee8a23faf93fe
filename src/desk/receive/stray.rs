//! A text to a mask without a live leg: held for a manager, and answered by a throttled notice.

use super::{Item, Outcome, keep};
use crate::clock::At;
use crate::desk::notice::{self, words};
use crate::desk::outbox::Enqueued;
use crate::desk::{Desk, ledger};
use crate::domain::ids::NumberId;
use crate::store::{Result, Tx, opening, routes};

pub(super) async fn take_in(
    desk: &Desk,
    tx: &mut Tx,
    item: &Item<'_>,
    mask: NumberId,
    now: At,
    done: &mut Enqueued,
) -> Result<Outcome> {
    let text = item.text;
    let last = routes::last_leg(tx, &text.from, mask).await?;
    let person = opening::person_by_phone(tx, &text.from).await?;
    if let (Some(word), Some((person, _))) = (item.keyword, &person) {
        ledger::rep_keyword(desk, tx, word, *person, &text.from, mask, &text.carrier_id, now).await?;
    } else if let Some(word) = item.keyword {
        ledger::keyword(desk, tx, word, &text.from, (mask, false), &text.carrier_id, now).await?;
    }
    let moved = last
        .as_ref()
        .filter(|leg| !leg.closed && leg.person.is_some() && leg.pinned_to.is_some() && leg.person != leg.pinned_to);
    let why = match (&last, moved) {
        (_, Some(_)) => "the conversation is with somebody else now",
        (Some(_), None) => "the conversation has ended",
        (None, None) => "no conversation was ever there",
    };
    let author = if person.is_some() { "rep" } else { "party" };
    let kind = if item.keyword.is_some() { "keyword" } else { "text" };
    let mut message = text.message(desk, now, (author, kind), Outcome::Held, Some(why));
    message.conversation = last.as_ref().map(|leg| leg.conversation);
    message.author_id = person.as_ref().map(|(id, _)| *id);
    message.leg = last.as_ref().map(|leg| leg.id);
    let conversation = message.conversation;
    keep(desk, tx, message, conversation, now).await?;
    if item.keyword.is_some() {
        return Ok(Outcome::Held);
    }
    let mut sent = match moved {
        Some(leg) => {
            let name = leg.pinned_name.as_deref().unwrap_or("somebody else");
            let body = words::MOVED.replace("{name}", name);
            notice::throttled(desk, tx, notice::TO_REP, mask, &text.from, &body, now).await?
        }
        None => notice::throttled(desk, tx, notice::ENDED, mask, &text.from, words::ENDED, now).await?,
    };
    done.waiting |= sent.waiting;
    done.sendings.append(&mut sent.sendings);
    Ok(Outcome::Held)
}
