//! Who gets a customer: the candidates, the choice, and the reason that is stored.

use serde::{Deserialize, Serialize};

use crate::clock::At;
use crate::domain::ids::PersonId;
use crate::domain::people::person::Duty;
use crate::domain::policy::PickPolicy;
use crate::domain::vocabulary::words;

/// A member of the line, as the pick sees them.
#[derive(Clone, Debug)]
pub struct Member {
    /// Who.
    pub id: PersonId,
    /// Name, for the recorded reason.
    pub name: String,
    /// May sign in at all.
    pub enabled: bool,
    /// What they said themselves.
    pub duty: Duty,
    /// The line is open, and so is their own schedule.
    pub on_shift: bool,
    /// Open conversations pinned to them.
    pub open: i64,
    /// Most open conversations they take; `None` is no limit.
    pub limit: Option<i64>,
    /// When this line last chose them, for taking turns.
    pub picked_at: Option<At>,
}

impl Member {
    /// Why this member is no candidate, if so.
    #[must_use]
    pub fn obstacle(&self) -> Option<&'static str> {
        if !self.enabled {
            Some("disabled")
        } else if self.duty != Duty::On {
            Some("away")
        } else if !self.on_shift {
            Some("off duty")
        } else if self.limit.is_some_and(|limit| self.open >= limit) {
            Some("full")
        } else {
            None
        }
    }
}

words! {
    /// What decided a pick.
    Rule {
        /// The policy [`PickPolicy::Random`].
        Random = "random",
        /// The policy [`PickPolicy::LeastBusy`].
        LeastBusy = "least_busy",
        /// The policy [`PickPolicy::RoundRobin`].
        RoundRobin = "round_robin",
        /// The customer went back to the rep who had them last.
        Sticky = "sticky",
    }
}

impl From<PickPolicy> for Rule {
    fn from(policy: PickPolicy) -> Self {
        match policy {
            PickPolicy::Random => Rule::Random,
            PickPolicy::LeastBusy => Rule::LeastBusy,
            PickPolicy::RoundRobin => Rule::RoundRobin,
        }
    }
}

/// The pick and its reason, as the timeline shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    /// What chose.
    pub policy: Rule,
    /// Names of those who could have been chosen.
    pub candidates: Vec<String>,
    /// Names of those who could not, each with the reason.
    pub passed_over: Vec<(String, String)>,
    /// Who was chosen; nobody if there was no candidate.
    pub chosen: Option<PersonId>,
    /// The chosen one's name.
    pub chosen_name: Option<String>,
}

/// Picks among `members` by `policy`; `last` had the customer before and is preferred if a candidate. `draw(n)` gives
/// a number below `n`, for choosing at random and between equals.
pub fn pick(policy: PickPolicy, members: &[Member], last: Option<PersonId>, draw: impl FnOnce(usize) -> usize) -> Pick {
    let (candidates, others): (Vec<&Member>, Vec<&Member>) =
        members.iter().partition(|member| member.obstacle().is_none());
    let again = candidates.iter().copied().find(|member| Some(member.id) == last);
    let chosen = again.or_else(|| {
        let best = match policy {
            PickPolicy::Random => candidates.clone(),
            PickPolicy::LeastBusy => least(&candidates, |member| member.open),
            PickPolicy::RoundRobin => least(&candidates, |member| member.picked_at),
        };
        if best.is_empty() { None } else { best.get(draw(best.len())).copied() }
    });
    Pick {
        policy: if again.is_some() { Rule::Sticky } else { policy.into() },
        chosen: chosen.map(|member| member.id),
        chosen_name: chosen.map(|member| member.name.clone()),
        candidates: candidates.iter().map(|member| member.name.clone()).collect(),
        passed_over: others
            .iter()
            .filter_map(|member| Some((member.name.clone(), member.obstacle()?.to_owned())))
            .collect(),
    }
}

/// As [`pick`], but it is `rep`, whether or not a candidate: the customer was theirs before and knows nobody else. Nobody who
/// is disabled or no member.
#[must_use]
pub fn stay(members: &[Member], rep: PersonId) -> Option<Pick> {
    let member = members.iter().find(|member| member.id == rep && member.enabled)?;
    let again = pick(PickPolicy::Random, members, Some(rep), |_| 0);
    Some(Pick { policy: Rule::Sticky, chosen: Some(rep), chosen_name: Some(member.name.clone()), ..again })
}

