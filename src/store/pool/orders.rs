//! Orders of masks: ordered, asked for, bought or given up.

use crate::clock::At;
use crate::domain::ids::{PersonId, PoolOrderId};
use crate::domain::money::Cents;
use crate::domain::pool::order::{Origin, State};
use crate::store::sql::{FromRow, QueryBuilder, Row, query};
use crate::store::{Result, Tx, pieces, push_list};

/// An order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Which.
    pub id: PoolOrderId,
    /// ISO 3166 code.
    pub country: String,
    /// What it costs a month.
    pub price: Cents,
    /// Where it comes from.
    pub origin: Origin,
    /// Who ordered it, if a person did.
    pub actor: Option<PersonId>,
    /// How it stands.
    pub state: State,
    /// The number that it is about, once one was chosen.
    pub number: Option<String>,
    /// When.
    pub ordered_at: At,
    /// When the carrier was last asked for the number.
    pub asked_at: Option<At>,
    /// How often it was asked, for this number or others.
    pub tries: i64,
    /// When it ended.
    pub ended_at: Option<At>,
    /// Why it waits, or ended without a mask.
    pub why: Option<String>,
}

const COLUMNS: &str = "id, country, price, origin, actor_id, state, number, ordered_at, asked_at, tries, ended_at, why";

impl FromRow for Order {
    fn from_row(row: &Row) -> sqlx::Result<Self> {
        Ok(Order {
            id: row.try_get("id")?,
            country: row.try_get("country")?,
            price: row.try_get("price")?,
            origin: row.try_get("origin")?,
            actor: row.try_get("actor_id")?,
            state: row.try_get("state")?,
            number: row.try_get("number")?,
            ordered_at: row.try_get("ordered_at")?,
            asked_at: row.try_get("asked_at")?,
            tries: row.try_get("tries")?,
            ended_at: row.try_get("ended_at")?,
            why: row.try_get("why")?,
        })
    }
}

/// Writes orders down; each is due at once.
pub async fn insert(tx: &mut Tx, orders: &[Order]) -> Result<()> {
    for piece in pieces(tx, orders) {
        let mut q = QueryBuilder::new(
            "INSERT INTO pool_orders (id, country, price, origin, actor_id, state, ordered_at, due_at, tries) ",
        );
        q.push_values(piece, |mut b, order| {
            b.push_bind(order.id)
                .push_bind(order.country.clone())
                .push_bind(order.price)
                .push_bind(order.origin)
                .push_bind(order.actor)
                .push_bind(order.state)
                .push_bind(order.ordered_at)
                .push_bind(order.ordered_at)
                .push_bind(order.tries);
        });
        q.build().execute(tx).await?;
    }
    Ok(())
}

/// Open orders, oldest first.
pub async fn open(tx: &mut Tx) -> Result<Vec<Order>> {
    let rows = {
        let mut q = QueryBuilder::new("SELECT ");
        q.push(COLUMNS).push(" FROM pool_orders WHERE state = 'open' ORDER BY id");
        q.build_query_as().fetch_all(tx).await
    }?;
    Ok(rows)
}

/// The newest orders, at most so many.
pub async fn newest(tx: &mut Tx, limit: i64) -> Result<Vec<Order>> {
    let rows = {
        let mut q = QueryBuilder::new("SELECT ");
        q.push(COLUMNS).push(" FROM pool_orders ORDER BY id DESC LIMIT ").push_bind(limit);
        q.build_query_as().fetch_all(tx).await
    }?;
    Ok(rows)
}

/// Those of these orders, in the order of their ids.
pub async fn of(tx: &mut Tx, ids: &[PoolOrderId]) -> Result<Vec<Order>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = {
        let mut q = QueryBuilder::new("SELECT ");
        q.push(COLUMNS).push(" FROM pool_orders WHERE id IN (");
        push_list(&mut q, ids.iter().map(|id| id.0));
        q.push(" ORDER BY id");
        q.build_query_as().fetch_all(tx).await
    }?;
    Ok(rows)
}

/// The oldest open order that is due and that no other node has in hand; it is due again only at `until`.
pub async fn claim(tx: &mut Tx, now: At, until: At) -> Result<Option<Order>> {
    let lock = tx.hold_free("pool_orders d");
    let order: Option<Order> = {
        let mut q = QueryBuilder::new("SELECT ");
        q.push(COLUMNS)
            .push(lock.noted())
            .push(" FROM pool_orders d WHERE state = 'open' AND due_at <= ")
            .push_bind(now);
        q.push(" ORDER BY id LIMIT 1").push(lock.clause());
        q.build_query_as().fetch_optional(tx).await
    }?;
    if let Some(order) = &order {
        wait(tx, order.id, until, order.why.as_deref()).await?;
    }
    Ok(order)
}

/// An open order is due at `due_at`, because of `why`.
pub async fn wait(tx: &mut Tx, id: PoolOrderId, due_at: At, why: Option<&str>) -> Result<()> {
    query("UPDATE pool_orders SET due_at = $1, why = $2 WHERE id = $3 AND state = 'open'")
        .bind(due_at)
        .bind(why)
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

/// An open order is about this number from now on; whether it was about none.
///
/// # Errors
/// [`crate::store::Error::Conflict`] if another open order is about it.
pub async fn choose(tx: &mut Tx, id: PoolOrderId, number: &str) -> Result<bool> {
    let rows = query(
        "UPDATE pool_orders SET number = $1, asked_at = NULL WHERE id = $2 AND state = 'open' AND number IS NULL",
    )
    .bind(number)
    .bind(id)
    .execute(tx)
    .await?
    .rows_affected();
    Ok(rows > 0)
}

/// The number of an open order cannot be had: another is chosen.
pub async fn drop_number(tx: &mut Tx, id: PoolOrderId, now: At, why: &str) -> Result<()> {
    query(
        "UPDATE pool_orders SET number = NULL, asked_at = NULL, due_at = $1, why = $2 WHERE id = $3 AND state = 'open'",
    )
    .bind(now)
    .bind(why)
    .bind(id)
    .execute(tx)
    .await?;
    Ok(())
}

/// The carrier is about to be asked for the number; whether the order is still open.
pub async fn ask(tx: &mut Tx, id: PoolOrderId, now: At) -> Result<bool> {
    let rows = query("UPDATE pool_orders SET asked_at = $1, tries = tries + 1 WHERE id = $2 AND state = 'open'")
        .bind(now)
        .bind(id)
        .execute(tx)
        .await?
        .rows_affected();
    Ok(rows > 0)
}

/// Ends an open order as `state`; whether it was open.
pub async fn end(tx: &mut Tx, id: PoolOrderId, state: State, why: Option<&str>, now: At) -> Result<bool> {
    let rows = query("UPDATE pool_orders SET state = $1, why = $2, ended_at = $3 WHERE id = $4 AND state = 'open'")
        .bind(state)
        .bind(why)
        .bind(now)
        .bind(id)
        .execute(tx)
        .await?
        .rows_affected();
    Ok(rows > 0)
}

/// Gives up all open orders of a country for which no number was chosen.
pub async fn fail_all(tx: &mut Tx, country: &str, why: &str, now: At) -> Result<u64> {
    let rows = query(
        "UPDATE pool_orders SET state = 'failed', why = $1, ended_at = $2 WHERE state = 'open' AND number IS NULL \
         AND country = $3",
    )
    .bind(why)
    .bind(now)
    .bind(country)
    .execute(tx)
    .await?
    .rows_affected();
    Ok(rows)
}
