//! Lets waiting deliveries leave, if nothing forbids it now.

use std::time::Instant;

use super::flow::{BEHIND, Flow, Verdict};
use super::{LOOKED_UP, Sending, TEXT, attempt, look};
use crate::desk::work::UnitOfWork;
use crate::domain::ids::{ConversationId, DeliveryId, MessageId, NumberId};
use crate::domain::outbox::delivery::State;
use crate::faults;
use crate::store::Result;
use crate::store::outbox;
use crate::store::outbox::departures::{self, Departing, Departure};

/// Decides about deliveries that were ready, in their order: those of `departing` must be heads of their lanes.
///
/// # Errors
/// As [`super::enqueue`].
pub async fn depart(work: &mut UnitOfWork<'_>, departing: Vec<Departing>) -> Result<Departed> {
    leave(work, departing, false).await
}

/// As [`depart`], of one text with which its number is tried although it is paused.
///
/// # Errors
/// As [`super::enqueue`].
pub async fn probe(work: &mut UnitOfWork<'_>, departing: Departing) -> Result<Departed> {
    leave(work, vec![departing], true).await
}

async fn leave(work: &mut UnitOfWork<'_>, departing: Vec<Departing>, probes: bool) -> Result<Departed> {
    let (desk, now) = (work.desk, work.now);
    let mut done = Departed::default();
    if departing.is_empty() {
        return Ok(done);
    }
    let wanted = departing.iter().map(|one| (one.number, one.to.clone())).collect();
    let mut flow = Flow::load(work, wanted).await?;
    (flow.probes, flow.waited) = (probes, true);
    // These are the ones that wait: what is behind them must not hold them up.
    flow.lanes.values_mut().for_each(|lane| lane.waiting = false);
    let (mut rows, mut attempts, mut looks) = (Vec::new(), Vec::new(), Vec::new());
    let calm = desk.readiness.is_calm();
    for one in departing {
        let lane = (one.number, one.to.clone());
        let gone = one.leg_phone.as_ref().is_some_and(|phone| *phone != one.to);
        let verdict = if one.valid_until <= now && calm {
            Err((State::Expired, "it could not be sent in time"))
        } else if one.pin_lost {
            done.lost.extend(one.conversation.zip(one.message));
            Err((State::Suppressed, "the conversation went to somebody else"))
        } else if gone {
            Err((State::Suppressed, "the phone was changed"))
        } else {
            let verdict = match one.look_from {
                Some(_) => flow.decide_look(&lane),
                None => flow.decide(&lane, (one.segments, one.kind == TEXT), (one.due_at, one.place_at)),
            };
            match verdict {
                Verdict::Suppress(why) => Err((State::Suppressed, why)),
                verdict => Ok(verdict),
            }
        };
        let mut row = Departure {
            id: one.id,
            state: State::Ready,
            due_at: None,
            place_at: None,
            fence: one.fence,
            tries: one.tries,
            why: None,
        };
        match verdict {
            Ok(Verdict::Send(permit)) => {
                row.state = State::Sending;
                row.fence += 1;
                row.tries += 1;
                let attempt = attempt(desk, one.id, row.fence, now);
                done.begun += 1;
                work.begins([Sending {
                    attempt: attempt.id,
                    secret: attempt.secret.clone(),
                    delivery: one.id,
                    fence: row.fence,
                    from: flow.number(one.number),
                    to: one.to,
                    body: one.body,
                    accepted_at: one.accepted_at,
                    valid_until: one.valid_until,
                    probes,
                    permit,
                    born: Instant::now(),
                }]);
                attempts.push(attempt);
            }
            Ok(Verdict::Wait { due_at, place_at }) => {
                (row.due_at, row.place_at) = (due_at, place_at);
                work.waits();
            }
            Ok(Verdict::Compare(due_at)) => {
                (row.due_at, row.why) = (Some(due_at), Some(BEHIND.to_owned()));
                work.waits();
            }
            Ok(Verdict::Look) => {
                row.state = State::Unknown;
                row.fence += 1;
                row.why = Some(LOOKED_UP.to_owned());
                let from = one.look_from.unwrap_or(one.accepted_at);
                looks.push(look(desk, one.id, row.fence, from, now));
            }
            Ok(Verdict::Suppress(why)) => row.why = Some(why.to_owned()),
            Err((state, why)) => {
                row.state = state;
                row.why = Some(why.to_owned());
                done.ended.push((one.id, why.to_owned()));
                done.freed.push(lane);
            }
        }
        done.touched.extend(one.conversation);
        rows.push(row);
    }
    departures::depart(work.tx, &rows, now).await?;
    faults::point("after_departure");
    outbox::insert_attempts(work.tx, &attempts, desk.node, now, now + desk.lease()).await?;
    outbox::insert_looks(work.tx, &looks, desk.node, now).await?;
    outbox::looked_first(work.tx, &looks).await?;
    flow.keep_paces(work.tx).await?;
    Ok(done)
}

/// What deliveries that were ready became.
#[derive(Debug, Default)]
#[must_use = "freed lanes stand still unless this is followed"]
pub struct Departed {
    /// How many requests were begun.
    pub begun: usize,
    /// Deliveries that ended without a request, and why.
    pub ended: Vec<(DeliveryId, String)>,
    /// Lanes whose head is gone: the next in them may leave.
    pub freed: Vec<(NumberId, String)>,
    /// Texts of customers for somebody who has lost the conversation: the rep who has it now must get them.
    pub lost: Vec<(ConversationId, MessageId)>,
    /// Conversations whose deliveries changed.
    pub touched: Vec<ConversationId>,
}

/// Lets the next text of each freed lane leave, and the one behind it if that one ends at once.
///
/// # Errors
/// As [`super::enqueue`].
pub async fn promote(work: &mut UnitOfWork<'_>, freed: Vec<(NumberId, String)>) -> Result<Departed> {
    let mut all = Departed::default();
    let mut freed = freed;
    freed.sort_unstable();
    freed.dedup();
    while !freed.is_empty() {
        // A transaction that puts a text into one of these lanes holds it until the commit: then that text is seen here.
        outbox::hold_lanes(work.tx, &freed).await?;
        let heads = departures::heads(work.tx, &freed).await?;
        let mut done = depart(work, heads).await?;
        all.begun += done.begun;
        all.ended.append(&mut done.ended);
        all.lost.append(&mut done.lost);
        all.touched.append(&mut done.touched);
        freed = std::mem::take(&mut done.freed);
    }
    Ok(all)
}
