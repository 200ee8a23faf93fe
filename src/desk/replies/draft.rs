//! Stores what people are writing, a reply and a note for each conversation, so that nobody loses it by leaving a page.

use crate::clock::At;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::words::as_typed::at_most;
use crate::store::conversations::{access, messages};
use crate::store::replies::drafts::{self, Draft};
use crate::store::replies::planned;
use crate::store::{Result, Tx};

/// The longest draft that is kept, in characters: more than can be sent, so that one too long can be shortened.
const LONGEST: usize = 20_000;

/// Which of the two a draft is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// To the customer.
    Reply,
    /// For colleagues.
    Note,
}

/// Keeps what somebody has typed. What was typed into a form that has been sent meanwhile is not kept.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see the conversation; [`Failure::Refused`] for the field `body`.
pub async fn keep(
    desk: &Desk,
    by: PersonId,
    conversation: ConversationId,
    (which, body): (Which, String),
    form_key: Option<String>,
) -> Result<(), Failure> {
    at_most(LONGEST, "it", &body).map_err(|why| Failure::refused("body", why))?;
    desk.work(Keep { by, conversation, which, body, form_key }).await
}

struct Keep {
    by: PersonId,
    conversation: ConversationId,
    which: Which,
    body: String,
    form_key: Option<String>,
}

impl Verb for Keep {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (tx, now) = (&mut *work.tx, work.now);
        if access::viewer(tx, self.by, self.conversation).await?.is_none() {
            return Err(Failure::NotFound);
        }
        if let Some(key) = &self.form_key
            && (messages::by_form_key(tx, key).await?.is_some() || planned::by_form_key(tx, key).await?.is_some())
        {
            return Ok(());
        }
        Ok(put(tx, (self.by, self.conversation), self.which, &self.body, now).await?)
    }
}

async fn put(
    tx: &mut Tx,
    (by, conversation): (PersonId, ConversationId),
    which: Which,
    body: &str,
    now: At,
) -> Result<()> {
    let draft = drafts::of(tx, by, conversation).await?;
    let body = if body.trim().is_empty() { String::new() } else { body.to_owned() };
    let draft = match which {
        Which::Reply => Draft { reply: body, ..draft },
        Which::Note => Draft { note: body, ..draft },
    };
    drafts::keep(tx, by, conversation, &draft, now).await
}

/// The reply has been sent: nothing is left of its draft.
pub(in crate::desk) async fn sent(tx: &mut Tx, whose: (PersonId, ConversationId), now: At) -> Result<()> {
    put(tx, whose, Which::Reply, "", now).await
}

/// The note has been kept: nothing is left of its draft.
pub(in crate::desk) async fn noted(tx: &mut Tx, whose: (PersonId, ConversationId), now: At) -> Result<()> {
    put(tx, whose, Which::Note, "", now).await
}

/// A text that was not sent stands before what its writer has typed since.
pub(in crate::desk) async fn give_back(
    tx: &mut Tx,
    (by, conversation): (PersonId, ConversationId),
    body: &str,
    now: At,
) -> Result<()> {
    let draft = drafts::of(tx, by, conversation).await?;
    let reply = if draft.reply.is_empty() { body.to_owned() } else { format!("{body}\n\n{}", draft.reply) };
    put(tx, (by, conversation), Which::Reply, &reply, now).await
}
