//! A person decides about a text in doubt: it was sent, it was not, or it stays unsent.
//!
//! Nothing is sent twice unless a person says so.

use super::deliver::{Settle, Taken, settle_all};
use super::doubt;
use crate::carrier::Listed;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure, reasons};
use crate::domain::conversations::timeline::{Decided, Event};
use crate::domain::ids::{DeliveryId, PersonId};
use crate::domain::outbox::settlement::{Decision, News};
use crate::domain::people::person::Role;
use crate::store::outbox::attempts::{self, InDoubt};
use crate::store::{Error, Result, people};

/// The texts in the carrier's list that could be this one; `None` if the list cannot be had, or nothing is in doubt.
pub async fn candidates(desk: &Desk, delivery: DeliveryId) -> Result<Option<Vec<Listed>>> {
    match find(desk, delivery).await? {
        Some(one) => doubt::candidates(desk, &one).await,
        None => Ok(None),
    }
}

async fn find(desk: &Desk, delivery: DeliveryId) -> Result<Option<InDoubt>> {
    attempts::in_doubt(&mut desk.store.read().await?, delivery).await
}

/// It was sent. With `carrier_id` it is bound to that text in the carrier's list, which must be there and nobody else's.
///
/// # Errors
/// [`Failure::NotFound`] for anybody but managers; [`Failure::Refused`] if it has been settled meanwhile, or the carrier
/// does not list that text.
pub async fn was_sent(
    desk: &Desk,
    by: PersonId,
    delivery: DeliveryId,
    carrier_id: Option<String>,
) -> Result<(), Failure> {
    is_manager(desk, by).await?;
    if let Some(id) = &carrier_id {
        let listed = candidates(desk, delivery).await?.unwrap_or_default();
        if !listed.iter().any(|text| text.id == *id) {
            return Err(Failure::refused("carrier_id", "the carrier's list does not have that text now: look again"));
        }
    }
    run(desk, by, delivery, Decision::Sent(carrier_id)).await
}

/// It was not sent: it is sent again, as if it were accepted now.
///
/// # Errors
/// As [`was_sent`].
pub async fn send_again(desk: &Desk, by: PersonId, delivery: DeliveryId) -> Result<(), Failure> {
    is_manager(desk, by).await?;
    run(desk, by, delivery, Decision::NotSent).await
}

/// It is left at that, for a reason; its author is told.
///
/// # Errors
/// As [`was_sent`]; [`Failure::Refused`] for the field `reason`.
pub async fn give_up(desk: &Desk, by: PersonId, delivery: DeliveryId, reason: &str) -> Result<(), Failure> {
    is_manager(desk, by).await?;
    let reason = reasons::required("reason", reason, "say why it is left at that: the reason is empty")?;
    run(desk, by, delivery, Decision::GiveUp(reason)).await
}

async fn is_manager(desk: &Desk, by: PersonId) -> Result<(), Failure> {
    let person = people::by_id(&mut desk.store.read().await?, by).await?;
    let manages = person.is_some_and(|person| !person.disabled && person.role >= Role::Manager);
    manages.then_some(()).ok_or(Failure::NotFound)
}

async fn run(desk: &Desk, by: PersonId, delivery: DeliveryId, decision: Decision) -> Result<(), Failure> {
    let job = Decide { by, delivery, decision };
    desk.work(job).await.map_err(|stop| match stop {
        // The id was bound to another text between the look and the commit.
        Failure::Store(Error::Conflict(_)) => settled(),
        other => other,
    })
}

fn settled() -> Failure {
    Failure::refused("delivery", "it has been settled meanwhile")
}

struct Decide {
    by: PersonId,
    delivery: DeliveryId,
    decision: Decision,
}

impl Verb for Decide {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (desk, now) = (work.desk, work.now);
        let Some(one) = attempts::in_doubt(work.tx, self.delivery).await? else { return Err(settled()) };
        let news = News::Decided(self.decision.clone());
        let job = Settle { attempt: one.id, secret: None, news };
        let Some(known) = attempts::known(work.tx, &[one.id]).await?.pop() else { return Err(settled()) };
        let taken = settle_all(work, &[&job]).await?;
        if taken != [Taken::Known] {
            return Err(settled());
        }
        let (decision, reason) = match &self.decision {
            Decision::Sent(_) => (Decided::Sent, None),
            Decision::NotSent => {
                attempts::extend(work.tx, self.delivery, now + desk.policies.delivery.valid_for).await?;
                (Decided::NotSent, None)
            }
            Decision::GiveUp(reason) => (Decided::GivenUp, Some(reason.clone())),
        };
        let decided = Event::DeliveryDecided { delivery: self.delivery, decision, reason };
        work.event(known.conversation, Some(self.by), &decided);
        Ok(())
    }
}
