//! Requests that found no mask: each is stored as long as it would have had one, so that the size of the pool does not
//! limit the need that a phone shows.

use std::time::Duration;

use crate::clock::At;
use crate::store::sql::{AssertSqlSafe, query, query_scalar};
use crate::store::{Result, Tx};

/// Remembers that a phone found no mask for `wanted_by`, which would have kept one until then. Asked for again, it counts
/// once.
pub async fn keep(tx: &mut Tx, phone: &str, wanted_by: &str, until: At) -> Result<()> {
    query(
        "INSERT INTO pool_refusals (phone, wanted_by, until) VALUES ($1, $2, $3) \
         ON CONFLICT (phone, wanted_by) DO UPDATE SET until = excluded.until",
    )
    .bind(phone)
    .bind(wanted_by)
    .bind(until)
    .execute(tx)
    .await?;
    Ok(())
}

/// How many masks a phone would have at `now` beside those that it has.
pub async fn of(tx: &mut Tx, phone: &str, now: At) -> Result<i64> {
    Ok(query_scalar("SELECT COUNT(*) FROM pool_refusals WHERE phone = $1 AND until > $2")
        .bind(phone)
        .bind(now)
        .fetch_one(tx)
        .await?)
}

/// It has found its masks after all, or is not wanted any more.
pub async fn settle(tx: &mut Tx, phones: &[&str], wanted_by: &str) -> Result<()> {
    let mut phones = phones.to_vec();
    phones.sort_unstable();
    for phone in phones {
        query("DELETE FROM pool_refusals WHERE phone = $1 AND wanted_by = $2")
            .bind(phone)
            .bind(wanted_by)
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// How long the legs of a phone last that it has or that still rest; `None` if there are none.
pub async fn usual_life(tx: &mut Tx, phone: &str, now: At) -> Result<Option<Duration>> {
    let micros: Option<i64> = query_scalar(
        "SELECT CAST(AVG(COALESCE(l.ended_at, $2) - l.opened_at) AS BIGINT) FROM legs l \
         JOIN numbers n ON n.id = l.number_id AND n.role = 'mask' \
         WHERE l.phone = $1 AND (l.ended_at IS NULL OR l.rests_until > $2)",
    )
    .bind(phone)
    .bind(now)
    .fetch_one(tx)
    .await?;
    Ok(micros.and_then(|micros| u64::try_from(micros).ok()).map(Duration::from_micros))
}

/// Forgets what would have ended by now.
pub async fn forget(tx: &mut Tx, now: At) -> Result<()> {
    let over = tx.free("pool_refusals", "phone, wanted_by", "until <= $1");
    let sql = format!("DELETE FROM pool_refusals WHERE (phone, wanted_by) IN {over}");
    query(AssertSqlSafe(sql)).bind(now).execute(tx).await?;
    Ok(())
}
