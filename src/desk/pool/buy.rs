//! Carries orders out: chooses a number, records it, asks the carrier for it, and adds it to the pool.
//!
//! Nothing is bought twice. Before it asks again for a number, it looks the number up in the account's list. A number
//! that has our name and webhook but is in no table (the answer was lost, or the database is a restored backup) joins
//! the pool before another is bought.

use std::time::Duration;

use super::settle::{Found, settle};
use super::{NAME, setting};
use crate::carrier::{Changed, OwnedNumber};
use crate::clock::{hours, minutes, seconds};
use crate::desk::Desk;
use crate::desk::work::{UnitOfWork, Verb};
use crate::domain::ids::PoolOrderId;
use crate::domain::pool::life;
use crate::domain::pool::order::State;
use crate::store::pool::orders::{self, Order};
use crate::store::routing::numbers;
use crate::store::{self, Error, Job, Result, Tx};

/// Orders that one call carries out at most.
const AT_ONCE: usize = 20;
/// How often a number is asked for in one order, of whatever numbers.
const MOST_TRIES: i64 = 8;
/// An order that got nowhere for so long is given up.
const PATIENCE: Duration = hours(1);
/// A number that was asked for without an answer is not asked for again before this: the carrier may list it late.
const LISTED_BY: Duration = minutes(2);
/// The pause after the carrier could not be asked, or did not answer.
const LATER: Duration = seconds(30);
/// Offers beyond what is needed: some may be gone by the time they are asked for.
const OFFERS: usize = 30;

/// Carries out what is due of the orders, at most twenty of them. Returns how many were looked at.
///
/// # Errors
/// What the database said. A carrier that cannot be asked is no error: the order waits.
pub async fn buy(desk: &Desk) -> Result<usize> {
    // Nearly always there is nothing to do, and nobody waits for a transaction then.
    if orders::open(&mut desk.store.read().await?).await?.is_empty() {
        return Ok(0);
    }
    let mut count = 0;
    while count < AT_ONCE {
        let Some(order) = desk.store.write(Claim(desk.clone())).await? else { break };
        count += 1;
        let found = pursue(desk, &order).await?;
        settle(desk, &order, found).await?;
    }
    Ok(count)
}

struct Claim(Desk);

impl Job for Claim {
    type Out = Option<Order>;

    async fn run(&self, tx: &mut Tx) -> Result<Option<Order>> {
        let now = self.0.clock.now();
        // As long as all requests about an order can take.
        let lease = self.0.policies.delivery.request_timeout * 10 + seconds(5);
        orders::claim(tx, now, now + lease).await
    }
}

/// Everything that can be found out and done about an order now.
async fn pursue(desk: &Desk, order: &Order) -> Result<Found> {
    let now = desk.clock.now();
    let given_up = || Found::Refused(order.why.clone().unwrap_or_else(|| "no number could be had".to_owned()));
    let Some(number) = &order.number else {
        if order.tries >= MOST_TRIES || order.ordered_at + PATIENCE <= now {
            return Ok(given_up());
        }
        return Ok(match choose(desk, order).await? {
            Chosen::Known(number) => Found::Ours(number),
            Chosen::Offered(number) => ask(desk, order, &number).await?,
            Chosen::Nothing(found) => found,
        });
    };
    // Somebody has chosen it before: perhaps it was asked for, perhaps it is ours already.
    match look(desk, number).await {
        Ok(true) => Ok(Found::Ours(number.clone())),
        Err(why) => Ok(Found::Later(LATER, why)),
        Ok(false) => match order.asked_at.map(|at| at + LISTED_BY).filter(|by| *by > now) {
            Some(by) => Ok(Found::Later(by.since(now), "the carrier's answer was lost; being looked up".to_owned())),
            None if order.tries >= MOST_TRIES => Ok(given_up()),
            None => ask(desk, order, number).await,
        },
    }
}

/// Whether the account rents the number to us; set up as it should be, if so.
async fn look(desk: &Desk, number: &str) -> Result<bool, String> {
    let Some(rented) = desk.carrier.number(number).await.map_err(|why| why.to_string())? else { return Ok(false) };
    set_up(desk, &rented).await.map(|()| true)
}

