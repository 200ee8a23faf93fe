//! What each text of a group comes to: who gets it, what is kept, and who is told what.

use std::collections::BTreeSet;

use super::{Inbound, Outcome};
use crate::clock::At;
use crate::desk::Desk;
use crate::desk::outbox::Draft;
use crate::desk::outbox::relay::{Author, fan_out};
use crate::desk::outbox::unsaid::{Unsaid, short, words};
use crate::desk::programs::events::Event;
use crate::domain::ids::{ConversationId, LegId, MessageId, NumberId};
use crate::domain::leg::Role;
use crate::domain::message;
use crate::domain::programs::event::Kind;
use crate::domain::routing::Keep;
use crate::domain::words::echo::Echo;
use crate::domain::words::redaction::redact;
use crate::store::conversations::messages::{NewMessage, Said, Unread, preview};
use crate::store::routing::routes::{Conversation, LiveLeg};

/// Why a text of a support conversation is held.
const PAUSED: &str = "two machines seem to answer each other: relaying is paused until somebody replies";
/// Why a text of a pair is held.
const PAIR_PAUSED: &str = "two machines seem to answer each other: relaying is paused until one says something else";

/// What becomes of a text, and why if it is not relayed.
type Verdict = (message::Outcome, Option<&'static str>);

/// A text whose turn it is.
pub(super) struct Heard<'a> {
    pub(super) desk: &'a Desk,
    pub(super) text: &'a Inbound,
    /// The leg that it came by.
    pub(super) from: LiveLeg,
    /// The words that are relayed instead of its own, if others are.
    pub(super) instead: Option<&'a str>,
    /// What it has besides words.
    pub(super) unsaid: Option<&'a Unsaid>,
    /// What its sender is told of that.
    pub(super) sender_told: Option<&'a str>,
    pub(super) sent_at: At,
    pub(super) now: At,
}

impl Heard<'_> {
    fn message(&self, outcome: message::Outcome, why: Option<&str>) -> NewMessage {
        let said = (self.from.role.author(), message::Kind::of_text(self.instead.is_some()));
        NewMessage {
            conversation: Some(self.from.conversation),
            leg: Some(self.from.id),
            author_id: self.from.person,
            ..self.text.message(self.desk, self.now, said, outcome, why)
        }
    }
}

/// What a group of texts comes to, before any of it is written.
#[derive(Default)]
pub(super) struct Group {
    pub(super) messages: Vec<NewMessage>,
    pub(super) drafts: Vec<Draft>,
    pub(super) greeted: Vec<LegId>,
    pub(super) paused: Vec<ConversationId>,
    pub(super) woken: Vec<Conversation>,
    /// Customers whom nobody on duty has.
    pub(super) unattended: Vec<(ConversationId, NumberId, String)>,
    pub(super) kept: Vec<ConversationId>,
    /// Texts that read like a refusal, and what a party who wrote one is called.
    pub(super) flagged: Vec<(ConversationId, MessageId, Option<String>)>,
    /// Pairs whose end was moved by what was said.
    pub(super) slid: BTreeSet<ConversationId>,
    /// What integrators are told of.
    pub(super) told: Vec<Event>,
    /// Reps whose text, or what came with it, was not passed on, and what they are told.
    pub(super) not_sent: Vec<(LiveLeg, String)>,
    /// Others who sent what cannot be passed on, and what they are told.
    pub(super) words_only: Vec<(ConversationId, NumberId, String, String)>,
}

impl Group {
    /// Decides about a text in a conversation whose other live legs are among `legs`.
    pub(super) fn add(&mut self, progress: &mut Progress, legs: &mut [LiveLeg], heard: &Heard<'_>) -> Outcome {
        if let Some(outcome) = self.goes_nowhere(progress, heard) {
            return outcome;
        }
        if heard.from.role == Role::Customer && progress.conversation.snoozed_until.take().is_some() {
            self.woken.push(progress.conversation.clone());
        }
        let (outcome, why) = self.guards_loop(progress, legs, heard);
        let message = heard.message(outcome, why);
        if outcome == message::Outcome::Relayed {
            self.relays(progress, legs, heard, message.id);
        }
        if heard.instead.is_none() {
            self.flag(progress, heard, message.id);
        }
        self.tells_programs(progress, heard, (outcome, why), message.id);
        progress.hears(heard, message.id);
        self.messages.push(message);
        outcome.into()
    }

