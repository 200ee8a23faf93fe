//! Before a customer's text is relayed the slow way: whoever waits goes first, and its own conversation gets who and
//! what it may have by now.

use crate::clock::At;
use crate::desk::Desk;
use crate::desk::outbox::Enqueued;
use crate::desk::routing::queue::{self, HeldLine};
use crate::desk::routing::{handover, legs};
use crate::desk::upkeep::lapse;
use crate::domain::ids::{ConversationId, NumberId};
use crate::store::routing::routes::{self, Talk};
use crate::store::{Result, Tx};

/// Drains the queue of `line`, then has the rep of `conversation` replaced if they are missing for too long, texted
/// what waited for them if they are back, and given the mask that they lacked.
pub(super) async fn ready(
    desk: &Desk,
    tx: &mut Tx,
    line: NumberId,
    conversation: ConversationId,
    now: At,
    done: &mut Enqueued,
) -> Result<()> {
    let mut held_line = HeldLine::hold(desk, tx, line, now).await?;
    done.add(queue::drain_held(desk, tx, &mut held_line, now).await?);
    let Some(mut talk) = one(tx, conversation).await? else { return Ok(()) };
    if is_missing(desk, &held_line, &talk, now) {
        done.add(queue::replace(desk, tx, &mut held_line, &talk, "rep_missing", now).await?);
        let Some(given) = one(tx, conversation).await? else { return Ok(()) };
        talk = given;
    }
    done.add(handover::release(desk, tx, &talk, now).await?);
    let (Some(rep), Some(phone), Some(customer)) = (talk.pinned_to, &talk.rep_phone, &talk.customer_phone) else {
        return Ok(());
    };
    let legs = routes::live_legs(tx, &[talk.id]).await?;
    if talk.on_shift(now) && !legs.iter().any(|leg| leg.person == Some(rep)) {
        legs::open_free_leg(desk, tx, talk.id, (rep, phone), customer, now).await?;
    }
    Ok(())
}

async fn one(tx: &mut Tx, conversation: ConversationId) -> Result<Option<Talk>> {
    Ok(routes::talks(tx, &[conversation]).await?.into_iter().find(|talk| !talk.closed))
}

/// The rep has been off for so long while the line was open that somebody else is picked.
fn is_missing(desk: &Desk, held_line: &HeldLine, talk: &Talk, now: At) -> bool {
    let since = talk.missing_since(now);
    lapse::may_lapse(desk) && since.is_some_and(|since| since + held_line.policy.hand_over_after <= now)
}
