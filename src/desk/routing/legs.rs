//! Gives a rep's phone its way into a conversation: a mask chosen by the order, or the web alone if none is free.

use serde_json::json;

use super::relay::customer_label;
use crate::clock::At;
use crate::desk::Desk;
use crate::desk::outbox::notice::{Whose, answer, say};
use crate::desk::outbox::{Enqueued, enqueue};
use crate::desk::pool::missing::refuse;
use crate::domain::ids::{ConversationId, LegId, NumberId, PersonId};
use crate::domain::leg::Role;
use crate::domain::routing::allocation::{Choice, choose};
use crate::domain::words::text::Wording;
use crate::faults;
use crate::store::conversations::changes::{self, NewEvent};
use crate::store::pool::refusals;
use crate::store::routing::opening::{self, NewLeg};
use crate::store::routing::{phones, routes};
use crate::store::upkeep::tallies;
use crate::store::{Result, Tx};

/// The tally of conversations that found no mask.
pub const NO_MASK: &str = "mask.exhausted";

/// Opens a leg for `person`'s `phone` towards `counterpart`, the customer's, if a mask is free, be it abroad or early;
/// nothing is sent. Without one the rep works on the web until a later text finds a mask.
///
/// # Errors
/// As [`open_rep_leg`].
pub async fn open_free_leg(
    desk: &Desk,
    tx: &mut Tx,
    conversation: ConversationId,
    rep: (PersonId, &str),
    counterpart: &str,
    now: At,
) -> Result<()> {
    if open(desk, tx, conversation, rep, counterpart, now).await?.mask().is_some() {
        // Only a conversation that found no mask asks again.
        refusals::settle(tx, &[rep.1], &wanted_by(conversation)).await?;
    }
    Ok(())
}

/// What a conversation is called among what found no mask.
pub(in crate::desk) fn wanted_by(conversation: ConversationId) -> String {
    format!("conversation {conversation}")
}

/// As [`open_free_leg`], but climbs the ladder to its end: without a free mask the timeline says so, the longest idle
/// thread of this phone rests, so that its mask is free for a later text, its rep is told, and managers are alerted.
///
/// # Errors
/// What the database said; a mask taken meanwhile makes the job begin anew.
pub async fn open_rep_leg(
    desk: &Desk,
    tx: &mut Tx,
    conversation: ConversationId,
    rep: (PersonId, &str),
    counterpart: &str,
    now: At,
) -> Result<Enqueued> {
    let choice = open(desk, tx, conversation, rep, counterpart, now).await?;
    if choice.mask().is_some() {
        return Ok(Enqueued::default());
    }
    refuse(desk, tx, &[rep.1], &wanted_by(conversation), now).await?;
    let data = json!({ "person": rep.0.0.to_string(), "why": choice.why() });
    changes::event(tx, desk.ids.next(now), Some(conversation), now, "no_mask", None, &data).await?;
    tallies::add(tx, NO_MASK, 1, now).await?;
    rest_idlest(desk, tx, conversation, rep, now).await
}

/// Ends the thread of this phone in which nothing was said for longest. It goes on in the inbox, and the rep is told.
async fn rest_idlest(
    desk: &Desk,
    tx: &mut Tx,
    except: ConversationId,
    (person, phone): (PersonId, &str),
    now: At,
) -> Result<Enqueued> {
    let Some((leg, conversation, mask)) = phones::idlest(tx, phone, except).await? else {
        return Ok(Enqueued::default());
    };
    let talks = routes::talks(tx, &[conversation]).await?;
    let rests_until = now + desk.policies.pool.quarantine;
    if opening::end_legs(tx, conversation, Some(person), "rested", now, rests_until).await? == 0 {
        return Ok(Enqueued::default());
    }
    faults::point("after_rest");
    let data = json!({ "person": person.0.to_string(), "leg": leg.0.to_string(), "mask": mask.0.to_string() });
    changes::event(tx, desk.ids.next(now), Some(conversation), now, "leg_rested", None, &data).await?;
    changes::note(tx, &[(conversation, "conversation")], now).await?;
    let customer = talks.first().map(customer_label).unwrap_or_default();
    let body = say(tx, Whose::In(conversation), Wording::Rested, &[("customer", &customer)]).await?;
    enqueue(desk, tx, vec![answer(mask, phone, &body)], now).await
}

async fn open(
    desk: &Desk,
    tx: &mut Tx,
    conversation: ConversationId,
    rep: (PersonId, &str),
    counterpart: &str,
    now: At,
) -> Result<Choice> {
    let masks = opening::masks(tx, rep.1).await?;
    // None of these has a live leg of this phone.
    let same = desk.had().filter(|had| had.rep == rep.0 && masks.iter().any(|mask| mask.id == had.mask));
    let choice = match same {
        Some(had) => Choice::Same(had.mask),
        None => choose(&masks, counterpart, now, desk.policies.pool.quarantine_floor, |n| desk.chance.below(n)),
    };
    let Some((leg, event)) = rep_leg(desk, conversation, rep, counterpart, choice, now) else { return Ok(choice) };
    opening::legs(tx, &[leg], same.map_or(now, |had| had.since)).await?;
    changes::events(tx, &[event], now).await?;
    Ok(choice)
}

/// The rows of a leg for a person's phone by the mask that was chosen, if one was.
pub(in crate::desk) fn rep_leg<'a>(
    desk: &Desk,
    conversation: ConversationId,
    (person, phone): (PersonId, &'a str),
    counterpart: &'a str,
    choice: Choice,
    now: At,
) -> Option<(NewLeg<'a>, NewEvent)> {
    let number = choice.mask()?;
    let leg = NewLeg {
        id: LegId(desk.ids.next(now)),
        conversation,
        role: Role::Rep,
        person: Some(person),
        phone,
        number,
        counterpart: Some(counterpart),
        alias: None,
    };
    let data = json!({
        "person": person.0.to_string(), "leg": leg.id.0.to_string(), "mask": number.0.to_string(), "why": choice.why(),
    });
    Some((leg, NewEvent { id: desk.ids.next(now), conversation, kind: "leg_opened", actor: None, data }))
}

/// The row of a customer's leg on a line.
pub(in crate::desk) fn customer_leg<'a>(
    desk: &Desk,
    conversation: ConversationId,
    line: NumberId,
    phone: &'a str,
    now: At,
) -> NewLeg<'a> {
    NewLeg {
        id: LegId(desk.ids.next(now)),
        conversation,
        role: Role::Customer,
        person: None,
        phone,
        number: line,
        counterpart: None,
        alias: None,
    }
}

/// Moves `person`'s threads from masks that their phone still blocks to others: texts are on again, and a block can
/// be lifted only on the number where it was set.
///
/// # Errors
/// As [`open_rep_leg`].
pub async fn leave_blocked(desk: &Desk, tx: &mut Tx, person: PersonId, phone: &str, now: At) -> Result<()> {
    for thread in phones::blocked_threads(tx, phone).await? {
        routes::talks(tx, &[thread.conversation]).await?;
        let rests_until = now + desk.policies.pool.quarantine;
        opening::end_legs(tx, thread.conversation, Some(person), "blocked", now, rests_until).await?;
        if let Some(counterpart) = &thread.counterpart {
            open_free_leg(desk, tx, thread.conversation, (person, phone), counterpart, now).await?;
        }
        changes::note(tx, &[(thread.conversation, "conversation")], now).await?;
    }
    Ok(())
}
