//! The highest need of each day and country, and what was measured last.

use crate::clock::At;
use crate::domain::pool::trend::Day;
use crate::store::sql::{from_row, query, query_as};
use crate::store::{Result, Tx};

/// A measurement of a country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// ISO 3166 code.
    pub country: String,
    /// The most masks that one phone had.
    pub busiest: i64,
    /// Phones with any.
    pub phones: i64,
    /// All of those, over all phones.
    pub taken: i64,
    /// Active masks that serve the country.
    pub masks: i64,
    /// So few are left for the busiest phone that people should know.
    pub low: bool,
    /// When.
    pub at: At,
}

/// Keeps a measurement; the day's peak only rises.
pub async fn keep(tx: &mut Tx, one: &Measured) -> Result<()> {
    query(
        "INSERT INTO pool_peaks (day, country, peak, latest, phones, taken, masks, low, measured_at) \
         VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8) ON CONFLICT (day, country) DO UPDATE SET \
         peak = CASE WHEN excluded.peak > pool_peaks.peak THEN excluded.peak ELSE pool_peaks.peak END, \
         latest = excluded.latest, phones = excluded.phones, taken = excluded.taken, masks = excluded.masks, \
         low = excluded.low, measured_at = excluded.measured_at",
    )
    .bind(one.at.day())
    .bind(&one.country)
    .bind(one.busiest)
    .bind(one.phones)
    .bind(one.taken)
    .bind(one.masks)
    .bind(i64::from(one.low))
    .bind(one.at)
    .execute(tx)
    .await?;
    Ok(())
}

from_row! {
    struct SinceRow {
        country: String,
        day: i64,
        peak: i64,
    }
}

/// The peaks from that day on, by country and day.
pub async fn since(tx: &mut Tx, day: i64) -> Result<Vec<(String, Day)>> {
    let rows: Vec<SinceRow> =
        query_as("SELECT country, day, peak FROM pool_peaks WHERE day >= $1 ORDER BY country, day")
            .bind(day)
            .fetch_all(tx)
            .await?;
    Ok(rows.into_iter().map(|SinceRow { country, day, peak }| (country, Day { day, peak })).collect())
}

from_row! {
    struct LatestRow {
        country: String,
        latest: i64,
        phones: i64,
        taken: i64,
        masks: i64,
        low: i64,
        measured_at: At,
    }
}

/// The last measurement of each country, if that was at `since` or later.
pub async fn latest(tx: &mut Tx, since: At) -> Result<Vec<Measured>> {
    let rows: Vec<LatestRow> = query_as(
        "SELECT country, latest, phones, taken, masks, low, measured_at FROM pool_peaks p WHERE day >= $1 \
         AND measured_at >= $2 AND NOT EXISTS (SELECT 1 FROM pool_peaks l WHERE l.country = p.country AND l.day > p.day) \
         ORDER BY country")
        .bind(since.day()).bind(since).fetch_all(tx).await?;
    let measured = |LatestRow { country, latest: busiest, phones, taken, masks, low, measured_at: at }: LatestRow| {
        Measured { country, busiest, phones, taken, masks, low: low == 1, at }
    };
    Ok(rows.into_iter().map(measured).collect())
}

/// Forgets days before that one.
pub async fn forget(tx: &mut Tx, before: i64) -> Result<u64> {
    let rows = query("DELETE FROM pool_peaks WHERE day < $1").bind(before).execute(tx).await?.rows_affected();
    Ok(rows)
}
