//! What the traffic needs in a country, and why: the legs of the busiest phone, headroom, and spares.

use std::collections::{BTreeMap, BTreeSet};

use super::life::State;
use crate::domain::numbers::country;
use crate::domain::policy::PoolPolicy;

/// The phones of one country, as they are now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// The most masks that one phone has in live legs or at rest.
    pub busiest: i64,
    /// Phones with any.
    pub phones: i64,
    /// All of those, over all phones.
    pub taken: i64,
}

impl Demand {
    fn add(&mut self, other: &Demand) {
        self.busiest = self.busiest.max(other.busiest);
        self.phones += other.phones;
        self.taken += other.taken;
    }
}

/// The demand of each country, from what phones that begin alike have. Phones of no country are counted nowhere: no mask
/// is of the right country for them.
#[must_use]
pub fn by_country<'a>(beginnings: impl IntoIterator<Item = (&'a str, Demand)>) -> BTreeMap<String, Demand> {
    let mut countries: BTreeMap<String, Demand> = BTreeMap::new();
    for (beginning, demand) in beginnings {
        if let Some(country) = country::of(beginning) {
            countries.entry(country.to_owned()).or_default().add(&demand);
        }
    }
    countries
}

/// A mask, as the plan sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owned {
    /// E.164.
    pub number: String,
    /// The country that it was set up for.
    pub country: Option<String>,
    /// Where it stands.
    pub state: State,
}

impl Owned {
    /// The country that it is counted under.
    #[must_use]
    pub fn home(&self) -> String {
        self.country.clone().unwrap_or_else(|| country::of(&self.number).unwrap_or("US").to_owned())
    }

    /// Whether it is of the right country for phones of `country`.
    #[must_use]
    pub fn covers(&self, country: &str) -> bool {
        country::covers(&self.number, self.country.as_deref(), country)
    }
}

/// What a country needs, and what it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// ISO 3166 code.
    pub country: String,
    /// How it is now.
    pub demand: Demand,
    /// The most that one phone had lately, now included.
    pub peak: i64,
    /// Masks on top of the peak, so that it may grow.
    pub headroom: i64,
    /// Masks that nobody is expected to need.
    pub spares: i64,
    /// Active masks that serve its phones.
    pub masks: i64,
    /// Masks that are ordered for it and not there yet.
    pub ordered: i64,
    /// Masks of it that drain or cool.
    pub leaving: i64,
    /// At least one mask is of this very country.
    pub served: bool,
}

impl Need {
    /// How many masks it should have.
    #[must_use]
    pub fn wanted(&self) -> i64 {
        self.peak + self.headroom + self.spares
    }

    /// How many it lacks; those that are ordered count.
    #[must_use]
    pub fn lacks(&self) -> i64 {
        (self.wanted() - self.masks - self.ordered).max(0)
    }

    /// How many it could do without.
    #[must_use]
    pub fn surplus(&self) -> i64 {
        (self.masks - self.wanted()).max(0)
    }

    /// How many its busiest phone could still be given now; below 0 if rests had to be shortened already.
    #[must_use]
    pub fn free(&self) -> i64 {
        self.masks - self.demand.busiest
    }
}

/// What every country that has phones or masks needs. `peaks` are the highest of each country lately, `ordered` what is on
/// its way.
#[must_use]
pub fn needs(
    demand: &BTreeMap<String, Demand>,
    peaks: &BTreeMap<String, i64>,
    owned: &[Owned],
    ordered: &BTreeMap<String, i64>,
    policy: &PoolPolicy,
) -> Vec<Need> {
    let homes = owned.iter().filter(|mask| mask.state != State::Released).map(Owned::home);
    let countries: BTreeSet<String> = demand.keys().chain(ordered.keys()).cloned().chain(homes).collect();
    let of = |country: String| {
        let demand = demand.get(&country).copied().unwrap_or_default();
        let peak = peaks.get(&country).copied().unwrap_or(0).max(demand.busiest);
        let all = |state: fn(State) -> bool, mine: bool| {
            let masks = owned.iter().filter(|mask| state(mask.state));
            count(masks.filter(|mask| if mine { mask.home() == country } else { mask.covers(&country) }).count())
        };
        let leaves = |state| matches!(state, State::Draining | State::Cooling);
        Need {
            demand,
            peak,
            headroom: percent_of(peak, policy.headroom),
            spares: policy.spares,
            masks: all(|state| state == State::Active, false),
            ordered: ordered.get(&country).copied().unwrap_or(0),
            leaving: all(leaves, true),
            served: all(|state| state == State::Active, true) > 0,
            country,
        }
    };
    countries.into_iter().map(of).collect()
}

