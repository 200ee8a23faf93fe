//! Puts texts into the outbox: each is born on its way if its lane is idle and its number's pace allows.
//! Every verb that has something sent goes through here, so that lanes, pace and consent are judged in one place.

use std::collections::HashMap;

use tokio::sync::OwnedSemaphorePermit;

use super::Desk;
use crate::clock::At;
use crate::domain::delivery::State;
use crate::domain::ids::{AttemptId, ConversationId, DeliveryId, LegId, MessageId, NumberId, PersonId};
use crate::domain::pace::Pace;
use crate::domain::segment;
use crate::store::outbox::{Departing, Departure, Lane, NewAttempt, NewDelivery};
use crate::store::{Result, Tx, outbox};

/// The kind of a delivery that carries a message; every other kind is a notice.
pub const TEXT: &str = "text";

/// Something to be sent.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Which message; none for a notice.
    pub message: Option<MessageId>,
    /// By which leg; none for a notice.
    pub leg: Option<LegId>,
    /// Where people look for it.
    pub conversation: Option<ConversationId>,
    /// [`TEXT`], or the kind of notice.
    pub kind: &'static str,
    /// From which number.
    pub number: NumberId,
    /// To which phone.
    pub to: String,
    /// Whose phone, if staff's.
    pub person: Option<PersonId>,
    /// Of any length; split where it must be.
    pub body: String,
    /// For throttled notices: the window that this one begins.
    pub window_at: Option<At>,
}

/// A request that a commit has begun: to be made once, now.
#[derive(Debug)]
pub struct Sending {
    /// The attempt.
    pub attempt: AttemptId,
    /// The part of its receipt address that cannot be guessed.
    pub secret: String,
    /// Of which delivery.
    pub delivery: DeliveryId,
    /// Its fencing number.
    pub fence: i64,
    /// Our number.
    pub from: String,
    /// Their phone.
    pub to: String,
    /// The text.
    pub body: String,
    /// When its message was accepted.
    pub accepted_at: At,
    /// When it is given up.
    pub valid_until: At,
    /// Its place among the requests under way; given back when it is dropped.
    pub permit: OwnedSemaphorePermit,
}

impl Sending {
    /// The last part of the receipt address.
    #[must_use]
    pub fn token(&self) -> String {
        token(self.attempt, &self.secret)
    }
}

/// The last part of an attempt's receipt address: its id in hexadecimal and what cannot be guessed.
#[must_use]
pub fn token(attempt: AttemptId, secret: &str) -> String {
    format!("{:x}-{secret}", attempt.0)
}

/// What is decided about one text.
enum Verdict {
    Send(OwnedSemaphorePermit),
    Wait(Option<At>),
    Suppress(&'static str),
}

/// The numbers and lanes that a decision holds, as they stand while it goes through several texts.
struct Flow<'a> {
    desk: &'a Desk,
    now: At,
    senders: HashMap<NumberId, (outbox::Sender, Pace, bool)>,
    lanes: HashMap<(NumberId, String), Lane>,
}

impl<'a> Flow<'a> {
    async fn load(desk: &'a Desk, tx: &mut Tx, wanted: Vec<(NumberId, String)>, now: At) -> Result<Flow<'a>> {
        let mut wanted = wanted;
        wanted.sort_unstable();
        wanted.dedup();
        let numbers: Vec<NumberId> = wanted.iter().map(|(number, _)| *number).collect();
        let policy = &desk.policies.delivery;
        let senders = outbox::senders(tx, &numbers).await?.into_iter().map(|sender| {
            let per_segment = sender
                .pace_micros
                .and_then(|micros| u64::try_from(micros).ok())
                .map_or_else(|| policy.pace(&sender.number), std::time::Duration::from_micros);
            let pace = Pace { free_at: sender.pace_free_at, per_segment };
            (sender.id, (sender, pace, false))
        });
        let senders = senders.collect();
        let states = outbox::lanes(tx, &wanted).await?;
        Ok(Flow { desk, now, senders, lanes: wanted.into_iter().zip(states).collect() })
    }

    /// Why nothing is sent by this lane, if so.
    fn obstacle(&self, lane: &(NumberId, String)) -> Option<&'static str> {
        let state = self.lanes.get(lane)?;
        if state.unwanted {
            Some("they opted out")
        } else if state.blocked {
            Some("this phone has blocked the number")
        } else {
            None
        }
    }

