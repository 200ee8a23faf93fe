//! Before a customer's text takes the slow path: customers who wait are assigned first, and the text's own conversation
//! gets the rep, the waiting texts and the mask that it may have by now.

use crate::clock::At;
use crate::desk::Desk;
use crate::desk::routing::queue::{self, HeldLine};
use crate::desk::routing::{handover, legs};
use crate::desk::upkeep::lapse;
use crate::desk::work::UnitOfWork;
use crate::domain::conversations::timeline::Loss;
use crate::domain::ids::{ConversationId, NumberId};
use crate::store::routing::routes::{self, Conversation};
use crate::store::{Result, Tx};

/// Drains the queue of `line`, then has the rep of `conversation` replaced if they are missing for too long, texted
/// what waited for them if they are back, and given the mask that they lacked.
pub(super) async fn ready(work: &mut UnitOfWork<'_>, line: NumberId, conversation_id: ConversationId) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    let mut held_line = HeldLine::hold(work, line).await?;
    queue::drain_held(work, &mut held_line).await?;
    let Some(mut conversation) = one(work.tx, conversation_id).await? else { return Ok(()) };
    if is_missing(desk, &held_line, &conversation, now) {
        queue::replace(work, &mut held_line, &conversation, Loss::RepMissing).await?;
        let Some(given) = one(work.tx, conversation_id).await? else { return Ok(()) };
        conversation = given;
    }
    handover::release(work, &conversation).await?;
    let (Some(rep), Some(phone), Some(customer)) =
        (conversation.pinned_to, &conversation.rep_phone, &conversation.customer_phone)
    else {
        return Ok(());
    };
    let legs = routes::live_legs(work.tx, &[conversation.id]).await?;
    if conversation.on_shift(now) && !legs.iter().any(|leg| leg.person == Some(rep)) {
        legs::open_free_leg(work, conversation.id, (rep, phone), customer).await?;
    }
    Ok(())
}

async fn one(tx: &mut Tx, conversation_id: ConversationId) -> Result<Option<Conversation>> {
    Ok(routes::conversations(tx, &[conversation_id]).await?.into_iter().find(|conversation| !conversation.closed))
}

/// The rep has been off for so long while the line was open that somebody else is picked.
fn is_missing(desk: &Desk, held_line: &HeldLine, conversation: &Conversation, now: At) -> bool {
    let since = conversation.missing_since(now);
    lapse::may_lapse(desk) && since.is_some_and(|since| since + held_line.policy.hand_over_after <= now)
}
