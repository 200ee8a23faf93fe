//! Automatic mode: one more mask when a country's busiest phone has few left, one less when it has many.
//!
//! It does not enter a new country: a person decides about the first mask there.

use super::need::Need;
use crate::domain::policy::PoolPolicy;

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One mask more.
    Grow,
    /// One mask less.
    Drain,
}

/// Whether the busiest phone has so few masks left that people should know.
#[must_use]
pub fn is_low(need: &Need, policy: &PoolPolicy) -> bool {
    need.demand.phones > 0 && need.free() <= policy.low_watermark
}

/// What to do for a country now, if anything. What is ordered counts as there, so that nothing is ordered twice.
#[must_use]
pub fn step(need: &Need, policy: &PoolPolicy) -> Option<Step> {
    let free = need.free() + need.ordered;
    if need.served && need.demand.phones > 0 && free <= policy.low_watermark.max(policy.spares) {
        return Some(Step::Grow);
    }
    let enough = need.free() > policy.high_watermark && need.surplus() > 0;
    (enough && need.ordered == 0).then_some(Step::Drain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::pool::need::Demand;

    fn need(busiest: i64, masks: i64) -> Need {
        Need {
            country: "US".to_owned(),
            demand: Demand { busiest, phones: 9, taken: 9 },
            peak: busiest,
            headroom: 0,
            spares: 2,
            masks,
            ordered: 0,
            leaving: 0,
            served: true,
        }
    }

    fn policy() -> PoolPolicy {
        PoolPolicy { spares: 2, low_watermark: 3, high_watermark: 10, headroom: 0, ..PoolPolicy::sample() }
    }

    #[test]
    fn it_grows_at_the_low_watermark_and_drains_above_the_high_one() {
        let steps = [(7, 10), (6, 10), (1, 11), (1, 12)].map(|(busiest, masks)| step(&need(busiest, masks), &policy()));
        assert_eq!(steps, [Some(Step::Grow), None, None, Some(Step::Drain)]);
    }

    #[test]
    fn what_is_ordered_is_not_ordered_again() {
        assert_eq!(step(&Need { ordered: 1, ..need(7, 10) }, &policy()), None);
        assert_eq!(step(&Need { ordered: 1, ..need(8, 10) }, &policy()), Some(Step::Grow));
    }

    #[test]
    fn it_enters_no_country_and_drains_nothing_that_was_needed_lately() {
        assert_eq!(step(&Need { served: false, ..need(7, 0) }, &policy()), None);
        assert_eq!(
            step(&Need { peak: 10, ..need(1, 12) }, &policy()),
            None,
            "ten were needed lately, and two are spare"
        );
    }

    #[test]
    fn growing_and_draining_never_undo_each_other() {
        for busiest in 0..20 {
            for masks in 0..40 {
                match step(&need(busiest, masks), &policy()) {
                    Some(Step::Grow) => assert_ne!(step(&need(busiest, masks + 1), &policy()), Some(Step::Drain)),
                    Some(Step::Drain) => assert_ne!(step(&need(busiest, masks - 1), &policy()), Some(Step::Grow)),
                    None => {}
                }
            }
        }
    }
}
