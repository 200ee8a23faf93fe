//! Gives a rep's phone a leg in a conversation: a mask by the order of choice, or none if no mask is free (the rep then
//! uses the web).

use crate::clock::At;
use crate::desk::Desk;
use crate::desk::outbox::notice::{Whose, answer, say};
use crate::desk::outbox::relay::customer_label;
use crate::desk::pool::missing::refuse;
use crate::desk::work::UnitOfWork;
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::Event;
use crate::domain::ids::{ConversationId, LegId, NumberId, PersonId};
use crate::domain::leg::{Ended, Role};
use crate::domain::routing::allocation::{Choice, choose};
use crate::domain::words::text::Wording;
use crate::faults;
use crate::store::Result;
use crate::store::pool::refusals;
use crate::store::routing::opening::{self, NewLeg};
use crate::store::routing::{phones, routes};
use crate::store::upkeep::tallies;

/// The tally of conversations that found no mask.
pub const NO_MASK: &str = "mask.exhausted";

/// Opens a leg for `person`'s `phone` towards `counterpart`, the customer's, if a mask is free, be it abroad or early;
/// nothing is sent. Without one the rep works on the web until a later text finds a mask.
///
/// # Errors
/// As [`open_rep_leg`].
pub async fn open_free_leg(
    work: &mut UnitOfWork<'_>,
    conversation: ConversationId,
    rep: (PersonId, &str),
    counterpart: &str,
) -> Result<()> {
    if open(work, conversation, rep, counterpart).await?.mask().is_some() {
        // Only a conversation that found no mask asks again.
        refusals::settle(work.tx, &[rep.1], &wanted_by(conversation)).await?;
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
    work: &mut UnitOfWork<'_>,
    conversation: ConversationId,
    rep: (PersonId, &str),
    counterpart: &str,
) -> Result<()> {
    let now = work.now;
    let choice = open(work, conversation, rep, counterpart).await?;
    if choice.mask().is_some() {
        return Ok(());
    }
    refuse(work, &[rep.1], &wanted_by(conversation)).await?;
    work.event(Some(conversation), None, &Event::NoMask { person: rep.0, why: choice.why().to_owned() });
    tallies::add(work.tx, NO_MASK, 1, now).await?;
    rest_idlest(work, conversation, rep).await
}

/// Ends the thread of this phone in which nothing was said for longest. It goes on in the inbox, and the rep is told.
async fn rest_idlest(
    work: &mut UnitOfWork<'_>,
    except: ConversationId,
    (person, phone): (PersonId, &str),
) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    let Some((leg, conversation, mask)) = phones::idlest(work.tx, phone, except).await? else {
        return Ok(());
    };
    let conversations = routes::conversations(work.tx, &[conversation]).await?;
    let rests_until = now + desk.policies.pool.quarantine;
    if opening::end_legs(work.tx, conversation, Some(person), (Ended::Rested, now), rests_until).await? == 0 {
        return Ok(());
    }
    faults::point("after_rest");
    work.event(Some(conversation), None, &Event::LegRested { person, leg, mask });
    work.note(&[(conversation, Changed::Conversation)]);
    let customer = conversations.first().map(customer_label).unwrap_or_default();
    let body = say(work.tx, Whose::In(conversation), Wording::Rested, &[("customer", &customer)]).await?;
    work.enqueue(vec![answer(mask, phone, &body)]).await
}

async fn open(
    work: &mut UnitOfWork<'_>,
    conversation: ConversationId,
    rep: (PersonId, &str),
    counterpart: &str,
) -> Result<Choice> {
    let (desk, now) = (work.desk, work.now);
    let masks = opening::masks(work.tx, rep.1).await?;
    // None of these has a live leg of this phone.
    let same = work.had().filter(|had| had.rep == rep.0 && masks.iter().any(|mask| mask.id == had.mask));
    let choice = match same {
        Some(had) => Choice::Same(had.mask),
        None => choose(&masks, counterpart, now, desk.policies.pool.quarantine_floor, |n| desk.chance.below(n)),
    };
    let Some(leg) = rep_leg(work, conversation, rep, counterpart, choice) else { return Ok(choice) };
    opening::legs(work.tx, &[leg], same.map_or(now, |had| had.since)).await?;
    Ok(choice)
}

/// The row of a leg for a person's phone by the mask that was chosen, if one was; the timeline tells of it.
pub(in crate::desk) fn rep_leg<'a>(
    work: &mut UnitOfWork<'_>,
    conversation: ConversationId,
    (person, phone): (PersonId, &'a str),
    counterpart: &'a str,
    choice: Choice,
) -> Option<NewLeg<'a>> {
    let (desk, now) = (work.desk, work.now);
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
    let why = choice.why().to_owned();
    let opened = Event::LegOpened { person: Some(person), alias: None, leg: leg.id, mask: number, why };
    work.event(Some(conversation), None, &opened);
    Some(leg)
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
pub async fn leave_blocked(work: &mut UnitOfWork<'_>, person: PersonId, phone: &str) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    for thread in phones::blocked_threads(work.tx, phone).await? {
        routes::conversations(work.tx, &[thread.conversation]).await?;
        let rests_until = now + desk.policies.pool.quarantine;
        opening::end_legs(work.tx, thread.conversation, Some(person), (Ended::Blocked, now), rests_until).await?;
        if let Some(counterpart) = &thread.counterpart {
            open_free_leg(work, thread.conversation, (person, phone), counterpart).await?;
        }
        work.note(&[(thread.conversation, Changed::Conversation)]);
    }
    Ok(())
}
