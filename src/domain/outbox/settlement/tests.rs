//! News in every order.

use proptest::prelude::*;

use super::*;
use crate::clock::seconds;
use crate::domain::outbox::delivery::{UNREPORTED, state_of};

const NOW: At = At(5_000_000_000);

fn sending() -> (Row, Try) {
    let row = Row { state: State::Sending, rank: UNREPORTED, fence: 1, due_at: None, code: None, why: None };
    let attempt = Try {
        fence: 1,
        started_at: NOW,
        ended_at: None,
        outcome: None,
        carrier_id: None,
        doubt_since: None,
        looks: 0,
        next_look_at: None,
        listed_at: None,
        empty_at: None,
        there: None,
    };
    (row, attempt)
}

fn report(status: &str, rank: i64) -> News {
    News::Report(Report { id: "SM1".into(), rank, state: state_of(status), code: None, why: None, opted_out: false })
}

fn tell(row: &mut Row, attempt: &mut Try, news: News) -> Effects {
    settle(row, attempt, news, &DeliveryPolicy::sample(), NOW + seconds(1))
}

#[test]
fn a_lost_answer_is_never_requested_again_and_a_receipt_settles_it() {
    let (mut row, mut attempt) = sending();
    let effects = tell(&mut row, &mut attempt, News::Answer(Next::Unknown { why: "time-out".into() }));
    assert_eq!((row.state, effects.freed), (State::Unknown, false));
    assert!(attempt.next_look_at.is_some());
    let effects = tell(&mut row, &mut attempt, report("sent", 3));
    assert_eq!((row.state, effects.freed), (State::Sent, true));
    assert_eq!((attempt.carrier_id.as_deref(), attempt.next_look_at), (Some("SM1"), None));
}

#[test]
fn a_receipt_before_the_answer_settles_and_the_answer_changes_nothing() {
    let (mut row, mut attempt) = sending();
    assert!(tell(&mut row, &mut attempt, report("delivered", 4)).freed);
    let before = row.clone();
    let late = tell(&mut row, &mut attempt, News::Answer(Next::Accepted { id: "SM1".into() }));
    assert_eq!((row, late), (before, Effects::default()));
}

#[test]
fn an_overtaken_attempt_that_was_sent_after_all_is_counted() {
    let (mut row, mut attempt) = sending();
    row.fence = 2;
    let effects = tell(&mut row, &mut attempt, News::Answer(Next::Accepted { id: "SM1".into() }));
    assert!(effects.doubled && row.state == State::Sending);
    assert_eq!(attempt.carrier_id.as_deref(), Some("SM1"));
}

#[test]
fn a_receipt_for_another_message_touches_nothing() {
    let (mut row, mut attempt) = sending();
    drop(tell(&mut row, &mut attempt, News::Answer(Next::Accepted { id: "SM2".into() })));
    let before = row.clone();
    assert!(tell(&mut row, &mut attempt, report("failed", 4)).mismatch);
    assert_eq!(row, before);
}

#[test]
fn a_late_answer_binds_a_text_that_was_about_to_be_requested_again() {
    let (mut row, mut attempt) = sending();
    drop(tell(&mut row, &mut attempt, News::Answer(Next::Unknown { why: String::new() })));
    let look = News::Look { finding: Finding::NotSent, asked_at: NOW, had: true };
    assert!(tell(&mut row, &mut attempt, look).waiting && row.state == State::Ready);
    assert!(tell(&mut row, &mut attempt, report("queued", 1)).freed);
    assert_eq!(row.state, State::Accepted);
}

proptest! {
    #[test]
    fn a_status_never_goes_back_whatever_the_order(
        words in proptest::collection::vec(0_usize..7, 1..20),
    ) {
        let statuses = [("accepted", 0), ("queued", 1), ("sending", 2), ("sent", 3), ("delivered", 4),
            ("undelivered", 4), ("failed", 4)];
        let (mut row, mut attempt) = sending();
        let mut rank = UNREPORTED;
        let mut last = None;
        for word in words {
            let (status, its) = statuses[word];
            drop(tell(&mut row, &mut attempt, report(status, its)));
            prop_assert!(row.rank >= rank);
            if let Some(last) = last.filter(|_| rank == 4) {
                prop_assert_eq!(row.state, last, "a final state changed");
            }
            rank = row.rank;
            last = Some(row.state);
        }
        prop_assert_eq!(row.state.holds_lane(), false);
    }
}

fn parked(state: State) -> (Row, Try) {
    let row = Row { state, rank: -1, fence: 1, due_at: None, code: None, why: Some("several".into()) };
    let attempt = Try {
        fence: 1,
        started_at: At(0),
        ended_at: Some(At(1)),
        outcome: Some(Outcome::Unknown),
        carrier_id: None,
        doubt_since: Some(At(1)),
        looks: 2,
        next_look_at: Some(At(100)),
        listed_at: None,
        empty_at: None,
        there: None,
    };
    (row, attempt)
}

fn decided(state: State, decision: Decision) -> (Row, Try, Effects) {
    let (mut row, mut attempt) = parked(state);
    let effects = settle(&mut row, &mut attempt, News::Decided(decision), &DeliveryPolicy::sample(), At(50));
    (row, attempt, effects)
}

#[test]
fn a_person_binds_a_doubtful_text_to_what_the_carrier_has() {
    let (row, attempt, effects) = decided(State::Parked, Decision::Sent(Some("SM1".into())));
    assert_eq!((row.state, attempt.carrier_id.as_deref(), attempt.next_look_at), (State::Accepted, Some("SM1"), None));
    assert!(!effects.freed && !effects.failed, "its lane has gone on");
    let (row, attempt, effects) = decided(State::Unknown, Decision::Sent(None));
    assert_eq!((row.state, attempt.carrier_id, effects.freed), (State::Accepted, None, true));
}

#[test]
fn a_person_has_a_doubtful_text_sent_again_or_leaves_it_at_that() {
    let (row, attempt, effects) = decided(State::Parked, Decision::NotSent);
    assert_eq!((row.state, row.due_at, attempt.outcome), (State::Ready, Some(At(50)), Some(Outcome::NotSent)));
    assert!(effects.waiting && !effects.freed);
    let (row, attempt, effects) = decided(State::Unknown, Decision::GiveUp("asked by phone".into()));
    assert_eq!((row.state, attempt.next_look_at), (State::Dead, None));
    assert!(effects.freed && effects.failed);
}

#[test]
fn what_is_settled_cannot_be_decided_about() {
    for state in [State::Ready, State::Sending, State::Accepted, State::Delivered, State::Dead] {
        let (row, _, effects) = decided(state, Decision::NotSent);
        assert_eq!(row, parked(state).0);
        assert!(effects.mismatch);
    }
    let (mut row, mut attempt) = parked(State::Parked);
    attempt.carrier_id = Some("SM1".into());
    let effects = settle(&mut row, &mut attempt, News::Decided(Decision::NotSent), &DeliveryPolicy::sample(), At(50));
    assert!(effects.mismatch && row.state == State::Parked);
}
