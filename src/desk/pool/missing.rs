//! What is missing when no mask is free, and what was refused for that reason: a refusal counts as needed until its leg
//! would have ended and rested.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::At;
use crate::clock::hours;
use crate::desk::Desk;
use crate::desk::work::UnitOfWork;
pub use crate::domain::pool::missing::Missing;
use crate::domain::pool::missing::missing as add_up;
use crate::domain::routing::allocation::choose;
use crate::store::pool::refusals;
use crate::store::routing::opening;
use crate::store::{Result, Tx};

/// How long a leg is taken to last where nothing is known of its phone.
const USUAL_LIFE: Duration = hours(24);

/// Remembers that these phones found no mask for `wanted_by` at `now`: until then, as long as the legs of the phone usually
/// last and a mask rests at least, they need one more.
pub async fn refuse(work: &mut UnitOfWork<'_>, phones: &[&str], wanted_by: &str) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    let mut phones = phones.to_vec();
    phones.sort_unstable();
    for phone in phones {
        let life = refusals::usual_life(work.tx, phone, now).await?.unwrap_or(USUAL_LIFE);
        refusals::keep(work.tx, phone, wanted_by, now + life + desk.policies.pool.quarantine_floor).await?;
    }
    Ok(())
}

/// How many masks are missing, and of which country, so that each of `phones` could have one more leg now, and what was
/// refused before ([`refuse`]) as well; a phone that is named twice wants two. Empty if nothing is missing. The two sides
/// of a pair may be on one mask, so it is the phone that lacks most which decides for a country.
pub async fn missing(desk: &Desk, tx: &mut Tx, phones: &[&str], now: At) -> Result<Vec<Missing>> {
    let mut wanted: BTreeMap<&str, i64> = BTreeMap::new();
    for phone in phones {
        *wanted.entry(phone).or_default() += 1;
    }
    let floor = desk.policies.pool.quarantine_floor;
    let mut lacking = Vec::with_capacity(wanted.len());
    for (phone, wanted) in wanted {
        let mut masks = opening::masks(tx, phone).await?;
        let mut lacks = wanted.max(refusals::of(tx, phone, now).await?);
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
