//! Answers a customer from the web: the customer gets it from the line, whoever answers.

use super::outbox::{Enqueued, SHUT_OUT, enqueue};
use super::relay::{Author, fan_out};
use super::{Desk, Failure, pin};
use crate::domain::echo::Echo;
use crate::domain::ids::{ConversationId, MessageId, PersonId};
use crate::domain::phone::Sender;
use crate::store::access::Seer;
use crate::store::messages::{self, NewMessage, Said, preview};
use crate::store::routes::{self, LiveLeg, Talk};
use crate::store::{self, Job, Result, Tx, access, changes, opening, outbox};

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
    if reply.body.trim().is_empty() {
        return Err(Failure::refused("body", "there is nothing to send: write a text first"));
    }
    // A form sends its line breaks as CR LF; a phone would show or count the CR.
    let reply = Reply { body: reply.body.replace("\r\n", "\n"), ..reply };
    let length = reply.body.chars().count();
    if length > LONGEST {
        let why = format!("the text has {length} characters and {LONGEST} is the most: send it in several");
        return Err(Failure::refused("body", why));
    }
    let (message, sent) = desk.store.write(Write { desk: desk.clone(), reply }).await??;
    desk.send(sent);
    Ok(message)
}

struct Write {
    desk: Desk,
    reply: Reply,
}

impl Job for Write {
    type Out = Result<(MessageId, Enqueued), Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let (desk, reply) = (&self.desk, &self.reply);
        let now = desk.clock.now();
        let Some((mut talk, seer)) = access::talk(tx, reply.by, reply.conversation).await? else {
            return Ok(Err(Failure::NotFound));
        };
        if let Some(key) = &reply.form_key
            && let Some(message) = messages::by_form_key(tx, key).await?
        {
            return Ok(Ok((message, Enqueued::default())));
        }
        let legs = routes::live_legs(tx, &[talk.id]).await?;
        if let Some(why) = obstacle(tx, &talk, &legs).await? {
            return Ok(Err(Failure::refused("body", why)));
        }
        let mut sent = Enqueued::default();
        if talk.pinned_to.is_none() && !seer.manages {
            sent.add(pin::take(desk, tx, &talk, &seer, now).await?);
            let Some(taken) = routes::talks(tx, &[talk.id]).await?.into_iter().next() else {
                return Ok(Err(Failure::NotFound));
            };
            talk = taken;
        }
        let legs = routes::live_legs(tx, &[talk.id]).await?;
        let (message, more) = write(desk, tx, &talk, &legs, &seer, reply, now).await?;
        sent.add(more);
        Ok(Ok((message, sent)))
    }
}

async fn write(
    desk: &Desk,
    tx: &mut Tx,
    talk: &Talk,
    legs: &[LiveLeg],
    seer: &Seer,
    reply: &Reply,
    now: crate::clock::At,
) -> Result<(MessageId, Enqueued)> {
    let message = web_message(desk, talk.id, seer.id, "text", "relayed", &reply.body, reply.form_key.clone(), now);
    let id = message.id;
    messages::insert(tx, &[message]).await?;
    let author = Author { leg: None, person: Some(seer.id), name: &seer.name };
    let fan = fan_out(talk, legs, author, id, &reply.body, &desk.policies, now);
    opening::greeted(tx, &fan.greeted, now).await?;
    let sent = enqueue(desk, tx, fan.drafts, now).await?;
    let mut echo: Echo =
        talk.loop_state.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    echo.hear(false, &reply.body, now);
    let said = Said {
        id: talk.id,
        last_at: now,
        inbound_at: None,
        waiting_since: None,
        preview: preview(&reply.body),
        loop_state: serde_json::to_string(&echo).ok(),
        // A person has looked: relaying goes on.
        paused_at: None,
        waits_from: talk.waits_from.or(fan.waits.then_some(id)),
    };
    messages::said(tx, &[said]).await?;
    changes::note(tx, &[(talk.id, "message")], now).await?;
    Ok((id, sent))
}

/// Why nothing can be sent to the customer, in words for the composer; `None` if it can.
///
/// # Errors
/// What the database said.
pub async fn obstacle(tx: &mut Tx, talk: &Talk, legs: &[LiveLeg]) -> Result<Option<String>, store::Error> {
    if talk.closed {
        return Ok(Some("this conversation is closed: a new text from the customer opens another".to_owned()));
    }
    let Some(customer) = legs.iter().find(|leg| leg.conversation == talk.id && leg.role == "customer") else {
        return Ok(Some("nobody is at the other end of this conversation any more".to_owned()));
    };
    if !Sender::read(&customer.phone).answerable() {
        return Ok(Some("this sender is a name, not a number, and cannot be answered".to_owned()));
    }
    let lanes = outbox::lanes(tx, &[(customer.number, customer.phone.clone())]).await?;
    let Some(lane) = lanes.first() else { return Ok(None) };
    if lane.shut_out {
        return Ok(Some(SHUT_OUT.to_owned()));
    }
    let why = || "they opted out: nothing is sent until they text START to this line".to_owned();
    Ok((lane.unwanted || lane.blocked).then(why))
}

/// A message typed on the web.
pub(super) fn web_message(
    desk: &Desk,
    conversation: ConversationId,
    by: PersonId,
    kind: &'static str,
    outcome: &'static str,
    body: &str,
    form_key: Option<String>,
    now: crate::clock::At,
) -> NewMessage {
    NewMessage {
        id: MessageId(desk.ids.next(now)),
        conversation: Some(conversation),
        author: "rep",
        author_id: Some(by),
        way: "web",
        kind,
        outcome,
        why: None,
        trace: None,
        body: body.replace("\r\n", "\n"),
        media: None,
        from_phone: None,
        to_number: None,
        leg: None,
        accepted_at: now,
        carrier_account: None,
        carrier_id: None,
        raw: None,
        form_key,
    }
}
