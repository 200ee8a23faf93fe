//! Requests that a decision begins, in this transaction or by a look at the carrier's list, and what is written of them.

use std::time::Instant;

use tokio::sync::OwnedSemaphorePermit;

use super::Sending;
use super::flow::Flow;
use crate::clock::At;
use crate::desk::Desk;
use crate::desk::work::UnitOfWork;
use crate::domain::ids::{AttemptId, DeliveryId, NumberId};
use crate::store::Result;
use crate::store::outbox::{self, Look, NewAttempt};

/// The numbers and lanes that a decision holds, and the requests that it has begun.
pub(super) struct Requests<'a> {
    pub(super) flow: Flow<'a>,
    attempts: Vec<NewAttempt>,
    looks: Vec<Look>,
}

/// What is requested of the carrier.
pub(super) struct Request {
    pub(super) delivery: DeliveryId,
    pub(super) fence: i64,
    pub(super) number: NumberId,
    pub(super) to: String,
    pub(super) body: String,
    pub(super) accepted_at: At,
    pub(super) valid_until: At,
}

impl<'a> Requests<'a> {
    /// None yet, of texts that go by these lanes.
    pub(super) async fn load(work: &mut UnitOfWork<'a>, lanes: Vec<(NumberId, String)>) -> Result<Requests<'a>> {
        Ok(Requests { flow: Flow::load(work, lanes).await?, attempts: Vec::new(), looks: Vec::new() })
    }

    /// Begins a request, which leaves after the commit.
    pub(super) fn begin(&mut self, work: &mut UnitOfWork<'_>, request: Request, permit: OwnedSemaphorePermit) {
        let attempt = attempt(work.desk, request.delivery, request.fence, work.now);
        work.begins([Sending {
            attempt: attempt.id,
            secret: attempt.secret.clone(),
            delivery: request.delivery,
            fence: request.fence,
            from: self.flow.number(request.number),
            to: request.to,
            body: request.body,
            accepted_at: request.accepted_at,
            valid_until: request.valid_until,
            probes: self.flow.probes,
            permit,
            born: Instant::now(),
        }]);
        self.attempts.push(attempt);
    }

    /// Has a delivery looked for that may have been requested, before the database went back, at some time after `from`.
    pub(super) fn look(&mut self, work: &UnitOfWork<'_>, delivery: DeliveryId, fence: i64, from: At) {
        let there = work.desk.carrier.ahead().map(|ahead| At(from.0 + ahead));
        let attempt = NewAttempt { there, ..attempt(work.desk, delivery, fence, work.now) };
        self.looks.push(Look { attempt, from });
    }

    /// Writes attempts, looks and paces.
    pub(super) fn write(&self, work: &mut UnitOfWork<'_>) {
        let (desk, now) = (work.desk, work.now);
        outbox::insert_attempts(work.batch(), &self.attempts, desk.node, now, now + desk.lease());
        outbox::insert_looks(work.batch(), &self.looks, desk.node, now);
        self.flow.keep_paces(work.batch());
    }
}

/// A new attempt of a delivery.
fn attempt(desk: &Desk, delivery: DeliveryId, fence: i64, now: At) -> NewAttempt {
    let there = desk.carrier.ahead().map(|ahead| At(now.0 + ahead));
    NewAttempt { id: AttemptId(desk.ids.next(now)), delivery, secret: desk.chance.token::<16>(), fence, there }
}
