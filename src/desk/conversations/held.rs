//! What managers do with held texts: send them to whom they were meant for, reopen their conversation, or dismiss them
//! with a reason. Each text is decided once, by whoever is first.

use crate::desk::outbox::notice::Whose;
use crate::desk::outbox::relay::{Author, fan_out};
use crate::desk::outbox::unsaid::{Unsaid, short, words};
use crate::desk::routing::queue::{self, HeldLine};
use crate::desk::routing::reopen::{With, reopen};
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure, reasons};
use crate::domain::change::Changed;
use crate::domain::characters::seen;
use crate::domain::conversations::timeline::{Event, HeldText};
use crate::domain::ids::{ConversationId, MessageId, PersonId};
use crate::domain::leg;
use crate::domain::message::{Kind, Outcome};
use crate::domain::people::person::Role;
use crate::domain::words::command::{self, Hash};
use crate::store::conversations::held::{self, Held};
use crate::store::conversations::messages::{self, Said, Unread, preview};
use crate::store::routing::opening;
use crate::store::routing::routes::{self, Conversation};
use crate::store::{Result, people};

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
    let reason = reasons::required("reason", reason, "say why it goes to nobody: the reason is empty")?;
    run(desk, by, message, Act::Dismiss(reason)).await
}

async fn run(desk: &Desk, by: PersonId, message: MessageId, act: Act) -> Result<(), Failure> {
    desk.work(Decide { by, message, act }).await?;
    Ok(())
}

struct Decide {
    by: PersonId,
    message: MessageId,
    act: Act,
}

impl Verb for Decide {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let manager = people::by_id(work.tx, self.by).await?.is_some_and(|by| !by.disabled && by.role >= Role::Manager);
        if !manager {
            return Err(Failure::NotFound);
        }
        let Some(held) = held::held(work.tx, self.message).await? else {
            return Err(Failure::refused("message", "somebody has decided about it already"));
        };
        match &self.act {
            Act::Dismiss(reason) => self.dismiss(work, &held, reason).await,
            act => self.go_on(work, &held, act == &Act::Forward).await,
        }
    }
}

impl Decide {
    async fn dismiss(&self, work: &mut UnitOfWork<'_>, held: &Held, reason: &str) -> Result<(), Failure> {
        if !held::decide(work.tx, held.id, Outcome::Kept, Some(&format!("dismissed: {reason}"))).await? {
            return Err(Failure::refused("message", "somebody has decided about it already"));
        }
        let told = HeldText { message: held.id, reason: Some(reason.to_owned()) };
        self.told(work, held.conversation, &Event::HeldDismissed(told));
        Ok(())
    }

    /// Takes the conversation up again where it must be, and with `forward` sends the text on.
    async fn go_on(&self, work: &mut UnitOfWork<'_>, held: &Held, forward: bool) -> Result<(), Failure> {
        let now = work.now;
        let Some(conversation_id) = held.conversation else {
            let why = "it belongs to no conversation, so there is nobody to send it to: dismiss it with a reason";
            return Err(Failure::refused("message", why));
        };
        if forward && held.kind != Kind::Text {
            let why = "an opt-out word took effect when it came, and is nothing to be sent on: dismiss it";
            return Err(Failure::refused("message", why));
        }
        if forward && held.by_rep && matches!(command::read(&held.body), Some(Hash::Command(_))) {
            let why = "a rep's command is not for the customer: dismiss it with a reason";
            return Err(Failure::refused("message", why));
        }
        if forward && held.by_rep && held.files.are_none() && seen::is_blank(&held.body) {
            let why = "it is empty, so there is nothing to send on: dismiss it with a reason";
            return Err(Failure::refused("message", why));
        }
        if forward && held.by_stranger {
            let why = "it came from a phone that is nobody's in this conversation: dismiss it with a reason";
            return Err(Failure::refused("message", why));
        }
        let Some(line) = queue::hold_line_of(work.tx, conversation_id).await? else {
            let why = "it belongs to a pair, and one that has ended stays ended: the app may open another; dismiss it";
            return Err(Failure::refused("message", why));
        };
        let Some(mut conversation) = routes::conversations(work.tx, &[conversation_id]).await?.into_iter().next()
        else {
            return Err(Failure::NotFound);
        };

        if conversation.closed {
            let with = (Some(self.by), With::SameRep);
            let Some(open) = reopen(work, conversation_id, with, "for a held text").await? else {
                let why = "the customer has a newer conversation on this line, or is a colleague now: dismiss this one";
                return Err(Failure::refused("message", why));
            };
            if open.pinned_to.is_none() {
                let mut held_line = HeldLine::hold(work, line).await?;
                let last = held_line.last_rep(work.tx, open.customer, now).await?;
                held_line.assign(work, &open, last).await?;
            }
            conversation = routes::conversations(work.tx, &[conversation_id]).await?.into_iter().next().unwrap_or(open);
        } else if !forward {
            return Err(Failure::refused("message", "its conversation is open"));
        }
        if forward {
            if !held::decide(work.tx, held.id, Outcome::Relayed, None).await? {
                return Err(Failure::refused("message", "somebody has decided about it already"));
            }
            send(work, &conversation, held).await?;
            let told = HeldText { message: held.id, reason: None };
            self.told(work, Some(conversation_id), &Event::HeldForwarded(told));
        }
        work.note(&[(conversation_id, Changed::Held)]);
        Ok(())
    }

    fn told(&self, work: &mut UnitOfWork<'_>, conversation: Option<ConversationId>, event: &Event) {
        work.event(conversation, Some(self.by), event);
        work.note(&[(conversation.unwrap_or(ConversationId(0)), Changed::Held)]);
    }
}

/// Fans a held text out as if it came now.
async fn send(work: &mut UnitOfWork<'_>, conversation: &Conversation, held: &Held) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    let legs = routes::live_legs(work.tx, &[conversation.id]).await?;
    let own =
        if held.by_rep { held.leg } else { legs.iter().find(|leg| leg.role == leg::Role::Customer).map(|leg| leg.id) };
    let name = held.author_name.clone().unwrap_or_default();
    let author = Author { leg: own, person: held.author.filter(|_| held.by_rep), name: &name };
    let unsaid = Unsaid::of(work.tx, Whose::In(conversation.id), &held.body, &held.files).await?;
    let said = words(&held.body, unsaid.as_ref());
    let fan = fan_out(conversation, &legs, author, held.id, &said, &desk.policies, now);
    opening::greeted(work.batch(), &fan.greeted, now);
    work.enqueue(fan.drafts).await?;
    let waiting_since = if held.by_rep { None } else { conversation.waiting_since.or(Some(now)) };
    let said = Said {
        id: conversation.id,
        last_at: now,
        inbound_at: (!held.by_rep).then_some(now),
        waiting_since,
        preview: preview(short(&held.body, unsaid.as_ref())),
        loop_state: conversation.loop_state.clone(),
        paused_at: conversation.paused_at,
        // It is older than what came meanwhile.
        waits_from: conversation.waits_from.into_iter().chain(fan.waits.then_some(held.id)).min(),
        unread: if held.by_rep { Unread::SEEN } else { Unread::default().said(held.id) },
    };
    messages::said(work.batch(), &[said]);
    work.flush().await?;
    Ok(())
}
