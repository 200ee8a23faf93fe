//! Numbers, and the account, from which the carrier refuses to send: what it refused, and when they are tried again.

use crate::clock::At;
use crate::domain::ids::{DeliveryId, NumberId};
use crate::domain::outbox::fitness::{FIRST_PROBE, Record, Refused};
use crate::store::engine::dialect;
use crate::store::engine::lock_order::hold_rows;
use crate::store::sql::{QueryBuilder, from_row, query, query_as};
use crate::store::{Result, Tx};

from_row! {
    struct RecordRow {
        phone: String,
        last_at: At,
        tries: i64,
        counts: i64,
    }
}

/// What stands against a number, which is locked until the commit.
pub async fn record(tx: &mut Tx, number: NumberId) -> Result<Record> {
    let lock = tx.hold("numbers", &[number.0]);
    let paused: Option<Option<i64>> = {
        let mut q = QueryBuilder::new("SELECT paused_at");
        q.push(lock.noted()).push(" FROM numbers WHERE id = ").push_bind(number).push(lock.clause());
        q.build_query_scalar::<Option<i64>>().fetch_optional(tx).await
    }?;
    lock.done(tx, usize::from(paused.is_some())).await?;
    let rows: Vec<RecordRow> =
        query_as("SELECT phone, last_at, tries, counts FROM sender_refusals WHERE number_id = $1 ORDER BY phone")
            .bind(number)
            .fetch_all(tx)
            .await?;
    let refused = |RecordRow { phone, last_at, tries, counts }| Refused { phone, last_at, tries, counts: counts == 1 };
    Ok(Record { paused: paused.flatten().is_some(), refused: rows.into_iter().map(refused).collect() })
}

/// Writes what stands against a number, but not whether it is paused.
pub async fn keep(tx: &mut Tx, number: NumberId, record: &Record) -> Result<()> {
    hold_rows(tx, "numbers", &[number.0]).await?;
    query("DELETE FROM sender_refusals WHERE number_id = $1").bind(number).execute(tx).await?;
    if !record.refused.is_empty() {
        let mut q = QueryBuilder::new("INSERT INTO sender_refusals (number_id, phone, last_at, tries, counts) ");
        q.push_values(&record.refused, |mut b, one| {
            b.push_bind(number)
                .push_bind(one.phone.clone())
                .push_bind(one.last_at)
                .push_bind(one.tries)
                .push_bind(i64::from(one.counts));
        });
        q.build().execute(tx).await?;
    }
    query("UPDATE numbers SET suspect = $2 WHERE id = $1")
        .bind(number)
        .bind(i64::from(!record.refused.is_empty()))
        .execute(tx)
        .await?;
    Ok(())
}

/// Stops one number; it is tried at `probe_at`. False if it was stopped before.
pub async fn pause(tx: &mut Tx, number: NumberId, why: &str, probe_at: At, now: At) -> Result<bool> {
    hold_rows(tx, "numbers", &[number.0]).await?;
    let done = query(
        "UPDATE numbers SET paused_at = $2, paused_why = $3, pause_scope = 'number', probes = 0, probed_at = $2, \
         probe_at = $4 WHERE id = $1 AND paused_at IS NULL",
    )
    .bind(number)
    .bind(now)
    .bind(why)
    .bind(probe_at)
    .execute(tx)
    .await?
    .rows_affected();
    Ok(done > 0)
}

/// Stops every number that is not stopped, because of the account; it is tried at `probe_at`. False if the account was
/// stopped before.
pub async fn pause_account(tx: &mut Tx, why: &str, probe_at: At, now: At) -> Result<bool> {
    hold_account(tx).await?;
    hold_where(tx, "paused_at IS NULL").await?;
    let done = query(
        "INSERT INTO account_pause (id, since, why, probes, probe_at) VALUES (1, $1, $2, 0, $3) ON CONFLICT (id) DO NOTHING")
        .bind(now).bind(why).bind(probe_at).execute(tx).await?.rows_affected();
    query("UPDATE numbers SET paused_at = $1, paused_why = $2, pause_scope = 'account' WHERE paused_at IS NULL")
        .bind(now)
        .bind(why)
        .execute(tx)
        .await?;
    Ok(done > 0)
}

/// Until the commit nobody else stops the account, lets it go on or tries it.
async fn hold_account(tx: &mut Tx) -> Result<()> {
    dialect::one_at_a_time(tx, "account", "").await
}

