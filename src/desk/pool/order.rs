//! Orders masks: how many of which country, within the budget. [`super::buy`] buys them.

use super::plan::{self, Cost};
use super::{By, record};
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::conversations::timeline::HouseEvent;
use crate::domain::ids::PoolOrderId;
use crate::domain::money::Cents;
use crate::domain::numbers::country;
use crate::domain::pool::order::State;
use crate::store::engine::dialect;
use crate::store::pool::orders::{self, Order};
use crate::store::{Result, Tx};

/// The most masks of one order: more is a slip of the hand.
pub const MOST: i64 = 100;

/// What masks would cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// ISO 3166 code.
    pub country: String,
    /// How many.
    pub count: i64,
    /// Each, a month.
    pub each: Cents,
    /// The month as it is, and the budget.
    pub cost: Cost,
}

impl Quote {
    /// All of them, a month.
    #[must_use]
    pub fn total(&self) -> Cents {
        self.each.times(self.count)
    }

    /// What the month would cost with them.
    #[must_use]
    pub fn month(&self) -> Cents {
        self.cost.this_month + self.total()
    }

    /// What is against it, in words.
    #[must_use]
    pub fn obstacle(&self) -> Option<String> {
        let budget = self.cost.budget.filter(|budget| self.month() > *budget)?;
        let left = match self.cost.allows(self.each).unwrap_or(0) {
            0 => "it allows no more".to_owned(),
            1 => "it allows one more".to_owned(),
            n => format!("it allows {n} more"),
        };
        Some(format!(
            "{} a month in all, and {} is the budget: {left}; raise SWITCHBOARD_POOL__MONTHLY_BUDGET, or order fewer",
            self.month(),
            budget
        ))
    }
}

fn check(country: &str, count: i64) -> Result<String, Failure> {
    let code = country.trim().to_uppercase();
    if !country::is_told(&code) {
        return Err(Failure::refused("country", "write the code of a country, such as US"));
    }
    if !(1..=MOST).contains(&count) {
        return Err(Failure::refused("count", format!("write how many masks, from 1 to {MOST}")));
    }
    Ok(code)
}

/// What `count` masks of `country` would cost; nothing is ordered.
///
/// # Errors
/// [`Failure::Refused`] for `country` or `count`. A budget that does not allow it is no error: see [`Quote::obstacle`].
pub async fn quote(desk: &Desk, country: &str, count: i64) -> Result<Quote, Failure> {
    let country = check(country, count)?;
    let mut tx = desk.store.read().await?;
    Ok(quote_in(desk, &mut tx, country, count).await?)
}

async fn quote_in(desk: &Desk, tx: &mut Tx, country: String, count: i64) -> Result<Quote> {
    let policy = &desk.policies.pool;
    let cost = plan::known(tx).await?.cost(policy, desk.clock.now());
    Ok(Quote { each: policy.prices.of(&country), country, count, cost })
}

/// Orders `count` masks of `country`. A process with a carrier buys them.
///
/// # Errors
/// [`Failure::NotFound`] if `by` is a person and no admin; [`Failure::Refused`] for `country` or `count`, also where the
/// budget does not allow it.
pub async fn grow(desk: &Desk, by: By, country: &str, count: i64) -> Result<Vec<PoolOrderId>, Failure> {
    let country = check(country, count)?;
    desk.work(Grow { by, country, count }).await
}

struct Grow {
    by: By,
    country: String,
    count: i64,
}

impl Verb for Grow {
    type Out = Vec<PoolOrderId>;
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (desk, now) = (work.desk, work.now);
        // Two who order at once must not both have the rest of the budget.
        dialect::one_at_a_time(work.tx, "pool", "").await?;
        self.by.may(work.tx).await?;

        let quote = quote_in(work.desk, work.tx, self.country.clone(), self.count).await?;
        if let Some(why) = quote.obstacle() {
            return Err(Failure::refused("count", why));
        }
        let orders: Vec<Order> = (0..self.count)
            .map(|_| Order {
                id: PoolOrderId(desk.ids.next(now)),
                country: self.country.clone(),
                price: quote.each,
                origin: self.by.origin(),
                actor: self.by.person(),
                state: State::Open,
                number: None,
                ordered_at: now,
                asked_at: None,
                tries: 0,
                ended_at: None,
                why: None,
            })
            .collect();
        orders::insert(work.tx, &orders).await?;
        let (country, each) = (self.country.clone(), quote.each.to_string());
        record(work, self.by, &HouseEvent::MasksOrdered { country, count: self.count, each }).await?;
        Ok(orders.iter().map(|order| order.id).collect())
    }
}
