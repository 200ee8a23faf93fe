//! The slow path, one text at a time: keywords, commands, first texts, and texts without a live leg.
//!
//! Collects the facts, asks [`crate::domain::routing`], and carries the decision out.

use super::carry::{self, Plain, Way};
use super::ready::ready;
use super::{Inbound, Item, Outcome, held, hold_in_order, keep, late, open, rep};
use crate::desk::consent::{ledger, refusal};
use crate::desk::outbox::notice::{self, Whose, say};
use crate::desk::pairs::extend_by_party;
use crate::desk::routing::muting;
use crate::desk::work::UnitOfWork;
use crate::domain::ids::{NumberId, PersonId};
use crate::domain::leg::Role;
use crate::domain::message;
use crate::domain::numbers::phone::masked;
use crate::domain::pairs::pair;
use crate::domain::routing::{Facts, Hold, Keep, Past, Route, Side, Texted, route};
use crate::domain::words::command::{self, Hash};
use crate::domain::words::keyword::Keyword;
use crate::domain::words::text::Wording;
use crate::store::routing::routes::{self, LiveLeg, PastLeg};
use crate::store::routing::selected;
use crate::store::{Result, customers, lines, people};

/// What was looked up about a text, beside the facts that decide.
pub(super) struct Found {
    /// The number that was texted, and whether it is a line.
    pub(super) number: (NumberId, bool),
    /// The live leg.
    pub(super) leg: Option<LiveLeg>,
    /// It began only after the text was sent.
    pub(super) younger: bool,
    /// The sender, if staff.
    pub(super) staff: Option<PersonId>,
    /// The newest ended leg, where none is live.
    pub(super) past: Option<PastLeg>,
    /// What the text asks of us, if it is a rep's and begins with `#`.
    pub(super) hash: Option<Hash>,
    /// Staff have blocked the sender.
    pub(super) blocked: bool,
}

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

async fn look_up(work: &mut UnitOfWork<'_>, item: &Item<'_>, number: (NumberId, bool)) -> Result<Found> {
    let (_desk, now) = (work.desk, work.now);
    let text = item.text;
    // Looked up again: a text of the same group may have opened or ended the leg.
    let selected = selected::selected(work.tx, &[(text.from.as_str(), text.to.as_str())]).await?;
    // A leg of a pair that is over is no way in, whether or not anybody has written down that it has ended.
    let selected: Vec<_> = selected.into_iter().filter(|one| !one.is_over(work.sent_at(), now)).collect();
    let conversation = selected.first().and_then(|one| one.conversation);
    let younger = work.missed().zip(selected.first()).is_some_and(|(sent_at, one)| one.began_after(sent_at));
    let legs = routes::live_legs(work.tx, conversation.as_slice()).await?;
    let leg = legs.into_iter().find(|leg| leg.phone == text.from && leg.number == number.0);
    let staff = people::by_phone(work.tx, &text.from).await?;
    let past = if leg.is_none() && !number.1 { routes::last_leg(work.tx, &text.from, number.0).await? } else { None };
    let hash = staff_thread(leg.as_ref(), past.as_ref(), staff).then(|| command::read(&text.body)).flatten();
    let blocked = customers::is_blocked(work.tx, &text.from, number.1.then_some(number.0)).await?;
    Ok(Found { number, leg, younger, staff, past, hash, blocked })
}

fn facts(item: &Item<'_>, found: &Found) -> Facts {
    Facts {
        texted: if found.number.1 { Texted::Line } else { Texted::Mask },
        from_ours: item.selected.from_ours,
        live: found.leg.as_ref().map(|leg| if leg.role == Role::Rep { Side::Rep } else { Side::Outside }),
        younger: found.younger,
        staff: found.staff.is_some(),
        past: match &found.past {
            None => Past::Never,
            Some(leg) if leg.moved() => Past::Moved,
            Some(leg) if leg.still_of(found.staff) => Past::Own,
            Some(_) => Past::Ended,
        },
        keyword: item.keyword,
        command: matches!(found.hash, Some(Hash::Command(_) | Hash::Wrong(_))),
        blocked: found.blocked,
    }
}

/// The text came by a rep's way in, now or before, or from a rep's phone where nobody ever was: there `#` is for us.
/// In a pair a rep's phone is a party like any other.
fn staff_thread(leg: Option<&LiveLeg>, past: Option<&PastLeg>, staff: Option<PersonId>) -> bool {
    match (leg, past) {
        (Some(leg), _) => leg.role == Role::Rep,
        (None, Some(past)) => past.person.is_some(),
        (None, None) => staff.is_some(),
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
    notice::throttled(work, notice::HELP, found.number.0, &item.text.from, &body).await?;
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
