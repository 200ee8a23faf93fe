//! The masks that phones have now: live legs, resting legs, and requests that found no mask.

use std::collections::BTreeMap;

use crate::clock::At;
use crate::domain::pool::need::Demand;
use crate::store::sql::{from_row, query_as, query_scalar};
use crate::store::{Result, Tx};

/// Legs, old ones too, of the phones that one statement looks at: a few milliseconds.
const PIECE: i64 = 10_000;

/// The statement of [`taken`] for one piece, by the clock.
pub const TAKEN: &str = "SELECT SUBSTR(p.phone, 1, 5) AS beginning, MAX(p.masks) AS busiest, COUNT(*) AS phones, CAST(SUM(p.masks) AS BIGINT) AS taken FROM (\
       SELECT h.phone AS phone, CAST(SUM(h.masks) AS BIGINT) AS masks FROM (\
         SELECT t.phone AS phone, COUNT(*) AS masks FROM (\
           SELECT phone, number_id FROM legs WHERE ended_at IS NULL AND phone > $2 AND phone <= $3 \
           UNION SELECT phone, number_id FROM legs WHERE rests_until > $1 AND phone > $2 AND phone <= $3\
         ) t JOIN numbers n ON n.id = t.number_id AND n.role = 'mask' GROUP BY t.phone \
         UNION ALL SELECT phone, COUNT(*) FROM pool_refusals WHERE until > $1 AND phone > $2 AND phone <= $3 GROUP BY phone\
       ) h GROUP BY h.phone\
     ) p GROUP BY SUBSTR(p.phone, 1, 5)";

/// Where a piece ends: the last of the next legs by phone; beyond those, phones that found no mask.
pub const LAST_OF_PIECE: &str = "SELECT COALESCE(\
     (SELECT MAX(p.phone) FROM (SELECT phone FROM legs WHERE phone > $1 ORDER BY phone LIMIT $2) p), \
     (SELECT MAX(phone) FROM pool_refusals WHERE phone > $1))";

from_row! {
    struct TakenRow {
        beginning: String,
        busiest: i64,
        phones: i64,
        taken: i64,
    }
}

/// What the phones that begin with these five characters have; so many tell every country. Phones are looked at in pieces,
/// outside one transaction on SQLite, because a long read would keep its log from being moved.
pub async fn taken(tx: &mut Tx, now: At) -> Result<Vec<(String, Demand)>> {
    let mut all: BTreeMap<String, Demand> = BTreeMap::new();
    let mut after = String::new();
    while let Some(last) = last_of_piece(tx, &after).await? {
        let rows: Vec<TakenRow> = query_as(TAKEN).bind(now).bind(&after).bind(&last).fetch_all(tx).await?;
        for TakenRow { beginning, busiest, phones, taken } in rows {
            let sum = all.entry(beginning).or_default();
            sum.busiest = sum.busiest.max(busiest);
            sum.phones += phones;
            sum.taken += taken;
        }
        after = last;
    }
    Ok(all.into_iter().collect())
}

async fn last_of_piece(tx: &mut Tx, after: &str) -> Result<Option<String>> {
    Ok(query_scalar(LAST_OF_PIECE).bind(after).bind(PIECE).fetch_one(tx).await?)
}
