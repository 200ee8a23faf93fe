//! Who gets a new customer: the candidates, the choice, and the reason that is kept.

use serde::Serialize;

use crate::domain::ids::PersonId;

/// A member of the line, as the pick sees them.
#[derive(Clone, Debug)]
pub struct Member {
    /// Who.
    pub id: PersonId,
    /// Name, for the recorded reason.
    pub name: String,
    /// May sign in at all.
    pub enabled: bool,
    /// Takes new customers now.
    pub on_duty: bool,
    /// Open conversations pinned to them.
    pub open: i64,
    /// Most open conversations they take; `None` is no limit.
    pub limit: Option<i64>,
}

impl Member {
    /// Why this member is no candidate, if so.
    #[must_use]
    pub fn obstacle(&self) -> Option<&'static str> {
        if !self.enabled {
            Some("disabled")
        } else if !self.on_duty {
            Some("off duty")
        } else if self.limit.is_some_and(|limit| self.open >= limit) {
            Some("full")
        } else {
            None
        }
    }
}

/// The pick and its reason, as the timeline shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pick {
    /// The policy that chose.
    pub policy: &'static str,
    /// Names of those who could have been chosen.
    pub candidates: Vec<String>,
    /// Names of those who could not, each with the reason.
    pub passed_over: Vec<(String, String)>,
    /// Who was chosen; nobody if there was no candidate.
    pub chosen: Option<PersonId>,
    /// The chosen one's name.
    pub chosen_name: Option<String>,
}

/// Picks among `members`, each candidate equally likely. `draw(n)` gives a number below `n`.
pub fn pick(members: &[Member], draw: impl FnOnce(usize) -> usize) -> Pick {
    let (candidates, others): (Vec<&Member>, Vec<&Member>) =
        members.iter().partition(|member| member.obstacle().is_none());
    let chosen = if candidates.is_empty() { None } else { candidates.get(draw(candidates.len())) };
    Pick {
        policy: "random",
        chosen: chosen.map(|member| member.id),
        chosen_name: chosen.map(|member| member.name.clone()),
        candidates: candidates.iter().map(|member| member.name.clone()).collect(),
        passed_over: others
            .iter()
            .filter_map(|member| Some((member.name.clone(), member.obstacle()?.to_owned())))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn member(id: i64, enabled: bool, on_duty: bool, open: i64, limit: Option<i64>) -> Member {
        Member { id: PersonId(id), name: format!("P{id}"), enabled, on_duty, open, limit }
    }

    #[test]
    fn the_reason_names_candidates_and_those_passed_over() {
        let members =
            [member(1, true, true, 0, None), member(2, true, false, 0, None), member(3, true, true, 5, Some(5))];
        let pick = pick(&members, |_| 0);
        assert_eq!(pick.chosen, Some(PersonId(1)));
        assert_eq!(pick.candidates, ["P1"]);
        assert_eq!(pick.passed_over, [("P2".into(), "off duty".into()), ("P3".into(), "full".into())]);
    }

    proptest! {
        #[test]
        fn only_candidates_are_chosen_and_each_can_be(
            facts in proptest::collection::vec((any::<bool>(), any::<bool>(), 0_i64..4, proptest::option::of(0_i64..4)), 0..8),
            draw in any::<usize>(),
        ) {
            let members: Vec<Member> = facts.iter().zip(0_i64..)
                .map(|(&(enabled, duty, open, limit), id)| member(id, enabled, duty, open, limit)).collect();
            let free = members.iter().filter(|m| m.obstacle().is_none()).count();
            let pick = pick(&members, |n| { assert_eq!(n, free); draw % n });
            if let Some(id) = pick.chosen {
                    let chosen = members.iter().find(|m| m.id == id).unwrap();
                    prop_assert!(chosen.enabled && chosen.on_duty && chosen.limit.is_none_or(|l| chosen.open < l));
            } else {
                prop_assert_eq!(free, 0);
            }
        }
    }
}
