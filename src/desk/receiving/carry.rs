//! The fast way: plain texts on live legs, a whole group at a time. Facts of all, decide each, write all.

use std::collections::{BTreeSet, HashMap};

use super::unsaid::{self, Unsaid, short, words};
use super::{Inbound, Outcome};
use crate::clock::At;
use crate::desk::Desk;
use crate::desk::consent::refusal as refused;
use crate::desk::conversations::{reading, snooze};
use crate::desk::outbox::notice::{self, Whose, say};
use crate::desk::outbox::{Enqueued, enqueue};
use crate::desk::programs::tell::{self, Told};
use crate::desk::routing::relay::{Author, fan_out};
use crate::domain::characters::seen;
use crate::domain::ids::{ConversationId, MessageId, NumberId};
use crate::domain::leg::Role;
use crate::domain::message;
use crate::domain::numbers::phone::masked;
use crate::domain::pairs::expiry::Term;
use crate::domain::programs::event::Kind;
use crate::domain::routing::Keep;
use crate::domain::words::echo::Echo;
use crate::domain::words::redaction::redact;
use crate::domain::words::refusal;
use crate::domain::words::text::Wording;
use crate::faults;
use crate::store::conversations::changes;
use crate::store::conversations::messages::{self, Said, Unread, preview};
use crate::store::routing::opening;
use crate::store::routing::routes::{self, LiveLeg, Talk};
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
pub(super) async fn carry(
    desk: &Desk,
    tx: &mut Tx,
    texts: &[Plain<'_>],
    now: At,
    done: &mut Enqueued,
) -> Result<Vec<Option<Outcome>>> {
    let ids: Vec<ConversationId> = texts.iter().map(|one| one.conversation).collect();
    let talks = routes::talks(tx, &ids).await?;
    let known: Vec<ConversationId> = talks.iter().map(|talk| talk.id).collect();
    let mut legs = routes::live_legs(tx, &known).await?;
    let mut standing: HashMap<ConversationId, Standing> =
        talks.into_iter().map(|talk| (talk.id, Standing::of(talk))).collect();

    let unsaid = all_unsaid(tx, texts, &standing, &legs).await?;
    let mut group = Group::default();
    let mut outcomes = Vec::with_capacity(texts.len());
    for (Plain { text, conversation, instead, way }, unsaid) in texts.iter().zip(&unsaid) {
        let outcome = standing
            .get_mut(conversation)
            .filter(|standing| *way != Way::Fast || standing.is_ready(&legs, &text.from, now))
            .filter(|standing| !standing.is_over(desk.sent_at(now), now))
            .and_then(|standing| group.add(desk, standing, &mut legs, text, instead.as_deref(), unsaid.as_ref(), now));
        outcomes.push(outcome);
    }

    for talk in group.paused.iter().filter_map(|id| standing.get(id)).map(|standing| &standing.talk) {
        let customer = talk.customer_phone.as_deref().map(masked).unwrap_or_default();
        let body = say(tx, Whose::In(talk.id), Wording::Paused, &[("customer", &customer)]).await?;
        let reps = legs.iter().filter(|leg| leg.conversation == talk.id && leg.person.is_some() && leg.reachable);
        group.drafts.extend(reps.map(|leg| notice::answer(leg.number, &leg.phone, &body)));
    }
    messages::insert(tx, &group.messages).await?;
    faults::point("after_messages");
    opening::greeted(tx, &group.greeted, now).await?;
    let slid: Vec<(ConversationId, Term)> =
        group.slid.iter().filter_map(|id| Some((*id, standing.get(id)?.talk.pair.as_ref()?.term))).collect();
    pairs::keep_terms(tx, &slid).await?;
    let touched: Vec<Said> = standing.into_values().filter_map(Standing::said).collect();
    messages::said(tx, &touched).await?;
    let notes = touched.iter().map(|said| said.id).chain(group.kept.iter().copied());
    let opened = texts.iter().filter(|one| one.way == Way::First).map(|one| (one.conversation, "conversation"));
    let notes: Vec<(ConversationId, &'static str)> = notes.map(|id| (id, "message")).chain(opened).collect();
    changes::note(tx, &notes, now).await?;
    // Now and not before: lanes are held from here on, and whoever else writes to the same phones waits for them.
    let mut sent = enqueue(desk, tx, group.drafts, now).await?;
    let mut told = notice::tell_authors(desk, tx, &sent.unsent, now).await?;
    reading::failed(tx, &sent.unsent, now).await?;
    for (conversation, message, alias) in group.flagged {
        refused::raise(desk, tx, conversation, (message, alias.as_deref()), now).await?;
    }
    for talk in &group.woken {
        snooze::back(desk, tx, talk, None, "the customer wrote", now).await?;
    }
    for conversation in group.paused {
        let data = serde_json::json!({});
        changes::event(tx, desk.ids.next(now), Some(conversation), now, "loop_paused", None, &data).await?;
    }
    for (conversation, line, customer) in group.unattended {
        told.add(notice::after_hours(desk, tx, conversation, line, &customer, now).await?);
    }
    for (rep, body) in &group.not_sent {
        told.add(notice::not_sent(desk, tx, rep, body, now).await?);
    }
    for (conversation, number, phone, body) in group.words_only {
        told.add(notice::words_only(desk, tx, conversation, (number, &phone), &body, now).await?);
    }
    tell::tell(desk, tx, &group.told, now).await?;
    tell::failed(desk, tx, &sent.unsent, now).await?;
    sent.unsent.clear();
    done.add(sent);
    done.add(told);
    Ok(outcomes)
}

/// What each of these texts leaves unsaid, if anything, and what its sender is told of that. Most are words alone, and
/// nothing is looked up for them.
async fn all_unsaid(
    tx: &mut Tx,
    texts: &[Plain<'_>],
    standing: &HashMap<ConversationId, Standing>,
    legs: &[LiveLeg],
) -> Result<Vec<Option<(Unsaid, Option<String>)>>> {
    let mut all = Vec::with_capacity(texts.len());
    for Plain { text, conversation, instead, .. } in texts {
        let words_alone = instead.is_some() || (text.media.is_empty() && !seen::is_blank(&text.body));
        let from = legs.iter().find(|leg| leg.conversation == *conversation && leg.phone == text.from);
        all.push(match (from, standing.get(conversation)) {
            (Some(from), Some(standing)) if !words_alone => unsaid::of_text(tx, &standing.talk, from, text).await?,
            _ => None,
        });
    }
    Ok(all)
}

/// A conversation while the group's texts go through it one after the other.
struct Standing {
    talk: Talk,
    echo: Echo,
    paused_at: Option<At>,
    last: Option<(At, Option<At>, String)>,
    waiting_since: Option<At>,
    waits_from: Option<MessageId>,
    unread: Unread,
}

impl Standing {
    /// Whether a text from `from` needs nothing done before it is relayed: a rep's never does; a customer's does not if
    /// the rep is on duty and, where the rep has a phone for it, has a leg.
    fn is_ready(&self, legs: &[LiveLeg], from: &str, now: At) -> bool {
        let talk = &self.talk;
        if talk.customer_phone.as_deref() != Some(from) {
            return true;
        }
        let Some(rep) = talk.pinned_to else { return false };
        let has_leg = || legs.iter().any(|leg| leg.conversation == talk.id && leg.person == Some(rep));
        talk.on_shift(now) && (talk.rep_phone.is_none() || has_leg())
    }

    /// It is a pair that is over.
    fn is_over(&self, sent_at: At, now: At) -> bool {
        self.talk.pair.as_ref().is_some_and(|pair| pair.ended || pair.term.is_over(sent_at, now))
    }

    fn of(talk: Talk) -> Self {
        let waits_from = talk.waits_from;
        let echo = Echo::read(talk.loop_state.as_deref());
        let paused_at = talk.paused_at;
        let waiting_since = talk.waiting_since;
        Standing { talk, echo, paused_at, last: None, waiting_since, waits_from, unread: Unread::default() }
    }

    fn said(self) -> Option<Said> {
        let (last_at, inbound_at, preview) = self.last?;
        Some(Said {
            id: self.talk.id,
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
    woken: Vec<Talk>,
    /// Customers whom nobody on duty has.
    unattended: Vec<(ConversationId, NumberId, String)>,
    kept: Vec<ConversationId>,
    /// Texts that read like a refusal, and what a party who wrote one is called.
    flagged: Vec<(ConversationId, MessageId, Option<String>)>,
    /// Pairs whose end was moved by what was said.
    slid: BTreeSet<ConversationId>,
    /// What integrators are told of.
    told: Vec<Told>,
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

    /// Has whoever sent something told of what was not passed on.
    fn tell_sender(&mut self, from: &LiveLeg, told: Option<&str>) {
        let Some(told) = told.map(str::to_owned) else { return };
        if from.role == Role::Rep {
            self.not_sent.push((from.clone(), told));
        } else {
            self.words_only.push((from.conversation, from.number, from.phone.clone(), told));
        }
    }

    /// Has a person look at what reads like a refusal of further texts, whoever of those outside wrote it and whether or
    /// not it is passed on. One question at a time.
    fn flag(&mut self, standing: &mut Standing, from: &LiveLeg, text: &Inbound, message: MessageId, now: At) {
        let asked = standing.talk.flagged_at.is_some();
        if from.role != Role::Rep && !asked && refusal::reads_like(&text.body) {
            standing.talk.flagged_at = Some(now);
            self.flagged.push((standing.talk.id, message, from.alias.clone()));
        }
    }

    fn add(
        &mut self,
        desk: &Desk,
        standing: &mut Standing,
        legs: &mut [LiveLeg],
        text: &Inbound,
        instead: Option<&str>,
        unsaid: Option<&(Unsaid, Option<String>)>,
        now: At,
    ) -> Option<Outcome> {
        let talk = &standing.talk;
        let from = legs.iter().find(|leg| leg.conversation == talk.id && leg.phone == text.from)?.clone();
        let said = (from.role.author(), message::Kind::of_text(instead.is_some()));
        let from_customer = from.role == Role::Customer;
        // Two parties are two sides like any other two.
        let first_side = if from.role == Role::Party {
            legs.iter().find(|leg| leg.conversation == talk.id).is_some_and(|leg| leg.id == from.id)
        } else {
            from_customer
        };
        if talk.blocked && from.role == Role::Customer {
            let message = text.message(desk, now, said, message::Outcome::Kept, Some(Keep::Blocked.why()));
            if instead.is_none() {
                self.flag(standing, &from, text, message.id, now);
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
        if from_customer && standing.talk.snoozed_until.take().is_some() {
            self.woken.push(standing.talk.clone());
        }
        let talk = &standing.talk;
        let picture = !text.media.is_empty();
        if talk.pair.is_some() && standing.echo.is_new(first_side, &text.body, picture) {
            // Nobody of ours answers in a pair; whoever says something else is no machine.
            standing.paused_at = None;
        }
        // Of texts that were missed, many may come in at once: they were sent when they were sent.
        let loops = standing.echo.hear(first_side, &text.body, picture, desk.sent_at(now));
        if loops && standing.paused_at.is_none() {
            standing.paused_at = Some(now);
            self.paused.push(talk.id);
        }
        let (outcome, why) = if standing.paused_at.is_some() {
            let why = match &talk.pair {
                Some(_) => "two machines seem to answer each other: relaying is paused until one says something else",
                None => "two machines seem to answer each other: relaying is paused until somebody replies",
            };
            (message::Outcome::Held, Some(why))
        } else {
            (message::Outcome::Relayed, None)
        };
        let mut message = text.message(desk, now, said, outcome, why);
        message.conversation = Some(talk.id);
        message.leg = Some(from.id);
        message.author_id = from.person;
        if outcome == message::Outcome::Relayed {
            let own = match &talk.pair {
                Some(pair) if pair.redact => redact(&text.body),
                _ => None,
            };
            let body = instead.unwrap_or(own.as_deref().unwrap_or(&text.body));
            let said = words(body, unsaid);
            // In a support conversation the customer hears a rep as the line, whoever it is.
            let name = from.alias.clone().or_else(|| from.person_name.clone()).unwrap_or_default();
            let author = Author { leg: Some(from.id), person: from.person, name: &name };
            let fan = fan_out(talk, legs, author, message.id, &said, &desk.policies, now);
            for leg in legs.iter_mut().filter(|leg| fan.greeted.contains(&leg.id)) {
                leg.greeted = true;
            }
            self.drafts.extend(fan.drafts);
            self.greeted.extend(fan.greeted);
            self.tell_sender(&from, sender_told);
            standing.waits_from = standing.waits_from.or(fan.waits.then_some(message.id));
            if author.leg == Some(from.id) && from.role == Role::Customer && instead.is_none() {
                let nobody = talk.pinned_to.is_none() || !talk.on_shift(now);
                let missed = nobody.then_some(()).and(talk.line);
                self.unattended.extend(missed.map(|line| (talk.id, line, from.phone.clone())));
            }
        }
        if instead.is_none() {
            self.flag(standing, &from, text, message.id, now);
        }
        if let Some(pair) = &mut standing.talk.pair {
            let data = text.as_told((message.id, from.alias.as_deref()), (outcome, why), instead.is_some());
            self.told.push(Told::of(from.conversation, Kind::MessageReceived, data));
            let later = pair.term.after_message(desk.sent_at(now));
            if later != pair.term {
                pair.term = later;
                self.slid.insert(standing.talk.id);
            }
        }
        standing.unread = match from.role {
            Role::Customer => standing.unread.said(message.id),
            Role::Rep => Unread::SEEN,
            // Between parties nobody of ours is asked anything.
            Role::Party => standing.unread,
        };
        standing.waiting_since = if from_customer { standing.waiting_since.or(Some(desk.sent_at(now))) } else { None };
        let inbound_at = if from_customer { Some(now) } else { standing.last.as_ref().and_then(|last| last.1) };
        standing.last = Some((now, inbound_at, preview(short(&text.body, unsaid))));
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
