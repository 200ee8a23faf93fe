//! Answers a customer from the web: the answer comes from the line, whoever wrote it.

use crate::clock::At;
use crate::desk::outbox::SHUT_OUT;
use crate::desk::outbox::relay::{Author, Words, fan_out};
use crate::desk::routing::pin;
use crate::desk::work::UnitOfWork;
use crate::desk::{Desk, Failure};
use crate::domain::change::Changed;
use crate::domain::characters::seen;
use crate::domain::ids::{ConversationId, MessageId, PersonId};
use crate::domain::leg::Role;
use crate::domain::message::{self, Channel, Kind, Outcome};
use crate::domain::numbers::phone::Sender;
use crate::domain::words::as_typed::{at_most, line_ends};
use crate::store::conversations::access::{self, Viewer};
use crate::store::conversations::messages::{self, NewMessage, Said, Unread, preview};
use crate::store::routing::opening;
use crate::store::routing::routes::{self, Conversation, LiveLeg};
use crate::store::{self, Result, Tx, outbox};

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

/// What is sent of what was typed.
///
/// # Errors
/// [`Failure::Refused`] for the field `body` if there is nothing in it, or too much.
pub(in crate::desk) fn words(body: &str) -> Result<String, Failure> {
    if seen::is_blank(body) {
        return Err(Failure::refused("body", "there is nothing to send: write a text first"));
    }
    fitting(body)
}

/// As [`words`], where there may be nothing in it.
///
/// # Errors
/// [`Failure::Refused`] for the field `body` if there is too much in it.
pub(in crate::desk) fn fitting(body: &str) -> Result<String, Failure> {
    let body = line_ends(body);
    at_most(LONGEST, "the text", &body)
        .map_err(|why| Failure::refused("body", format!("{why}: send it in several")))?;
    Ok(body.into_owned())
}

/// Somebody who may answer a conversation now.
pub(in crate::desk) struct Admitted {
    /// The conversation, held.
    pub conversation: Conversation,
    /// Its live legs.
    pub legs: Vec<LiveLeg>,
    /// The customer's phone.
    pub to_phone: String,
    /// Who answers.
    pub viewer: Viewer,
}

/// Sees whether `by` may answer a conversation now, at the phone `to` if one is fixed already. A rep who answers an
/// unassigned one takes it.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see the conversation; [`Failure::Refused`] for the field `body`.
pub(in crate::desk) async fn admit(
    work: &mut UnitOfWork<'_>,
    (by, conversation_id): (PersonId, ConversationId),
    to: Option<&str>,
) -> Result<Admitted, Failure> {
    let Some((mut conversation, viewer)) = access::conversation(work.tx, by, conversation_id).await? else {
        return Err(Failure::NotFound);
    };
    let mut legs = routes::live_legs(work.tx, &[conversation.id]).await?;
    if let Some(why) = obstacle(work.tx, &conversation, &legs).await? {
        return Err(Failure::refused("body", why));
    }
    let Some(to_phone) = customer_of(&conversation, &legs).map(|leg| leg.phone.clone()) else {
        return Err(Failure::NotFound);
    };
    if to.is_some_and(|to| to != to_phone) {
        return Err(Failure::refused("body", "the customer has another number now than when it was written"));
    }
    if conversation.pinned_to.is_none() && !viewer.manages {
        pin::take(work, &conversation, &viewer).await?;
        let Some(taken) = routes::conversations(work.tx, &[conversation.id]).await?.into_iter().next() else {
            return Err(Failure::NotFound);
        };
        conversation = taken;
        legs = routes::live_legs(work.tx, &[conversation.id]).await?;
    }
    Ok(Admitted { conversation, legs, to_phone, viewer })
}

/// Accepts an answer: from here on it is a message, and its texts are in the outbox.
pub(in crate::desk) async fn accept(
    work: &mut UnitOfWork<'_>,
    admitted: &Admitted,
    (body, form_key): (&str, Option<String>),
) -> Result<MessageId> {
    let (desk, now) = (work.desk, work.now);
    let Admitted { conversation, legs, viewer, .. } = admitted;
    let message = web_message(desk, conversation.id, viewer.id, Kind::Text, Outcome::Relayed, body, form_key, now);
    let id = message.id;
    messages::insert(work.batch(), &[message]);
    let author = Author { leg: None, person: Some(viewer.id), name: &viewer.name };
    let fan = fan_out(conversation, legs, author, id, &Words::plain(body), &desk.policies, now);
    opening::greeted(work.batch(), &fan.greeted, now);
    work.enqueue(fan.drafts).await?;
    let said = Said {
        id: conversation.id,
        last_at: now,
        inbound_at: None,
        waiting_since: None,
        preview: preview(body),
        // A person has looked: relaying goes on, and what machines said to each other is forgotten.
        loop_state: None,
        paused_at: None,
        waits_from: conversation.waits_from.or(fan.waits.then_some(id)),
        unread: Unread::SEEN,
    };
    messages::said(work.batch(), &[said]);
    work.flush().await?;
    work.note(&[(conversation.id, Changed::Message)]);
    Ok(id)
}

fn customer_of<'a>(conversation: &Conversation, legs: &'a [LiveLeg]) -> Option<&'a LiveLeg> {
    legs.iter().find(|leg| leg.conversation == conversation.id && leg.role == Role::Customer)
}

/// Why nothing can be sent to the customer, in words for the composer; `None` if it can.
pub async fn obstacle(
    tx: &mut Tx,
    conversation: &Conversation,
    legs: &[LiveLeg],
) -> Result<Option<String>, store::Error> {
    if conversation.closed {
        return Ok(Some("this conversation is closed: a new text from the customer opens another".to_owned()));
    }
    let Some(customer) = customer_of(conversation, legs) else {
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
    let (id, body) = (MessageId(desk.ids.next(now)), line_ends(body).into_owned());
    let author_id = Some(by);
    NewMessage {
        author_id,
        kind,
        outcome,
        form_key,
        ..NewMessage::ours(id, conversation, (message::Author::Rep, Channel::Web), body, now)
    }
}
