//! Whose conversation it is: claim it, or hand it to a colleague.

use serde_json::json;

use super::outbox::{Departed, Enqueued};
use super::{Desk, Failure, claim, handover, legs};
use crate::clock::At;
use crate::domain::ids::{ConversationId, PersonId};
use crate::store::access::Seer;
use crate::store::routes::{self, Talk};
use crate::store::{Job, Result, Tx, access, changes, opening, pins};

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
    run(desk, Move { desk: desk.clone(), by, conversation, to: Some(to), note }).await
}

async fn run(desk: &Desk, job: Move) -> Result<(), Failure> {
    let sent = desk.store.write(job).await??;
    if sent.waiting {
        desk.ring();
    }
    desk.dispatch(sent.sendings);
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
pub(super) async fn move_in(
    desk: &Desk,
    tx: &mut Tx,
    (by, conversation): (PersonId, ConversationId),
    to: Option<PersonId>,
    note: Option<&str>,
    now: At,
) -> Result<Result<Enqueued, Failure>> {
    let talks = routes::talks(tx, &[conversation]).await?;
    let seer = access::seer(tx, by, conversation).await?;
    let (Some(talk), Some(seer)) = (talks.into_iter().next(), seer) else { return Ok(Err(Failure::NotFound)) };
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
    hand_over(desk, tx, &talk, &seer, heir, note, now).await.map(Ok)
}

/// Pins an unassigned conversation to somebody who acts in it; opens the leg of their phone if they have one.
///
/// # Errors
/// What the database said.
pub(super) async fn take(desk: &Desk, tx: &mut Tx, talk: &Talk, seer: &Seer, now: At) -> Result<()> {
    hand_over(desk, tx, talk, seer, seer.id, None, now).await.map(drop)
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
    pins::pin(tx, talk.id, to).await?;
    let kind = if to == by.id { "claimed" } else { "transferred" };
    let mut waiting_texts = Vec::new();
    let mut freed = Vec::new();
    if let Some(before) = talk.pinned_to {
        let rests_until = now + desk.policies.pool.quarantine;
        opening::end_legs(tx, talk.id, Some(before), kind, now, rests_until).await?;
        (waiting_texts, freed) = pins::take_back(tx, talk.id, before, "handed to somebody else", now).await?;
    }
    let data = json!({
        "to": to.0.to_string(), "to_name": heir.as_ref().map(|heir| heir.name.clone()),
        "from": talk.pinned_to.map(|id| id.0.to_string()), "note": note,
    });
    changes::event(tx, desk.ids.next(now), Some(talk.id), now, kind, Some(by.id), &data).await?;
    if let Some(note) = note.filter(|note| !note.trim().is_empty()) {
        let message = super::reply::web_message(desk, talk.id, by.id, "note", "kept", note, None, now);
        crate::store::messages::insert(tx, &[message]).await?;
    }
    let phone = heir.and_then(|heir| heir.phone);
    if let (Some(phone), Some(customer)) = (phone, &talk.customer_phone) {
        legs::open_rep_leg(desk, tx, talk.id, (to, &phone), customer, now).await?;
    }
    changes::note(tx, &[(talk.id, "conversation")], now).await?;
    // What still waited for the old phone goes to the new one, in order; then what stood behind it elsewhere may leave.
    let now_theirs = Talk { pinned_to: Some(to), ..talk.clone() };
    let mut sent = handover::hand_on(desk, tx, &now_theirs, &waiting_texts, now).await?;
    sent.waiting |= !freed.is_empty();
    sent.sendings.extend(claim::follow(desk, tx, Departed { freed, ..Departed::default() }, now).await?);
    Ok(sent)
}
