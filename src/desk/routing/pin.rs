//! Changes the pin: gives a conversation to a rep, or takes it from its rep.

use super::{handover, legs};
use crate::desk::outbox::claim;
use crate::desk::work::UnitOfWork;
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::{Event, Handover, Loss};
use crate::domain::ids::PersonId;
use crate::domain::leg::Ended;
use crate::faults;
use crate::store::Result;
use crate::store::conversations::access::{self, Viewer};
use crate::store::conversations::attention;
use crate::store::conversations::pins::{self, Freed};
use crate::store::routing::routes::{self, Conversation};
use crate::store::routing::{opening, queue as store_queue};

/// Pins an unassigned conversation to somebody who acts in it; opens the leg of their phone if they have one.
pub(in crate::desk) async fn take(
    work: &mut UnitOfWork<'_>,
    conversation: &Conversation,
    viewer: &Viewer,
) -> Result<()> {
    let name = access::assignee(work.tx, viewer.id, conversation.id).await?.map(|assignee| assignee.name);
    let why = tell(work, conversation, viewer, (viewer.id, name), None);
    give(work, conversation, viewer.id, why).await
}

/// Tells in the timeline that `by` gives a conversation to somebody, whose name may be known, with a note for them; what to
/// give to [`give`] as its reason.
pub(in crate::desk) fn tell(
    work: &mut UnitOfWork<'_>,
    conversation: &Conversation,
    by: &Viewer,
    (to, to_name): (PersonId, Option<String>),
    note: Option<&str>,
) -> Loss {
    let handover = Handover { to, to_name, from: conversation.pinned_to, note: note.map(str::to_owned) };
    let (event, why) = if to == by.id {
        (Event::Claimed(handover), Loss::Claimed)
    } else {
        (Event::Transferred(handover), Loss::Transferred)
    };
    work.event(Some(conversation.id), Some(by.id), &event);
    why
}

/// Pins a conversation to `to`, opens the leg of their phone if they have one, and sends them, in order, what waited
/// for the rep who had it before. `why`: why that rep's leg ends.
pub(in crate::desk) async fn give(
    work: &mut UnitOfWork<'_>,
    conversation: &Conversation,
    to: PersonId,
    why: Loss,
) -> Result<()> {
    let now = work.now;
    take_away(work, conversation, why).await?;
    pins::pin(work.tx, conversation.id, Some(to), now).await?;
    faults::point("after_pin");
    if why != Loss::Claimed {
        attention::unseen(work.tx, conversation.id, why == Loss::Transferred).await?;
    }
    let Some(theirs) = routes::conversations(work.tx, &[conversation.id]).await?.into_iter().next() else {
        return Ok(());
    };
    if let (Some(phone), Some(customer)) = (&theirs.rep_phone, &theirs.customer_phone) {
        legs::open_rep_leg(work, theirs.id, (to, phone), customer).await?;
    }
    handover::release(work, &theirs).await?;
    Ok(())
}

/// Takes a conversation from its rep, if it has one: the leg of their phone ends, and what waited for that phone
/// waits for the rep who gets it. `why`: why the leg ends.
pub(in crate::desk) async fn take_away(
    work: &mut UnitOfWork<'_>,
    conversation: &Conversation,
    why: Loss,
) -> Result<()> {
    let freed = detach(work, conversation, why).await?;
    claim::free(work, freed).await
}

/// As [`take_away`], but nothing leaves yet; returns the lanes in which something may, once everything that is to be
/// taken away has been: one lane may hold texts of several conversations.
pub(in crate::desk) async fn detach(
    work: &mut UnitOfWork<'_>,
    conversation: &Conversation,
    why: Loss,
) -> Result<Freed> {
    let (desk, now) = (work.desk, work.now);
    let mut lanes = Freed::default();
    if let Some(before) = conversation.pinned_to {
        pins::pin(work.tx, conversation.id, None, now).await?;
        let rests_until = now + desk.policies.pool.quarantine;
        opening::end_legs(work.tx, conversation.id, Some(before), (Ended::Lost(why), now), rests_until).await?;
        let (waiting, freed) =
            pins::take_back(work.tx, conversation.id, before, "handed to somebody else", now).await?;
        let first = waiting.into_iter().chain(conversation.waits_from).min();
        if first != conversation.waits_from {
            store_queue::wait_from(work.tx, conversation.id, first).await?;
        }
        lanes = freed;
    }
    work.note(&[(conversation.id, Changed::Conversation)]);
    Ok(lanes)
}
