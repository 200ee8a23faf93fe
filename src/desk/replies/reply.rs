//! Answers a customer from the web: the customer gets it from the line, whoever answers.

use super::fulfil;
use crate::clock::At;
use crate::desk::conversations::reading;
use crate::desk::outbox::{Enqueued, SHUT_OUT, enqueue};
use crate::desk::routing::pin;
use crate::desk::routing::relay::{Author, Words, fan_out};
use crate::desk::{Desk, Failure};
use crate::domain::characters::seen;
use crate::domain::ids::{ConversationId, MessageId, PersonId};
use crate::domain::leg::Role;
use crate::domain::message::{self, Channel, Kind, Outcome};
use crate::domain::numbers::phone::Sender;
use crate::store::conversations::access::{self, Seer};
use crate::store::conversations::changes;
use crate::store::conversations::messages::{self, NewMessage, Said, Unread, preview};
use crate::store::routing::opening;
use crate::store::routing::routes::{self, LiveLeg, Talk};
use crate::store::{self, Job, Result, Tx, outbox};

/// The longest answer, in characters; it is sent in parts of 1,600.
pub const LONGEST: usize = 16_000;

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Who answers.
    pub by: PersonId,
    /// Where.
    pub conversation: ConversationId,
    /// What.
    pub body: String,
    /// Names the form that it was typed into: the same form sends once.
    pub form_key: Option<String>,
}

/// Sends an answer. A rep who answers an unassigned conversation takes it.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see the conversation; [`Failure::Refused`] for the field `body`.
pub async fn reply(desk: &Desk, reply: Reply) -> Result<MessageId, Failure> {
    let reply = Reply { body: words(&reply.body)?, ..reply };
    let (outcome, sent) = desk.store.write(Write { desk: desk.clone(), reply }).await?;
    desk.send(sent);
    outcome
}

/// What is sent of what was typed.
///
/// # Errors
/// [`Failure::Refused`] for the field `body` if there is nothing in it, or too much.
pub(in crate::desk) fn words(body: &str) -> Result<String, Failure> {
    if seen::is_blank(body) {
        return Err(Failure::refused("body", "there is nothing to send: write a text first"));
    }
    // A form sends its line breaks as CR LF; a phone would show or count the CR.
    let body = body.replace("\r\n", "\n");
    let length = body.chars().count();
    if length > LONGEST {
        let why = format!("the text has {length} characters and {LONGEST} is the most: send it in several");
        return Err(Failure::refused("body", why));
    }
    Ok(body)
}

struct Write {
    desk: Desk,
    reply: Reply,
}

impl Job for Write {
    /// What was sent before a refusal is sent all the same.
    type Out = (Result<MessageId, Failure>, Enqueued);

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let (desk, reply) = (&self.desk, &self.reply);
        let now = desk.clock.now();
        if access::talk(tx, reply.by, reply.conversation).await?.is_none() {
            return Ok((Err(Failure::NotFound), Enqueued::default()));
        }
        if let Some(key) = &reply.form_key
            && let Some(message) = messages::by_form_key(tx, key).await?
        {
            return Ok((Ok(message), Enqueued::default()));
        }
        let mut sent = fulfil::at_once(desk, tx, reply.conversation, now).await?;
        let admitted = match admit(desk, tx, (reply.by, reply.conversation), None, now).await? {
            Ok(admitted) => admitted,
            Err(failure) => return Ok((Err(failure), sent)),
        };
        let (message, more) = accept(desk, tx, &admitted, (&reply.body, reply.form_key.clone()), now).await?;
        sent.add(admitted.sent);
        sent.add(more);
        Ok((Ok(message), sent))
    }
}

/// Somebody who may answer a conversation now.
pub(in crate::desk) struct Admitted {
    /// The conversation, held.
    pub talk: Talk,
    /// Its live legs.
    pub legs: Vec<LiveLeg>,
    /// The customer's phone.
    pub to_phone: String,
    /// Who answers.
    pub seer: Seer,
    /// What was sent because a rep took the conversation.
    pub sent: Enqueued,
}

