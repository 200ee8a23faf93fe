//! Puts drafts into the outbox: a delivery gets its attempt at once if its lane is idle and its number's pace allows.

use std::time::Instant;

use super::flow::{BEHIND, Flow, Verdict};
use super::{Draft, LOOKED_UP, Sending, TEXT, Unsent, attempt, look};
use crate::desk::work::UnitOfWork;
use crate::domain::characters::seen;
use crate::domain::ids::DeliveryId;
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
    let (desk, now, mut unsent) = (work.desk, work.now, Vec::new());
    let wanted = drafts.iter().map(|draft| (draft.number, draft.to.clone())).collect();
    let mut flow = Flow::load(work, wanted).await?;
    let valid_until = now + desk.policies.delivery.valid_for;
    let most = desk.carrier.capabilities().max_body_chars;
    let (mut rows, mut attempts, mut looks) = (Vec::with_capacity(drafts.len()), Vec::new(), Vec::new());
    for draft in drafts {
        let lane = (draft.number, draft.to);
        // A carrier refuses an empty request.
        let blank = seen::is_blank(&draft.body);
        let parts = if blank { vec![draft.body] } else { segment::split(&draft.body, most) };
        for (part, body) in (0_i64..).zip(parts) {
            // Within a lane ids are the order, and another node's clock may be ahead.
            let newest = flow.lanes.get(&lane).and_then(|state| state.newest);
            let id = DeliveryId(desk.ids.after(newest, now));
            let segments = i64::from(segment::segments(&body));
            let verdict = match work.missed() {
                _ if blank => Verdict::Suppress("there is nothing in it that could be sent"),
                Some(_) => flow.decide_look(&lane),
                None => flow.decide(&lane, (segments, draft.kind == TEXT), (None, None)),
            };
            let (state, (due_at, place_at), why) = match verdict {
                Verdict::Send(permit) => {
                    let attempt = attempt(desk, id, 1, now);
                    work.begins([Sending {
                        attempt: attempt.id,
                        secret: attempt.secret.clone(),
                        delivery: id,
                        fence: 1,
                        from: flow.number(lane.0),
                        to: lane.1.clone(),
                        body: body.clone(),
                        accepted_at: now,
                        valid_until,
                        probes: false,
                        permit,
                        born: Instant::now(),
                    }]);
                    attempts.push(attempt);
                    (State::Sending, (None, None), None)
                }
                Verdict::Wait { due_at, place_at } => {
                    work.waits();
                    (State::Ready, (due_at, place_at), None)
                }
                Verdict::Compare(due_at) => {
                    work.waits();
                    (State::Ready, (Some(due_at), None), Some(BEHIND.to_owned()))
                }
                Verdict::Look => {
                    looks.push(look(desk, id, 1, work.sent_at(), now));
                    (State::Unknown, (None, None), Some(LOOKED_UP.to_owned()))
                }
                Verdict::Suppress(why) => {
                    if let Some(message) = draft.message.filter(|_| draft.kind == TEXT && part == 0) {
                        unsent.push(Unsent { message, leg: draft.leg, why: why.to_owned() });
                    }
                    (State::Suppressed, (None, None), Some(why.to_owned()))
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
                fence: i64::from(matches!(state, State::Sending | State::Unknown)),
                state,
                due_at,
                place_at,
                accepted_at: now,
                valid_until,
                why,
                window_at: draft.window_at.filter(|_| part == 0),
            });
        }
    }
    write(work, &rows, &attempts, &looks).await?;
    flow.keep_paces(work.tx).await?;
    Ok(unsent)
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
