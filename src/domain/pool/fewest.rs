//! Which masks go first when the pool shrinks: those with the fewest live legs.

use super::need::{Need, Owned};
use crate::domain::ids::NumberId;

/// An active mask that could go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which.
    pub id: NumberId,
    /// As the plan sees it.
    pub mask: Owned,
    /// Its live legs.
    pub live: i64,
    /// Phones that rest on it.
    pub resting: i64,
}

/// At most `count` of these that go first: the fewest live legs, then the fewest at rest, then the newest.
#[must_use]
pub fn fewest(mut candidates: Vec<Candidate>, count: usize) -> Vec<Candidate> {
    candidates.sort_by_key(|one| (one.live, one.resting, std::cmp::Reverse(one.id)));
    candidates.truncate(count);
    candidates
}

/// Those that no country needs: without any one of them, every country that it serves has what it wants.
#[must_use]
pub fn spared(candidates: Vec<Candidate>, needs: &[Need]) -> Vec<Candidate> {
    let needed = |one: &Candidate| needs.iter().any(|need| one.mask.covers(&need.country) && need.surplus() == 0);
    candidates.into_iter().filter(|one| !needed(one)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::pool::life::State;
    use crate::domain::pool::need::Demand;

    fn candidate(id: i64, live: i64, resting: i64, country: Option<&str>) -> Candidate {
        let mask = Owned {
            number: format!("+120555501{id:02}"),
            country: country.map(ToOwned::to_owned),
            state: State::Active,
        };
        Candidate { id: NumberId(id), mask, live, resting }
    }

    #[test]
    fn the_fewest_live_legs_go_first_then_the_fewest_at_rest_then_the_newest() {
        let all = vec![
            candidate(1, 0, 5, None),
            candidate(2, 3, 0, None),
            candidate(3, 0, 1, None),
            candidate(4, 0, 1, None),
        ];
        let ids = |count| fewest(all.clone(), count).iter().map(|one| one.id.0).collect::<Vec<_>>();
        assert_eq!(ids(3), [4, 3, 1]);
        assert_eq!(ids(9), [4, 3, 1, 2]);
    }

    #[test]
    fn what_one_country_needs_is_not_spared_for_another() {
        let need = |country: &str, masks| Need {
            country: country.to_owned(),
            demand: Demand { busiest: 2, phones: 1, taken: 2 },
            peak: 2,
            headroom: 0,
            spares: 0,
            masks,
            ordered: 0,
            leaving: 0,
            served: true,
        };
        let needs = [need("US", 5), need("CA", 2)];
        let all = vec![candidate(1, 0, 0, None), candidate(2, 0, 0, Some("US")), candidate(3, 0, 0, Some("CA"))];
        let ids: Vec<i64> = spared(all, &needs).iter().map(|one| one.id.0).collect();
        assert_eq!(ids, [2], "the first serves Canada too");
    }
}
