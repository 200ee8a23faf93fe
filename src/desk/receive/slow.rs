//! The slow way, one text at a time: keywords, commands, first texts, and whatever has no live leg.

use super::{Item, Outcome, carry, keep, open, our_number, rep, stray};
use crate::clock::At;
use crate::desk::outbox::Enqueued;
use crate::desk::{Desk, ledger, notice};
use crate::domain::keyword::Keyword;
use crate::domain::phone::masked;
use crate::store::{Result, Tx, opening, routes};

pub(super) async fn take_in(
    desk: &Desk,
    tx: &mut Tx,
    item: &Item<'_>,
    now: At,
    done: &mut Enqueued,
) -> Result<Outcome> {
    let text = item.text;
    let Some((number, is_line)) = our_number(item) else {
        let message =
            text.message(desk, now, ("customer", "text"), Outcome::Held, Some("sent to a number that is not ours"));
        keep(desk, tx, message, None, now).await?;
        return Ok(Outcome::Held);
    };
    if item.selected.from_ours {
        let why = "sent from one of our own numbers: a loop";
        let message = text.message(desk, now, ("customer", "text"), Outcome::Refused, Some(why));
        keep(desk, tx, message, None, now).await?;
        return Ok(Outcome::Refused);
    }
    // Looked up again: a text of the same group may have opened or ended the leg.
    let selected = routes::selected(tx, &[(text.from.as_str(), text.to.as_str())]).await?;
    let live = selected.first().and_then(|one| one.conversation);
    if let Some(conversation) = live {
        let legs = routes::live_legs(tx, &[conversation]).await?;
        let leg = legs.iter().find(|leg| leg.phone == text.from && leg.number == number);
        if let Some(leg) = leg.filter(|leg| leg.role == "rep") {
            if let Some(outcome) = rep::word(desk, tx, item, leg, now, done).await? {
                return Ok(outcome);
            }
        } else if let Some(word) = item.keyword {
            ledger::keyword(desk, tx, word, &text.from, (number, is_line), &text.carrier_id, now).await?;
        }
        let stop = item.keyword == Some(Keyword::Stop);
        let instead = stop.then(|| notice::words::OPTED_OUT.trim_end().replace("{customer}", &masked(&text.from)));
        let carried = carry::carry(desk, tx, &[(text, conversation, instead)], now, done).await?;
        if let Some(outcome) = carried.into_iter().next().flatten() {
            return Ok(outcome);
        }
    }
    if !is_line {
        return stray::take_in(desk, tx, item, number, now, done).await;
    }
    if let Some(person) = opening::person_by_phone(tx, &text.from).await? {
        return rep::on_line(desk, tx, item, person, number, now, done).await;
    }
    if let Some(word) = item.keyword {
        ledger::keyword(desk, tx, word, &text.from, (number, is_line), &text.carrier_id, now).await?;
        if word == Keyword::Stop {
            let last = routes::last_leg(tx, &text.from, number).await?.map(|leg| leg.conversation);
            let mut message = text.message(desk, now, ("customer", "keyword"), Outcome::Kept, Some("opted out"));
            message.conversation = last;
            keep(desk, tx, message, last, now).await?;
            return Ok(Outcome::Kept);
        }
    }
    open::open(desk, tx, text, number, now, done).await
}
