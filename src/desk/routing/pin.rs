//! Changes the pin: claims a conversation, or hands it to a colleague.

use serde_json::json;

use super::{handover, legs, queue};
use crate::desk::outbox::claim;
use crate::desk::replies::send_due;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure, reasons};
use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::message::{Kind, Outcome};
use crate::faults;
use crate::store::Result;
use crate::store::conversations::access::{self, Viewer};
use crate::store::conversations::attention;
use crate::store::conversations::pins::{self, Freed};
use crate::store::routing::routes::{self, Conversation};
use crate::store::routing::{opening, queue as store_queue};

/// Somebody took it.
const CLAIMED: &str = "claimed";
/// Somebody gave it to somebody else.
const TRANSFERRED: &str = "transferred";

/// Takes an unassigned conversation, or as a manager anybody's.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see it; [`Failure::Refused`] if it is closed or somebody's already.
pub async fn claim(desk: &Desk, by: PersonId, conversation: ConversationId) -> Result<(), Failure> {
    run(desk, Move { by, conversation, to: None, note: None }).await
}

/// Hands a conversation to `to`, a member of its line, with a note for them.
///
/// # Errors
/// As [`claim()`]; [`Failure::Refused`] for the field `to` if that person cannot have it.
pub async fn transfer(
    desk: &Desk,
    by: PersonId,
    conversation: ConversationId,
    to: PersonId,
    note: Option<String>,
) -> Result<(), Failure> {
    let note = reasons::optional("note", note.as_deref().unwrap_or_default())?;
    run(desk, Move { by, conversation, to: Some(to), note }).await
}

async fn run(desk: &Desk, job: Move) -> Result<(), Failure> {
    desk.work(job).await?;
    Ok(())
}

struct Move {
    by: PersonId,
    conversation: ConversationId,
    to: Option<PersonId>,
    note: Option<String>,
}

impl Verb for Move {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let note = self.note.as_deref();
        move_in(work, (self.by, self.conversation), self.to, note).await
    }
}

/// Claims a conversation, or hands it to `to`, within a transaction: what the web and a rep's command do alike.
///
/// # Errors
/// What the database said; the inner error as [`transfer`].
pub(in crate::desk) async fn move_in(
    work: &mut UnitOfWork<'_>,
    (by, conversation_id): (PersonId, ConversationId),
    to: Option<PersonId>,
    note: Option<&str>,
) -> Result<(), Failure> {
    let line = queue::hold_line_of(work.tx, conversation_id).await?;
    let Some((conversation, viewer)) = access::conversation(work.tx, by, conversation_id).await? else {
        return Err(Failure::NotFound);
    };
    if conversation.closed {
        return Err(Failure::refused("conversation", "it is closed"));
    }
    let assignee = to.unwrap_or(by);
    if conversation.pinned_to == Some(assignee) {
        return Ok(());
    }
    if to.is_none() && conversation.pinned_to.is_some() && !viewer.manages {
        return Err(Failure::refused("conversation", "somebody else has taken it"));
    }
    if access::assignee(work.tx, assignee, conversation_id).await?.is_none() {
        let (field, why) = match to {
            Some(_) => ("to", "this person is not a member of the line, or is disabled: choose somebody else"),
            None => ("conversation", "only members of the line can take it: have an admin add you to the line"),
        };
        return Err(Failure::refused(field, why));
    }
    send_due::at_once(work, conversation_id).await?;
    hand_over(work, &conversation, &viewer, assignee, note).await?;
    // The rep who had it may take another customer.
    queue::drain_after(work, line).await?;
    Ok(())
}

/// Pins an unassigned conversation to somebody who acts in it; opens the leg of their phone if they have one.
pub(in crate::desk) async fn take(
    work: &mut UnitOfWork<'_>,
    conversation: &Conversation,
    viewer: &Viewer,
) -> Result<()> {
    hand_over(work, conversation, viewer, viewer.id, None).await
}

async fn hand_over(
    work: &mut UnitOfWork<'_>,
    conversation: &Conversation,
    by: &Viewer,
    to: PersonId,
    note: Option<&str>,
) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    let assignee = access::assignee(work.tx, to, conversation.id).await?;
    let kind = if to == by.id { CLAIMED } else { TRANSFERRED };
    let data = json!({
        "to": to.0.to_string(), "to_name": assignee.map(|assignee| assignee.name),
        "from": conversation.pinned_to.map(|id| id.0.to_string()), "note": note,
    });
    work.event(Some(conversation.id), kind, Some(by.id), data);
    if let Some(note) = note.filter(|note| !note.trim().is_empty()) {
        let message = crate::desk::replies::reply::web_message(
            desk,
            conversation.id,
            by.id,
            Kind::Note,
            Outcome::Kept,
            note,
            None,
            now,
        );
        crate::store::conversations::messages::insert(work.tx, &[message]).await?;
    }
    give(work, conversation, to, kind).await
}

/// Pins a conversation to `to`, opens the leg of their phone if they have one, and sends them, in order, what waited
/// for the rep who had it before. `why`: why that rep's leg ends.
pub(in crate::desk) async fn give(
    work: &mut UnitOfWork<'_>,
    conversation: &Conversation,
    to: PersonId,
    why: &'static str,
) -> Result<()> {
    let now = work.now;
    take_away(work, conversation, why).await?;
    pins::pin(work.tx, conversation.id, Some(to), now).await?;
    faults::point("after_pin");
    if why != CLAIMED {
        attention::unseen(work.tx, conversation.id, why == TRANSFERRED).await?;
    }
    let Some(theirs) = routes::conversations(work.tx, &[conversation.id]).await?.into_iter().next() else {
        return Ok(());
    };
    if let (Some(phone), Some(customer)) = (&theirs.rep_phone, &theirs.customer_phone) {
        legs::open_rep_leg(work, theirs.id, (to, phone), customer).await?;
    }
    handover::release(work, &theirs).await?;
    Ok(())
}

/// Takes a conversation from its rep, if it has one: the leg of their phone ends, and what waited for that phone
/// waits for the rep who gets it. `why`: why the leg ends.
pub(in crate::desk) async fn take_away(
    work: &mut UnitOfWork<'_>,
    conversation: &Conversation,
    why: &'static str,
) -> Result<()> {
    let freed = detach(work, conversation, why).await?;
    claim::free(work, freed).await
}

/// As [`take_away`], but nothing leaves yet; returns the lanes in which something may, once everything that is to be
/// taken away has been: one lane may hold texts of several conversations.
pub(in crate::desk) async fn detach(
    work: &mut UnitOfWork<'_>,
    conversation: &Conversation,
    why: &'static str,
) -> Result<Freed> {
    let (desk, now) = (work.desk, work.now);
    let mut lanes = Freed::default();
    if let Some(before) = conversation.pinned_to {
        pins::pin(work.tx, conversation.id, None, now).await?;
        let rests_until = now + desk.policies.pool.quarantine;
        opening::end_legs(work.tx, conversation.id, Some(before), why, now, rests_until).await?;
        let (waiting, freed) =
            pins::take_back(work.tx, conversation.id, before, "handed to somebody else", now).await?;
        let first = waiting.into_iter().chain(conversation.waits_from).min();
        if first != conversation.waits_from {
            store_queue::wait_from(work.tx, conversation.id, first).await?;
        }
        lanes = freed;
    }
    work.note(&[(conversation.id, "conversation")]);
    Ok(lanes)
}
