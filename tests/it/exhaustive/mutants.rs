//! Each rule left out, and what the model then finds: the four doublings that were measured are among them
//! (`without_the_mark_…`, `without_an_end_of_memory`, `without_the_offset`, `without_adoption`).

use super::explore::misses;
use super::properties::{DISORDERED, DOUBLED, FELL, LOST, MISDELIVERED, UNWANTED};
use super::rules::Rule;
use super::scenarios as runs;

macro_rules! mutants {
    ($($name:ident: $bounds:expr, $rule:ident, $against:ident;)*) => {
        $(#[test]
        fn $name() {
            misses(&$bounds, Rule::$rule, $against);
        })*
    };
}

mutants! {
    without_doubt_when_the_lease_ends: runs::answers(), DoubtWhenTheLeaseEnds, DOUBLED;
    without_a_second_look: runs::answers(), TwoLooks, DOUBLED;
    without_rising_ranks: runs::receipts(), RankRises, FELL;
    without_lanes_held_by_doubt: runs::answers(), DoubtHoldsTheLane, DISORDERED;
    without_an_end_of_a_request_by_its_lease: runs::nodes(), NoRequestAfterTheLease, DOUBLED;
    without_deafness_to_old_attempts: runs::nodes(), OnlyTheNewestAttemptCounts, DOUBLED;
    without_binding_once: runs::equal(), BoundOnce, LOST;
    without_the_mark_in_the_commit_that_does_the_work: runs::keys(), MarkWithTheWork, DOUBLED;
    without_comparing_before_consent: runs::stop(), CompareFirst, UNWANTED;
    without_taking_in_what_was_missed: runs::restart(), TakeInWhatWasMissed, LOST;
    without_putting_off_what_comes_by_webhook: runs::restart(), MissedBeforeWebhook, DISORDERED;
    without_vouching: runs::waiting(), VouchFirst, DOUBLED;
    without_looking_up_what_was_missed: runs::restore(), LookUpWhatWasMissed, DOUBLED;
    without_adoption: runs::restore(), AdoptThePair, MISDELIVERED;
    without_the_age_of_what_is_adopted: runs::answered(), AdoptTheAge, LOST;
    with_a_pick_of_somebody_elses_pair: runs::newcomer(), PickNobodyElses, MISDELIVERED;
    with_a_pick_while_a_person_has_to_decide: runs::alike_and_more(), HoldWhatFollows, MISDELIVERED;
    with_a_guess_among_several: runs::alike(), AdoptOnlyWhatIsSure, MISDELIVERED;
    without_an_end_of_memory: runs::promotion(), MemoryEndsWithTheDatabase, DOUBLED;
    without_full_proof_after_going_back: runs::promotion(), FullProofAfterGoingBack, DOUBLED;
    with_a_pick_before_the_list_is_complete: runs::promotion(), PickOnlyWhenListed, MISDELIVERED;
    without_lives: runs::two_promoted(), LivesAreToldApart, DOUBLED;
    without_the_offset: runs::clock(90), ShiftByTheOffset, DOUBLED;
    without_shifting_what_was_missed: runs::clock(-90), ShiftWhatWasMissed, DOUBLED;
    without_tolerance: runs::clock(90), ClocksDiffer, DOUBLED;
    with_proof_while_the_offset_is_unknown: runs::undated(), NoProofWithoutTheOffset, DOUBLED;
}