/// Holds all numbers of which `condition` is true, in order: the update that follows takes them in whatever order it finds
/// them.
async fn hold_where(tx: &mut Tx, condition: &'static str) -> Result<()> {
    if !tx.holds_rows() {
        return Ok(());
    }
    let ids: Vec<(i64,)> = {
        let mut q = QueryBuilder::new("SELECT id FROM numbers WHERE ");
        q.push(condition);
        q.build_query_as().fetch_all(tx).await
    }?;
    let ids: Vec<i64> = ids.into_iter().map(|(id,)| id).collect();
    hold_rows(tx, "numbers", &ids).await
}

/// Holds everything that is stopped: for a transaction that changes several of them.
pub async fn hold_stopped(tx: &mut Tx) -> Result<()> {
    hold_account(tx).await?;
    hold_where(tx, "paused_at IS NOT NULL").await
}

const GO_ON: &str = "UPDATE numbers SET paused_at = NULL, paused_why = NULL, pause_scope = NULL, probes = 0, \
                     probed_at = NULL, probe_at = NULL WHERE paused_at IS NOT NULL";

/// One number sends again. False if it was not stopped.
pub async fn resume(tx: &mut Tx, number: NumberId) -> Result<bool> {
    hold_rows(tx, "numbers", &[number.0]).await?;
    let done = {
        let mut q = QueryBuilder::new(GO_ON);
        q.push(" AND id = ").push_bind(number);
        q.build().execute(tx).await?.rows_affected()
    };
    Ok(done > 0)
}

/// The account is well: every number that was stopped because of it sends again. How many there were.
pub async fn resume_account(tx: &mut Tx) -> Result<u64> {
    hold_account(tx).await?;
    hold_where(tx, "pause_scope = 'account'").await?;
    query("DELETE FROM account_pause").execute(tx).await?;
    let done = {
        let mut q = QueryBuilder::new(GO_ON);
        q.push(" AND pause_scope = 'account'");
        q.build().execute(tx).await?.rows_affected()
    };
    Ok(done)
}

/// What was stopped because of the account, and is not well for a reason of its own, is stopped for that.
pub async fn stop_alone(tx: &mut Tx, number: NumberId, probe_at: At, now: At) -> Result<()> {
    hold_rows(tx, "numbers", &[number.0]).await?;
    query(
        "UPDATE numbers SET pause_scope = 'number', probes = 0, probed_at = $2, probe_at = $3 \
         WHERE id = $1 AND pause_scope = 'account'",
    )
    .bind(number)
    .bind(now)
    .bind(probe_at)
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets what stands against a number.
pub async fn forgive(tx: &mut Tx, number: NumberId) -> Result<()> {
    keep(tx, number, &Record::default()).await
}

/// Everything that is stopped is tried at `now`, with the next text.
pub async fn try_now(tx: &mut Tx, now: At) -> Result<()> {
    hold_stopped(tx).await?;
    query("UPDATE numbers SET probe_at = $1, probes = 0 WHERE pause_scope = 'number'").bind(now).execute(tx).await?;
    query("UPDATE account_pause SET probe_at = $1, probes = 0").bind(now).execute(tx).await?;
    Ok(())
}

/// A stopped number, or the account, that may be tried now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// One number, alone.
    Number {
        /// Which.
        id: NumberId,
        /// How often it was tried.
        probes: i64,
        /// Not its time yet: only a phone that was not refused is worth a try.
        early: bool,
    },
    /// All numbers, because of the account.
    Account {
        /// How often it was tried.
        probes: i64,
    },
    /// Everything, because the carrier could not be reached; it answers now.
    Carrier {
        /// With how many texts it was tried.
        probes: i64,
    },
}

/// At most so many are tried by one claim: each takes a transaction of its own.
const MOST: i64 = 16;

from_row! {
    struct StoppedRow {
        id: i64,
        probes: i64,
        probe_at: At,
    }
}

