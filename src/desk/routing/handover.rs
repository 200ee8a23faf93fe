//! Sends the texts that waited for the phone of a conversation's rep, when the rep is on duty.

use super::legs;
use crate::desk::outbox::hand_on::hand_on;
use crate::desk::work::UnitOfWork;
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::Event;
use crate::domain::message::Channel;
use crate::faults;
use crate::store::Result;
use crate::store::routing::queue;
use crate::store::routing::routes::{self, Conversation};

/// Sends the texts that wait for the phone of a conversation's rep, if the rep is on duty now, in order. A rep who works
/// on the web alone has them there. The event that it leaves keeps the conversation from being idle: the rep has what
/// was said from now on.
pub(in crate::desk) async fn release(work: &mut UnitOfWork<'_>, conversation: &Conversation) -> Result<()> {
    let now = work.now;
    let (Some(first), Some(rep)) = (conversation.waits_from, conversation.pinned_to) else {
        return Ok(());
    };
    if conversation.rep_phone.is_some() && !conversation.on_shift(now) {
        return Ok(());
    }

    if let (Some(phone), Some(customer)) = (&conversation.rep_phone, &conversation.customer_phone) {
        let legs = routes::live_legs(work.tx, &[conversation.id]).await?;
        if !legs.iter().any(|leg| leg.person == Some(rep)) {
            legs::open_free_leg(work, conversation.id, (rep, phone), customer).await?;
        }
        let messages = queue::relayed_from(work.tx, conversation.id, first).await?;
        hand_on(work, conversation, &messages).await?;
    }
    queue::wait_from(work.tx, conversation.id, None).await?;
    let to = if conversation.rep_phone.is_some() { Channel::Phone } else { Channel::Web };
    work.event(Some(conversation.id), None, &Event::Released { person: rep, to });
    faults::point("after_release");
    work.note(&[(conversation.id, Changed::Message)]);
    Ok(())
}
