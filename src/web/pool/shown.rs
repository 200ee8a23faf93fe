//! Masks, countries and orders as the page shows them.

use crate::clock::At;
use crate::desk::pool::plan::{Country, Plan};
use crate::domain::ids::NumberId;
use crate::domain::money::Cents;
use crate::domain::pool::life::State;
use crate::domain::pool::need::Need;
use crate::domain::pool::order::{self, Origin};
use crate::domain::pool::picture::{Peaks, peaks};
use crate::domain::pool::trend::{Point, Trend};
use crate::store::pool::masks::{self, Load, Mask};
use crate::store::pool::orders::Order;
use crate::store::{self, Tx};
use crate::web::page::stamp::Stamp;

/// A mask with what depends on it.
pub(super) struct Row {
    pub mask: Mask,
    pub load: Load,
    pub home: String,
}

impl Row {
    pub(super) fn is_active(&self) -> bool {
        self.mask.owned.state == State::Active
    }

    pub(super) fn id(&self) -> NumberId {
        self.mask.id
    }

    pub(super) fn number(&self) -> &str {
        &self.mask.owned.number
    }

    /// Its state: the badge's class, and the word.
    pub(super) fn state(&self) -> (&'static str, &'static str) {
        match self.mask.owned.state {
            State::Active => ("", "Active"),
            State::Draining => ("warn", "Draining"),
            State::Cooling => ("warn", "Cooling"),
            State::Released => ("", "Given back"),
        }
    }

    pub(super) fn drains(&self) -> bool {
        self.mask.owned.state == State::Draining
    }

    /// What it waits for.
    pub(super) fn waits(&self) -> Option<String> {
        match self.mask.owned.state {
            State::Draining if self.load.live == 1 => Some("until its last live thread has ended".to_owned()),
            State::Draining if self.load.live > 1 => {
                Some(format!("until its {} live threads have ended", self.load.live))
            }
            State::Draining => Some("goes on to cool within minutes".to_owned()),
            State::Cooling => Some(match (&self.mask.release_why, self.load.rests_until) {
                (Some(why), _) => format!("the carrier did not take it back: {why}; it is asked again"),
                (None, Some(until)) => format!("until the last phone has rested, {}", Stamp(until).full()),
                (None, None) => "is given back within minutes".to_owned(),
            }),
            _ => self.mask.paused_at.map(|at| format!("sends nothing since {}", Stamp(at).full())),
        }
    }
}

/// The masks that are ours, those that leave first.
pub(super) async fn rows(tx: &mut Tx, plan: &Plan) -> store::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for mask in plan.masks.iter().filter(|mask| mask.owned.state != State::Released) {
        let load = masks::load(tx, mask.id, plan.at).await?;
        rows.push(Row { load, home: mask.owned.home(), mask: mask.clone() });
    }
    rows.sort_by(|a, b| a.is_active().cmp(&b.is_active()).then_with(|| a.number().cmp(b.number())));
    Ok(rows)
}

/// A country with its picture.
pub(super) struct Land {
    pub need: Need,
    pub price: Cents,
    pub picture: String,
    /// Each day and its peak, the newest first.
    pub days: Vec<(String, i64)>,
    /// Some of the days to come: the date, and the middle and the edges of the band.
    pub ahead: Vec<(String, [String; 3])>,
    /// Where it is heading.
    pub heading: String,
}

impl From<Country> for Land {
    fn from(country: Country) -> Self {
        let Country { need, price, days, trend } = country;
        let picture = if days.is_empty() {
            String::new()
        } else {
            peaks(&Peaks { country: &need.country, days: &days, trend: trend.as_ref(), masks: need.masks })
        };
        let weekly = |trend: &Trend| {
            let row = |point: &Point| {
                (date(point.day), [point.middle, point.low, point.high].map(|masks| format!("{masks:.1}")))
            };
            trend.points.iter().skip(6).step_by(7).map(row).collect()
        };
        Land {
            heading: heading(trend.as_ref(), need.masks),
            days: days.iter().rev().map(|day| (date(day.day), day.peak)).collect(),
            ahead: trend.as_ref().map(weekly).unwrap_or_default(),
            need,
            price,
            picture,
        }
    }
}

fn date(day: i64) -> String {
    Stamp(At::of_day(day)).date()
}

fn heading(trend: Option<&Trend>, masks: i64) -> String {
    let Some(trend) = trend else {
        return "There are too few whole days for a trend; it takes seven.".to_owned();
    };
    let outgrown = match (trend.may_outgrow(masks), trend.outgrows(masks)) {
        (_, Some(day)) => format!("{masks} masks are outgrown about {}", date(day)),
        (Some(day), None) => format!("{masks} masks may be outgrown from {}", date(day)),
        (None, None) => format!("{masks} masks last for the {} days that it reaches", trend.points.len()),
    };
    format!(
        "A straight line through {} daily peaks, {:+.1} a week: by it {outgrown}. The band is where 95 of 100 days would \
         fall if things go on as they did; it knows nothing of seasons and campaigns.",
        trend.days, trend.a_week
    )
}

/// An order.
pub(super) struct Ordered {
    pub at: Stamp,
    pub country: String,
    pub by: &'static str,
    pub state: order::State,
    pub told: String,
}

impl Ordered {
    /// It was given up.
    pub(super) fn failed(&self) -> bool {
        self.state == order::State::Failed
    }
}

impl From<Order> for Ordered {
    fn from(order: Order) -> Self {
        let number = order.number.unwrap_or_default();
        let told = match (order.state, order.why) {
            (order::State::Bought, _) => format!("Bought: {number}"),
            (order::State::Failed, why) => format!("Not bought: {}", why.unwrap_or_default()),
            (order::State::Open, Some(why)) => format!("Being bought: {why}"),
            (order::State::Open, None) => "Being bought".to_owned(),
        };
        Ordered {
            at: Stamp(order.ordered_at),
            country: order.country,
            by: match order.origin {
                Origin::Person => "An admin",
                Origin::Operator => "The command line",
                Origin::Automatic => "Automatic mode",
            },
            state: order.state,
            told,
        }
    }
}
