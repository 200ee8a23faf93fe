//! How doubt about a request is settled: by searches of the carrier's list until there is proof one way or the other.
//!
//! One search that finds nothing proves nothing, because a carrier may list texts late. Two are needed: the first well
//! after the request could still have been under way, the second well after the first could have been made. What
//! remains is a carrier slower than both.

use std::time::Duration;

use crate::clock::{At, hours, minutes, seconds};
use crate::domain::policy::DeliveryPolicy;
use crate::domain::words::segment;

/// What is known about a request in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// When the request was begun.
    pub started_at: At,
    /// When nobody knew any more.
    pub since: At,
    /// When the list was last had, if ever since the doubt began.
    pub listed_at: Option<At>,
    /// When a look that counts as proof found nothing.
    pub empty_at: Option<At>,
    /// This process did not make the request; it may have been made before the database went back, long ago.
    pub earlier: bool,
}

/// What a look at the carrier's list showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// The list could not be had.
    Unavailable,
    /// The ids of listed messages that could be this one and are bound to nothing else, oldest first.
    Candidates(Vec<String>),
    /// Messages of these words are listed, and nobody can say whether they were made before it.
    Unsure,
}

/// What follows from a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The carrier has it: this one.
    Bound(String),
    /// Surely not sent: may be requested again.
    NotSent,
    /// Look again at `at`.
    Again {
        /// The next look.
        at: At,
        /// This look counted as the first proof.
        proof: bool,
    },
    /// A person may decide; the lane goes on. Later looks may still settle it.
    Parked {
        /// The next look.
        at: At,
        /// In plain words.
        why: &'static str,
    },
}

/// A list that cannot be had for so long parks the text.
const PATIENCE: Duration = minutes(15);
/// The early looks, for a `proof_after` of one minute; they scale with it.
const EARLY: [u64; 4] = [5, 20, 60, 120];
/// A listed message made up to this long before the request began may be it: an offset is measured to some seconds, and the
/// carrier's machines may differ among themselves.
pub const MARGIN: Duration = minutes(1);

impl Doubt {
    /// The same, where the database went back at `at`: the carrier may not list yet what was sent just before that. So earlier
    /// proof no longer counts, and one look proves nothing until a request of that time would be listed.
    #[must_use]
    pub fn since_gone_back(self, at: At, policy: &DeliveryPolicy, asked_at: At) -> Self {
        Doubt {
            since: self.since.max(at),
            empty_at: self.empty_at.filter(|empty| *empty >= at),
            earlier: self.earlier && asked_at >= at + policy.listed_within(),
            ..self
        }
    }

    /// From when on an empty look counts as proof.
    #[must_use]
    pub fn provable_at(&self, policy: &DeliveryPolicy) -> At {
        (self.started_at + policy.request_timeout).max(self.since) + policy.proof_after
    }

    /// From when on a second empty look counts, if the first that counted was at `first`: a whole while after the first could
    /// have come, and a little after it came. Of a request made long ago, as after an outage, two looks soon after each other
    /// show as much as two that were made in time.
    fn again_at(&self, first: At, policy: &DeliveryPolicy) -> At {
        (self.provable_at(policy) + policy.proof_again_after).max(first + policy.proof_again_after / 12)
    }

    /// When to look next after `now`.
    #[must_use]
    pub fn next_look(&self, policy: &DeliveryPolicy, now: At) -> At {
        let scale = policy.proof_after.as_secs_f64() / 60.0;
        let early = EARLY.iter().map(|look| self.since + seconds(*look).mul_f64(scale)).find(|at| *at > now);
        let proof = match self.empty_at {
            Some(first) => self.again_at(first, policy),
            None => self.provable_at(policy),
        };
        // A proof that is due and was not had (the list failed) is tried again after a pause.
        let proof = if proof > now { proof } else { now + seconds(30).mul_f64(scale) };
        early.map_or(proof, |early| early.min(proof))
    }

