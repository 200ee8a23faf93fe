//! The fast path: plain texts on live legs, a whole group at a time. It loads the facts of all, decides each, and
//! writes all.

use std::collections::HashMap;

use super::group::{Group, Heard, Progress};
use super::unsaid;
use super::{Inbound, Outcome};
use crate::desk::consent::refusal as refused;
use crate::desk::conversations::snooze;
use crate::desk::outbox::notice::{self, Whose, say};
use crate::desk::outbox::unsaid::Unsaid;
use crate::desk::work::UnitOfWork;
use crate::domain::change::Changed;
use crate::domain::characters::seen;
use crate::domain::conversations::timeline;
use crate::domain::ids::ConversationId;
use crate::domain::message;
use crate::domain::numbers::phone::masked;
use crate::domain::pairs::expiry::Term;
use crate::domain::words::text::Wording;
use crate::store::conversations::messages::{self, Said};
use crate::store::routing::opening;
use crate::store::routing::routes::{self, LiveLeg};
use crate::store::{Result, Tx, pairs};

/// A text for a conversation.
pub(super) struct Plain<'a> {
    pub(super) text: &'a Inbound,
    pub(super) conversation: ConversationId,
    /// The words that are relayed instead of its own, if others are.
    pub(super) instead: Option<String>,
    pub(super) way: Way,
}

/// How sure it is that a text can be relayed as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// In a group: a customer whose rep is not there goes the slow way.
    Fast,
    /// Everything that could be done before has been done.
    Sure,
    /// It has just opened its conversation.
    First,
}

impl<'a> Plain<'a> {
    pub(super) fn new(text: &'a Inbound, conversation: ConversationId, way: Way) -> Self {
        Plain { text, conversation, instead: None, way }
    }
}

/// Relays texts on their live legs, in their order. `None` where the leg has ended meanwhile, or where the slow way must
/// be taken.
pub(super) async fn carry(work: &mut UnitOfWork<'_>, texts: &[Plain<'_>]) -> Result<Vec<Option<Outcome>>> {
    let (desk, now) = (work.desk, work.now);
    let ids: Vec<ConversationId> = texts.iter().map(|one| one.conversation).collect();
    let conversations = routes::conversations(work.tx, &ids).await?;
    let known: Vec<ConversationId> = conversations.iter().map(|conversation| conversation.id).collect();
    let mut legs = routes::live_legs(work.tx, &known).await?;
    let mut progress: HashMap<ConversationId, Progress> =
        conversations.into_iter().map(|conversation| (conversation.id, Progress::of(conversation))).collect();

    let sent_at = work.sent_at();
    let unsaid = all_unsaid(work.tx, texts, &progress, &legs).await?;
    let mut group = Group::default();
    let mut outcomes = Vec::with_capacity(texts.len());
    for (Plain { text, conversation: conversation_id, instead, way }, unsaid) in texts.iter().zip(&unsaid) {
        let outcome = progress
            .get_mut(conversation_id)
            .filter(|progress| *way != Way::Fast || progress.is_ready(&legs, &text.from, now))
            .filter(|progress| !progress.is_over(sent_at, now))
            .and_then(|progress| {
                let ours = |leg: &&LiveLeg| leg.conversation == *conversation_id && leg.phone == text.from;
                let from = legs.iter().find(ours)?.clone();
                let instead = instead.as_deref();
                let (unsaid, sender_told) =
                    unsaid.as_ref().map_or((None, None), |(all, told)| (Some(all), told.as_deref()));
                let heard = Heard { desk, text, from, instead, unsaid, sender_told, sent_at, now };
                Some(group.add(progress, &mut legs, &heard))
            });
        outcomes.push(outcome);
    }

    let opened: Vec<ConversationId> =
        texts.iter().filter(|one| one.way == Way::First).map(|one| one.conversation).collect();
    tell_of_loops(work, &mut group, &progress, &legs).await?;
    write(work, &mut group, progress, &opened).await?;
    follow(work, group).await?;
    Ok(outcomes)
}