    /// Decides about a text that is the first of its lane to be looked at, or comes behind those looked at before.
    fn decide(&mut self, lane: &(NumberId, String), segments: i64, reserved: Option<At>) -> Verdict {
        if let Some(why) = self.obstacle(lane) {
            return Verdict::Suppress(why);
        }
        let state = self.lanes.entry(lane.clone()).or_default();
        if state.busy || state.waiting {
            state.waiting = true;
            return Verdict::Wait(None);
        }
        let Some((sender, pace, touched)) = self.senders.get_mut(&lane.0) else { return Verdict::Wait(None) };
        if sender.paused {
            state.waiting = true;
            return Verdict::Wait(Some(self.now));
        }
        let slot = match reserved {
            // A place reserved earlier is still its own; one missed for long (an outage, a pause) is not.
            Some(slot) if slot > self.now => slot,
            Some(slot) if Pace::still_good(slot, self.now) => self.now,
            _ => {
                *touched = true;
                pace.reserve(segments, self.now)
            }
        };
        if slot > self.now {
            state.waiting = true;
            return Verdict::Wait(Some(slot));
        }
        if let Ok(permit) = self.desk.room.clone().try_acquire_owned() {
            state.busy = true;
            Verdict::Send(permit)
        } else {
            state.waiting = true;
            Verdict::Wait(Some(self.now))
        }
    }

    fn number(&self, id: NumberId) -> String {
        self.senders.get(&id).map(|(sender, ..)| sender.number.clone()).unwrap_or_default()
    }

    async fn keep_paces(&self, tx: &mut Tx) -> Result<()> {
        let mut paces: Vec<(NumberId, At)> = self
            .senders
            .iter()
            .filter(|(_, (.., touched))| *touched)
            .map(|(id, (_, pace, _))| (*id, pace.free_at))
            .collect();
        paces.sort_unstable();
        outbox::set_paces(tx, &paces).await
    }
}

/// A text that was not sent because its addressee does not want it, and whose author must be told.
#[derive(Clone, Debug)]
pub struct Unsent {
    /// Which message.
    pub message: MessageId,
    /// By which leg.
    pub leg: Option<LegId>,
    /// In plain words.
    pub why: String,
}

/// What a group of drafts became.
#[derive(Debug, Default)]
pub struct Enqueued {
    /// Requests begun, to be dispatched after the commit.
    pub sendings: Vec<Sending>,
    /// Texts whose authors must be told.
    pub unsent: Vec<Unsent>,
    /// Something waits that may be due.
    pub waiting: bool,
}

/// Puts drafts into the outbox, in their order.
///
/// # Errors
/// What the database said; a lane taken meanwhile makes the job begin anew.
pub async fn enqueue(desk: &Desk, tx: &mut Tx, drafts: Vec<Draft>, now: At) -> Result<Enqueued> {
    let mut done = Enqueued::default();
    if drafts.is_empty() {
        return Ok(done);
    }
    let wanted = drafts.iter().map(|draft| (draft.number, draft.to.clone())).collect();
    let mut flow = Flow::load(desk, tx, wanted, now).await?;
    let valid_until = now + desk.policies.delivery.valid_for;
    let most = desk.carrier.capabilities().max_body_chars;
    let (mut rows, mut attempts) = (Vec::with_capacity(drafts.len()), Vec::new());
    for draft in drafts {
        let lane = (draft.number, draft.to);
        for (part, body) in (0_i64..).zip(segment::split(&draft.body, most)) {
            let id = DeliveryId(desk.ids.next(now));
            let segments = i64::from(segment::segments(&body));
            let (state, due_at, why) = match flow.decide(&lane, segments, None) {
                Verdict::Send(permit) => {
                    let attempt = NewAttempt {
                        id: AttemptId(desk.ids.next(now)),
                        delivery: id,
                        secret: desk.chance.token::<16>(),
                        fence: 1,
                    };
                    done.sendings.push(Sending {
                        attempt: attempt.id,
                        secret: attempt.secret.clone(),
                        delivery: id,
                        fence: 1,
                        from: flow.number(lane.0),
                        to: lane.1.clone(),
                        body: body.clone(),
                        accepted_at: now,
                        valid_until,
                        permit,
                    });
                    attempts.push(attempt);
                    (State::Sending, None, None)
                }
                Verdict::Wait(due_at) => {
                    done.waiting = true;
                    (State::Ready, due_at, None)
                }
                Verdict::Suppress(why) => {
                    if let Some(message) = draft.message.filter(|_| draft.kind == TEXT && part == 0) {
                        done.unsent.push(Unsent { message, leg: draft.leg, why: why.to_owned() });
                    }
                    (State::Suppressed, None, Some(why.to_owned()))
                }
            };
            rows.push(NewDelivery {
                id,
                message: draft.message,
                leg: draft.leg,
                conversation: draft.conversation,
                part,
                kind: draft.kind,
                number: lane.0,
                to: lane.1.clone(),
                person: draft.person,
                body,
                segments,
                fence: i64::from(state == State::Sending),
                state,
                due_at,
                accepted_at: now,
                valid_until,
                why,
                window_at: draft.window_at.filter(|_| part == 0),
            });
        }
    }
    outbox::insert(tx, &rows).await?;
    outbox::insert_attempts(tx, &attempts, desk.node, now, now + desk.lease()).await?;
    flow.keep_paces(tx).await?;
    Ok(done)
}

