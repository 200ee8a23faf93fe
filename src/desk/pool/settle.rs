//! What becomes of an order: it waits, another number is chosen, the mask is taken in, or it is given up.

use std::time::Duration;

use serde_json::json;

use super::{By, record};
use crate::clock::At;
use crate::desk::Desk;
use crate::domain::ids::NumberId;
use crate::domain::pool::life::State;
use crate::store::engine::dialect;
use crate::store::pool::life;
use crate::store::pool::orders::{self, Order};
use crate::store::routing::numbers;
use crate::store::{Job, Result, Tx};

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
    desk.store.write(Settle { desk: desk.clone(), order: order.clone(), found }).await?;
    desk.live.nudge();
    Ok(())
}

struct Settle {
    desk: Desk,
    order: Order,
    found: Found,
}

impl Job for Settle {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        dialect::one_at_a_time(tx, "pool", "").await?;
        let (desk, now, id) = (&self.desk, self.desk.clock.now(), self.order.id);
        match &self.found {
            Found::Ours(number) if self.is_known(tx, number).await? => {
                orders::drop_number(tx, id, now, "another order has brought this number").await?;
            }
            Found::Ours(number) => {
                if orders::end(tx, id, "bought", None, now).await? {
                    self.take_in(tx, number, now).await?;
                }
            }
            Found::Gone(why) => orders::drop_number(tx, id, now, why).await?,
            Found::Refused(why) => {
                if orders::end(tx, id, "failed", Some(why), now).await? {
                    orders::fail_all(tx, &self.order.country, why, now).await?;
                    let data = json!({ "country": self.order.country, "why": why });
                    record(desk, tx, By::Automatic, "masks_refused", &data, now).await?;
                }
            }
            Found::Later(wait, why) => orders::wait(tx, id, now + *wait, Some(why)).await?,
        }
        Ok(())
    }
}

impl Settle {
    /// Whether the number is in use of ours already.
    async fn is_known(&self, tx: &mut Tx, number: &str) -> Result<bool> {
        let all = numbers::all(tx).await?;
        Ok(all.iter().any(|known| known.number == number && (known.is_line || known.state != State::Released)))
    }

    /// The number is a mask of ours from now on.
    async fn take_in(&self, tx: &mut Tx, number: &str, now: At) -> Result<()> {
        let desk = &self.desk;
        let fresh = NumberId(desk.ids.next(now));
        let id = life::take_in(tx, fresh, (number, &self.order.country), self.order.price, now).await?;
        let data = json!({ "mask": id.0.to_string(), "country": self.order.country });
        record(desk, tx, By::Automatic, "mask_bought", &data, now).await
    }
}