async fn set_up(desk: &Desk, rented: &OwnedNumber) -> Result<(), String> {
    let wanted = setting(desk);
    let right = |url: &str| url == wanted.inbound_url;
    if rented.overridden_by.is_none() && right(&rented.inbound_url) && right(&rented.fallback_url) {
        return Ok(());
    }
    match desk.carrier.set_up(&rented.number, &wanted).await {
        Changed::Done => Ok(()),
        Changed::Gone(why) | Changed::Refused(why) | Changed::NotDone(why) | Changed::InDoubt(why) => {
            Err(format!("it is rented and its webhook could not be set: {why}"))
        }
    }
}

/// Asks the carrier for the number, once.
async fn ask(desk: &Desk, order: &Order, number: &str) -> Result<Found> {
    if !desk.work(Ask { id: order.id }).await? {
        return Ok(Found::Later(LATER, "the order has ended meanwhile".to_owned()));
    }
    let changed = desk.carrier.rent(number, &setting(desk)).await;
    Ok(match changed {
        Changed::Done => Found::Ours(number.to_owned()),
        Changed::Gone(why) => Found::Gone(why),
        Changed::Refused(why) => Found::Refused(why),
        Changed::NotDone(why) => Found::Later(LATER, why),
        Changed::InDoubt(why) => match look(desk, number).await {
            Ok(true) => Found::Ours(number.to_owned()),
            Ok(false) | Err(_) => Found::Later(LATER, why),
        },
    })
}

struct Ask {
    id: PoolOrderId,
}

impl Verb for Ask {
    type Out = bool;
    type Stop = Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<bool> {
        let now = work.now;
        orders::ask(work.tx, self.id, now).await
    }
}

enum Chosen {
    /// It is ours at the carrier already.
    Known(String),
    /// It could be rented, and is written down.
    Offered(String),
    /// None was chosen.
    Nothing(Found),
}

/// Chooses a number for an order: one that we have bought and do not know of, else one that is offered.
async fn choose(desk: &Desk, order: &Order) -> Result<Chosen> {
    let (known, taken) = {
        let mut tx = desk.store.read().await?;
        let taken: Vec<String> = orders::open(&mut tx).await?.into_iter().filter_map(|order| order.number).collect();
        (numbers::all(&mut tx).await?, taken)
    };
    let free = |number: &str| {
        let ours = known.iter().any(|known| known.number == number && known.state != life::State::Released);
        !ours && !taken.iter().any(|other| other == number)
    };
    let later = |why: String| Chosen::Nothing(Found::Later(LATER, why));
    let rented = match desk.carrier.numbers().await {
        Ok(rented) => rented,
        Err(why) => return Ok(later(why.to_string())),
    };
    let wanted = setting(desk);
    for stray in rented.iter().filter(|one| one.name == NAME && one.inbound_url == wanted.inbound_url && one.texts) {
        if free(&stray.number) && keep(desk, order.id, &stray.number).await? {
            return Ok(match set_up(desk, stray).await {
                Ok(()) => Chosen::Known(stray.number.clone()),
                Err(why) => later(why),
            });
        }
    }
    let offers = match desk.carrier.offers(&order.country, OFFERS).await {
        Ok(offers) => offers,
        Err(why) => return Ok(later(why.to_string())),
    };
    // Several may buy at once: each begins at another place.
    let start = desk.chance.below(offers.len());
    for offer in offers.iter().cycle().skip(start).take(offers.len()) {
        let rented = rented.iter().any(|one| one.number == offer.number);
        if !rented && free(&offer.number) && keep(desk, order.id, &offer.number).await? {
            return Ok(Chosen::Offered(offer.number.clone()));
        }
    }
    let none = format!("the carrier offers no number of {} that can text", order.country);
    Ok(Chosen::Nothing(Found::Refused(none)))
}

/// Writes down which number an order is about; whether that worked.
async fn keep(desk: &Desk, id: PoolOrderId, number: &str) -> Result<bool> {
    match desk.store.write(Keep { id, number: number.to_owned() }).await {
        // Another open order is about it.
        Err(Error::Conflict(_)) => Ok(false),
        other => other,
    }
}

struct Keep {
    id: PoolOrderId,
    number: String,
}

impl Job for Keep {
    type Out = bool;

    async fn run(&self, tx: &mut Tx) -> store::Result<bool> {
        orders::choose(tx, self.id, &self.number).await
    }
}

/// Whether any order is open; for code that waits for them.
pub async fn is_open(desk: &Desk, ids: &[PoolOrderId]) -> Result<bool> {
    let mut tx = desk.store.read().await?;
    Ok(orders::of(&mut tx, ids).await?.iter().any(|order| order.state == State::Open))
}