/// What may be tried at `now` and has a text to be tried with: what is due, and a number that was not tried within the last
/// minute if a text to a phone waits that was not refused. While the carrier cannot be reached nothing else is tried.
pub async fn stopped(tx: &mut Tx, now: At) -> Result<Vec<Stopped>> {
    let rows: Vec<StoppedRow> = query_as(
        "SELECT * FROM (SELECT n.id AS id, n.probes AS probes, n.probe_at AS probe_at FROM numbers n WHERE n.paused_at IS NOT NULL AND n.pause_scope = 'number' \
           AND (n.probe_at <= $1 OR n.probed_at <= $2) AND n.state <> 'released' \
           AND EXISTS (SELECT 1 FROM deliveries d WHERE d.number_id = n.id AND d.state = 'ready' AND d.due_at <= $1 \
             AND d.valid_until > $1 AND (n.probe_at <= $1 OR NOT EXISTS (SELECT 1 FROM sender_refusals r \
               WHERE r.number_id = d.number_id AND r.phone = d.to_phone))) \
         UNION ALL SELECT 0, a.probes, a.probe_at FROM account_pause a WHERE a.probe_at <= $1 \
           AND EXISTS (SELECT 1 FROM deliveries d JOIN numbers n ON n.id = d.number_id WHERE d.state = 'ready' \
             AND d.due_at <= $1 AND d.valid_until > $1 AND n.pause_scope = 'account')) p \
         WHERE NOT EXISTS (SELECT 1 FROM carrier_outage) \
         UNION ALL SELECT -1, o.probes, o.probe_at FROM carrier_outage o WHERE o.trial = 1 \
           AND EXISTS (SELECT 1 FROM deliveries d JOIN numbers n ON n.id = d.number_id WHERE d.state = 'ready' \
             AND d.due_at <= $1 AND d.valid_until > $1 AND n.paused_at IS NULL) ORDER BY 3, 1 LIMIT $3")
        .bind(now).bind(now - FIRST_PROBE).bind(MOST).fetch_all(tx).await?;
    let read = |StoppedRow { id, probes, probe_at }| match id {
        -1 => Stopped::Carrier { probes },
        0 => Stopped::Account { probes },
        id => Stopped::Number { id: NumberId(id), probes, early: probe_at > now },
    };
    Ok(rows.into_iter().map(read).collect())
}

/// The text with which something stopped is best tried at `now`: to a phone that was not refused, if one waits, else to
/// the one that was refused longest ago; for the account or the carrier, the one that was tried least. One that has to be looked
/// for before it is requested comes last.
pub async fn candidate(tx: &mut Tx, stopped: Stopped, now: At) -> Result<Option<DeliveryId>> {
    let found: Option<(i64, Option<i64>)> = match stopped {
        Stopped::Number { id, .. } => {
            query_as(
                "SELECT d.id, r.last_at FROM deliveries d \
             LEFT JOIN sender_refusals r ON r.number_id = d.number_id AND r.phone = d.to_phone \
             WHERE d.number_id = $1 AND d.state = 'ready' AND d.due_at <= $2 AND d.valid_until > $2 \
             ORDER BY d.look_from IS NOT NULL, COALESCE(r.last_at, 0), d.due_at, d.id LIMIT 1",
            )
            .bind(id)
            .bind(now)
            .fetch_optional(tx)
            .await?
        }
        Stopped::Account { .. } => {
            query_as(
                "SELECT d.id, d.due_at FROM deliveries d JOIN numbers n ON n.id = d.number_id \
             WHERE d.state = 'ready' AND d.due_at <= $1 AND d.valid_until > $1 AND n.pause_scope = 'account' \
             ORDER BY d.look_from IS NOT NULL, d.tries, d.due_at, d.id LIMIT 1",
            )
            .bind(now)
            .fetch_optional(tx)
            .await?
        }
        Stopped::Carrier { .. } => {
            query_as(
                "SELECT d.id, d.due_at FROM deliveries d JOIN numbers n ON n.id = d.number_id \
             WHERE d.state = 'ready' AND d.due_at <= $1 AND d.valid_until > $1 AND n.paused_at IS NULL \
             ORDER BY d.look_from IS NOT NULL, d.tries, d.due_at, d.id LIMIT 1",
            )
            .bind(now)
            .fetch_optional(tx)
            .await?
        }
    };
    let early = matches!(stopped, Stopped::Number { early: true, .. });
    Ok(found.filter(|(_, refused)| !early || refused.is_none()).map(|(id, _)| DeliveryId(id)))
}

