//! Checks whether the database is older than the carrier's list: from a restored backup the program would send texts
//! again.
//!
//! If the carrier has sent texts in a lane that are newer than all that the database knows, the program looks up what
//! waits in that lane in the carrier's list, one by one, before it requests it. Until this is known, no waiting text
//! leaves.

use std::collections::HashMap;

use crate::clock::At;
use crate::desk::Desk;
use crate::desk::upkeep::clocks;
use crate::desk::upkeep::readiness::PATIENCE;
use crate::desk::upkeep::tallies::STRANGE_TEXTS;
use crate::domain::ids::NumberId;
use crate::domain::outbox::doubt::MARGIN;
use crate::faults;
use crate::store::outbox::attempts;
use crate::store::receiving::backfill::{self as table, Waiting};
use crate::store::upkeep::tallies;
use crate::store::{Job, Result, Tx};

/// Asks the carrier, once after a start, what it has sent. True once it is known that what waits may leave.
///
/// # Errors
/// What the database said. A carrier that cannot be asked is no error: it is asked again.
pub async fn check(desk: &Desk) -> Result<bool> {
    if desk.readiness.is_outbox_checked() {
        return Ok(true);
    }
    let epoch = desk.readiness.epoch();
    clocks::compare(desk).await?;
    let (waiting, newest) = {
        let mut tx = desk.store.read().await?;
        (table::waiting(&mut tx).await?, table::newest(&mut tx, desk.carrier.ahead()).await?)
    };
    let mut lanes: HashMap<NumberId, (String, Vec<Waiting>)> = HashMap::new();
    for lane in waiting {
        lanes.entry(lane.id).or_insert_with(|| (lane.number.clone(), Vec::new())).1.push(lane);
    }
    let mut doubtful = Vec::new();
    let mut strangers = 0;
    for (number, lanes) in lanes.into_values() {
        let Some(newest) = newest else { break };
        let listed = match strange(desk, &number, newest - MARGIN).await? {
            Some(listed) => listed,
            None if desk.readiness.age() >= PATIENCE => {
                tracing::error!("the carrier's list could not be had for 15 minutes: what waits is sent unlooked");
                break;
            }
            None => return Ok(false),
        };
        for lane in lanes {
            let there = listed.get(&lane.phone).copied().unwrap_or(0);
            // One may be the request that is under way or in doubt: that is looked up anyway.
            if there > usize::from(lane.open) {
                strangers += there;
                doubtful.push((lane.id, lane.phone));
            }
        }
    }
    faults::point("vouch_listed");
    if !doubtful.is_empty() {
        tracing::warn!(
            lanes = doubtful.len(),
            texts = strangers,
            "the carrier has sent texts that this database does not know: it may be a restored backup, so what waits is \
             looked up at the carrier before it is sent"
        );
        let count = i64::try_from(strangers).unwrap_or(i64::MAX);
        desk.store.write(Doubted { lanes: doubtful, count, now: desk.clock.now() }).await?;
    }
    faults::point("before_vouch");
    desk.readiness.outbox_checked(epoch);
    desk.ring();
    Ok(true)
}

/// How many texts the carrier has sent from `number` to each phone after `since` that are bound to nothing here; `None`
/// if it cannot be asked.
async fn strange(desk: &Desk, number: &str, since: At) -> Result<Option<HashMap<String, usize>>> {
    let listed = match desk.carrier.outbound(number, since).await {
        Ok(listed) => listed,
        Err(why) => {
            tracing::warn!(%why, "the carrier could not be asked what it has sent; what waits goes on waiting");
            return Ok(None);
        }
    };
    let recent: Vec<_> = listed.into_iter().filter(|text| !text.sure || text.created_at >= since).collect();
    let ids: Vec<&str> = recent.iter().map(|text| text.id.as_str()).collect();
    let mut tx = desk.store.read().await?;
    let bound: std::collections::HashSet<String> = attempts::bound(&mut tx, &ids).await?.into_iter().collect();
    let mut counts = HashMap::new();
    for text in recent.into_iter().filter(|text| !bound.contains(&text.id)) {
        *counts.entry(text.to).or_default() += 1;
    }
    Ok(Some(counts))
}

struct Doubted {
    lanes: Vec<(NumberId, String)>,
    count: i64,
    now: At,
}

impl Job for Doubted {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        table::look_first(tx, &self.lanes).await?;
        tallies::add(tx, STRANGE_TEXTS, self.count, self.now).await
    }
}
