//! Closes a conversation: its legs end, its masks rest.

use serde_json::json;

use super::note;
use crate::clock::At;
use crate::desk::outbox::Enqueued;
use crate::desk::replies::fulfil;
use crate::desk::routing::queue;
use crate::desk::{Desk, Failure, because, pairs};
use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::message::Channel;
use crate::faults;
use crate::store::conversations::{access, changes, pins};
use crate::store::routing::routes::{self, Talk};
use crate::store::routing::{opening, phones};
use crate::store::{Job, Result, Tx};

/// Closes a conversation. Texts that were accepted before still go out.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see it. Closing a closed one changes nothing.
pub async fn close(desk: &Desk, by: PersonId, conversation: ConversationId) -> Result<(), Failure> {
    close_saying(desk, by, conversation, "").await
}

/// As [`close()`], and keeps `note` for colleagues, if it is not empty.
///
/// # Errors
/// As [`close()`]; [`Failure::Refused`] for the field `note` if it is too long.
pub async fn close_saying(desk: &Desk, by: PersonId, conversation: ConversationId, note: &str) -> Result<(), Failure> {
    let note = because::some_words("note", note)?;
    let sent = desk.store.write(Close { desk: desk.clone(), by, conversation, note }).await??;
    desk.send(sent);
    Ok(())
}

struct Close {
    desk: Desk,
    by: PersonId,
    conversation: ConversationId,
    note: Option<String>,
}

impl Job for Close {
    type Out = Result<Enqueued, Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        close_in(&self.desk, tx, (self.by, self.conversation), self.note.as_deref(), self.desk.clock.now()).await
    }
}

/// Closes a conversation within a transaction, with a note for colleagues if there is one: what the web and a rep's
/// command do alike. Hold no conversation before.
///
/// # Errors
/// What the database said; the inner error as [`close`].
pub(in crate::desk) async fn close_in(
    desk: &Desk,
    tx: &mut Tx,
    (by, conversation): (PersonId, ConversationId),
    note: Option<&str>,
    now: At,
) -> Result<Result<Enqueued, Failure>> {
    let line = queue::hold_line_of(tx, conversation).await?;
    let Some((talk, _)) = access::talk(tx, by, conversation).await? else { return Ok(Err(Failure::NotFound)) };
    if talk.closed {
        return Ok(Ok(Enqueued::default()));
    }
    let mut done = fulfil::at_once(desk, tx, conversation, now).await?;
    if let Some(body) = note
        && let Err(failure) = note::note_in(desk, tx, (by, conversation), (Channel::Web, None), body, now).await?
    {
        return Ok(Err(failure));
    }
    if talk.pair.is_some() {
        pairs::end_talk(desk, tx, &talk, Some(by), now).await?;
        return Ok(Ok(done));
    }
    end(desk, tx, &talk, Some(by), &json!({}), now).await?;
    // Whoever had it may take another customer.
    done.add(queue::drain_after(desk, tx, line, now).await?);
    Ok(Ok(done))
}

/// Ends an open conversation that is held: its legs end, its masks rest, and the timeline says who did it and why.
pub(in crate::desk) async fn end(
    desk: &Desk,
    tx: &mut Tx,
    talk: &Talk,
    by: Option<PersonId>,
    data: &serde_json::Value,
    now: At,
) -> Result<()> {
    let rests_until = now + desk.policies.pool.quarantine;
    opening::end_legs(tx, talk.id, None, "closed", now, rests_until).await?;
    pins::close(tx, talk.id, now).await?;
    faults::point("after_close");
    changes::event(tx, desk.ids.next(now), Some(talk.id), now, "closed", by, data).await?;
    changes::note(tx, &[(talk.id, "conversation")], now).await
}

/// Closes the conversations that `phone` has as a customer: it is a colleague's from now on.
pub(in crate::desk) async fn end_as_customer(desk: &Desk, tx: &mut Tx, phone: &str, now: At) -> Result<()> {
    for thread in phones::threads(tx, phone).await?.into_iter().filter(|thread| thread.person.is_none()) {
        for talk in routes::talks(tx, &[thread.conversation]).await? {
            let data = json!({ "why": "the customer's phone was given to a colleague" });
            end(desk, tx, &talk, None, &data, now).await?;
        }
    }
    Ok(())
}
