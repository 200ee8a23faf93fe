//! What the search for missed texts needs: our numbers, up to when each was compared with the carrier, and the lanes in
//! which something waits.

use crate::clock::At;
use crate::domain::ids::NumberId;
use crate::store::engine::lock_order::hold_rows;
use crate::store::sql::{QueryBuilder, from_row, query, query_as, query_scalar};
use crate::store::{Result, Tx, padded, push_list};

/// One of our numbers, as the comparison with the carrier sees it.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Which.
    pub id: NumberId,
    /// E.164, or a short code.
    pub number: String,
    /// A line.
    pub is_line: bool,
    /// A line, or a mask with a live or resting leg: somebody may write to it at any time.
    pub busy: bool,
    /// Ours since then.
    pub in_service_at: At,
    /// What the carrier had by then is in.
    pub backfilled_at: Option<At>,
}

/// The statement of [`numbers`]: by the clock, so it looks at one leg of each number and never at all legs. PostgreSQL would
/// read all legs for `EXISTS`, because it expects one soon; the order makes it go by the index.
pub const NUMBERS: &str = "SELECT n.id, n.number, CASE WHEN n.role = 'line' THEN 0 \
       WHEN (SELECT l.number_id FROM legs l WHERE l.number_id = n.id AND l.ended_at IS NULL \
             ORDER BY l.ended_at LIMIT 1) IS NOT NULL \
         OR (SELECT l.number_id FROM legs l WHERE l.number_id = n.id AND l.rests_until > $1 \
             ORDER BY l.rests_until DESC LIMIT 1) IS NOT NULL THEN 1 ELSE 2 END AS place, \
       n.in_service_at, n.backfilled_at \
     FROM numbers n WHERE n.state <> 'released' ORDER BY place, n.id";

from_row! {
    struct NumbersRow {
        id: NumberId,
        number: String,
        place: i32,
        in_service_at: At,
        backfilled_at: Option<At>,
    }
}

/// Our numbers, lines first, then masks with live or resting legs at `now`, then the others.
pub async fn numbers(tx: &mut Tx, now: At) -> Result<Vec<Compared>> {
    let rows: Vec<NumbersRow> = query_as(NUMBERS).bind(now).fetch_all(tx).await?;
    let row =
        |NumbersRow { id, number, place, in_service_at: in_service, backfilled_at: backfilled }: NumbersRow| Compared {
            id,
            number,
            is_line: place == 0,
            busy: place < 2,
            in_service_at: in_service,
            backfilled_at: backfilled,
        };
    Ok(rows.into_iter().map(row).collect())
}

/// Remembers that what the carrier had for these numbers at `asked_at` is in.
pub async fn compared(tx: &mut Tx, ids: &[NumberId], asked_at: At) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    // Held in the order of their ids: an update of many rows takes them in whatever order it finds them.
    let wanted: Vec<i64> = ids.iter().map(|id| id.0).collect();
    hold_rows(tx, "numbers", &wanted).await?;
    let mut q = QueryBuilder::new("UPDATE numbers SET backfilled_at = ");
    q.push_bind(asked_at).push(" WHERE id IN (");
    push_list(&mut q, padded(&wanted).copied());
    q.build().execute(tx).await?;
    Ok(())
}

/// A lane in which something waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// From which number.
    pub id: NumberId,
    /// That number.
    pub number: String,
    /// To which phone.
    pub phone: String,
    /// A request is under way or in doubt in it.
    pub open: bool,
}

from_row! {
    struct WaitingRow {
        number_id: NumberId,
        number: String,
        to_phone: String,
        open: Option<i64>,
    }
}

/// All lanes in which something waits.
pub async fn waiting(tx: &mut Tx) -> Result<Vec<Waiting>> {
    let rows: Vec<WaitingRow> = query_as(
        "SELECT d.number_id, n.number, d.to_phone, MAX(o.id) AS open FROM deliveries d JOIN numbers n ON n.id = d.number_id \
         LEFT JOIN deliveries o ON o.number_id = d.number_id AND o.to_phone = d.to_phone \
           AND o.state IN ('sending', 'unknown') \
         WHERE d.state = 'ready' GROUP BY d.number_id, n.number, d.to_phone",
    )
    .fetch_all(tx)
    .await?;
    let row = |WaitingRow { number_id: id, number, to_phone: phone, open }: WaitingRow| Waiting {
        id,
        number,
        phone,
        open: open.is_some(),
    };
    Ok(rows.into_iter().map(row).collect())
}

/// When the newest request of all was begun, by our clock as it is now: the carrier's is `ahead` of it by so many microseconds,
/// as far as that is known. Without a request, when the oldest waiting text was accepted.
pub async fn newest(tx: &mut Tx, ahead: Option<i64>) -> Result<Option<At>> {
    let at: Option<At> = query_scalar(
        "SELECT COALESCE((SELECT COALESCE(a.began_there - $1, a.started_at) FROM attempts a \
                            WHERE a.id = (SELECT MAX(id) FROM attempts)), \
                         (SELECT MIN(accepted_at) FROM deliveries WHERE state = 'ready'))",
    )
    .bind(ahead)
    .fetch_one(tx)
    .await?;
    Ok(at)
}

/// Has everything that waits in a lane looked for in the carrier's list before it is requested.
pub async fn look_first(tx: &mut Tx, lanes: &[(NumberId, String)]) -> Result<()> {
    if tx.holds_rows() {
        let mut waiting = Vec::new();
        for (number, phone) in lanes {
            let ids: Vec<(i64,)> = query_as(
                "SELECT id FROM deliveries WHERE number_id = $1 AND to_phone = $2 AND state = 'ready' AND look_from IS NULL")
                .bind(number).bind(phone).fetch_all(tx).await?;
            waiting.extend(ids.into_iter().map(|(id,)| id));
        }
        hold_rows(tx, "deliveries", &waiting).await?;
    }
    for (number, phone) in lanes {
        query(
            "UPDATE deliveries SET look_from = accepted_at \
             WHERE number_id = $1 AND to_phone = $2 AND state = 'ready' AND look_from IS NULL",
        )
        .bind(number)
        .bind(phone)
        .execute(tx)
        .await?;
    }
    Ok(())
}