    /// Decides what a look at the list, asked for at `asked_at`, means.
    #[must_use]
    pub fn decide(&self, look: Look, policy: &DeliveryPolicy, asked_at: At) -> Finding {
        match look {
            Look::Unsure if asked_at >= self.since + PATIENCE => Finding::Parked {
                at: asked_at + hours(1),
                why: "the carrier lists a text of these words, and its clock cannot be compared with ours",
            },
            // Nothing is under way and the list has long been complete: one look is proof, and of several equal texts
            // the oldest is the one whose turn it is in its lane.
            Look::Candidates(mut ids) if self.earlier => {
                if ids.is_empty() {
                    Finding::NotSent
                } else {
                    Finding::Bound(ids.swap_remove(0))
                }
            }
            Look::Candidates(mut ids) if ids.len() == 1 => Finding::Bound(ids.swap_remove(0)),
            Look::Candidates(ids) if ids.len() > 1 => Finding::Parked {
                at: asked_at + hours(1),
                why: "the carrier lists several texts that could be this one",
            },
            Look::Candidates(_) => match self.empty_at {
                Some(first) if asked_at >= self.again_at(first, policy) => Finding::NotSent,
                None if asked_at >= self.provable_at(policy) => {
                    let proven = Doubt { empty_at: Some(asked_at), ..*self };
                    Finding::Again { at: proven.next_look(policy, asked_at), proof: true }
                }
                _ => Finding::Again { at: self.next_look(policy, asked_at), proof: false },
            },
            Look::Unavailable if asked_at >= self.listed_at.unwrap_or(self.since) + PATIENCE => {
                Finding::Parked { at: asked_at + hours(1), why: "the carrier's list could not be had for 15 minutes" }
            }
            Look::Unsure | Look::Unavailable => Finding::Again { at: self.next_look(policy, asked_at), proof: false },
        }
    }
}

/// When a request began, by our clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Began {
    /// By the clock as it is now: it can be held against what the carrier says.
    At(At),
    /// As the clock stood then; how far it was from the carrier's, nobody knows.
    Unsure(At),
}

/// Whether a listed message is the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// It could be.
    Could,
    /// It has the same words, and seems to have been made before; but the clocks cannot be compared.
    Unsure,
    /// It cannot be.
    Not,
}

