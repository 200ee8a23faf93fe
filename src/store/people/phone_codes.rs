//! Codes that were texted to phones to confirm their owners; only their hashes are stored.

use crate::clock::At;
use crate::domain::ids::PersonId;
use crate::store::sql::{from_row, query, query_as};
use crate::store::{Result, Tx};

/// A code that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneCode {
    /// Its row.
    pub id: i64,
    /// To which phone.
    pub phone: String,
    /// The hash of the code, its row and the person.
    pub code_hash: String,
    /// Until when it can be typed.
    pub expires_at: At,
    /// How often it was mistyped.
    pub failures: i64,
    /// It was used or replaced.
    pub ended: bool,
}

/// Keeps a code for `person`; an earlier one cannot be typed any more.
pub async fn insert(tx: &mut Tx, person: PersonId, code: &PhoneCode, now: At) -> Result<()> {
    query("UPDATE phone_codes SET ended_at = $2 WHERE person_id = $1 AND ended_at IS NULL")
        .bind(person)
        .bind(now)
        .execute(tx)
        .await?;
    query(
        "INSERT INTO phone_codes (id, person_id, phone, code_hash, sent_at, expires_at, failures) \
         VALUES ($1, $2, $3, $4, $5, $6, 0)",
    )
    .bind(code.id)
    .bind(person)
    .bind(&code.phone)
    .bind(&code.code_hash)
    .bind(now)
    .bind(code.expires_at)
    .execute(tx)
    .await?;
    Ok(())
}

from_row! {
    struct NewestRow {
        id: i64,
        phone: String,
        code_hash: String,
        expires_at: At,
        failures: i64,
        ended_at: Option<i64>,
    }
}

/// The newest code of a person.
pub async fn newest(tx: &mut Tx, person: PersonId) -> Result<Option<PhoneCode>> {
    let row: Option<NewestRow> = query_as(
        "SELECT id, phone, code_hash, expires_at, failures, ended_at FROM phone_codes WHERE person_id = $1 \
         ORDER BY sent_at DESC, id DESC LIMIT 1",
    )
    .bind(person)
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|NewestRow { id, phone, code_hash, expires_at, failures, ended_at }| PhoneCode {
        id,
        phone,
        code_hash,
        expires_at,
        failures,
        ended: ended_at.is_some(),
    }))
}

from_row! {
    struct SentRow {
        sent_at: At,
        person_id: PersonId,
        phone: String,
    }
}

/// When codes were sent for `person`, or to `phone` for anybody, since `since`.
pub async fn sent_since(tx: &mut Tx, person: PersonId, phone: &str, since: At) -> Result<(Vec<At>, Vec<At>)> {
    let rows: Vec<SentRow> = query_as(
        "SELECT sent_at, person_id, phone FROM phone_codes WHERE sent_at > $3 AND (person_id = $1 OR phone = $2)",
    )
    .bind(person)
    .bind(phone)
    .bind(since)
    .fetch_all(tx)
    .await?;
    let for_person = rows.iter().filter(|row| row.person_id == person).map(|row| row.sent_at).collect();
    let to_phone = rows.iter().filter(|row| row.phone == phone).map(|row| row.sent_at).collect();
    Ok((for_person, to_phone))
}

/// Notes a wrong try.
pub async fn mistyped(tx: &mut Tx, id: i64) -> Result<()> {
    query("UPDATE phone_codes SET failures = failures + 1 WHERE id = $1").bind(id).execute(tx).await?;
    Ok(())
}

/// A code was typed: it cannot be typed again.
pub async fn end(tx: &mut Tx, id: i64, now: At) -> Result<()> {
    query("UPDATE phone_codes SET ended_at = $2 WHERE id = $1").bind(id).bind(now).execute(tx).await?;
    Ok(())
}

/// Phones that wait for their code to be typed, with the names of the people.
pub async fn open(tx: &mut Tx, now: At) -> Result<Vec<(String, String)>> {
    let rows = query_as(
        "SELECT k.phone, p.name FROM phone_codes k JOIN people p ON p.id = k.person_id \
         WHERE k.ended_at IS NULL AND k.expires_at > $1 AND p.disabled_at IS NULL ORDER BY k.id",
    )
    .bind(now)
    .fetch_all(tx)
    .await?;
    Ok(rows)
}