/// Tells reps that relaying has stopped in a conversation because two machines seem to answer each other.
async fn tell_of_loops(
    work: &mut UnitOfWork<'_>,
    group: &mut Group,
    progress: &HashMap<ConversationId, Progress>,
    legs: &[LiveLeg],
) -> Result<()> {
    for conversation in group.paused.iter().filter_map(|id| progress.get(id)).map(|progress| &progress.conversation) {
        let customer = conversation.customer_phone.as_deref().map(masked).unwrap_or_default();
        let body = say(work.tx, Whose::In(conversation.id), Wording::Paused, &[("customer", &customer)]).await?;
        let reps =
            legs.iter().filter(|leg| leg.conversation == conversation.id && leg.person.is_some() && leg.reachable);
        group.drafts.extend(reps.map(|leg| notice::answer(leg.number, &leg.phone, &body)));
    }
    Ok(())
}

/// Writes the texts, how their conversations stand after them, and what is sent.
async fn write(
    work: &mut UnitOfWork<'_>,
    group: &mut Group,
    progress: HashMap<ConversationId, Progress>,
    opened: &[ConversationId],
) -> Result<()> {
    let now = work.now;
    messages::insert(work.batch(), &group.messages);
    opening::greeted(work.batch(), &group.greeted, now);
    let slid: Vec<(ConversationId, Term)> =
        group.slid.iter().filter_map(|id| Some((*id, progress.get(id)?.conversation.pair.as_ref()?.term))).collect();
    pairs::keep_terms(work.batch(), &slid);
    let touched: Vec<Said> = progress.into_values().filter_map(Progress::said).collect();
    messages::said(work.batch(), &touched);
    let heard = touched.iter().map(|said| said.id).chain(group.kept.iter().copied());
    let notes = heard.map(|id| (id, Changed::Message)).chain(opened.iter().map(|id| (*id, Changed::Conversation)));
    work.note(&notes.collect::<Vec<_>>());
    // Not earlier: lanes are held from here on, and other writers to the same phones wait for them.
    work.enqueue(std::mem::take(&mut group.drafts)).await?;
    work.flush().await
}

/// What follows in few conversations: questions to people, and notices to senders and to programs.
async fn follow(work: &mut UnitOfWork<'_>, group: Group) -> Result<()> {
    for (conversation_id, message, alias) in group.flagged {
        refused::raise(work, conversation_id, (message, alias.as_deref())).await?;
    }
    for conversation in &group.woken {
        snooze::back(work, conversation, None, "the customer wrote").await?;
    }
    for conversation_id in group.paused {
        work.event(Some(conversation_id), None, &timeline::Event::LoopPaused {});
    }
    for (conversation_id, line, customer) in group.unattended {
        notice::after_hours(work, conversation_id, line, &customer).await?;
    }
    for (rep, body) in &group.not_sent {
        notice::not_sent(work, rep, body).await?;
    }
    for (conversation_id, number, phone, body) in group.words_only {
        notice::words_only(work, conversation_id, (number, &phone), &body).await?;
    }
    for event in group.told {
        work.tell(event);
    }
    Ok(())
}

/// What each of these texts leaves unsaid, if anything, and what its sender is told of that. Most are words alone, and
/// nothing is looked up for them.
async fn all_unsaid(
    tx: &mut Tx,
    texts: &[Plain<'_>],
    progress: &HashMap<ConversationId, Progress>,
    legs: &[LiveLeg],
) -> Result<Vec<Option<(Unsaid, Option<String>)>>> {
    let mut all = Vec::with_capacity(texts.len());
    for Plain { text, conversation: conversation_id, instead, .. } in texts {
        let words_alone = instead.is_some() || (text.media.is_empty() && !seen::is_blank(&text.body));
        let from = legs.iter().find(|leg| leg.conversation == *conversation_id && leg.phone == text.from);
        all.push(match (from, progress.get(conversation_id)) {
            (Some(from), Some(progress)) if !words_alone => {
                unsaid::of_text(tx, &progress.conversation, from, text).await?
            }
            _ => None,
        });
    }
    Ok(all)
}

impl From<message::Outcome> for Outcome {
    fn from(kept: message::Outcome) -> Self {
        match kept {
            message::Outcome::Relayed => Outcome::Relayed,
            message::Outcome::Held => Outcome::Held,
            message::Outcome::Kept => Outcome::Kept,
            message::Outcome::Refused => Outcome::Refused,
        }
    }
}
