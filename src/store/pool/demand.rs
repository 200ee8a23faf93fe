//! What phones have of masks now: live legs and those whose mask still rests for the phone.

use crate::clock::At;
use crate::domain::pool::need::Demand;
use crate::on;
use crate::store::{Result, Tx};

/// What the phones that begin with these five characters have; so many tell every country. The statement reads the live and
/// the resting legs, each in one pass over an index, and no others: what it costs grows with them and not with the
/// history, and it gives one row a beginning, not one a phone.
///
/// # Errors
/// What the database said.
pub async fn taken(tx: &mut Tx, now: At) -> Result<Vec<(String, Demand)>> {
    let rows: Vec<(String, i64, i64, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT SUBSTR(p.phone, 1, 5), MAX(p.masks), COUNT(*), CAST(SUM(p.masks) AS BIGINT) FROM (\
           SELECT t.phone AS phone, COUNT(*) AS masks FROM (\
             SELECT phone, number_id FROM legs WHERE ended_at IS NULL \
             UNION SELECT phone, number_id FROM legs WHERE rests_until > $1\
           ) t JOIN numbers n ON n.id = t.number_id AND n.role = 'mask' GROUP BY t.phone\
         ) p GROUP BY SUBSTR(p.phone, 1, 5)")
        .bind(now.0).fetch_all(&mut *c).await)?;
    let demand = |(beginning, busiest, phones, taken)| (beginning, Demand { busiest, phones, taken });
    Ok(rows.into_iter().map(demand).collect())
}
