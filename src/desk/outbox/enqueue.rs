//! Puts drafts into the outbox: a delivery gets its attempt at once if its lane is idle and its number's pace allows.

use super::flow::{BEHIND, Verdict};
use super::requests::{Request, Requests};
use super::{Draft, LOOKED_UP, Unsent};
use crate::desk::work::UnitOfWork;
use crate::domain::characters::seen;
use crate::domain::ids::DeliveryId;
use crate::domain::outbox::delivery::Kind;
use crate::domain::outbox::delivery::State;
use crate::domain::words::segment;
use crate::faults;
use crate::store::Result;
use crate::store::outbox::{self, NewDelivery};

/// Puts drafts into the outbox, in their order. Returns what is not sent because its addressee does not want it.
///
/// # Errors
/// What the database said; a lane taken meanwhile makes the job begin anew.
pub async fn enqueue(work: &mut UnitOfWork<'_>, drafts: Vec<Draft>) -> Result<Vec<Unsent>> {
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = drafts.iter().map(|draft| (draft.number, draft.to.clone())).collect();
    let requests = Requests::load(work, wanted).await?;
    let most = work.desk.carrier.capabilities().max_body_chars;
    let mut entries = Entries { requests, rows: Vec::with_capacity(drafts.len()), unsent: Vec::new() };
    for draft in drafts {
        // A carrier refuses an empty request.
        let blank = seen::is_blank(&draft.body);
        let parts = if blank { vec![draft.body.clone()] } else { segment::split(&draft.body, most) };
        for (part, body) in (0_i64..).zip(parts) {
            entries.add(work, &draft, (part, body), blank);
        }
    }
    entries.write(work).await
}

/// What is written of drafts.
struct Entries<'a> {
    requests: Requests<'a>,
    rows: Vec<NewDelivery>,
    unsent: Vec<Unsent>,
}

impl Entries<'_> {
    /// Adds the delivery of one part of a draft. A `blank` one is not sent.
    fn add(&mut self, work: &mut UnitOfWork<'_>, draft: &Draft, (part, body): (i64, String), blank: bool) {
        let (desk, now) = (work.desk, work.now);
        let lane = (draft.number, draft.to.clone());
        // Within a lane ids are the order, and another node's clock may be ahead.
        let newest = self.requests.flow.lanes.get(&lane).and_then(|state| state.newest);
        let segments = i64::from(segment::segments(&body));
        let verdict = match work.missed() {
            _ if blank => Verdict::Suppress("there is nothing in it that could be sent"),
            Some(_) => self.requests.flow.decide_look(&lane),
            None => self.requests.flow.decide(&lane, (segments, draft.kind == Kind::Text), (None, None)),
        };
        let mut row = NewDelivery {
            id: DeliveryId(desk.ids.after(newest, now)),
            message: draft.message,
            leg: draft.leg,
            conversation: draft.conversation,
            part,
            kind: draft.kind,
            number: lane.0,
            to: lane.1,
            person: draft.person,
            body,
            segments,
            fence: 0,
            state: State::Ready,
            due_at: None,
            place_at: None,
            accepted_at: now,
            valid_until: now + desk.policies.delivery.valid_for,
            why: None,
            window_at: draft.window_at.filter(|_| part == 0),
            look_from: None,
        };
        self.follow(work, &mut row, verdict);
        row.look_from = work.missed().filter(|_| row.state == State::Ready);
        self.rows.push(row);
    }

    /// Does what the verdict on a new delivery asks for, which also says how the delivery stands then.
    fn follow(&mut self, work: &mut UnitOfWork<'_>, row: &mut NewDelivery, verdict: Verdict) {
        match verdict {
            Verdict::Send(permit) => {
                (row.state, row.fence) = (State::Sending, 1);
                self.requests.begin(work, Request::first(row), permit);
            }
            Verdict::Wait { due_at, place_at } => {
                work.waits();
                (row.due_at, row.place_at) = (due_at, place_at);
            }
            Verdict::Compare(due_at) => {
                work.waits();
                (row.due_at, row.why) = (Some(due_at), Some(BEHIND.to_owned()));
            }
            Verdict::Look => {
                self.requests.look(work, row.id, 1, work.sent_at());
                (row.state, row.fence, row.why) = (State::Unknown, 1, Some(LOOKED_UP.to_owned()));
            }
            Verdict::Suppress(why) => {
                if let Some(message) = row.message.filter(|_| row.kind == Kind::Text && row.part == 0) {
                    self.unsent.push(Unsent { message, leg: row.leg, why: why.to_owned() });
                }
                (row.state, row.why) = (State::Suppressed, Some(why.to_owned()));
            }
        }
    }

    /// Writes it, and returns what is not sent.
    async fn write(self, work: &mut UnitOfWork<'_>) -> Result<Vec<Unsent>> {
        outbox::insert(work.batch(), &self.rows);
        self.requests.write(work);
        faults::point("before_writes");
        work.flush().await?;
        faults::point("after_writes");
        Ok(self.unsent)
    }
}

impl Request {
    fn first(row: &NewDelivery) -> Self {
        Request {
            delivery: row.id,
            fence: row.fence,
            number: row.number,
            to: row.to.clone(),
            body: row.body.clone(),
            accepted_at: row.accepted_at,
            valid_until: row.valid_until,
        }
    }
}
