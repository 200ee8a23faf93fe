//! What the traffic needs in each country, and why; its cost; and its trend.

use std::collections::BTreeMap;

use crate::clock::At;
use crate::desk::Desk;
use crate::domain::money::Cents;
use crate::domain::policy::PoolPolicy;
use crate::domain::pool::life::State;
use crate::domain::pool::need::{self, Need, Owned};
use crate::domain::pool::trend::{Day, Trend, trend};
use crate::store::pool::masks::{self, Mask};
use crate::store::pool::orders::{self, Order};
use crate::store::pool::{demand, peaks};
use crate::store::{Result, Tx};

/// The peak is the highest of so many days, today included.
pub const LOOK_BACK_DAYS: i64 = 14;
/// The trend uses so many days at most, and reaches half as far.
const TREND_DAYS: i64 = 60;

/// What is known of the pool now.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Of each country.
    pub countries: Vec<Country>,
    /// All masks, with those that were released.
    pub masks: Vec<Mask>,
    /// Open orders.
    pub orders: Vec<Order>,
    /// What all masks cost this month.
    pub cost: Cost,
    /// When it was measured.
    pub at: At,
}

/// A country.
#[derive(Clone, Debug)]
pub struct Country {
    /// What it needs.
    pub need: Need,
    /// What a number of it costs a month.
    pub price: Cents,
    /// The highest of each day.
    pub days: Vec<Day>,
    /// Where it is heading, if there are days enough.
    pub trend: Option<Trend>,
}

/// What a month costs. A mask counts with a whole month's price if it was ours at any time of the month, or is ordered:
/// that is how carriers bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Of the current calendar month, in UTC.
    pub this_month: Cents,
    /// What it may be.
    pub budget: Option<Cents>,
}

impl Cost {
    /// How many more masks of that price the budget allows; `None` if there is no limit.
    #[must_use]
    pub fn allows(&self, price: Cents) -> Option<i64> {
        let left = (self.budget? - self.this_month).0.max(0);
        Some(if price.0 <= 0 { i64::MAX } else { left / price.0 })
    }
}

/// The plan.
pub async fn plan(desk: &Desk) -> Result<Plan> {
    let now = desk.clock.now();
    let mut tx = desk.store.read().await?;
    load(&mut tx, &desk.policies.pool, now).await
}

pub(super) async fn load(tx: &mut Tx, policy: &PoolPolicy, now: At) -> Result<Plan> {
    let taken = demand::taken(tx, now).await?;
    let demand = need::by_country(taken.iter().map(|(beginning, demand)| (beginning.as_str(), *demand)));
    let known = known(tx).await?;
    let today = now.day();
    let mut days: BTreeMap<String, Vec<Day>> = BTreeMap::new();
    for (country, day) in peaks::since(tx, today - TREND_DAYS + 1).await? {
        days.entry(country).or_default().push(day);
    }
    for (country, demand) in &demand {
        add_today(days.entry(country.clone()).or_default(), Day { day: today, peak: demand.busiest });
    }
    let lately = |days: &[Day]| {
        days.iter().filter(|day| day.day > today - LOOK_BACK_DAYS).map(|day| day.peak).max().unwrap_or(0)
    };
    let highest = days.iter().map(|(country, days)| (country.clone(), lately(days))).collect();
    let owned: Vec<Owned> = known.masks.iter().map(|mask| mask.owned.clone()).collect();
    let needs = need::needs(&demand, &highest, &owned, &known.ordered(), policy);
    let mut country = |need: Need| {
        let days = days.remove(&need.country).unwrap_or_default();
        // The day that is not over yet says too little.
        let whole: Vec<Day> = days.iter().copied().filter(|day| day.day < today).collect();
        Country { price: policy.prices.of(&need.country), trend: trend(&whole, TREND_DAYS / 2), days, need }
    };
    Ok(Plan {
        countries: needs.into_iter().map(&mut country).collect(),
        cost: known.cost(policy, now),
        masks: known.masks,
        orders: known.orders,
        at: now,
    })
}

fn add_today(days: &mut Vec<Day>, today: Day) {
    match days.iter_mut().find(|day| day.day == today.day) {
        Some(day) => day.peak = day.peak.max(today.peak),
        None => days.push(today),
    }
}

/// Masks and open orders, without what phones have of them.
pub(super) struct Known {
    pub masks: Vec<Mask>,
    pub orders: Vec<Order>,
}

pub(super) async fn known(tx: &mut Tx) -> Result<Known> {
    Ok(Known { masks: masks::all(tx).await?, orders: orders::open(tx).await? })
}

impl Known {
    fn ordered(&self) -> BTreeMap<String, i64> {
        let mut ordered: BTreeMap<String, i64> = BTreeMap::new();
        for order in &self.orders {
            *ordered.entry(order.country.clone()).or_default() += 1;
        }
        ordered
    }

    pub(super) fn cost(&self, policy: &PoolPolicy, now: At) -> Cost {
        let month = month(now);
        let ours = |mask: &&Mask| mask.owned.state != State::Released || mask.since >= month;
        let price = |mask: &Mask| mask.price.unwrap_or_else(|| policy.prices.of(&mask.owned.home()));
        let rented = self.masks.iter().filter(ours).fold(Cents(0), |sum, mask| sum + price(mask));
        let this_month = self.orders.iter().fold(rented, |sum, order| sum + order.price);
        Cost { this_month, budget: policy.monthly_budget }
    }
}

/// When the calendar month of `now` began, in UTC.
#[must_use]
pub fn month(now: At) -> At {
    use chrono::{Datelike as _, NaiveTime};
    let first = now.utc().and_then(|now| now.date_naive().with_day(1));
    first.map_or(At::EPOCH, |first| first.and_time(NaiveTime::MIN).and_utc().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_on_its_first_day_in_utc() {
        // 2027-01-15T08:00:00Z and 2027-01-01T00:00:00Z
        assert_eq!(month(At::from_seconds(1_800_000_000)), At::from_seconds(1_798_761_600));
        assert_eq!(month(At::from_seconds(1_798_761_600)), At::from_seconds(1_798_761_600));
    }

    #[test]
    fn a_budget_allows_whole_masks_and_none_below_nothing() {
        let cost = |this_month, budget: Option<i64>| Cost { this_month: Cents(this_month), budget: budget.map(Cents) };
        assert_eq!(cost(2300, Some(2600)).allows(Cents(115)), Some(2));
        assert_eq!(cost(2300, Some(2000)).allows(Cents(115)), Some(0));
        assert_eq!(cost(2300, None).allows(Cents(115)), None);
        assert_eq!(cost(0, Some(0)).allows(Cents(0)), Some(i64::MAX));
    }
}