fn least<'a, K: Ord>(members: &[&'a Member], key: impl Fn(&Member) -> K) -> Vec<&'a Member> {
    let best = members.iter().map(|member| key(member)).min();
    members.iter().copied().filter(|member| Some(key(member)) == best).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn member(id: i64, duty: Duty, open: i64, limit: Option<i64>) -> Member {
        Member {
            id: PersonId(id),
            name: format!("P{id}"),
            enabled: true,
            duty,
            on_shift: true,
            open,
            limit,
            picked_at: None,
        }
    }

    fn on(id: i64, open: i64) -> Member {
        member(id, Duty::On, open, None)
    }

    #[test]
    fn the_reason_names_candidates_and_those_passed_over() {
        let off = Member { on_shift: false, ..on(4, 0) };
        let members = [on(1, 0), member(2, Duty::Away, 0, None), member(3, Duty::On, 5, Some(5)), off];
        let pick = pick(PickPolicy::Random, &members, None, |_| 0);
        assert_eq!(pick.chosen, Some(PersonId(1)));
        assert_eq!(pick.candidates, ["P1"]);
        let over = [("P2", "away"), ("P3", "full"), ("P4", "off duty")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(pick.passed_over, over);
    }

    #[test]
    fn whoever_had_a_customer_in_an_earlier_life_has_them_again_while_away_and_full_too() {
        let disabled = Member { enabled: false, ..on(3, 0) };
        let members = [on(1, 0), member(2, Duty::Away, 5, Some(5)), disabled];
        let again = stay(&members, PersonId(2)).unwrap();
        assert_eq!(
            (again.policy, again.chosen, again.chosen_name.as_deref()),
            (Rule::Sticky, Some(PersonId(2)), Some("P2"))
        );
        assert_eq!(again.candidates, ["P1"]);
        assert_eq!(stay(&members, PersonId(3)), None);
        assert_eq!(stay(&members, PersonId(4)), None);
    }

    #[test]
    fn the_least_busy_and_the_longest_unpicked_go_first_and_equals_draw() {
        let members = [on(1, 2), on(2, 1), on(3, 1)];
        assert_eq!(pick(PickPolicy::LeastBusy, &members, None, |n| n - 1).chosen, Some(PersonId(3)));
        let at = |id, seconds| Member { picked_at: Some(At::from_seconds(seconds)), ..on(id, 0) };
        assert_eq!(pick(PickPolicy::RoundRobin, &[at(1, 9), at(2, 3)], None, |_| 0).chosen, Some(PersonId(2)));
        assert_eq!(pick(PickPolicy::RoundRobin, &[at(1, 9), on(2, 0)], None, |_| 0).chosen, Some(PersonId(2)));
    }

    #[test]
    fn whoever_had_the_customer_last_is_preferred_as_long_as_a_candidate() {
        let back = pick(PickPolicy::LeastBusy, &[on(1, 9), on(2, 0)], Some(PersonId(1)), |_| 0);
        assert_eq!((back.policy, back.chosen), (Rule::Sticky, Some(PersonId(1))));
        let away = [member(1, Duty::Away, 0, None), on(2, 0)];
        let other = pick(PickPolicy::LeastBusy, &away, Some(PersonId(1)), |_| 0);
        assert_eq!((other.policy, other.chosen), (Rule::LeastBusy, Some(PersonId(2))));
    }

    proptest! {
        #[test]
        fn only_candidates_are_chosen_and_somebody_is_if_there_is_one(
            facts in proptest::collection::vec((any::<bool>(), 0_usize..3, any::<bool>(), 0_i64..4, proptest::option::of(0_i64..4)), 0..8),
            policy in proptest::sample::select(PickPolicy::ALL.to_vec()),
            last in proptest::option::of(0_i64..8),
            draw in any::<usize>(),
        ) {
            let members: Vec<Member> = facts.iter().zip(0_i64..)
                .map(|(&(enabled, duty, on_shift, open, limit), id)| {
                    Member { enabled, on_shift, ..member(id, Duty::ALL[duty], open, limit) }
                })
                .collect();
            let free = members.iter().filter(|m| m.obstacle().is_none()).count();
            let pick = pick(policy, &members, last.map(PersonId), |n| { assert!(n <= free); draw % n });
            prop_assert_eq!(pick.chosen.is_some(), free > 0);
            if let Some(id) = pick.chosen {
                let chosen = members.iter().find(|m| m.id == id).unwrap();
                prop_assert!(chosen.enabled && chosen.on_shift && chosen.duty == Duty::On);
                prop_assert!(chosen.limit.is_none_or(|l| chosen.open < l));
                let candidate = |id: PersonId| members.iter().any(|m| m.id == id && m.obstacle().is_none());
                if let Some(last) = last.map(PersonId).filter(|id| candidate(*id)) {
                    prop_assert_eq!(id, last);
                }
            }
        }
    }
}