/// Holds a listed message against the request of `ours` that was `began`. The same body after folding (a carrier replaces
/// characters), and not made long before it: `created_at` is by our clock, and `sure` if that is known. What is not sure may be
/// it, but rules nothing out.
#[must_use]
pub fn likeness(ours: &str, began: Began, listed_body: &str, (created_at, sure): (At, bool)) -> Likeness {
    let (Began::At(began_at) | Began::Unsure(began_at)) = began;
    if segment::fold(ours) != segment::fold(listed_body) {
        Likeness::Not
    } else if created_at + MARGIN >= began_at {
        Likeness::Could
    } else if sure && matches!(began, Began::At(_)) {
        Likeness::Not
    } else {
        Likeness::Unsure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: At = At(1_000_000_000_000);

    fn doubt() -> Doubt {
        Doubt { started_at: T0, since: T0 + seconds(10), listed_at: None, empty_at: None, earlier: false }
    }

    #[test]
    fn what_an_earlier_life_may_have_sent_is_settled_by_one_look() {
        let policy = DeliveryPolicy::sample();
        let earlier = Doubt { earlier: true, ..doubt() };
        let look = |ids: &[&str]| Look::Candidates(ids.iter().map(|id| (*id).to_owned()).collect());
        assert_eq!(earlier.decide(look(&[]), &policy, T0 + seconds(10)), Finding::NotSent);
        assert_eq!(earlier.decide(look(&["SM1", "SM2"]), &policy, T0 + seconds(10)), Finding::Bound("SM1".into()));
    }

    #[test]
    fn just_after_the_database_went_back_nothing_is_settled_by_one_look_nor_by_one_of_before() {
        let policy = DeliveryPolicy::sample();
        let none = || Look::Candidates(Vec::new());
        let back = T0 + seconds(300);
        let earlier = Doubt { earlier: true, ..doubt() };
        let soon = back + seconds(20);
        let first = earlier.since_gone_back(back, &policy, soon).decide(none(), &policy, soon);
        assert!(matches!(first, Finding::Again { proof: false, .. }), "{first:?}");
        let late = back + seconds(130);
        assert_eq!(earlier.since_gone_back(back, &policy, late).decide(none(), &policy, late), Finding::NotSent);
        let proven = Doubt { empty_at: Some(back - seconds(5)), ..doubt() }.since_gone_back(back, &policy, soon);
        let again = proven.decide(none(), &policy, soon);
        assert!(matches!(again, Finding::Again { proof: false, .. }), "{again:?}");
    }

    #[test]
    fn two_empty_looks_far_enough_apart_are_needed() {
        let policy = DeliveryPolicy::sample();
        let none = || Look::Candidates(Vec::new());
        let early = doubt().decide(none(), &policy, T0 + seconds(15));
        assert_eq!(early, Finding::Again { at: T0 + seconds(30), proof: false });
        let Finding::Again { at, proof: true } = doubt().decide(none(), &policy, T0 + seconds(70)) else {
            panic!("the first look that counts")
        };
        let again = Doubt { empty_at: Some(T0 + seconds(70)), ..doubt() };
        assert_eq!(at, T0 + seconds(130));
        assert!(matches!(again.decide(none(), &policy, T0 + seconds(129)), Finding::Again { proof: false, .. }));
        assert_eq!(again.decide(none(), &policy, T0 + seconds(130)), Finding::NotSent);
    }

    #[test]
    fn one_match_binds_at_any_time_and_several_park() {
        let policy = DeliveryPolicy::sample();
        let one = Look::Candidates(vec!["SM1".into()]);
        assert_eq!(doubt().decide(one, &policy, T0 + seconds(11)), Finding::Bound("SM1".into()));
        let two = Look::Candidates(vec!["SM1".into(), "SM2".into()]);
        assert!(matches!(doubt().decide(two, &policy, T0 + seconds(11)), Finding::Parked { .. }));
    }

    #[test]
    fn a_list_that_cannot_be_had_for_a_quarter_of_an_hour_parks() {
        let policy = DeliveryPolicy::sample();
        let soon = doubt().decide(Look::Unavailable, &policy, T0 + minutes(14));
        assert!(matches!(soon, Finding::Again { .. }));
        let late = doubt().decide(Look::Unavailable, &policy, T0 + minutes(16));
        assert!(matches!(late, Finding::Parked { .. }));
    }

    #[test]
    fn what_cannot_be_dated_proves_nothing_and_is_parked_after_a_quarter_of_an_hour() {
        let policy = DeliveryPolicy::sample();
        for doubt in
            [doubt(), Doubt { earlier: true, ..doubt() }, Doubt { empty_at: Some(T0 + seconds(70)), ..doubt() }]
        {
            let soon = doubt.decide(Look::Unsure, &policy, T0 + minutes(14));
            assert!(matches!(soon, Finding::Again { proof: false, .. }), "{soon:?}");
            assert!(matches!(doubt.decide(Look::Unsure, &policy, T0 + minutes(16)), Finding::Parked { .. }));
        }
    }

    #[test]
    fn only_what_was_surely_made_before_is_ruled_out() {
        let (sure, unsure) = (Began::At(T0), Began::Unsure(T0));
        let like = |began, at, listed_surely| likeness("ok", began, "ok", (at, listed_surely));
        for began in [sure, unsure] {
            for listed_surely in [true, false] {
                assert_eq!(likeness("ok", began, "no", (T0, listed_surely)), Likeness::Not);
                assert_eq!(like(began, T0 - seconds(60), listed_surely), Likeness::Could);
            }
        }
        assert_eq!(like(sure, T0 - seconds(61), true), Likeness::Not);
        assert_eq!(like(sure, T0 - seconds(61), false), Likeness::Unsure);
        assert_eq!(like(unsure, T0 - seconds(61), true), Likeness::Unsure);
        assert_eq!(like(unsure, T0 - seconds(61), false), Likeness::Unsure);
    }

    #[test]
    fn early_looks_scale_with_the_proof() {
        let quick = DeliveryPolicy { proof_after: seconds(6), ..DeliveryPolicy::sample() };
        assert_eq!(doubt().next_look(&quick, T0 + seconds(10)), T0 + seconds(10) + Duration::from_millis(500));
    }
}
