//! Counts the masks of phones, keeps the peak of each day, and lets automatic mode act on it.

use super::{automatic, plan};
use crate::clock::At;
use crate::desk::Desk;
use crate::domain::pool::automatic::is_low;
use crate::store::pool::peaks::{self, Measured};
use crate::store::pool::refusals;
use crate::store::{Job, Result, Tx};

/// Days that are kept.
const KEPT_DAYS: i64 = 400;

/// Measures, and takes one automatic step for each country if that is wished for. Returns the steps.
pub async fn measure(desk: &Desk) -> Result<usize> {
    let plan = plan::plan(desk).await?;
    let measured = plan.countries.iter().map(|country| {
        let need = &country.need;
        Measured {
            country: need.country.clone(),
            busiest: need.demand.busiest,
            phones: need.demand.phones,
            taken: need.demand.taken,
            masks: need.masks,
            low: is_low(need, &desk.policies.pool),
            at: plan.at,
        }
    });
    desk.store.write(Keep { measured: measured.collect(), now: plan.at }).await?;
    automatic::step(desk, &plan).await
}

struct Keep {
    measured: Vec<Measured>,
    now: At,
}

impl Job for Keep {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        for one in &self.measured {
            peaks::keep(tx, one).await?;
        }
        refusals::forget(tx, self.now).await?;
        peaks::forget(tx, self.now.day() - KEPT_DAYS).await.map(drop)
    }
}
