//! A phone changes hands: whoever had it as a customer is a colleague now, and a colleague's threads move along.

use crate::clock::At;
use crate::desk::Desk;
use crate::desk::conversations::close;
use crate::desk::outbox::{Enqueued, claim};
use crate::desk::routing::{handover, legs};
use crate::domain::ids::PersonId;
use crate::domain::numbers::phone::Phone;
use crate::store::conversations::{changes, pins};
use crate::store::routing::phones::{self, Thread};
use crate::store::routing::{opening, queue, routes};
use crate::store::{Result, Tx, people};

/// Gives `person` the phone `to` in place of `from`, which is not theirs any more. Hold their lines before.
///
/// # Errors
/// What the database said; a conflict if `to` is another enabled person's.
pub(in crate::desk) async fn give(
    desk: &Desk,
    tx: &mut Tx,
    person: PersonId,
    from: Option<&str>,
    to: Option<&Phone>,
    now: At,
) -> Result<Enqueued> {
    if let Some(phone) = to {
        close::end_as_customer(desk, tx, phone.as_str(), now).await?;
        people::set_phone(tx, person, Some(phone), now).await?;
    }
    let mut sent = Enqueued::default();
    let Some(from) = from else { return Ok(sent) };
    for thread in phones::threads(tx, from).await?.into_iter().filter(|thread| thread.person == Some(person)) {
        sent.add(move_thread(desk, tx, person, &thread, to, now).await?);
    }
    Ok(sent)
}

/// Ends a colleague's thread on the old phone and opens it on the new one. What still waited for the old phone goes
/// to the new one, in order; without a new one it stands in the inbox.
async fn move_thread(
    desk: &Desk,
    tx: &mut Tx,
    person: PersonId,
    thread: &Thread,
    to: Option<&Phone>,
    now: At,
) -> Result<Enqueued> {
    let id = thread.conversation;
    let Some(conversation) = routes::conversations(tx, &[id]).await?.into_iter().next() else {
        return Ok(Enqueued::default());
    };
    let rests_until = now + desk.policies.pool.quarantine;
    opening::end_legs(tx, id, Some(person), "phone_changed", now, rests_until).await?;
    let (waiting, freed) = pins::take_back(tx, id, person, "the phone was changed", now).await?;
    let mut sent = claim::free(desk, tx, freed, now).await?;
    if let (Some(phone), Some(counterpart)) = (to, &thread.counterpart) {
        let rep = (person, phone.as_str());
        sent.add(legs::open_rep_leg(desk, tx, id, rep, counterpart, now).await?);
    }
    if conversation.pinned_to == Some(person) {
        let first = waiting.into_iter().chain(conversation.waits_from).min();
        queue::wait_from(tx, id, first).await?;
        for conversation in routes::conversations(tx, &[id]).await? {
            sent.add(handover::release(desk, tx, &conversation, now).await?);
        }
    }
    changes::note(tx, &[(id, "conversation")], now).await?;
    Ok(sent)
}
