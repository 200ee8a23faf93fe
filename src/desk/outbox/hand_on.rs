//! Texts that waited for the phone of a rep who no longer has the conversation go to the rep who has it now, in order.
//!
//! No text of a customer may be lost between two reps.

use std::collections::BTreeMap;

use super::notice::{Whose, say};
use super::relay::{context, draft};
use super::unsaid::{Unsaid, words};
use crate::desk::work::UnitOfWork;
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::numbers::phone::masked;
use crate::domain::words::text::Wording;
use crate::store::conversations::pins::{self, Waited};
use crate::store::routing::routes::{self, Conversation};
use crate::store::routing::{opening, queue};
use crate::store::{Result, Tx};

/// Sends `messages` of a conversation to the phone of its rep, if that phone takes texts: each as it would have reached
/// that phone at first, and none that it has got already or that its owner wrote.
pub(in crate::desk) async fn hand_on(
    work: &mut UnitOfWork<'_>,
    conversation: &Conversation,
    messages: &[MessageId],
) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    let legs = routes::live_legs(work.tx, &[conversation.id]).await?;
    let assignee =
        legs.iter().find(|leg| leg.person.is_some() && leg.person == conversation.pinned_to && leg.reachable);
    let Some(leg) = assignee.filter(|_| !messages.is_empty()) else { return Ok(()) };
    let waited = pins::waited(work.tx, messages, leg.id).await?;
    let mut fresh = context(leg, conversation, &desk.policies);
    let mut drafts = Vec::new();
    for one in waited.iter().filter(|one| one.author.is_none() || one.author != leg.person) {
        let mut body = words_of(work.tx, one, conversation).await?;
        if let Some(context) = fresh.take() {
            opening::greeted(work.batch(), &[leg.id], now);
            work.flush().await?;
            body.insert_str(0, &context);
        }
        drafts.push(draft(conversation, leg, one.id, body));
    }
    // Its author did reach the customer, or is the customer: nobody is told, and the inbox has the words.
    work.enqueue_quietly(drafts).await
}

/// As [`hand_on`], for texts that turned out unsent only after their addressee had lost the conversation.
pub(in crate::desk) async fn hand_on_late(
    work: &mut UnitOfWork<'_>,
    lost: &[(ConversationId, MessageId)],
) -> Result<()> {
    let now = work.now;
    let mut by_conversation: BTreeMap<ConversationId, Vec<MessageId>> = BTreeMap::new();
    for (conversation_id, message) in lost {
        by_conversation.entry(*conversation_id).or_default().push(*message);
    }
    let ids: Vec<ConversationId> = by_conversation.keys().copied().collect();

    for conversation in routes::conversations(work.tx, &ids).await? {
        let messages = by_conversation.remove(&conversation.id).unwrap_or_default();
        // Nobody has it, or its rep is off duty: they wait like any other text.
        let nobody =
            conversation.pinned_to.is_none() || (conversation.rep_phone.is_some() && !conversation.on_shift(now));
        if nobody && !conversation.closed {
            let first = messages.into_iter().chain(conversation.waits_from).min();
            queue::wait_from(work.tx, conversation.id, first).await?;
            continue;
        }
        hand_on(work, &conversation, &messages).await?;
    }
    Ok(())
}

/// What a rep's phone shows of a message.
async fn words_of(tx: &mut Tx, one: &Waited, conversation: &Conversation) -> Result<String> {
    if one.keyword {
        let customer = conversation.customer_phone.as_deref().map(masked).unwrap_or_default();
        return say(tx, Whose::In(conversation.id), Wording::OptedOut, &[("customer", &customer)]).await;
    }
    let unsaid = Unsaid::of(tx, Whose::In(conversation.id), &one.body, &one.files).await?;
    let body = words(&one.body, unsaid.as_ref()).staff;
    Ok(match &one.author_name {
        Some(name) => format!("{name}: {body}"),
        None => body,
    })
}
