//! The fast way: plain texts on live legs, a whole group at a time. Facts of all, decide each, write all.

use std::collections::HashMap;

use super::{Inbound, Outcome};
use crate::clock::At;
use crate::desk::outbox::{Enqueued, enqueue};
use crate::desk::relay::{Author, fan_out, with_media};
use crate::desk::{Desk, notice, snooze};
use crate::domain::echo::Echo;
use crate::domain::ids::ConversationId;
use crate::domain::phone::masked;
use crate::store::messages::{self, Said, preview};
use crate::store::routes::{self, LiveLeg, Talk};
use crate::store::{Result, Tx, changes, opening};

/// A text for a conversation, and the words that are relayed instead of its own, if others are.
pub(super) type Plain<'a> = (&'a Inbound, ConversationId, Option<String>);

/// Relays texts on their live legs, in their order. `None` where the leg has ended meanwhile.
pub(super) async fn carry(
    desk: &Desk,
    tx: &mut Tx,
    texts: &[Plain<'_>],
    now: At,
    done: &mut Enqueued,
) -> Result<Vec<Option<Outcome>>> {
    let ids: Vec<ConversationId> = texts.iter().map(|(_, id, _)| *id).collect();
    let talks = routes::talks(tx, &ids).await?;
    let known: Vec<ConversationId> = talks.iter().map(|talk| talk.id).collect();
    let mut legs = routes::live_legs(tx, &known).await?;
    let mut standing: HashMap<ConversationId, Standing> =
        talks.into_iter().map(|talk| (talk.id, Standing::of(talk))).collect();

    let mut group = Group::default();
    let mut outcomes = Vec::with_capacity(texts.len());
    for (text, conversation, instead) in texts {
        let outcome = standing
            .get_mut(conversation)
            .and_then(|standing| group.add(desk, standing, &mut legs, text, instead.as_deref(), now));
        outcomes.push(outcome);
    }

    messages::insert(tx, &group.messages).await?;
    let mut sent = enqueue(desk, tx, group.drafts, now).await?;
    let told = notice::tell_authors(desk, tx, &sent.unsent, now).await?;
    opening::greeted(tx, &group.greeted, now).await?;
    let touched: Vec<Said> = standing.into_values().filter_map(Standing::said).collect();
    messages::said(tx, &touched).await?;
    let notes: Vec<(ConversationId, &'static str)> = touched.iter().map(|said| (said.id, "message")).collect();
    changes::note(tx, &notes, now).await?;
    for talk in &group.woken {
        snooze::back(desk, tx, talk, None, "the customer wrote", now).await?;
    }
    for conversation in group.paused {
        let data = serde_json::json!({});
        changes::event(tx, desk.ids.next(now), Some(conversation), now, "loop_paused", None, &data).await?;
    }
    done.waiting |= sent.waiting || told.waiting;
    done.sendings.append(&mut sent.sendings);
    done.sendings.extend(told.sendings);
    Ok(outcomes)
}

/// A conversation while the group's texts go through it one after the other.
struct Standing {
    talk: Talk,
    echo: Echo,
    paused_at: Option<At>,
    last: Option<(At, Option<At>, String)>,
    waiting_since: Option<At>,
}

impl Standing {
    fn of(talk: Talk) -> Self {
        let echo = talk.loop_state.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let paused_at = talk.paused_at;
        let waiting_since = talk.waiting_since;
        Standing { talk, echo, paused_at, last: None, waiting_since }
    }

    fn said(self) -> Option<Said> {
        let (last_at, inbound_at, preview) = self.last?;
        Some(Said {
            id: self.talk.id,
            last_at,
            inbound_at,
            waiting_since: self.waiting_since,
            preview,
            loop_state: serde_json::to_string(&self.echo).ok(),
            paused_at: self.paused_at,
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
}

impl Group {
    fn add(
        &mut self,
        desk: &Desk,
        standing: &mut Standing,
        legs: &mut [LiveLeg],
        text: &Inbound,
        instead: Option<&str>,
        now: At,
    ) -> Option<Outcome> {
        let talk = &standing.talk;
        let from = legs.iter().find(|leg| leg.conversation == talk.id && leg.phone == text.from)?.clone();
        let (author, from_customer) = match from.role.as_str() {
            "rep" => ("rep", false),
            "party" => ("party", true),
            _ => ("customer", true),
        };
        if from_customer && standing.talk.snoozed_until.take().is_some() {
            self.woken.push(standing.talk.clone());
        }
        let talk = &standing.talk;
        let loops = standing.echo.hear(from_customer, &text.body, now);
        if loops && standing.paused_at.is_none() {
            standing.paused_at = Some(now);
            self.paused.push(talk.id);
            let customer = talk.customer_phone.as_deref().map(masked).unwrap_or_default();
            let body = notice::words::PAUSED.replace("{customer}", &customer);
            let reps = legs.iter().filter(|leg| leg.conversation == talk.id && leg.person.is_some() && leg.reachable);
            self.drafts.extend(reps.map(|leg| notice::answer(leg.number, &leg.phone, &body)));
        }
        let kind = if instead.is_some() { "keyword" } else { "text" };
        let (outcome, why) = if standing.paused_at.is_some() {
            (Outcome::Held, Some("two machines seem to answer each other: relaying is paused until somebody replies"))
        } else {
            (Outcome::Relayed, None)
        };
        let mut message = text.message(desk, now, (author, kind), outcome, why);
        message.conversation = Some(talk.id);
        message.leg = Some(from.id);
        message.author_id = from.person;
        if outcome == Outcome::Relayed {
            let own = with_media(&text.body, &text.media_types());
            let body = instead.unwrap_or(&own);
            // In a support conversation the customer hears a rep as the line, whoever it is.
            let name = from.person_name.clone().unwrap_or_default();
            let author = Author { leg: Some(from.id), person: from.person, name: &name };
            let (drafts, greeted) = fan_out(talk, legs, author, message.id, body, desk.policies.support.context_line);
            for leg in legs.iter_mut().filter(|leg| greeted.contains(&leg.id)) {
                leg.greeted = true;
            }
            self.drafts.extend(drafts);
            self.greeted.extend(greeted);
        }
        standing.waiting_since = if from_customer { standing.waiting_since.or(Some(now)) } else { None };
        let inbound_at = if from_customer { Some(now) } else { standing.last.as_ref().and_then(|last| last.1) };
        standing.last = Some((now, inbound_at, preview(&text.body)));
        self.messages.push(message);
        Some(outcome)
    }
}
