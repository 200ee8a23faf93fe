//! Takes a reply from the web: it is sent when it can no longer be undone, or at a time that its writer chose.
//!
//! Every check is made now, and again when the reply is sent.

use super::reply::{Reply, accept, admit, words};
use super::{draft, send_due};
use crate::clock::At;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::change::Changed;
use crate::domain::ids::{ConversationId, MessageId, PersonId, PlannedReplyId};
use crate::domain::time::hours::{Hours, check_zone};
use crate::domain::words::command::LATER;
use crate::domain::words::later::Later;
use crate::store::conversations::{access, messages, news, snoozes};
use crate::store::replies::planned::{self, Planned};
use crate::store::{Result, Tx};

/// The field of the form that says what its writer has seen; a refusal for it means that others have written since.
pub const SEEN: &str = "seen";

/// A reply as it was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// The reply.
    pub reply: Reply,
    /// The newest message that its writer saw, if known: what others said since is asked about first.
    pub seen: Option<i64>,
    /// When it leaves; as soon as may be if `None`.
    pub at: Option<At>,
    /// It was typed, so that nothing is left of its draft.
    pub typed: bool,
}

impl From<Reply> for Written {
    /// One that was not typed into a composer, to leave as soon as may be.
    fn from(reply: Reply) -> Self {
        Written { reply, seen: None, at: None, typed: false }
    }
}

/// What became of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is on its way.
    Sent(MessageId),
    /// It waits for its time.
    Planned(PlannedReplyId),
}

/// When a person means by `choice`: `tomorrow`, `next_week`, a span such as `1h30m`, or a date and time such as
/// `2026-11-23T09:00`. `zone` is the time zone of the person's machine, if it told; else it is that of their schedule,
/// or of the line's hours.
///
/// # Errors
/// [`Failure::Refused`] for the field `at`.
pub async fn time(
    desk: &Desk,
    by: PersonId,
    conversation: ConversationId,
    (choice, zone): (&str, &str),
) -> Result<At, Failure> {
    let later = Later::read(choice).map_err(|_| Failure::refused("at", "choose when it is to be sent"))?;
    let hours = if check_zone(zone).is_ok() {
        Hours::read(&serde_json::json!({ "zone": zone, "mon-sun": "00:00-24:00" }).to_string()).ok()
    } else {
        let hours = snoozes::hours(&mut desk.store.read().await?, by, conversation).await?;
        hours.and_then(|hours| Hours::read(&hours).ok())
    };
    let now = desk.clock.now();
    let at = later.at(now, hours.as_ref()).ok_or_else(|| Failure::refused("at", "there is no such time"))?;
    if at < now + LATER.0 || at > now + LATER.1 {
        let why = "choose a time that is between 1 minute and 30 days from now";
        return Err(Failure::refused("at", why));
    }
    Ok(at)
}

/// Takes a reply. A rep who answers an unassigned conversation takes that.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see the conversation; [`Failure::Refused`] for the field `body`, and for
/// [`SEEN`] if others have written since.
pub async fn plan(desk: &Desk, written: Written) -> Result<Taken, Failure> {
    let reply = Reply { body: words(&written.reply.body)?, ..written.reply };
    desk.work(Plan { written: Written { reply, ..written } }).await
}

struct Plan {
    written: Written,
}

impl Verb for Plan {
    /// What was sent before a refusal is sent all the same.
    type Out = Taken;
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (desk, now) = (work.desk, work.now);
        let Written { reply, seen, at, typed } = &self.written;
        let whose = (reply.by, reply.conversation);
        if access::conversation(work.tx, reply.by, reply.conversation).await?.is_none() {
            return Err(Failure::NotFound);
        }
        if let Some(taken) = known(work.tx, reply.form_key.as_deref()).await? {
            return Ok(taken);
        }
        if let Some(seen) = seen
            && !news::since(work.tx, reply.conversation, reply.by, *seen).await?.is_empty()
        {
            return Err(Failure::refused(SEEN, "others have written since you read this"));
        }
        let window = desk.policies.inbox.undo_window;
        let direct = at.is_none() && window.is_zero();
        if direct {
            send_due::at_once(work, reply.conversation).await?;
        }
        let admitted = admit(work, whose, None).await?;
        if *typed {
            draft::sent(work.tx, whose, now).await?;
        }
        if direct {
            let message = accept(work, &admitted, (&reply.body, reply.form_key.clone())).await?;
            return Ok(Taken::Sent(message));
        }
        let planned = Planned {
            id: PlannedReplyId(desk.ids.next(now)),
            conversation: reply.conversation,
            author: reply.by,
            to_phone: admitted.to_phone,
            body: reply.body.clone(),
            scheduled: at.is_some(),
            created_at: now,
            due_at: at.unwrap_or(now + window),
            form_key: reply.form_key.clone(),
        };
        planned::insert(work.tx, &planned).await?;
        work.note(&[(reply.conversation, Changed::Message)]);
        Ok(Taken::Planned(planned.id))
    }
}

/// What became of the form of that key when it was sent before.
async fn known(tx: &mut Tx, key: Option<&str>) -> Result<Option<Taken>> {
    let Some(key) = key else { return Ok(None) };
    if let Some(message) = messages::by_form_key(tx, key).await? {
        return Ok(Some(Taken::Sent(message)));
    }
    Ok(planned::by_form_key(tx, key).await?.map(Taken::Planned))
}
