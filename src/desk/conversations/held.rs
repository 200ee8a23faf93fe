//! What managers do about held texts: send them on as they would have gone, take their conversation up again, or put
//! them away with a reason. Each is decided once, whoever is first.

use serde_json::json;

use super::reading;
use crate::clock::At;
use crate::desk::outbox::notice::{self, Whose};
use crate::desk::outbox::{Enqueued, enqueue};
use crate::desk::receiving::unsaid::{Unsaid, short, words};
use crate::desk::routing::queue::{self, Hall};
use crate::desk::routing::relay::{Author, fan_out};
use crate::desk::routing::reopen::{With, reopen};
use crate::desk::{Desk, Failure, because};
use crate::domain::characters::seen;
use crate::domain::ids::{ConversationId, MessageId, PersonId};
use crate::domain::leg;
use crate::domain::message::{Kind, Outcome};
use crate::domain::people::person::Role;
use crate::domain::words::command::{self, Hash};
use crate::store::conversations::changes;
use crate::store::conversations::held::{self, Held};
use crate::store::conversations::messages::{self, Said, Unread, preview};
use crate::store::routing::opening;
use crate::store::routing::routes::{self, Talk};
use crate::store::{Job, Result, Tx, people};

/// What is to be done about a held text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Act {
    Forward,
    Reopen,
    Dismiss(String),
}

/// Sends a held text on as it would have gone: a rep's to the customer from the line, a customer's to the rep. Its
/// conversation is taken up again if it was closed.
///
/// # Errors
/// [`Failure::NotFound`] for anybody but managers, or if there is no such text; [`Failure::Refused`] if it cannot be sent
/// on, or somebody has decided about it before.
pub async fn forward(desk: &Desk, by: PersonId, message: MessageId) -> Result<(), Failure> {
    run(desk, by, message, Act::Forward).await
}

/// Takes up the conversation of a held text again, with the same people and masks; the text itself stays held.
///
/// # Errors
/// As [`forward`].
pub async fn reopen_for(desk: &Desk, by: PersonId, message: MessageId) -> Result<(), Failure> {
    run(desk, by, message, Act::Reopen).await
}

/// Puts a held text away, for a reason.
///
/// # Errors
/// As [`forward`]; [`Failure::Refused`] for the field `reason`.
pub async fn dismiss(desk: &Desk, by: PersonId, message: MessageId, reason: &str) -> Result<(), Failure> {
    let reason = because::words("reason", reason, "say why it goes to nobody: the reason is empty")?;
    run(desk, by, message, Act::Dismiss(reason)).await
}

async fn run(desk: &Desk, by: PersonId, message: MessageId, act: Act) -> Result<(), Failure> {
    let sent = desk.store.write(Decide { desk: desk.clone(), by, message, act }).await??;
    desk.send(sent);
    Ok(())
}

struct Decide {
    desk: Desk,
    by: PersonId,
    message: MessageId,
    act: Act,
}

type Answer = std::result::Result<Enqueued, Failure>;

impl Job for Decide {
    type Out = Answer;

    async fn run(&self, tx: &mut Tx) -> Result<Answer> {
        let now = self.desk.clock.now();
        let manager = people::by_id(tx, self.by).await?.is_some_and(|by| !by.disabled && by.role >= Role::Manager);
        if !manager {
            return Ok(Err(Failure::NotFound));
        }
        let Some(held) = held::held(tx, self.message).await? else {
            return Ok(Err(Failure::refused("message", "somebody has decided about it already")));
        };
        match &self.act {
            Act::Dismiss(reason) => self.dismiss(tx, &held, reason, now).await,
            act => self.go_on(tx, &held, act == &Act::Forward, now).await,
        }
    }
}

impl Decide {
    async fn dismiss(&self, tx: &mut Tx, held: &Held, reason: &str, now: At) -> Result<Answer> {
        if !held::decide(tx, held.id, Outcome::Kept, Some(&format!("dismissed: {reason}"))).await? {
            return Ok(Err(Failure::refused("message", "somebody has decided about it already")));
        }
        self.told(tx, held, held.conversation, ("held_dismissed", Some(reason)), now).await?;
        Ok(Ok(Enqueued::default()))
    }

