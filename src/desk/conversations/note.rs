//! Keeps a note that only staff see. Nothing is ever sent.

use crate::clock::At;
use crate::desk::replies::draft;
use crate::desk::replies::reply::{LONGEST, web_message};
use crate::desk::{Desk, Failure};
use crate::domain::characters::seen;
use crate::domain::ids::{ConversationId, MessageId, PersonId};
use crate::domain::message::{Channel, Kind, Outcome};
use crate::domain::words::mention;
use crate::store::conversations::messages::{self, NewMessage};
use crate::store::conversations::{access, changes, mentions};
use crate::store::{Job, Result, Tx};

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
    let length = body.chars().count();
    if seen::is_blank(&body) {
        return Err(Failure::refused("body", "the note is empty: write something first"));
    }
    if length > LONGEST {
        return Err(Failure::refused("body", format!("the note has {length} characters and {LONGEST} is the most")));
    }
    let id = desk.store.write(Note { desk: desk.clone(), by, conversation, body, form_key }).await??;
    desk.live.nudge();
    Ok(id)
}

struct Note {
    desk: Desk,
    by: PersonId,
    conversation: ConversationId,
    body: String,
    form_key: Option<String>,
}

impl Job for Note {
    type Out = Result<MessageId, Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        if let Some(key) = &self.form_key
            && let Some(id) = messages::by_form_key(tx, key).await?
            && access::seer(tx, self.by, self.conversation).await?.is_some()
        {
            return Ok(Ok(id));
        }
        let key = self.form_key.clone();
        let now = self.desk.clock.now();
        let kept = note_in(&self.desk, tx, (self.by, self.conversation), (Channel::Web, key), &self.body, now).await?;
        if kept.is_ok() {
            draft::noted(tx, (self.by, self.conversation), now).await?;
        }
        Ok(kept)
    }
}

/// Keeps a note within a transaction: what the web and a rep's command do alike. `way` is how it came in.
///
/// # Errors
/// What the database said; the inner error as [`note`].
pub(in crate::desk) async fn note_in(
    desk: &Desk,
    tx: &mut Tx,
    (by, conversation): (PersonId, ConversationId),
    (way, key): (Channel, Option<String>),
    body: &str,
    now: At,
) -> Result<Result<MessageId, Failure>> {
    if access::seer(tx, by, conversation).await?.is_none() {
        return Ok(Err(Failure::NotFound));
    }
    let message = NewMessage { way, ..web_message(desk, conversation, by, Kind::Note, Outcome::Kept, body, key, now) };
    let id = message.id;
    messages::insert(tx, &[message]).await?;
    let colleagues = mentions::candidates(tx, conversation).await?;
    let names: Vec<&str> = colleagues.iter().map(|(_, name)| name.as_str()).collect();
    let called = mention::named(body, &names).into_iter().filter_map(|place| Some(colleagues.get(place)?.0));
    let called: Vec<PersonId> = called.filter(|id| *id != by).collect();
    mentions::insert(tx, conversation, id, &called).await?;
    changes::note(tx, &[(conversation, "message")], now).await?;
    Ok(Ok(id))
}
