//! The fast path: plain texts on live legs, a whole group at a time. It loads the facts of all, decides each, and
//! writes all.

use std::collections::{BTreeSet, HashMap};

use super::unsaid;
use super::{Inbound, Outcome};
use crate::clock::At;
use crate::desk::Desk;
use crate::desk::consent::refusal as refused;
use crate::desk::conversations::snooze;
use crate::desk::outbox::notice::{self, Whose, say};
use crate::desk::outbox::relay::{Author, fan_out};
use crate::desk::outbox::unsaid::{Unsaid, short, words};
use crate::desk::programs::events::Event;
use crate::desk::work::UnitOfWork;
use crate::domain::change::Changed;
use crate::domain::characters::seen;
use crate::domain::conversations::timeline;
use crate::domain::ids::{ConversationId, MessageId, NumberId};
use crate::domain::leg::Role;
use crate::domain::message;
use crate::domain::numbers::phone::masked;
use crate::domain::pairs::expiry::Term;
use crate::domain::programs::event::Kind;
use crate::domain::routing::Keep;
use crate::domain::words::echo::Echo;
use crate::domain::words::redaction::redact;
use crate::domain::words::text::Wording;
use crate::store::conversations::messages::{self, Said, Unread, preview};
use crate::store::routing::opening;
use crate::store::routing::routes::{self, Conversation, LiveLeg};
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
                group.add(desk, progress, &mut legs, text, instead.as_deref(), unsaid.as_ref(), (sent_at, now))
            });
        outcomes.push(outcome);
    }

    for conversation in group.paused.iter().filter_map(|id| progress.get(id)).map(|progress| &progress.conversation) {
        let customer = conversation.customer_phone.as_deref().map(masked).unwrap_or_default();
        let body = say(work.tx, Whose::In(conversation.id), Wording::Paused, &[("customer", &customer)]).await?;
        let reps =
            legs.iter().filter(|leg| leg.conversation == conversation.id && leg.person.is_some() && leg.reachable);
        group.drafts.extend(reps.map(|leg| notice::answer(leg.number, &leg.phone, &body)));
    }
    messages::insert(work.batch(), &group.messages);
    opening::greeted(work.batch(), &group.greeted, now);
    let slid: Vec<(ConversationId, Term)> =
        group.slid.iter().filter_map(|id| Some((*id, progress.get(id)?.conversation.pair.as_ref()?.term))).collect();
    pairs::keep_terms(work.batch(), &slid);
    let touched: Vec<Said> = progress.into_values().filter_map(Progress::said).collect();
    messages::said(work.batch(), &touched);
    let notes = touched.iter().map(|said| said.id).chain(group.kept.iter().copied());
    let opened = texts.iter().filter(|one| one.way == Way::First).map(|one| (one.conversation, Changed::Conversation));
    let notes: Vec<_> = notes.map(|id| (id, Changed::Message)).chain(opened).collect();
    work.note(&notes);
    // Not earlier: lanes are held from here on, and other writers to the same phones wait for them.
    work.enqueue(group.drafts).await?;
    work.flush().await?;
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
    Ok(outcomes)
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

/// A conversation while the group's texts go through it one after the other.
struct Progress {
    conversation: Conversation,
    echo: Echo,
    paused_at: Option<At>,
    last: Option<(At, Option<At>, String)>,
    waiting_since: Option<At>,
    waits_from: Option<MessageId>,
    unread: Unread,
}

impl Progress {
    /// Whether a text from `from` needs nothing done before it is relayed: a rep's never does; a customer's does not if
    /// the rep is on duty and, where the rep has a phone for it, has a leg.
    fn is_ready(&self, legs: &[LiveLeg], from: &str, now: At) -> bool {
        let conversation = &self.conversation;
        if conversation.customer_phone.as_deref() != Some(from) {
            return true;
        }
        let Some(rep) = conversation.pinned_to else { return false };
        let has_leg = || legs.iter().any(|leg| leg.conversation == conversation.id && leg.person == Some(rep));
        conversation.on_shift(now) && (conversation.rep_phone.is_none() || has_leg())
    }

