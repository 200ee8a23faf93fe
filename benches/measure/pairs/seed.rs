//! A pool of twenty masks for a million people: pairs as they would stand after as many had been opened, some open and
//! some ended with their masks at rest.
//!
//! Every pair joins one person of the first half of all with one of the second, and both reach the other by the same
//! mask. A round is one mask, and gives each of its people one leg. So nobody has a mask twice.

use std::io::{Error, Result};

use switchboard::clock::{At, Clock};

use crate::database::{Filling, over};

/// People who may be joined.
pub const PEOPLE: u64 = 1_000_000;
/// Numbers that stand in for them.
pub const MASKS: u64 = 20;
/// How many rows one statement writes.
const STRIDE: u64 = 100_000;
/// The first pair's number.
const FIRST: u64 = 10_000;
/// How far apart a person's partners of two rounds stand.
const APART: u64 = 7919;

/// The phone of the `n`-th person, from 0.
pub fn phone(n: u64) -> String {
    format!("+1505{}", 2_000_000 + n)
}

/// How many legs a database gets.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Live ones; two of them are a pair, and nobody has more than twenty.
    pub live: u64,
    /// Whether a tenth of all people have one to nineteen more that rest.
    pub resting: bool,
    /// When the open pairs are over by the clock; else in a day.
    pub over: Option<At>,
}

/// Adds pairs to a database that `apply` has set up with [`MASKS`] masks. Returns how many legs rest.
pub async fn fill(url: &str, wanted: Wanted) -> Result<u64> {
    fill_all(url, wanted).await.map_err(Error::other)
}

async fn fill_all(url: &str, wanted: Wanted) -> std::result::Result<u64, sqlx::Error> {
    let mut database = Filling::open(url).await?;
    database.run("BEGIN").await?;
    let now = Clock::system().now().0.unsigned_abs();
    let day = 86_400 * 1_000_000;
    let half = PEOPLE / 2;
    database.run(NUMBERS.to_owned()).await?;
    let mut next = FIRST;
    let (mut left, mut round) = (wanted.live / 2, 0);
    while left > 0 {
        let some = left.min(half);
        let ends_at = wanted.over.map_or(now + day, |at| at.0.unsigned_abs());
        let numbers = [
            ("{half}", half),
            ("{first}", next),
            ("{apart}", round * APART),
            ("{round}", round),
            ("{opened}", now - day),
            ("{ends}", ends_at),
        ];
        for sql in [CONVERSATIONS, PAIRS, REFERENCES, LEGS] {
            for from in (0..some).step_by(usize::try_from(STRIDE).unwrap_or(1)) {
                let text = over(sql, (from, (from + STRIDE).min(some)), &numbers);
                database
                    .run(text.replace("{over}", "NULL").replace("{why}", "NULL").replace("{rests}", "NULL"))
                    .await?;
            }
        }
        (next, left, round) = (next + some, left - some, round + 1);
    }
    let mut resting = 0;
    for round in round..if wanted.resting { MASKS } else { 0 } {
        let people = half / 10 * (MASKS - round) / MASKS;
        let numbers = [
            ("{half}", half),
            ("{first}", next),
            ("{apart}", round * APART),
            ("{round}", round),
            ("{opened}", now - 3 * day),
            ("{ends}", now - 2 * day),
            ("{over}", now - 2 * day),
            ("{rests}", now + 7 * day),
        ];
        for sql in [CONVERSATIONS, PAIRS, REFERENCES, LEGS] {
            database.run(over(sql, (0, people), &numbers).replace("{why}", "'expired'")).await?;
        }
        (next, resting) = (next + people, resting + 2 * people);
    }
    database.run("COMMIT").await?;
    database.end(Some(next)).await?;
    Ok(resting)
}

const NUMBERS: &str = "
    CREATE TEMP TABLE masks AS
    SELECT row_number() OVER (ORDER BY id) - 1 AS i, id AS number FROM numbers WHERE role = 'mask';";

const CONVERSATIONS: &str = "
    INSERT INTO conversations (id, kind, opened_at, closed_at, last_at, preview)
    SELECT {first} + n.i, 'pair', {opened}, {over}, {opened}, '' FROM n";

const PAIRS: &str = "
    INSERT INTO pairs (conversation_id, expiry, ends_at, hard_end_at, extensions, redact, ended_at, ended_why)
    SELECT {first} + n.i, 'fixed', {ends} - ({half} - n.i), {ends}, 0, 0, {over}, {why} FROM n";

const REFERENCES: &str = "
    INSERT INTO pair_references (id, conversation_id, reference, body_hash, ended_at)
    SELECT {first} + n.i, {first} + n.i, 'seeded-' || ({first} + n.i), 'none', {over} FROM n";

const LEGS: &str = "
    INSERT INTO legs (id, conversation_id, role, alias, phone, number_id, counterpart, opened_at, ended_at, ended_why,
        rests_until)
    SELECT 2 * ({first} + n.i) + side.k, {first} + n.i, 'party', CASE side.k WHEN 0 THEN 'A' ELSE 'B' END,
        '+1505' || (2000000 + CASE side.k WHEN 0 THEN n.i ELSE {half} + (n.i + {apart}) % {half} END),
        (SELECT number FROM masks WHERE masks.i = {round}),
        '+1505' || (2000000 + CASE side.k WHEN 1 THEN n.i ELSE {half} + (n.i + {apart}) % {half} END),
        {opened}, {over}, {why}, {rests}
    FROM n CROSS JOIN (SELECT 0 AS k UNION ALL SELECT 1) AS side";
