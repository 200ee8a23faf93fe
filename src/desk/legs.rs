//! Gives a rep's phone its way into a conversation: a mask chosen by the order, or the web alone if none is free.

use serde_json::json;

use super::Desk;
use crate::clock::At;
use crate::domain::allocation::{Choice, choose};
use crate::domain::ids::{ConversationId, LegId, PersonId};
use crate::store::opening::{self, NewLeg};
use crate::store::{Result, Tx, changes};

/// Opens a leg for `person`'s `phone` towards `counterpart`, the customer's. Without a free mask the rep works on the
/// web, and the timeline says so.
///
/// # Errors
/// What the database said; a mask taken meanwhile makes the job begin anew.
pub async fn open_rep_leg(
    desk: &Desk,
    tx: &mut Tx,
    conversation: ConversationId,
    (person, phone): (PersonId, &str),
    counterpart: &str,
    now: At,
) -> Result<Choice> {
    let masks = opening::masks(tx, phone).await?;
    let choice = choose(&masks, counterpart, now, |n| desk.chance.below(n));
    let Some(number) = choice.mask() else {
        let data = json!({ "person": person.0.to_string() });
        changes::event(tx, desk.ids.next(now), Some(conversation), now, "no_mask", None, &data).await?;
        return Ok(choice);
    };
    let leg = NewLeg {
        id: LegId(desk.ids.next(now)),
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
    changes::event(tx, desk.ids.next(now), Some(conversation), now, "leg_opened", None, &data).await?;
    Ok(choice)
}