/// Decides about deliveries that were ready, in their order: those of `departing` must be heads of their lanes.
///
/// # Errors
/// As [`enqueue`].
pub async fn depart(desk: &Desk, tx: &mut Tx, departing: Vec<Departing>, now: At) -> Result<Departed> {
    let mut done = Departed::default();
    if departing.is_empty() {
        return Ok(done);
    }
    let wanted = departing.iter().map(|one| (one.number, one.to.clone())).collect();
    let mut flow = Flow::load(desk, tx, wanted, now).await?;
    // These are the ones that wait: what is behind them must not hold them up.
    flow.lanes.values_mut().for_each(|lane| lane.waiting = false);
    let (mut rows, mut attempts) = (Vec::new(), Vec::new());
    for one in departing {
        let lane = (one.number, one.to.clone());
        let gone = one.leg_phone.as_ref().is_some_and(|phone| *phone != one.to);
        let verdict = if one.valid_until <= now {
            Err((State::Expired, "it could not be sent in time"))
        } else if one.pin_lost {
            Err((State::Suppressed, "the conversation went to somebody else"))
        } else if gone {
            Err((State::Suppressed, "the phone was changed"))
        } else {
            match flow.decide(&lane, one.segments, one.due_at) {
                Verdict::Suppress(why) => Err((State::Suppressed, why)),
                verdict => Ok(verdict),
            }
        };
        let mut row =
            Departure { id: one.id, state: State::Ready, due_at: None, fence: one.fence, tries: one.tries, why: None };
        match verdict {
            Ok(Verdict::Send(permit)) => {
                row.state = State::Sending;
                row.fence += 1;
                row.tries += 1;
                let attempt = NewAttempt {
                    id: AttemptId(desk.ids.next(now)),
                    delivery: one.id,
                    secret: desk.chance.token::<16>(),
                    fence: row.fence,
                };
                done.sendings.push(Sending {
                    attempt: attempt.id,
                    secret: attempt.secret.clone(),
                    delivery: one.id,
                    fence: row.fence,
                    from: flow.number(one.number),
                    to: one.to,
                    body: one.body,
                    accepted_at: one.accepted_at,
                    valid_until: one.valid_until,
                    permit,
                });
                attempts.push(attempt);
            }
            Ok(Verdict::Wait(due_at)) => {
                row.due_at = due_at;
                done.waiting = true;
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
    outbox::depart(tx, &rows, now).await?;
    outbox::insert_attempts(tx, &attempts, desk.node, now, now + desk.lease()).await?;
    flow.keep_paces(tx).await?;
    Ok(done)
}

/// What deliveries that were ready became.
#[derive(Debug, Default)]
pub struct Departed {
    /// Requests begun.
    pub sendings: Vec<Sending>,
    /// Deliveries that ended without a request, and why.
    pub ended: Vec<(DeliveryId, String)>,
    /// Lanes whose head is gone: the next in them may leave.
    pub freed: Vec<(NumberId, String)>,
    /// Conversations whose deliveries changed.
    pub touched: Vec<ConversationId>,
    /// Something waits for a place.
    pub waiting: bool,
}

/// Lets the next text of each freed lane leave, and the one behind it if that one ends at once.
///
/// # Errors
/// As [`enqueue`].
pub async fn promote(desk: &Desk, tx: &mut Tx, freed: Vec<(NumberId, String)>, now: At) -> Result<Departed> {
    let mut all = Departed::default();
    let mut freed = freed;
    freed.sort_unstable();
    freed.dedup();
    while !freed.is_empty() {
        // Whoever puts a text into one of these lanes holds its number until the commit: then it is seen here.
        if desk.store.is_shared() {
            let numbers: Vec<NumberId> = freed.iter().map(|(number, _)| *number).collect();
            outbox::senders(tx, &numbers).await?;
        }
        let heads = outbox::heads(tx, &freed).await?;
        let mut done = depart(desk, tx, heads, now).await?;
        all.sendings.append(&mut done.sendings);
        all.ended.append(&mut done.ended);
        all.touched.append(&mut done.touched);
        all.waiting |= done.waiting;
        freed = std::mem::take(&mut done.freed);
    }
    Ok(all)
}
