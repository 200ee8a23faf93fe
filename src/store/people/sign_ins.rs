//! Sign-ins, sign-outs and failed sign-ins. The first two are rows that nobody can change. Failed ones are counts by
//! hour, account and origin, with a limit for each hour, so that somebody who guesses cannot fill the disk.

use crate::clock::{At, hours};
use crate::domain::ids::PersonId;
use crate::domain::people::audit::{Action, Browser, How, Refused};
use crate::store::sql::{query, query_scalar};
use crate::store::{Result, Tx};

/// The origin where the network address is not known.
pub const UNKNOWN: &str = "unknown";
/// The origin and account of whatever is beyond the most rows of an hour.
const OTHERS: &str = "others";
/// Rows of one hour about who was not let in.
const MOST: i64 = 300;

/// Which way somebody went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// In, by a door, with a browser.
    In(How, Browser),
    /// Out.
    Out,
}

/// Somebody came in or went out.
#[derive(Clone, Copy, Debug)]
pub struct SignIn<'a> {
    /// Its row.
    pub id: i64,
    /// When.
    pub at: At,
    /// Who.
    pub person: PersonId,
    /// Which way.
    pub way: Way,
    /// What stands for the network address.
    pub origin: &'a str,
}

/// Writes a row.
pub async fn insert(tx: &mut Tx, entry: SignIn<'_>) -> Result<()> {
    let (action, how, device) = match entry.way {
        Way::In(how, browser) => (Action::SignedIn, how.word(), browser.word()),
        Way::Out => (Action::SignedOut, "", ""),
    };
    query("INSERT INTO sign_ins (id, at, person_id, kind, how, origin, device) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(entry.id)
        .bind(entry.at)
        .bind(entry.person)
        .bind(action)
        .bind(how)
        .bind(entry.origin.to_owned())
        .bind(device)
        .execute(tx)
        .await?;
    Ok(())
}

/// Adds `count` to how often somebody was not let in, this hour, as this person and from there. Beyond the most rows of
/// an hour all are counted in one.
pub async fn refuse(
    tx: &mut Tx,
    (person, origin, why): (Option<PersonId>, &str, Refused),
    count: i64,
    now: At,
) -> Result<()> {
    let hour = hour_of(now);
    let person = person.map_or(0, |person| person.0);
    let there: i64 = query_scalar(
        "SELECT COUNT(*) FROM sign_in_refusals WHERE hour = $1 AND origin <> $5 \
         AND NOT (person_id = $2 AND origin = $3 AND kind = $4)",
    )
    .bind(hour)
    .bind(person)
    .bind(origin.to_owned())
    .bind(why)
    .bind(OTHERS)
    .fetch_one(tx)
    .await?;
    let (person, origin) = if there < MOST { (person, origin) } else { (0, OTHERS) };
    query(
        "INSERT INTO sign_in_refusals (hour, person_id, origin, kind, total, last_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (hour, person_id, origin, kind) DO UPDATE \
         SET total = sign_in_refusals.total + excluded.total, last_at = excluded.last_at",
    )
    .bind(hour)
    .bind(person)
    .bind(origin.to_owned())
    .bind(why)
    .bind(count)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

fn hour_of(at: At) -> At {
    let hour = i64::try_from(hours(1).as_micros()).unwrap_or(i64::MAX);
    At(at.0.div_euclid(hour) * hour)
}

/// Forgets up to `most` counts of before `before`.
pub async fn forget(tx: &mut Tx, before: At, most: i64) -> Result<u64> {
    let done = query(
        "DELETE FROM sign_in_refusals WHERE hour IN \
         (SELECT hour FROM sign_in_refusals WHERE hour < $1 GROUP BY hour ORDER BY hour LIMIT $2)",
    )
    .bind(before)
    .bind((most / MOST).max(1))
    .execute(tx)
    .await?
    .rows_affected();
    Ok(done)
}
