//! Whose conversation it is: claim it, or hand it to a colleague.

use serde_json::json;

use super::{handover, legs, queue};
use crate::clock::At;
use crate::desk::outbox::{Enqueued, claim};
use crate::desk::replies::fulfil;
use crate::desk::{Desk, Failure, because};
use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::message::{Kind, Outcome};
use crate::faults;
use crate::store::conversations::access::{self, Seer};
use crate::store::conversations::pins::{self, Freed};
use crate::store::conversations::{attention, changes};
use crate::store::routing::routes::{self, Talk};
use crate::store::routing::{opening, queue as store_queue};
use crate::store::{Job, Result, Tx};

/// Somebody took it.
const CLAIMED: &str = "claimed";
/// Somebody gave it to somebody else.
const TRANSFERRED: &str = "transferred";

/// Takes an unassigned conversation, or as a manager anybody's.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see it; [`Failure::Refused`] if it is closed or somebody's already.
pub async fn claim(desk: &Desk, by: PersonId, conversation: ConversationId) -> Result<(), Failure> {
    run(desk, Move { desk: desk.clone(), by, conversation, to: None, note: None }).await
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
    let note = because::some_words("note", note.as_deref().unwrap_or_default())?;
    run(desk, Move { desk: desk.clone(), by, conversation, to: Some(to), note }).await
}

async fn run(desk: &Desk, job: Move) -> Result<(), Failure> {
    let sent = desk.store.write(job).await??;
    desk.send(sent);
    Ok(())
}

struct Move {
    desk: Desk,
    by: PersonId,
    conversation: ConversationId,
    to: Option<PersonId>,
    note: Option<String>,
}

impl Job for Move {
    type Out = Result<Enqueued, Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let note = self.note.as_deref();
        move_in(&self.desk, tx, (self.by, self.conversation), self.to, note, self.desk.clock.now()).await
    }
}

/// Claims a conversation, or hands it to `to`, within a transaction: what the web and a rep's command do alike.
///
/// # Errors
/// What the database said; the inner error as [`transfer`].
pub(in crate::desk) async fn move_in(
    desk: &Desk,
    tx: &mut Tx,
    (by, conversation): (PersonId, ConversationId),
    to: Option<PersonId>,
    note: Option<&str>,
    now: At,
) -> Result<Result<Enqueued, Failure>> {
    let line = queue::hold_line_of(tx, conversation).await?;
    let Some((talk, seer)) = access::talk(tx, by, conversation).await? else { return Ok(Err(Failure::NotFound)) };
    if talk.closed {
        return Ok(Err(Failure::refused("conversation", "it is closed")));
    }
    let heir = to.unwrap_or(by);
    if talk.pinned_to == Some(heir) {
        return Ok(Ok(Enqueued::default()));
    }
    if to.is_none() && talk.pinned_to.is_some() && !seer.manages {
        return Ok(Err(Failure::refused("conversation", "somebody else has taken it")));
    }
    if access::heir(tx, heir, conversation).await?.is_none() {
        let (field, why) = match to {
            Some(_) => ("to", "this person is not a member of the line, or is disabled: choose somebody else"),
            None => ("conversation", "only members of the line can take it: have an admin add you to the line"),
        };
        return Ok(Err(Failure::refused(field, why)));
    }
    let mut done = fulfil::at_once(desk, tx, conversation, now).await?;
    done.add(hand_over(desk, tx, &talk, &seer, heir, note, now).await?);
    // Whoever had it may take another customer.
    done.add(queue::drain_after(desk, tx, line, now).await?);
    Ok(Ok(done))
}

/// Pins an unassigned conversation to somebody who acts in it; opens the leg of their phone if they have one.
pub(in crate::desk) async fn take(desk: &Desk, tx: &mut Tx, talk: &Talk, seer: &Seer, now: At) -> Result<Enqueued> {
    hand_over(desk, tx, talk, seer, seer.id, None, now).await
}

async fn hand_over(
    desk: &Desk,
    tx: &mut Tx,
    talk: &Talk,
    by: &Seer,
    to: PersonId,
    note: Option<&str>,
    now: At,
) -> Result<Enqueued> {
    let heir = access::heir(tx, to, talk.id).await?;
    let kind = if to == by.id { CLAIMED } else { TRANSFERRED };
    let data = json!({
        "to": to.0.to_string(), "to_name": heir.map(|heir| heir.name),
        "from": talk.pinned_to.map(|id| id.0.to_string()), "note": note,
    });
    changes::event(tx, desk.ids.next(now), Some(talk.id), now, kind, Some(by.id), &data).await?;
    if let Some(note) = note.filter(|note| !note.trim().is_empty()) {
        let message =
            crate::desk::replies::reply::web_message(desk, talk.id, by.id, Kind::Note, Outcome::Kept, note, None, now);
        crate::store::conversations::messages::insert(tx, &[message]).await?;
    }
    give(desk, tx, talk, to, kind, now).await
}

/// Pins a conversation to `to`, opens the leg of their phone if they have one, and sends them, in order, what waited
/// for whoever had it before. `why` the leg of the rep before ends.
pub(in crate::desk) async fn give(
    desk: &Desk,
    tx: &mut Tx,
    talk: &Talk,
    to: PersonId,
    why: &'static str,
    now: At,
) -> Result<Enqueued> {
    let mut done = take_away(desk, tx, talk, why, now).await?;
    pins::pin(tx, talk.id, Some(to), now).await?;
    faults::point("after_pin");
    if why != CLAIMED {
        attention::unseen(tx, talk.id, why == TRANSFERRED).await?;
    }
    let Some(theirs) = routes::talks(tx, &[talk.id]).await?.into_iter().next() else { return Ok(done) };
    if let (Some(phone), Some(customer)) = (&theirs.rep_phone, &theirs.customer_phone) {
        done.add(legs::open_rep_leg(desk, tx, theirs.id, (to, phone), customer, now).await?);
    }
    done.add(handover::release(desk, tx, &theirs, now).await?);
    Ok(done)
}

/// Takes a conversation from its rep, if it has one: the leg of their phone ends, and what waited for that phone
/// waits for whoever gets it. `why` the leg ends.
pub(in crate::desk) async fn take_away(
    desk: &Desk,
    tx: &mut Tx,
    talk: &Talk,
    why: &'static str,
    now: At,
) -> Result<Enqueued> {
    let freed = detach(desk, tx, talk, why, now).await?;
    claim::free(desk, tx, freed, now).await
}

/// As [`take_away`], but nothing leaves yet; returns the lanes in which something may, once everything that is to be
/// taken away has been: one lane may hold texts of several conversations.
pub(in crate::desk) async fn detach(
    desk: &Desk,
    tx: &mut Tx,
    talk: &Talk,
    why: &'static str,
    now: At,
) -> Result<Freed> {
    let mut lanes = Freed::default();
    if let Some(before) = talk.pinned_to {
        pins::pin(tx, talk.id, None, now).await?;
        let rests_until = now + desk.policies.pool.quarantine;
        opening::end_legs(tx, talk.id, Some(before), why, now, rests_until).await?;
        let (waiting, freed) = pins::take_back(tx, talk.id, before, "handed to somebody else", now).await?;
        let first = waiting.into_iter().chain(talk.waits_from).min();
        if first != talk.waits_from {
            store_queue::wait_from(tx, talk.id, first).await?;
        }
        lanes = freed;
    }
    changes::note(tx, &[(talk.id, "conversation")], now).await?;
    Ok(lanes)
}