    /// Takes the conversation up again where it must be, and with `forward` sends the text on.
    async fn go_on(&self, tx: &mut Tx, held: &Held, forward: bool, now: At) -> Result<Answer> {
        let desk = &self.desk;
        let Some(conversation) = held.conversation else {
            let why = "it belongs to no conversation, so there is nobody to send it to: dismiss it with a reason";
            return Ok(Err(Failure::refused("message", why)));
        };
        if forward && held.kind != Kind::Text {
            let why = "an opt-out word took effect when it came, and is nothing to be sent on: dismiss it";
            return Ok(Err(Failure::refused("message", why)));
        }
        if forward && held.by_rep && matches!(command::read(&held.body), Some(Hash::Command(_))) {
            let why = "a rep's command is not for the customer: dismiss it with a reason";
            return Ok(Err(Failure::refused("message", why)));
        }
        if forward && held.by_rep && held.files.are_none() && seen::is_blank(&held.body) {
            let why = "it is empty, so there is nothing to send on: dismiss it with a reason";
            return Ok(Err(Failure::refused("message", why)));
        }
        if forward && held.by_stranger {
            let why = "it came from a phone that is nobody's in this conversation: dismiss it with a reason";
            return Ok(Err(Failure::refused("message", why)));
        }
        let Some(line) = queue::hold_line_of(tx, conversation).await? else {
            let why = "it belongs to a pair, and one that has ended stays ended: the app may open another; dismiss it";
            return Ok(Err(Failure::refused("message", why)));
        };
        let Some(mut talk) = routes::talks(tx, &[conversation]).await?.into_iter().next() else {
            return Ok(Err(Failure::NotFound));
        };
        let mut done = Enqueued::default();
        if talk.closed {
            let with = (Some(self.by), With::SameRep);
            let Some(open) = reopen(desk, tx, conversation, with, "for a held text", now).await? else {
                let why = "the customer has a newer conversation on this line, or is a colleague now: dismiss this one";
                return Ok(Err(Failure::refused("message", why)));
            };
            if open.pinned_to.is_none() {
                let mut hall = Hall::hold(desk, tx, line, now).await?;
                let last = hall.last_rep(tx, open.customer, now).await?;
                hall.assign(desk, tx, &open, last, now, &mut done).await?;
            }
            talk = routes::talks(tx, &[conversation]).await?.into_iter().next().unwrap_or(open);
        } else if !forward {
            return Ok(Err(Failure::refused("message", "its conversation is open")));
        }
        if forward {
            if !held::decide(tx, held.id, Outcome::Relayed, None).await? {
                return Ok(Err(Failure::refused("message", "somebody has decided about it already")));
            }
            done.add(send(desk, tx, &talk, held, now).await?);
            self.told(tx, held, Some(conversation), ("held_forwarded", None), now).await?;
        }
        changes::note(tx, &[(conversation, "held")], now).await?;
        Ok(Ok(done))
    }

    async fn told(
        &self,
        tx: &mut Tx,
        held: &Held,
        conversation: Option<ConversationId>,
        (kind, reason): (&str, Option<&str>),
        now: At,
    ) -> Result<()> {
        let data = json!({ "message": held.id.0.to_string(), "reason": reason });
        changes::event(tx, self.desk.ids.next(now), conversation, now, kind, Some(self.by), &data).await?;
        changes::note(tx, &[(conversation.unwrap_or(ConversationId(0)), "held")], now).await
    }
}

/// Fans a held text out as if it came now.
async fn send(desk: &Desk, tx: &mut Tx, talk: &Talk, held: &Held, now: At) -> Result<Enqueued> {
    let legs = routes::live_legs(tx, &[talk.id]).await?;
    let own =
        if held.by_rep { held.leg } else { legs.iter().find(|leg| leg.role == leg::Role::Customer).map(|leg| leg.id) };
    let name = held.author_name.clone().unwrap_or_default();
    let author = Author { leg: own, person: held.author.filter(|_| held.by_rep), name: &name };
    let unsaid = Unsaid::of(tx, Whose::In(talk.id), &held.body, &held.files).await?;
    let said = words(&held.body, unsaid.as_ref());
    let fan = fan_out(talk, &legs, author, held.id, &said, &desk.policies, now);
    opening::greeted(tx, &fan.greeted, now).await?;
    let mut sent = enqueue(desk, tx, fan.drafts, now).await?;
    let unsent = std::mem::take(&mut sent.unsent);
    sent.add(notice::tell_authors(desk, tx, &unsent, now).await?);
    let waiting_since = if held.by_rep { None } else { talk.waiting_since.or(Some(now)) };
    let said = Said {
        id: talk.id,
        last_at: now,
        inbound_at: (!held.by_rep).then_some(now),
        waiting_since,
        preview: preview(short(&held.body, unsaid.as_ref())),
        loop_state: talk.loop_state.clone(),
        paused_at: talk.paused_at,
        // It is older than what came meanwhile.
        waits_from: talk.waits_from.into_iter().chain(fan.waits.then_some(held.id)).min(),
        unread: if held.by_rep { Unread::SEEN } else { Unread::default().said(held.id) },
    };
    messages::said(tx, &[said]).await?;
    reading::failed(tx, &unsent, now).await?;
    Ok(sent)
}