    /// Keeps a text of somebody blocked, and one of a rep in which there is nothing.
    fn goes_nowhere(&mut self, progress: &mut Progress, heard: &Heard<'_>) -> Option<Outcome> {
        if progress.conversation.blocked && heard.from.role == Role::Customer {
            let message = heard.message(message::Outcome::Kept, Some(Keep::Blocked.why()));
            if heard.instead.is_none() {
                self.flag(progress, heard, message.id);
            }
            return Some(self.keep(heard, message));
        }
        if heard.unsaid.is_some() && heard.from.role == Role::Rep && heard.text.media.is_empty() {
            // Nothing at all is no answer to a customer.
            let message = heard.message(message::Outcome::Kept, Some("it is empty"));
            self.tell_sender(heard);
            return Some(self.keep(heard, message));
        }
        None
    }

    /// Keeps a text that goes to nobody.
    fn keep(&mut self, heard: &Heard<'_>, message: NewMessage) -> Outcome {
        self.kept.push(heard.from.conversation);
        self.messages.push(message);
        Outcome::Kept
    }

    /// Tells the sender what was not relayed.
    fn tell_sender(&mut self, heard: &Heard<'_>) {
        let (from, Some(told)) = (&heard.from, heard.sender_told.map(str::to_owned)) else { return };
        if from.role == Role::Rep {
            self.not_sent.push((from.clone(), told));
        } else {
            self.words_only.push((from.conversation, from.number, from.phone.clone(), told));
        }
    }

    /// Has a person look at a text that reads like a refusal, of a customer or a party, whether or not it is relayed. One
    /// question at a time.
    fn flag(&mut self, progress: &mut Progress, heard: &Heard<'_>, message: MessageId) {
        let asked = progress.conversation.flagged_at.is_some();
        if heard.from.role != Role::Rep && !asked && heard.text.refuses() {
            progress.conversation.flagged_at = Some(heard.now);
            self.flagged.push((progress.conversation.id, message, heard.from.alias.clone()));
        }
    }

    /// Whether a text is relayed, or held because two machines seem to answer each other, and why.
    fn guards_loop(&mut self, progress: &mut Progress, legs: &[LiveLeg], heard: &Heard<'_>) -> Verdict {
        let (text, from) = (heard.text, &heard.from);
        // Two parties are two sides like any other two.
        let first_side = match from.role {
            Role::Party => {
                legs.iter().find(|leg| leg.conversation == from.conversation).is_some_and(|leg| leg.id == from.id)
            }
            role => role == Role::Customer,
        };
        let picture = !text.media.is_empty();
        let is_pair = progress.conversation.pair.is_some();
        if is_pair && progress.echo.is_new(first_side, &text.body, picture) {
            // No staff answers in a pair; somebody who says something else is no machine.
            progress.paused_at = None;
        }
        // Of texts that were missed, many may come in at once: they were sent when they were sent.
        let loops = progress.echo.hear(first_side, &text.body, picture, heard.sent_at);
        if loops && progress.paused_at.is_none() {
            progress.paused_at = Some(heard.now);
            self.paused.push(progress.conversation.id);
        }
        match progress.paused_at {
            None => (message::Outcome::Relayed, None),
            Some(_) if is_pair => (message::Outcome::Held, Some(PAIR_PAUSED)),
            Some(_) => (message::Outcome::Held, Some(PAUSED)),
        }
    }

