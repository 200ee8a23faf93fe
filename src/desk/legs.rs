//! Gives a rep's phone its way into a conversation: a mask chosen by the order, or the web alone if none is free.

use serde_json::json;

use super::Desk;
use crate::clock::At;
use crate::domain::allocation::{Choice, choose};
use crate::domain::ids::{ConversationId, LegId, PersonId};
use crate::secret::{Chance, Ids};
use crate::store::opening::{self, NewLeg};
use crate::store::{Result, Tx, changes, phones, routes};

/// Opens a leg for `person`'s `phone` towards `counterpart`, the customer's. Without a free mask the rep works on the
/// web, and the timeline says so.
///
/// # Errors
/// What the database said; a mask taken meanwhile makes the job begin anew.
pub async fn open_rep_leg(
    desk: &Desk,
    tx: &mut Tx,
    conversation: ConversationId,
    rep: (PersonId, &str),
    counterpart: &str,
    now: At,
) -> Result<Choice> {
    open_with(&desk.ids, &desk.chance, tx, conversation, rep, counterpart, now).await
}

/// As [`open_rep_leg`], for commands that have no desk.
///
/// # Errors
/// As [`open_rep_leg`].
pub async fn open_with(
    ids: &Ids,
    chance: &Chance,
    tx: &mut Tx,
    conversation: ConversationId,
    (person, phone): (PersonId, &str),
    counterpart: &str,
    now: At,
) -> Result<Choice> {
    let masks = opening::masks(tx, phone).await?;
    let choice = choose(&masks, counterpart, now, |n| chance.below(n));
    let Some(number) = choice.mask() else {
        let data = json!({ "person": person.0.to_string() });
        changes::event(tx, ids.next(now), Some(conversation), now, "no_mask", None, &data).await?;
        return Ok(choice);
    };
    let leg = NewLeg {
        id: LegId(ids.next(now)),
        conversation,
        role: "rep",
        person: Some(person),
        phone,
        number,
        counterpart: Some(counterpart),
    };
    opening::leg(tx, &leg, now).await?;
    let data = json!({
        "person": person.0.to_string(), "leg": leg.id.0.to_string(), "mask": number.0.to_string(), "why": choice.why(),
    });
    changes::event(tx, ids.next(now), Some(conversation), now, "leg_opened", None, &data).await?;
    Ok(choice)
}

/// Moves `person`'s threads from masks that their phone still blocks to others: texts are on again, and a block can
/// be lifted only on the number where it was set.
///
/// # Errors
/// As [`open_rep_leg`].
pub async fn leave_blocked(desk: &Desk, tx: &mut Tx, person: PersonId, phone: &str, now: At) -> Result<()> {
    for thread in phones::blocked_threads(tx, phone).await? {
        routes::talks(tx, &[thread.conversation]).await?;
        let rests_until = now + desk.policies.pool.quarantine;
        opening::end_legs(tx, thread.conversation, Some(person), "blocked", now, rests_until).await?;
        if let Some(counterpart) = &thread.counterpart {
            open_rep_leg(desk, tx, thread.conversation, (person, phone), counterpart, now).await?;
        }
        changes::note(tx, &[(thread.conversation, "conversation")], now).await?;
    }
    Ok(())
}
