//! What becomes of an order: it waits, another number is chosen, the mask joins the pool, or the order is given up.

use std::time::Duration;

use super::{By, record};
use crate::desk::Desk;
use crate::desk::work::{UnitOfWork, Verb};
use crate::domain::conversations::timeline::HouseEvent;
use crate::domain::ids::NumberId;
use crate::domain::pool::life::State;
use crate::domain::pool::order;
use crate::store::engine::dialect;
use crate::store::pool::life;
use crate::store::pool::orders::{self, Order};
use crate::store::routing::numbers;
use crate::store::{self, Result};

/// What was found out about an order.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// The carrier rents the number to us, set up as it should be.
    Ours(String),
    /// Its number cannot be had.
    Gone(String),
    /// No number of its country can be had as things are.
    Refused(String),
    /// Nothing yet: look again after so long.
    Later(Duration, String),
}

/// Writes down what was found.
pub(super) async fn settle(desk: &Desk, order: &Order, found: Found) -> Result<()> {
    desk.work(Settle { order: order.clone(), found }).await
}

struct Settle {
    order: Order,
    found: Found,
}

impl Verb for Settle {
    type Out = ();
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (_desk, now) = (work.desk, work.now);
        dialect::one_at_a_time(work.tx, "pool", "").await?;
        let (_desk, now, id) = (work.desk, now, self.order.id);
        match &self.found {
            Found::Ours(number) if self.is_known(work, number).await? => {
                orders::drop_number(work.tx, id, now, "another order has brought this number").await?;
            }
            Found::Ours(number) => {
                if orders::end(work.tx, id, order::State::Bought, None, now).await? {
                    self.take_in(work, number).await?;
                }
            }
            Found::Gone(why) => orders::drop_number(work.tx, id, now, why).await?,
            Found::Refused(why) => {
                if orders::end(work.tx, id, order::State::Failed, Some(why), now).await? {
                    orders::fail_all(work.tx, &self.order.country, why, now).await?;
                    let (country, why) = (self.order.country.clone(), why.clone());
                    record(work, By::Automatic, &HouseEvent::MasksRefused { country, why }).await?;
                }
            }
            Found::Later(wait, why) => orders::wait(work.tx, id, now + *wait, Some(why)).await?,
        }
        Ok(())
    }
}

impl Settle {
    /// Whether the number is in use of ours already.
    async fn is_known(&self, work: &mut UnitOfWork<'_>, number: &str) -> Result<bool> {
        let all = numbers::all(work.tx).await?;
        Ok(all.iter().any(|known| known.number == number && (known.is_line || known.state != State::Released)))
    }

    /// The number is a mask of ours from now on.
    async fn take_in(&self, work: &mut UnitOfWork<'_>, number: &str) -> Result<()> {
        let (desk, now) = (work.desk, work.now);
        let fresh = NumberId(desk.ids.next(now));
        let id = life::take_in(work.tx, fresh, (number, &self.order.country), self.order.price, now).await?;
        let bought = HouseEvent::MaskBought { mask: id, country: self.order.country.clone() };
        record(work, By::Automatic, &bought).await
    }
}
