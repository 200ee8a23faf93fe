//! How many masks are left of each country, for the live board. The last measurement (`store/pool/peaks.rs`) has the
//! masks of all phones, so that no page reads every live leg; those of colleagues' phones are looked up now.

use std::collections::BTreeMap;

use crate::clock::{At, minutes};
use crate::domain::numbers::country;
use crate::domain::pool::need::Owned;
use crate::store::pool::{masks, peaks};
use crate::store::sql::query;
use crate::store::{Result, Tx};

/// A measurement older than this says nothing about now; several fit into it.
const FRESH: std::time::Duration = minutes(20);

/// The masks of a country, and how many the busiest phone could not be given now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headroom {
    /// ISO 3166 code.
    pub country: String,
    /// Active masks that serve its phones.
    pub masks: i64,
    /// The most of them that one phone has live, or resting.
    pub taken: i64,
    /// The colleague whose phone that is, if it is a colleague's.
    pub busiest: Option<String>,
    /// When that was counted; none if it is so now.
    pub at: Option<At>,
}

/// Of each country that has masks or phones that use some, by its code.
pub async fn headroom(tx: &mut Tx, now: At) -> Result<Vec<Headroom>> {
    let masks = masks::active(tx).await?;
    let mut rooms: BTreeMap<String, Headroom> = BTreeMap::new();
    let room = |country: &str| Headroom {
        country: country.to_owned(),
        masks: covering(&masks, country),
        taken: 0,
        busiest: None,
        at: None,
    };
    for mask in &masks {
        let home = mask.home();
        rooms.entry(home.clone()).or_insert_with(|| room(&home));
    }
    for (name, phone, taken) in colleagues(tx, now).await? {
        let Some(country) = country::of(&phone) else { continue };
        let one = rooms.entry(country.to_owned()).or_insert_with(|| room(country));
        if taken > one.taken {
            (one.taken, one.busiest) = (taken, Some(name));
        }
    }
    for measured in peaks::latest(tx, now - FRESH).await? {
        let country = measured.country.as_str();
        let one = rooms.entry(country.to_owned()).or_insert_with(|| room(country));
        if measured.busiest > one.taken {
            (one.taken, one.busiest, one.at) = (measured.busiest, None, Some(measured.at));
        }
    }
    Ok(rooms.into_values().collect())
}

fn covering(masks: &[Owned], country: &str) -> i64 {
    i64::try_from(masks.iter().filter(|mask| mask.covers(country)).count()).unwrap_or(i64::MAX)
}

/// How many active masks each colleague's phone has: one look into an index for each colleague and mask, whatever was
/// opened before.
async fn colleagues(tx: &mut Tx, now: At) -> Result<Vec<(String, String, i64)>> {
    let rows = query(
        "SELECT p.name, p.phone, COUNT(*) AS masks FROM people p CROSS JOIN numbers n \
         WHERE p.disabled_at IS NULL AND p.phone IS NOT NULL AND n.role = 'mask' AND n.state = 'active' \
         AND (SELECT CASE WHEN g.ended_at IS NULL OR g.rests_until > $1 THEN 1 ELSE 0 END FROM legs g \
           WHERE g.phone = p.phone AND g.number_id = n.id ORDER BY g.opened_at DESC, g.id DESC LIMIT 1) = 1 \
         GROUP BY p.id, p.name, p.phone ORDER BY p.name, p.id",
    )
    .bind(now)
    .try_map(|row| Ok((row.try_get("name")?, row.try_get("phone")?, row.try_get("masks")?)))
    .fetch_all(tx)
    .await?;
    Ok(rows)
}
