//! Puts drafts into the outbox: a delivery gets its attempt at once if its lane is idle and its number's pace allows.

use std::time::Instant;

use tokio::sync::OwnedSemaphorePermit;

use super::flow::{BEHIND, Flow, Verdict};
use super::{Draft, LOOKED_UP, Sending, Unsent, attempt, look};
use crate::desk::work::UnitOfWork;
use crate::domain::characters::seen;
use crate::domain::ids::DeliveryId;
use crate::domain::outbox::delivery::Kind;
use crate::domain::outbox::delivery::State;
use crate::domain::words::segment;
use crate::faults;
use crate::store::Result;
use crate::store::outbox::{self, Look, NewAttempt, NewDelivery};

/// Puts drafts into the outbox, in their order. Returns what is not sent because its addressee does not want it.
///
/// # Errors
/// What the database said; a lane taken meanwhile makes the job begin anew.
pub async fn enqueue(work: &mut UnitOfWork<'_>, drafts: Vec<Draft>) -> Result<Vec<Unsent>> {
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = drafts.iter().map(|draft| (draft.number, draft.to.clone())).collect();
    let flow = Flow::load(work, wanted).await?;
    let most = work.desk.carrier.capabilities().max_body_chars;
    let (rows, attempts, looks, unsent) = (Vec::with_capacity(drafts.len()), Vec::new(), Vec::new(), Vec::new());
    let mut entries = Entries { flow, rows, attempts, looks, unsent };
    for draft in drafts {
        // A carrier refuses an empty request.
        let blank = seen::is_blank(&draft.body);
        let parts = if blank { vec![draft.body.clone()] } else { segment::split(&draft.body, most) };
        for (part, body) in (0_i64..).zip(parts) {
            entries.add(work, &draft, (part, body), blank);
        }
    }
    write(work, &entries.rows, &entries.attempts, &entries.looks).await?;
    entries.flow.keep_paces(work.tx).await?;
    Ok(entries.unsent)
}

/// What is written of drafts.
struct Entries<'a> {
    flow: Flow<'a>,
    rows: Vec<NewDelivery>,
    attempts: Vec<NewAttempt>,
    looks: Vec<Look>,
    unsent: Vec<Unsent>,
}

impl Entries<'_> {
    /// Adds the delivery of one part of a draft. A `blank` one is not sent.
    fn add(&mut self, work: &mut UnitOfWork<'_>, draft: &Draft, (part, body): (i64, String), blank: bool) {
        let (desk, now) = (work.desk, work.now);
        let lane = (draft.number, draft.to.clone());
        // Within a lane ids are the order, and another node's clock may be ahead.
        let newest = self.flow.lanes.get(&lane).and_then(|state| state.newest);
        let segments = i64::from(segment::segments(&body));
        let verdict = match work.missed() {
            _ if blank => Verdict::Suppress("there is nothing in it that could be sent"),
            Some(_) => self.flow.decide_look(&lane),
            None => self.flow.decide(&lane, (segments, draft.kind == Kind::Text), (None, None)),
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
        };
        self.follow(work, &mut row, verdict);
        self.rows.push(row);
    }

    /// Does what the verdict on a new delivery asks for, which also says how the delivery stands then.
    fn follow(&mut self, work: &mut UnitOfWork<'_>, row: &mut NewDelivery, verdict: Verdict) {
        match verdict {
            Verdict::Send(permit) => {
                self.begin(work, row, permit);
                (row.state, row.fence) = (State::Sending, 1);
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
                self.looks.push(look(work.desk, row.id, 1, work.sent_at(), work.now));
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

    /// Begins the request of a delivery.
    fn begin(&mut self, work: &mut UnitOfWork<'_>, row: &NewDelivery, permit: OwnedSemaphorePermit) {
        let attempt = attempt(work.desk, row.id, 1, work.now);
        work.begins([Sending {
            attempt: attempt.id,
            secret: attempt.secret.clone(),
            delivery: row.id,
            fence: 1,
            from: self.flow.number(row.number),
            to: row.to.clone(),
            body: row.body.clone(),
            accepted_at: row.accepted_at,
            valid_until: row.valid_until,
            probes: false,
            permit,
            born: Instant::now(),
        }]);
        self.attempts.push(attempt);
    }
}

async fn write(work: &mut UnitOfWork<'_>, rows: &[NewDelivery], attempts: &[NewAttempt], looks: &[Look]) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    outbox::insert(work.tx, rows).await?;
    faults::point("after_deliveries");
    outbox::insert_attempts(work.tx, attempts, desk.node, now, now + desk.lease()).await?;
    faults::point("after_attempts");
    outbox::insert_looks(work.tx, looks, desk.node, now).await?;
    if let Some(from) = work.missed() {
        let waiting: Vec<DeliveryId> = rows.iter().filter(|row| row.state == State::Ready).map(|row| row.id).collect();
        outbox::look_first(work.tx, &waiting, from).await?;
    }
    Ok(())
}
