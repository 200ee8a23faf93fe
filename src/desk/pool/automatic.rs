//! Automatic mode: at each measurement at most one step for a country, within the budget.

use super::plan::Plan;
use super::{By, drain, order};
use crate::desk::upkeep::lapse::may_lapse;
use crate::desk::{Desk, Failure};
use crate::domain::pool::automatic::{self, Step};
use crate::domain::pool::need::Need;
use crate::store::Result;

/// Takes the steps that `plan` asks for, if automatic mode is on. Returns how many.
///
/// # Errors
/// What the database said. A budget that allows no more is no error: people are alerted anyway.
pub(super) async fn step(desk: &Desk, plan: &Plan) -> Result<usize> {
    let policy = &desk.policies.pool;
    if !policy.automatic || !may_lapse(desk) {
        return Ok(0);
    }
    let needs: Vec<Need> = plan.countries.iter().map(|country| country.need.clone()).collect();
    let mut steps = 0;
    for need in &needs {
        let taken = match automatic::step(need, policy) {
            Some(Step::Grow) => order::grow(desk, By::Automatic, &need.country, 1).await.map(drop),
            Some(Step::Drain) => {
                let spare = drain::spare(&mut desk.store.read().await?, &need.country, &needs, plan.at).await?;
                let Some(mask) = spare else { continue };
                drain::drain(desk, By::Automatic, &[mask]).await.map(drop)
            }
            None => continue,
        };
        match taken {
            Ok(()) => {
                steps += 1;
                // A mask serves more than one country: the next measurement says what this step has changed.
                break;
            }
            Err(Failure::Store(error)) => return Err(error),
            Err(refused) => tracing::warn!(country = need.country, why = %refused, "the pool cannot grow by itself"),
        }
    }
    Ok(steps)
}
