//! The slow path, one text at a time: keywords, commands, first texts, and texts without a live leg.
//!
//! Collects the facts, asks [`crate::domain::routing`], and carries the decision out.

use super::carry::{self, Plain, Way};
use super::found::{Found, facts, look_up};
use super::ready::ready;
use super::{Inbound, Item, Outcome, held, hold_in_order, keep, late, open, rep};
use crate::desk::consent::{ledger, refusal};
use crate::desk::outbox::notice::{self, Whose, say};
use crate::desk::pairs::extend_by_party;
use crate::desk::routing::muting;
use crate::desk::work::UnitOfWork;
use crate::domain::leg::Role;
use crate::domain::message;
use crate::domain::numbers::phone::masked;
use crate::domain::outbox::delivery;
use crate::domain::pairs::pair;
use crate::domain::routing::{Hold, Keep, Route, route};
use crate::domain::words::command::Hash;
use crate::domain::words::keyword::Keyword;
use crate::domain::words::text::Wording;
use crate::store::routing::routes;
use crate::store::{Result, lines};

pub(super) async fn take_in(work: &mut UnitOfWork<'_>, item: &Item<'_>) -> Result<Outcome> {
    let (desk, now) = (work.desk, work.now);
    let Some(number) = item.selected.number else {
        let why = Hold::Stranger.why();
        let message = item.text.message(
            desk,
            now,
            (message::Author::Customer, message::Kind::Text),
            message::Outcome::Held,
            Some(why),
        );
        keep(work, message).await?;
        return Ok(Outcome::Held);
    };
    if item.selected.from_ours {
        let why = "sent from one of our own numbers: a loop";
        let message = item.text.message(
            desk,
            now,
            (message::Author::Customer, message::Kind::Text),
            message::Outcome::Refused,
            Some(why),
        );
        keep(work, message).await?;
        return Ok(Outcome::Refused);
    }
    let mut found = look_up(work, item, number).await?;
    if desk.store.is_shared() && item.keyword.is_some() {
        // Where the text goes from there they are held too, and that would be after what the keyword changes.
        let line = (found.number.1 && (item.selected.waiting || found.leg.is_none())).then_some(found.number.0);
        let conversation = found.leg.as_ref().map(|leg| leg.conversation);
        hold_in_order(work.tx, line.into_iter().collect(), conversation.as_slice()).await?;
    }
    // A rep's `##…` is a text that begins with `#`, wherever it goes from here.
    let literal = match &found.hash {
        Some(Hash::Text(body)) => Some(Inbound { body: body.clone(), ..item.text.clone() }),
        _ => None,
    };
    let text = literal.as_ref().unwrap_or(item.text);
    let item = &Item { index: item.index, text, selected: item.selected.clone(), keyword: item.keyword };
    keyword(work, item, &found).await?;
    let outcome = go(work, item, &mut found).await?;
    help(work, item, &found).await?;
    Ok(outcome)
}

