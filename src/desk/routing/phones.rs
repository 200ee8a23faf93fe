//! A phone becomes a colleague's: its conversations as a customer end, and a colleague's threads move to the new phone.

use super::{end, handover, legs};
use crate::desk::outbox::claim;
use crate::desk::work::UnitOfWork;
use crate::domain::change::Changed;
use crate::domain::ids::PersonId;
use crate::domain::leg::Ended;
use crate::domain::numbers::phone::Phone;
use crate::store::conversations::pins;
use crate::store::routing::phones::{self as table, Thread};
use crate::store::routing::{opening, queue, routes};
use crate::store::{Result, people};

/// Gives `person` the phone `to` in place of `from`, which is not theirs any more. Hold their lines before.
///
/// # Errors
/// What the database said; a conflict if `to` is another enabled person's.
pub(in crate::desk) async fn give(
    work: &mut UnitOfWork<'_>,
    person: PersonId,
    from: Option<&str>,
    to: Option<&Phone>,
) -> Result<()> {
    let now = work.now;
    if let Some(phone) = to {
        end::end_as_customer(work, phone.as_str()).await?;
        people::set_phone(work.tx, person, Some(phone), now).await?;
    }

    let Some(from) = from else { return Ok(()) };
    for thread in table::threads(work.tx, from).await?.into_iter().filter(|thread| thread.person == Some(person)) {
        move_thread(work, person, &thread, to).await?;
    }
    Ok(())
}

/// Ends a colleague's thread on the old phone and opens it on the new one. What still waited for the old phone goes
/// to the new one, in order; without a new one it stands in the inbox.
async fn move_thread(work: &mut UnitOfWork<'_>, person: PersonId, thread: &Thread, to: Option<&Phone>) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    let id = thread.conversation;
    let Some(conversation) = routes::conversations(work.tx, &[id]).await?.into_iter().next() else {
        return Ok(());
    };
    let rests_until = now + desk.policies.pool.quarantine;
    opening::end_legs(work.tx, id, Some(person), (Ended::PhoneChanged, now), rests_until).await?;
    let (waiting, freed) = pins::take_back(work.tx, id, person, "the phone was changed", now).await?;
    claim::free(work, freed).await?;
    if let (Some(phone), Some(counterpart)) = (to, &thread.counterpart) {
        let rep = (person, phone.as_str());
        legs::open_rep_leg(work, id, rep, counterpart).await?;
    }
    if conversation.pinned_to == Some(person) {
        let first = waiting.into_iter().chain(conversation.waits_from).min();
        queue::wait_from(work.tx, id, first).await?;
        for conversation in routes::conversations(work.tx, &[id]).await? {
            handover::release(work, &conversation).await?;
        }
    }
    work.note(&[(id, Changed::Conversation)]);
    Ok(())
}