/// Sees whether `by` may answer a conversation now, at the phone `to` if one is fixed already. A rep who answers an
/// unassigned one takes it.
///
/// # Errors
/// What the database said; the inner error as [`reply`].
pub(in crate::desk) async fn admit(
    desk: &Desk,
    tx: &mut Tx,
    (by, conversation): (PersonId, ConversationId),
    to: Option<&str>,
    now: At,
) -> Result<Result<Admitted, Failure>> {
    let Some((mut talk, seer)) = access::talk(tx, by, conversation).await? else { return Ok(Err(Failure::NotFound)) };
    let mut legs = routes::live_legs(tx, &[talk.id]).await?;
    if let Some(why) = obstacle(tx, &talk, &legs).await? {
        return Ok(Err(Failure::refused("body", why)));
    }
    let Some(to_phone) = customer_of(&talk, &legs).map(|leg| leg.phone.clone()) else {
        return Ok(Err(Failure::NotFound));
    };
    if to.is_some_and(|to| to != to_phone) {
        return Ok(Err(Failure::refused("body", "the customer has another number now than when it was written")));
    }
    let mut sent = Enqueued::default();
    if talk.pinned_to.is_none() && !seer.manages {
        sent = pin::take(desk, tx, &talk, &seer, now).await?;
        let Some(taken) = routes::talks(tx, &[talk.id]).await?.into_iter().next() else {
            return Ok(Err(Failure::NotFound));
        };
        talk = taken;
        legs = routes::live_legs(tx, &[talk.id]).await?;
    }
    Ok(Ok(Admitted { talk, legs, to_phone, seer, sent }))
}

/// Accepts an answer: from here on it is a message, and its texts are in the outbox.
pub(in crate::desk) async fn accept(
    desk: &Desk,
    tx: &mut Tx,
    admitted: &Admitted,
    (body, form_key): (&str, Option<String>),
    now: At,
) -> Result<(MessageId, Enqueued)> {
    let Admitted { talk, legs, seer, .. } = admitted;
    let message = web_message(desk, talk.id, seer.id, Kind::Text, Outcome::Relayed, body, form_key, now);
    let id = message.id;
    messages::insert(tx, &[message]).await?;
    let author = Author { leg: None, person: Some(seer.id), name: &seer.name };
    let fan = fan_out(talk, legs, author, id, &Words::plain(body), &desk.policies, now);
    opening::greeted(tx, &fan.greeted, now).await?;
    let mut sent = enqueue(desk, tx, fan.drafts, now).await?;
    let said = Said {
        id: talk.id,
        last_at: now,
        inbound_at: None,
        waiting_since: None,
        preview: preview(body),
        // A person has looked: relaying goes on, and what machines said to each other is forgotten.
        loop_state: None,
        paused_at: None,
        waits_from: talk.waits_from.or(fan.waits.then_some(id)),
        unread: Unread::SEEN,
    };
    messages::said(tx, &[said]).await?;
    // Its author sees it on the bubble; the mark calls whoever looks at the list.
    reading::failed(tx, &std::mem::take(&mut sent.unsent), now).await?;
    changes::note(tx, &[(talk.id, "message")], now).await?;
    Ok((id, sent))
}

fn customer_of<'a>(talk: &Talk, legs: &'a [LiveLeg]) -> Option<&'a LiveLeg> {
    legs.iter().find(|leg| leg.conversation == talk.id && leg.role == Role::Customer)
}

/// Why nothing can be sent to the customer, in words for the composer; `None` if it can.
pub async fn obstacle(tx: &mut Tx, talk: &Talk, legs: &[LiveLeg]) -> Result<Option<String>, store::Error> {
    if talk.closed {
        return Ok(Some("this conversation is closed: a new text from the customer opens another".to_owned()));
    }
    let Some(customer) = customer_of(talk, legs) else {
        return Ok(Some("nobody is at the other end of this conversation any more".to_owned()));
    };
    if !Sender::read(&customer.phone).answerable() {
        return Ok(Some("this sender is a name, not a number, and cannot be answered".to_owned()));
    }
    let lanes = outbox::lanes(tx, &[(customer.number, customer.phone.clone())]).await?;
    let Some((_, lane)) = lanes.first() else { return Ok(None) };
    if lane.shut_out {
        return Ok(Some(SHUT_OUT.to_owned()));
    }
    let why = || "they opted out: nothing is sent until they text START to this line".to_owned();
    Ok((lane.unwanted || lane.blocked).then(why))
}

/// A message typed on the web.
pub(in crate::desk) fn web_message(
    desk: &Desk,
    conversation: ConversationId,
    by: PersonId,
    kind: Kind,
    outcome: Outcome,
    body: &str,
    form_key: Option<String>,
    now: At,
) -> NewMessage {
    let (id, body) = (MessageId(desk.ids.next(now)), body.replace("\r\n", "\n"));
    let author_id = Some(by);
    NewMessage {
        author_id,
        kind,
        outcome,
        form_key,
        ..NewMessage::ours(id, conversation, (message::Author::Rep, Channel::Web), body, now)
    }
}
