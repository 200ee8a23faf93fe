//! Lets waiting deliveries leave, if nothing forbids it now.

use super::LOOKED_UP;
use super::flow::{BEHIND, Verdict};
use super::requests::{Request, Requests};
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
    if departing.is_empty() {
        return Ok(Departed::default());
    }
    let wanted = departing.iter().map(|one| (one.number, one.to.clone())).collect();
    let mut requests = Requests::load(work, wanted).await?;
    (requests.flow.probes, requests.flow.waited) = (probes, true);
    // These are the ones that wait: what is behind them must not hold them up.
    requests.flow.lanes.values_mut().for_each(|lane| lane.waiting = false);
    let mut leaving = Leaving { requests, rows: Vec::with_capacity(departing.len()), done: Departed::default() };
    for one in departing {
        leaving.add(work, one);
    }
    leaving.write(work).await
}

/// What is written of deliveries that were ready.
struct Leaving<'a> {
    requests: Requests<'a>,
    rows: Vec<Departure>,
    done: Departed,
}

/// A delivery ends without a request: its last state, and why.
type Ended = (State, &'static str);

impl Leaving<'_> {
    /// Decides about one delivery, and begins its request if it may leave.
    fn add(&mut self, work: &mut UnitOfWork<'_>, one: Departing) {
        let verdict = self.judge(work, &one);
        let mut row = Departure {
            id: one.id,
            state: State::Ready,
            due_at: None,
            place_at: None,
            fence: one.fence,
            tries: one.tries,
            why: None,
            looked: false,
        };
        self.done.touched.extend(one.conversation);
        match verdict {
            Ok(Verdict::Send(permit)) => {
                (row.state, row.fence, row.tries) = (State::Sending, row.fence + 1, row.tries + 1);
                self.requests.begin(work, Request::again(one, row.fence), permit);
                self.done.begun += 1;
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
                (row.state, row.fence, row.why) = (State::Unknown, row.fence + 1, Some(LOOKED_UP.to_owned()));
                let from = one.look_from.unwrap_or(one.accepted_at);
                row.looked = true;
                self.requests.look(work, one.id, row.fence, from);
            }
            Ok(Verdict::Suppress(why)) => self.end(&mut row, (one.number, one.to), (State::Suppressed, why)),
            Err(ended) => self.end(&mut row, (one.number, one.to), ended),
        }
        self.rows.push(row);
    }

    /// Whether a delivery may still leave: in time, to the phone that its leg has, and of the one who has the conversation.
    fn judge(&mut self, work: &UnitOfWork<'_>, one: &Departing) -> std::result::Result<Verdict, Ended> {
        if one.valid_until <= work.now && work.desk.readiness.is_calm() {
            return Err((State::Expired, "it could not be sent in time"));
        }
        if one.pin_lost {
            self.done.lost.extend(one.conversation.zip(one.message));
            return Err((State::Suppressed, "the conversation went to somebody else"));
        }
        if one.leg_phone.as_ref().is_some_and(|phone| *phone != one.to) {
            return Err((State::Suppressed, "the phone was changed"));
        }
        let lane = (one.number, one.to.clone());
        Ok(match one.look_from {
            Some(_) => self.requests.flow.decide_look(&lane),
            None => self.requests.flow.decide(&lane, (one.segments, one.text), (one.due_at, one.place_at)),
        })
    }

    /// Ends a delivery of a lane, of which the next may leave.
    fn end(&mut self, row: &mut Departure, lane: (NumberId, String), (state, why): Ended) {
        (row.state, row.why) = (state, Some(why.to_owned()));
        self.done.ended.push((row.id, why.to_owned()));
        self.done.freed.push(lane);
    }

    async fn write(self, work: &mut UnitOfWork<'_>) -> Result<Departed> {
        let now = work.now;
        departures::depart(work.batch(), &self.rows, now);
        self.requests.write(work);
        work.flush().await?;
        faults::point("after_departure");
        Ok(self.done)
    }
}

impl Request {
    fn again(one: Departing, fence: i64) -> Self {
        Request {
            delivery: one.id,
            fence,
            number: one.number,
            to: one.to,
            body: one.body,
            accepted_at: one.accepted_at,
            valid_until: one.valid_until,
        }
    }
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