    /// Makes what the other legs get.
    fn relays(&mut self, progress: &mut Progress, legs: &mut [LiveLeg], heard: &Heard<'_>, message: MessageId) {
        let (conversation, from) = (&progress.conversation, &heard.from);
        let own = match &conversation.pair {
            Some(pair) if pair.redact => redact(&heard.text.body),
            _ => None,
        };
        let body = heard.instead.unwrap_or(own.as_deref().unwrap_or(&heard.text.body));
        let said = words(body, heard.unsaid);
        // In a support conversation every rep's text comes from the line for the customer.
        let name = from.alias.clone().or_else(|| from.person_name.clone()).unwrap_or_default();
        let author = Author { leg: Some(from.id), person: from.person, name: &name };
        let fan = fan_out(conversation, legs, author, message, &said, &heard.desk.policies, heard.now);
        for leg in legs.iter_mut().filter(|leg| fan.greeted.contains(&leg.id)) {
            leg.greeted = true;
        }
        self.drafts.extend(fan.drafts);
        self.greeted.extend(fan.greeted);
        self.tell_sender(heard);
        if from.role == Role::Customer && heard.instead.is_none() {
            let nobody = conversation.pinned_to.is_none() || !conversation.on_shift(heard.now);
            let missed = nobody.then_some(()).and(conversation.line);
            self.unattended.extend(missed.map(|line| (conversation.id, line, from.phone.clone())));
        }
        progress.waits_from = progress.waits_from.or(fan.waits.then_some(message));
    }

    /// What a party says moves the end of its pair, and integrators' programs hear of it.
    fn tells_programs(&mut self, progress: &mut Progress, heard: &Heard<'_>, verdict: Verdict, message: MessageId) {
        let (id, Some(pair)) = (progress.conversation.id, &mut progress.conversation.pair) else { return };
        let data = heard.text.as_told((message, heard.from.alias.as_deref()), verdict, heard.instead.is_some());
        self.told.push(Event::of(id, Kind::MessageReceived, data));
        let later = pair.term.after_message(heard.sent_at);
        if later != pair.term {
            pair.term = later;
            self.slid.insert(id);
        }
    }
}

/// A conversation while the group's texts go through it one after the other.
pub(super) struct Progress {
    pub(super) conversation: Conversation,
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
    pub(super) fn is_ready(&self, legs: &[LiveLeg], from: &str, now: At) -> bool {
        let conversation = &self.conversation;
        if conversation.customer_phone.as_deref() != Some(from) {
            return true;
        }
        let Some(rep) = conversation.pinned_to else { return false };
        let has_leg = || legs.iter().any(|leg| leg.conversation == conversation.id && leg.person == Some(rep));
        conversation.on_shift(now) && (conversation.rep_phone.is_none() || has_leg())
    }

    /// It is a pair that is over.
    pub(super) fn is_over(&self, sent_at: At, now: At) -> bool {
        self.conversation.pair.as_ref().is_some_and(|pair| pair.ended || pair.term.is_over(sent_at, now))
    }

    pub(super) fn of(conversation: Conversation) -> Self {
        let waits_from = conversation.waits_from;
        let echo = Echo::read(conversation.loop_state.as_deref());
        let paused_at = conversation.paused_at;
        let waiting_since = conversation.waiting_since;
        Progress { conversation, echo, paused_at, last: None, waiting_since, waits_from, unread: Unread::default() }
    }

    pub(super) fn said(self) -> Option<Said> {
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

    /// What the text of `message` moves, but for what is sent.
    fn hears(&mut self, heard: &Heard<'_>, message: MessageId) {
        let from_customer = heard.from.role == Role::Customer;
        self.unread = match heard.from.role {
            Role::Customer => self.unread.said(message),
            Role::Rep => Unread::SEEN,
            // Between parties nobody of ours is asked anything.
            Role::Party => self.unread,
        };
        self.waiting_since = if from_customer { self.waiting_since.or(Some(heard.sent_at)) } else { None };
        let inbound_at = if from_customer { Some(heard.now) } else { self.last.as_ref().and_then(|last| last.1) };
        self.last = Some((heard.now, inbound_at, preview(short(&heard.text.body, heard.unsaid))));
    }
}