    /// It is a pair that is over.
    fn is_over(&self, sent_at: At, now: At) -> bool {
        self.conversation.pair.as_ref().is_some_and(|pair| pair.ended || pair.term.is_over(sent_at, now))
    }

    fn of(conversation: Conversation) -> Self {
        let waits_from = conversation.waits_from;
        let echo = Echo::read(conversation.loop_state.as_deref());
        let paused_at = conversation.paused_at;
        let waiting_since = conversation.waiting_since;
        Progress { conversation, echo, paused_at, last: None, waiting_since, waits_from, unread: Unread::default() }
    }

    fn said(self) -> Option<Said> {
        let (last_at, inbound_at, preview) = self.last?;
        Some(Said {
            id: self.conversation.id,
            last_at,
            inbound_at,
            waiting_since: self.waiting_since,
            preview,
            loop_state: self.echo.kept(),
            paused_at: self.paused_at,
            waits_from: self.waits_from,
            unread: self.unread,
        })
    }
}

#[derive(Default)]
struct Group {
    messages: Vec<messages::NewMessage>,
    drafts: Vec<crate::desk::outbox::Draft>,
    greeted: Vec<crate::domain::ids::LegId>,
    paused: Vec<ConversationId>,
    woken: Vec<Conversation>,
    /// Customers whom nobody on duty has.
    unattended: Vec<(ConversationId, NumberId, String)>,
    kept: Vec<ConversationId>,
    /// Texts that read like a refusal, and what a party who wrote one is called.
    flagged: Vec<(ConversationId, MessageId, Option<String>)>,
    /// Pairs whose end was moved by what was said.
    slid: BTreeSet<ConversationId>,
    /// What integrators are told of.
    told: Vec<Event>,
    /// Reps whose text, or what came with it, was not passed on, and what they are told.
    not_sent: Vec<(LiveLeg, String)>,
    /// Others who sent what cannot be passed on, and what they are told.
    words_only: Vec<(ConversationId, NumberId, String, String)>,
}

impl Group {
    /// Keeps a text that goes to nobody.
    fn keep(&mut self, from: &LiveLeg, mut message: messages::NewMessage) -> Outcome {
        (message.conversation, message.leg, message.author_id) = (Some(from.conversation), Some(from.id), from.person);
        self.kept.push(from.conversation);
        self.messages.push(message);
        Outcome::Kept
    }

    /// Tells the sender what was not relayed.
    fn tell_sender(&mut self, from: &LiveLeg, told: Option<&str>) {
        let Some(told) = told.map(str::to_owned) else { return };
        if from.role == Role::Rep {
            self.not_sent.push((from.clone(), told));
        } else {
            self.words_only.push((from.conversation, from.number, from.phone.clone(), told));
        }
    }

    /// Has a person look at a text that reads like a refusal, of a customer or a party, whether or not it is relayed. One
    /// question at a time.
    fn flag(&mut self, progress: &mut Progress, from: &LiveLeg, text: &Inbound, message: MessageId, now: At) {
        let asked = progress.conversation.flagged_at.is_some();
        if from.role != Role::Rep && !asked && text.refuses() {
            progress.conversation.flagged_at = Some(now);
            self.flagged.push((progress.conversation.id, message, from.alias.clone()));
        }
    }

