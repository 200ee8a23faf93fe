//! What is missing when a pair cannot be opened because no mask is free.

use std::collections::BTreeMap;

use crate::clock::At;
use crate::desk::Desk;
use crate::domain::allocation::choose;
pub use crate::domain::pool::missing::Missing;
use crate::domain::pool::missing::missing as add_up;
use crate::store::{Result, Tx, opening};

/// How many masks are missing, and of which country, so that each of `phones` could have one more leg now; a phone that is
/// named twice wants two. Empty if nothing is missing. The two sides of a pair may be on one mask, so it is the phone that
/// lacks most which decides for a country.
///
/// # Errors
/// What the database said.
pub async fn missing(desk: &Desk, tx: &mut Tx, phones: &[&str], now: At) -> Result<Vec<Missing>> {
    let mut wanted: BTreeMap<&str, i64> = BTreeMap::new();
    for phone in phones {
        *wanted.entry(phone).or_default() += 1;
    }
    let floor = desk.policies.pool.quarantine_floor;
    let mut lacking = Vec::with_capacity(wanted.len());
    for (phone, wanted) in wanted {
        let mut masks = opening::masks(tx, phone).await?;
        let mut lacks = wanted;
        // Nobody's phone: somebody new, for whom no mask is theirs already.
        while lacks > 0 {
            let Some(chosen) = choose(&masks, "", now, floor, |_| 0).mask() else { break };
            masks.retain(|mask| mask.id != chosen);
            lacks -= 1;
        }
        lacking.push((phone, lacks));
    }
    Ok(add_up(lacking))
}