/// So much of `peak`, rounded up.
fn percent_of(peak: i64, percent: i64) -> i64 {
    (peak.saturating_mul(percent) + 99) / 100
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(number: &str, country: Option<&str>) -> Owned {
        Owned { number: number.to_owned(), country: country.map(ToOwned::to_owned), state: State::Active }
    }

    fn policy(headroom: i64, spares: i64) -> PoolPolicy {
        PoolPolicy { headroom, spares, ..PoolPolicy::sample() }
    }

    #[test]
    fn beginnings_of_phones_are_added_up_by_country() {
        let of = |busiest, phones, taken| Demand { busiest, phones, taken };
        let found = by_country([
            ("+1505", of(3, 10, 20)),
            ("+1212", of(7, 1, 7)),
            ("+1416", of(2, 5, 6)),
            ("+4420", of(1, 1, 1)),
            ("+8816", of(9, 9, 9)),
        ]);
        let expected = [("CA", of(2, 5, 6)), ("GB", of(1, 1, 1)), ("US", of(7, 11, 27))];
        assert_eq!(found, expected.map(|(country, demand)| (country.to_owned(), demand)).into());
    }

    #[test]
    fn a_country_needs_its_peak_and_headroom_and_spares() {
        let demand = BTreeMap::from([("US".to_owned(), Demand { busiest: 5, phones: 3, taken: 9 })]);
        let peaks = BTreeMap::from([("US".to_owned(), 11)]);
        let masks: Vec<Owned> = (0..8).map(|n| mask(&format!("+1205555010{n}"), None)).collect();
        let ordered = BTreeMap::from([("US".to_owned(), 2)]);
        let all = needs(&demand, &peaks, &masks, &ordered, &policy(20, 2));
        let [us] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!((us.peak, us.headroom, us.spares, us.wanted()), (11, 3, 2, 16));
        assert_eq!((us.masks, us.ordered, us.lacks(), us.surplus(), us.free()), (8, 2, 6, 0, 3));
    }

    #[test]
    fn masks_count_for_every_country_that_they_serve() {
        let one = Demand { busiest: 1, phones: 1, taken: 1 };
        let demand = ["US", "CA", "GB"].map(|country| (country.to_owned(), one)).into();
        let masks = [mask("+12055550100", None), mask("+14165550100", Some("CA")), mask("+442079460100", None)];
        let all = needs(&demand, &BTreeMap::new(), &masks, &BTreeMap::new(), &policy(0, 0));
        let found: Vec<(&str, i64)> = all.iter().map(|need| (need.country.as_str(), need.masks)).collect();
        assert_eq!(found, [("CA", 2), ("GB", 1), ("US", 1)]);
    }

    #[test]
    fn a_mask_that_leaves_serves_nobody_new() {
        let mut masks = [mask("+12055550100", None), mask("+12055550101", None), mask("+12055550102", None)];
        masks[0].state = State::Draining;
        masks[1].state = State::Released;
        let all = needs(&BTreeMap::new(), &BTreeMap::new(), &masks, &BTreeMap::new(), &policy(20, 0));
        let [us] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!((us.masks, us.leaving, us.surplus(), us.served), (1, 1, 1, true));
    }
}