    fn add(
        &mut self,
        desk: &Desk,
        progress: &mut Progress,
        legs: &mut [LiveLeg],
        text: &Inbound,
        instead: Option<&str>,
        unsaid: Option<&(Unsaid, Option<String>)>,
        (sent_at, now): (At, At),
    ) -> Option<Outcome> {
        let conversation = &progress.conversation;
        let from = legs.iter().find(|leg| leg.conversation == conversation.id && leg.phone == text.from)?.clone();
        let said = (from.role.author(), message::Kind::of_text(instead.is_some()));
        let from_customer = from.role == Role::Customer;
        // Two parties are two sides like any other two.
        let first_side = if from.role == Role::Party {
            legs.iter().find(|leg| leg.conversation == conversation.id).is_some_and(|leg| leg.id == from.id)
        } else {
            from_customer
        };
        if conversation.blocked && from.role == Role::Customer {
            let message = text.message(desk, now, said, message::Outcome::Kept, Some(Keep::Blocked.why()));
            if instead.is_none() {
                self.flag(progress, &from, text, message.id, now);
            }
            return Some(self.keep(&from, message));
        }
        let (unsaid, sender_told) = unsaid.map_or((None, None), |(unsaid, told)| (Some(unsaid), told.as_deref()));
        if unsaid.is_some() && from.role == Role::Rep && text.media.is_empty() {
            // Nothing at all is no answer to a customer.
            let said = (said.0, message::Kind::Text);
            let message = text.message(desk, now, said, message::Outcome::Kept, Some("it is empty"));
            self.tell_sender(&from, sender_told);
            return Some(self.keep(&from, message));
        }
        if from_customer && progress.conversation.snoozed_until.take().is_some() {
            self.woken.push(progress.conversation.clone());
        }
        let conversation = &progress.conversation;
        let picture = !text.media.is_empty();
        if conversation.pair.is_some() && progress.echo.is_new(first_side, &text.body, picture) {
            // No staff answers in a pair; somebody who says something else is no machine.
            progress.paused_at = None;
        }
        // Of texts that were missed, many may come in at once: they were sent when they were sent.
        let loops = progress.echo.hear(first_side, &text.body, picture, sent_at);
        if loops && progress.paused_at.is_none() {
            progress.paused_at = Some(now);
            self.paused.push(conversation.id);
        }
        let (outcome, why) = if progress.paused_at.is_some() {
            let why = match &conversation.pair {
                Some(_) => "two machines seem to answer each other: relaying is paused until one says something else",
                None => "two machines seem to answer each other: relaying is paused until somebody replies",
            };
            (message::Outcome::Held, Some(why))
        } else {
            (message::Outcome::Relayed, None)
        };
        let mut message = text.message(desk, now, said, outcome, why);
        message.conversation = Some(conversation.id);
        message.leg = Some(from.id);
        message.author_id = from.person;
        if outcome == message::Outcome::Relayed {
            let own = match &conversation.pair {
                Some(pair) if pair.redact => redact(&text.body),
                _ => None,
            };
            let body = instead.unwrap_or(own.as_deref().unwrap_or(&text.body));
            let said = words(body, unsaid);
            // In a support conversation every rep's text comes from the line for the customer.
            let name = from.alias.clone().or_else(|| from.person_name.clone()).unwrap_or_default();
            let author = Author { leg: Some(from.id), person: from.person, name: &name };
            let fan = fan_out(conversation, legs, author, message.id, &said, &desk.policies, now);
            for leg in legs.iter_mut().filter(|leg| fan.greeted.contains(&leg.id)) {
                leg.greeted = true;
            }
            self.drafts.extend(fan.drafts);
            self.greeted.extend(fan.greeted);
            self.tell_sender(&from, sender_told);
            progress.waits_from = progress.waits_from.or(fan.waits.then_some(message.id));
            if author.leg == Some(from.id) && from.role == Role::Customer && instead.is_none() {
                let nobody = conversation.pinned_to.is_none() || !conversation.on_shift(now);
                let missed = nobody.then_some(()).and(conversation.line);
                self.unattended.extend(missed.map(|line| (conversation.id, line, from.phone.clone())));
            }
        }
        if instead.is_none() {
            self.flag(progress, &from, text, message.id, now);
        }
        if let Some(pair) = &mut progress.conversation.pair {
            let data = text.as_told((message.id, from.alias.as_deref()), (outcome, why), instead.is_some());
            self.told.push(Event::of(from.conversation, Kind::MessageReceived, data));
            let later = pair.term.after_message(sent_at);
            if later != pair.term {
                pair.term = later;
                self.slid.insert(progress.conversation.id);
            }
        }
        progress.unread = match from.role {
            Role::Customer => progress.unread.said(message.id),
            Role::Rep => Unread::SEEN,
            // Between parties nobody of ours is asked anything.
            Role::Party => progress.unread,
        };
        progress.waiting_since = if from_customer { progress.waiting_since.or(Some(sent_at)) } else { None };
        let inbound_at = if from_customer { Some(now) } else { progress.last.as_ref().and_then(|last| last.1) };
        progress.last = Some((now, inbound_at, preview(short(&text.body, unsaid))));
        self.messages.push(message);
        Some(outcome.into())
    }
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