/// Takes the right to try something stopped, which holds its row until the commit; it is tried next at `probe_at`. False
/// where another node has taken it, or where it goes on.
pub async fn take_probe(tx: &mut Tx, stopped: Stopped, probe_at: At, now: At) -> Result<bool> {
    match stopped {
        Stopped::Number { id, .. } => hold_rows(tx, "numbers", &[id.0]).await?,
        Stopped::Account { .. } => hold_account(tx).await?,
        // Its row is the first that is held.
        Stopped::Carrier { .. } => {}
    }
    let done = match stopped {
        Stopped::Number { id, probes, .. } => query(
            "UPDATE numbers SET probes = probes + 1, probed_at = $2, probe_at = $3 \
             WHERE id = $1 AND pause_scope = 'number' AND probes = $4 AND (probe_at <= $2 OR probed_at <= $5)",
        )
        .bind(id)
        .bind(now)
        .bind(probe_at)
        .bind(probes)
        .bind(now - FIRST_PROBE)
        .execute(tx)
        .await?
        .rows_affected(),
        Stopped::Account { probes } => {
            query("UPDATE account_pause SET probes = probes + 1, probe_at = $2 WHERE probes = $3 AND probe_at <= $1")
                .bind(now)
                .bind(probe_at)
                .bind(probes)
                .execute(tx)
                .await?
                .rows_affected()
        }
        Stopped::Carrier { probes } => query(
            "UPDATE carrier_outage SET trial = 0, probes = probes + 1, probe_at = $1 WHERE probes = $2 AND trial = 1",
        )
        .bind(probe_at)
        .bind(probes)
        .execute(tx)
        .await?
        .rows_affected(),
    };
    Ok(done > 0)
}

/// No request was begun after [`take_probe`], in the same transaction: what is stopped may be tried with another text at `now`.
pub async fn give_probe_back(tx: &mut Tx, stopped: Stopped, now: At) -> Result<()> {
    match stopped {
        // Only a phone that was not refused yet is tried early, and it is not tried again at once.
        Stopped::Number { early: true, .. } => {}
        Stopped::Number { id, probes, .. } => {
            query("UPDATE numbers SET probes = $2, probe_at = $3 WHERE id = $1 AND paused_at IS NOT NULL")
                .bind(id)
                .bind(probes)
                .bind(now)
                .execute(tx)
                .await
                .map(drop)?;
        }
        Stopped::Account { probes } => query("UPDATE account_pause SET probes = $1, probe_at = $2")
            .bind(probes)
            .bind(now)
            .execute(tx)
            .await
            .map(drop)?,
        Stopped::Carrier { probes } => query("UPDATE carrier_outage SET trial = 1, probes = $1, probe_at = $2")
            .bind(probes)
            .bind(now)
            .execute(tx)
            .await
            .map(drop)?,
    }
    Ok(())
}

from_row! {
    struct AccountRow {
        why: String,
        since: At,
        probe_at: At,
    }
}

/// Why the account is stopped, since when, and when it is tried, if it is stopped.
pub async fn account(tx: &mut Tx) -> Result<Option<(String, At, At)>> {
    let row: Option<AccountRow> = query_as("SELECT why, since, probe_at FROM account_pause").fetch_optional(tx).await?;
    Ok(row.map(|AccountRow { why, since, probe_at }| (why, since, probe_at)))
}

/// A number that is suspect, though nothing stands against it.
const UNSUSPECTED: &str = "suspect = 1 AND NOT EXISTS (SELECT 1 FROM sender_refusals r WHERE r.number_id = numbers.id)";

/// Forgets phones that were refused before `until`, and of which numbers there was something to remember.
pub async fn forget(tx: &mut Tx, until: At) -> Result<()> {
    if tx.holds_rows() {
        let old: Vec<(i64,)> = query_as("SELECT DISTINCT number_id FROM sender_refusals WHERE last_at < $1")
            .bind(until)
            .fetch_all(tx)
            .await?;
        let old: Vec<i64> = old.into_iter().map(|(id,)| id).collect();
        hold_rows(tx, "numbers", &old).await?;
        hold_where(tx, UNSUSPECTED).await?;
    }
    query("DELETE FROM sender_refusals WHERE last_at < $1").bind(until).execute(tx).await?;
    let mut q = QueryBuilder::new("UPDATE numbers SET suspect = 0 WHERE ");
    q.push(UNSUSPECTED);
    q.build().execute(tx).await?;
    Ok(())
}
