//! What needs somebody's action: paused numbers, rejected webhooks.

use crate::clock::At;
use crate::domain::ids::PersonId;
use crate::store::sql::{from_row, query_as};
use crate::store::{Result, Tx};

/// The tally of webhooks whose signature was wrong or missing.
pub const REJECTED_WEBHOOKS: &str = "webhook.rejected";

/// A number of ours, or every number, that the carrier refuses to send from.
#[derive(Clone, Debug)]
pub struct PausedSender {
    /// The line's name, else the number; `Every number` where it is the account.
    pub name: String,
    /// Since when.
    pub at: At,
    /// Why, in words for people.
    pub why: String,
}

/// Something that happens too often for a row each.
#[derive(Clone, Debug)]
pub struct Tally {
    /// How often, ever.
    pub total: i64,
    /// The last time.
    pub last_at: At,
    /// About the last time, in words for people.
    pub detail: String,
}

from_row! {
    struct PausedSendersRow {
        number: String,
        name: Option<String>,
        at: At,
        why: Option<String>,
    }
}

/// Paused senders.
pub async fn paused_senders(tx: &mut Tx) -> Result<Vec<PausedSender>> {
    let raw: Vec<PausedSendersRow> = query_as(
        // The account's is one thing to know, however many numbers it stops.
        "SELECT number, name, at, why FROM (SELECT 0 AS id, 'Every number' AS number, NULL AS name, since AS at, why \
           FROM account_pause \
         UNION ALL SELECT n.id, n.number, l.name, n.paused_at, n.paused_why FROM numbers n LEFT JOIN lines l ON l.id = n.id \
           WHERE n.paused_at IS NOT NULL AND (n.pause_scope IS NULL OR n.pause_scope = 'number')) p \
         ORDER BY at, id LIMIT 20"
    ).fetch_all(tx).await?;
    Ok(raw
        .into_iter()
        .map(|PausedSendersRow { number, name: line, at, why }| PausedSender {
            name: line.unwrap_or(number),
            at,
            why: why.unwrap_or_default(),
        })
        .collect())
}

/// A colleague whose phone takes no texts any more.
#[derive(Clone, Debug)]
pub struct MutedPhone {
    /// Who.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Since when.
    pub at: At,
}

from_row! {
    struct MutedPhonesRow {
        id: PersonId,
        name: String,
        phone_muted_at: At,
    }
}

/// Enabled people who have turned off the texts to their phone, or whose phone refused one; the longest first.
pub async fn muted_phones(tx: &mut Tx) -> Result<Vec<MutedPhone>> {
    let raw: Vec<MutedPhonesRow> = query_as(
        "SELECT id, name, phone_muted_at FROM people WHERE phone_muted_at IS NOT NULL AND phone IS NOT NULL \
         AND disabled_at IS NULL ORDER BY phone_muted_at, id LIMIT 20",
    )
    .fetch_all(tx)
    .await?;
    Ok(raw.into_iter().map(|MutedPhonesRow { id, name, phone_muted_at: at }| MutedPhone { id, name, at }).collect())
}

from_row! {
    struct TallyRow {
        total: i64,
        last_at: At,
        detail: Option<String>,
    }
}

/// The tally `name`; `None` if it never happened.
pub async fn tally(tx: &mut Tx, name: &str) -> Result<Option<Tally>> {
    let raw: Option<TallyRow> =
        query_as("SELECT total, last_at, detail FROM tallies WHERE name = $1").bind(name).fetch_optional(tx).await?;
    Ok(raw.map(|TallyRow { total, last_at, detail }| Tally { total, last_at, detail: detail.unwrap_or_default() }))
}
