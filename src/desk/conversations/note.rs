//! Stores a note, which only staff see. It sends nothing.

use crate::desk::replies::draft;
use crate::desk::replies::reply::{LONGEST, web_message};
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::change::Changed;
use crate::domain::characters::seen;
use crate::domain::ids::{ConversationId, MessageId, PersonId};
use crate::domain::message::{Channel, Kind, Outcome};
use crate::domain::words::as_typed::at_most;
use crate::domain::words::mention;
use crate::store::Result;
use crate::store::conversations::messages::{self, NewMessage};
use crate::store::conversations::{access, mentions};

/// Keeps a note in a conversation, open or closed.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see the conversation; [`Failure::Refused`] for the field `body`.
pub async fn note(
    desk: &Desk,
    by: PersonId,
    conversation: ConversationId,
    body: String,
    form_key: Option<String>,
) -> Result<MessageId, Failure> {
    if seen::is_blank(&body) {
        return Err(Failure::refused("body", "the note is empty: write something first"));
    }
    at_most(LONGEST, "the note", &body).map_err(|why| Failure::refused("body", why))?;
    desk.work(Note { by, conversation, body, form_key }).await
}

struct Note {
    by: PersonId,
    conversation: ConversationId,
    body: String,
    form_key: Option<String>,
}

impl Verb for Note {
    type Out = MessageId;
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        if let Some(key) = &self.form_key
            && let Some(id) = messages::by_form_key(work.tx, key).await?
            && access::viewer(work.tx, self.by, self.conversation).await?.is_some()
        {
            return Ok(id);
        }
        let key = self.form_key.clone();

        let kept = note_in(work, (self.by, self.conversation), (Channel::Web, key), &self.body).await?;
        draft::noted(work.tx, (self.by, self.conversation), now).await?;
        Ok(kept)
    }
}

/// Keeps a note within a transaction: what the web and a rep's command do alike. `way` is how it came in.
///
/// # Errors
/// What the database said; the inner error as [`note`].
pub(in crate::desk) async fn note_in(
    work: &mut UnitOfWork<'_>,
    (by, conversation): (PersonId, ConversationId),
    (way, key): (Channel, Option<String>),
    body: &str,
) -> Result<MessageId, Failure> {
    let (desk, now) = (work.desk, work.now);
    if access::viewer(work.tx, by, conversation).await?.is_none() {
        return Err(Failure::NotFound);
    }
    let message = NewMessage { way, ..web_message(desk, conversation, by, Kind::Note, Outcome::Kept, body, key, now) };
    let id = message.id;
    messages::insert(work.batch(), &[message]);
    work.flush().await?;
    let colleagues = mentions::candidates(work.tx, conversation).await?;
    let names: Vec<&str> = colleagues.iter().map(|(_, name)| name.as_str()).collect();
    let called = mention::named(body, &names).into_iter().filter_map(|place| Some(colleagues.get(place)?.0));
    let called: Vec<PersonId> = called.filter(|id| *id != by).collect();
    mentions::insert(work.tx, conversation, id, &called).await?;
    work.note(&[(conversation, Changed::Message)]);
    Ok(id)
}