/// Takes the text where it goes.
async fn go(work: &mut UnitOfWork<'_>, item: &Item<'_>, found: &mut Found) -> Result<Outcome> {
    let (desk, now) = (work.desk, work.now);
    let (text, number) = (item.text, found.number);
    if let (Route::Into, Some(leg)) = (route(&facts(item, found)), &found.leg) {
        let stop = item.keyword == Some(Keyword::Stop);
        // Parties know each other by their aliases alone.
        let customer = leg.alias.clone().unwrap_or_else(|| masked(&text.from));
        let instead = if stop {
            Some(say(work.tx, Whose::In(leg.conversation), Wording::OptedOut, &[("customer", &customer)]).await?)
        } else {
            None
        };
        if found.number.1 && leg.role == Role::Customer {
            // Most reps are there: then nobody needs the line, which others wait for.
            if !item.selected.waiting {
                let plain = Plain { instead: instead.clone(), ..Plain::new(text, leg.conversation, Way::Fast) };
                let carried = carry::carry(work, &[plain]).await?;
                if let Some(outcome) = carried.into_iter().next().flatten() {
                    return Ok(outcome);
                }
            }
            ready(work, found.number.0, leg.conversation).await?;
        }
        if leg.role == Role::Party
            && pair::asks_for_more(&text.body)
            && extend_by_party(work, (leg.conversation, leg.id)).await?
        {
            let why = Some("asked for more time");
            let mut message =
                text.message(desk, now, (message::Author::Party, message::Kind::Command), message::Outcome::Kept, why);
            (message.conversation, message.leg) = (Some(leg.conversation), Some(leg.id));
            keep(work, message).await?;
            return Ok(Outcome::Kept);
        }
        let plain = Plain { instead, ..Plain::new(text, leg.conversation, Way::Sure) };
        let carried = carry::carry(work, &[plain]).await?;
        if let Some(outcome) = carried.into_iter().next().flatten() {
            return Ok(outcome);
        }
        // The leg ended between the look-up and the lock, so the text goes where it would have gone without it.
        found.leg = None;
        found.past = routes::last_leg(work.tx, &text.from, number.0).await?;
    }
    match route(&facts(item, found)) {
        Route::Open => open::open(work, text, number.0).await,
        Route::TakeUp => match late::answer(work, item, found).await? {
            Some(outcome) => Ok(outcome),
            None => held::hold(work, item, found, Hold::Ended).await,
        },
        Route::Held(hold) => held::hold(work, item, found, hold).await,
        Route::Kept(what @ (Keep::OptedOut | Keep::Blocked)) => {
            let kind = message::Kind::of_text(item.keyword.is_some());
            let mut message =
                text.message(desk, now, (message::Author::Customer, kind), message::Outcome::Kept, Some(what.why()));
            message.conversation = routes::last_leg(work.tx, &text.from, number.0).await?.map(|leg| leg.conversation);
            let (id, conversation) = (message.id, message.conversation);
            keep(work, message).await?;
            if let (Keep::Blocked, Some(conversation), None) = (what, conversation, item.keyword) {
                refusal::look_at_unheard(work, conversation, (&text.body, (id, None))).await?;
            }
            Ok(Outcome::Kept)
        }
        Route::Kept(what) => rep::word(work, item, found, what).await,
        Route::Into | Route::Refused => Ok(Outcome::Refused),
    }
}

/// Answers a HELP that the carrier does not answer, once an hour.
async fn help(work: &mut UnitOfWork<'_>, item: &Item<'_>, found: &Found) -> Result<()> {
    let desk = work.desk;
    let inside = found.leg.as_ref().map_or(found.staff.is_some(), |leg| leg.role == Role::Rep);
    if item.keyword != Some(Keyword::Help) || inside || found.blocked || !item.text.help_is_ours(desk) {
        return Ok(());
    }
    let line = lines::name(work.tx, found.number.0).await?.unwrap_or_else(|| "This number".to_owned());
    let body = say(work.tx, Whose::Line(found.number.0), Wording::Help, &[("line", &line)]).await?;
    notice::throttled(work, delivery::Kind::Help, found.number.0, &item.text.from, &body).await?;
    Ok(())
}

/// A keyword takes effect wherever its text goes.
async fn keyword(work: &mut UnitOfWork<'_>, item: &Item<'_>, found: &Found) -> Result<()> {
    let (Some(keyword), text) = (item.keyword, item.text) else { return Ok(()) };
    let outside = found.leg.as_ref().is_some_and(|leg| leg.role != Role::Rep);
    let person = found.leg.as_ref().and_then(|leg| leg.person).or(found.staff);
    match person.filter(|_| !outside) {
        Some(person) => muting::rep_keyword(work, keyword, person, &text.from, found.number.0, &text.carrier_id).await,
        None => ledger::keyword(work, keyword, &text.from, found.number, &text.carrier_id).await,
    }
}
