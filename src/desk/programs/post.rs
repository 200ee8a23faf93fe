//! Posts events to endpoints: takes those that are due, hands them over, and settles the result. The events of one pair
//! reach an endpoint in order: the next is posted when the one before has arrived.

use std::time::Duration;

use super::right;
use crate::courier::{Handed, Post};
use crate::desk::Desk;
use crate::desk::work::{UnitOfWork, Verb};
use crate::domain::ids::EndpointId;
use crate::domain::programs::retry_schedule::{Next, next};
use crate::store::programs::endpoints as table;
use crate::store::programs::event_posts::{self, Became, Due};
use crate::store::{self, Result};
use crate::wire::standard_webhooks::sign;

/// A post belongs to the node that took it for so much longer than the request may take.
const GRACE: Duration = Duration::from_secs(15);

/// Takes at most `room` posts that are due, none to the endpoints in `busy`, and none to those whose makers may not read
/// what would be posted, by now: these are disabled.
pub async fn take(desk: &Desk, busy: &[EndpointId], room: i64) -> Result<Vec<Due>> {
    // Most of the time nothing is due, and that costs no write.
    let due = event_posts::next_due(&mut desk.store.read().await?).await?;
    if due.is_none_or(|at| at > desk.clock.now()) || room <= 0 {
        return Ok(Vec::new());
    }
    desk.work(Take { busy: busy.to_vec(), room }).await
}

/// Hands one over and settles it. What cannot be written is done again when its time is over; the endpoint sees the same id.
pub async fn deliver(desk: &Desk, due: Due) {
    let seconds = desk.clock.now().micros().div_euclid(1_000_000);
    let id = format!("msg_{:x}", due.event.0);
    let handed = match sign(&due.secret, &id, seconds, &due.body) {
        None => Handed::Refused(None, "it has no secret any more".to_owned()),
        Some(signature) => {
            let post = Post { url: due.url.clone(), id, seconds, signature, body: due.body.clone() };
            desk.activity.courier.hand(&post).await
        }
    };
    let (endpoint, event, attempt) = (due.endpoint.0, due.event.0, due.attempt);
    if let Handed::Refused(_, why) = &handed {
        tracing::info!(endpoint, event, attempt, %why, "an event was not taken");
    }
    let chance = u32::try_from(desk.chance.below(1000)).unwrap_or(0);
    if let Err(error) = desk.work(Settle { due, handed, chance }).await {
        tracing::error!(endpoint, event, %error, "what came of a post could not be written; it is posted again");
    }
}

/// Disables endpoints that have lost their right although nothing is posted, so that admins are told. And posts that
/// nothing holds back and nobody takes are due; there are none, unless a process died between two writes.
pub async fn sweep(desk: &Desk) -> Result<()> {
    desk.work(Sweep).await
}

struct Take {
    busy: Vec<EndpointId>,
    room: i64,
}

impl Verb for Take {
    type Out = Vec<Due>;
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        right::stop(work).await?;
        let lease_until = now + work.desk.activity.courier.timeout() + GRACE;
        event_posts::take(work.tx, &self.busy, self.room, now, lease_until).await
    }
}

struct Settle {
    due: Due,
    handed: Handed,
    chance: u32,
}

impl Verb for Settle {
    type Out = ();
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        let (due, now) = (&self.due, now);
        // Held first: an event that is told of meanwhile sees how this one stands, or is seen here.
        let disabled = table::hold(work.tx, due.endpoint).await?;
        let (became, status, error) = match &self.handed {
            Handed::Taken(status) => (Became::Delivered, Some(*status), None),
            Handed::Refused(status, why) => {
                let became = match next(due.attempt, *status, self.chance, now) {
                    Next::Again(at) => Became::Again(at),
                    Next::GiveUp => Became::Failed,
                };
                (became, *status, Some(why.as_str()))
            }
        };
        let key = (due.endpoint, due.event);
        if !event_posts::settle(work.tx, key, due.attempt, &became, (status, error)).await? || disabled.is_none() {
            return Ok(());
        }
        match became {
            Became::Delivered if disabled == Some(false) => {
                event_posts::free(work.tx, due.endpoint, Some(due.pair), now).await
            }
            Became::Failed if disabled == Some(false) => give_up(work, due.endpoint, &self.handed).await,
            // It was disabled meanwhile: the rest waits until it is enabled.
            Became::Again(_) if disabled == Some(true) => event_posts::hold_back(work.tx, due.endpoint).await,
            _ => Ok(()),
        }
    }
}

/// Disables an endpoint that has not taken a post for a day; admins see it beside every page.
async fn give_up(work: &mut UnitOfWork<'_>, endpoint: EndpointId, handed: &Handed) -> Result<()> {
    let why = match handed {
        Handed::Refused(Some(410), _) => "it answered HTTP 410: it wants nothing more".to_owned(),
        Handed::Refused(_, why) => format!("it took nothing for a day; the last time, {why}"),
        Handed::Taken(_) => return Ok(()),
    };
    match table::by_id(work.tx, endpoint).await? {
        Some(endpoint) => right::disable(work, &endpoint, &why).await,
        None => Ok(()),
    }
}

struct Sweep;

impl Verb for Sweep {
    type Out = ();
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        right::stop(work).await?;
        for endpoint in table::all(work.tx).await?.into_iter().filter(|endpoint| endpoint.disabled.is_none()) {
            event_posts::free(work.tx, endpoint.id, None, now).await?;
        }
        Ok(())
    }
}
