//! Requests of which nobody knows whether they were taken: never repeated without proof, never forgotten.

use switchboard::clock::{hours, minutes, seconds};
use switchboard::desk::outbox::{deliver, leases};
use switchboard::simulator::{Fault, Kind};

use crate::both_stores;
use crate::house::plan::only_ana;
use crate::house::{House, LINE, Phone, Plan};

fn only_ana_and_silence(plan: &mut Plan) {
    only_ana(plan);
    plan.expects_silence();
}

/// Joel has written to Ana, and requests to Joel's phone will meet `fault`.
async fn joel_with(house: &House, fault: Fault) -> Phone<'_> {
    let joel = house.customer(34);
    joel.texts("hello").await;
    house.simulator.fault(fault.to(&joel.number));
    joel
}

/// The harness itself: what a desk begins and drops is seen, before its lease is over and after.
#[tokio::test]
#[should_panic(expected = "requests were dropped (ended by their lease, still waiting): (0, 1)")]
async fn a_request_that_nobody_makes_leaves_a_house_untidy() {
    let house = House::on(crate::databases::sqlite()).await;
    house.simulator.text(&house.customer(34).number, LINE, "hello").await;
    assert_eq!(house.forgets_requests(), 1);
    house.runs_due_work().await;
    house.is_left_tidy();
}

#[tokio::test]
#[should_panic(expected = "requests were dropped (ended by their lease, still waiting): (1, 0)")]
async fn a_request_that_ends_by_its_lease_leaves_a_house_untidy() {
    let house = House::on(crate::databases::sqlite()).await;
    house.simulator.text(&house.customer(34).number, LINE, "hello").await;
    assert_eq!(house.forgets_requests(), 1);
    house.pass(minutes(10)).await;
    house.is_left_tidy();
}

both_stores! {
    async fn a_text_that_was_taken_though_the_answer_was_lost_is_bound_by_its_receipt(house: only_ana) {
        let joel = joel_with(house, Fault::new(Kind::Reset).taken(true).times(1)).await;
        house.ana().texts_back("Open until six").await;
        assert_eq!(house.outbox_to(&joel.number).await, ["delivered Open until six"]);
        house.pass(hours(1)).await;
        joel.shows(&["Open until six"]);
    }

    async fn without_receipts_it_is_bound_by_the_carriers_list(house: only_ana_and_silence) {
        let joel = joel_with(house, Fault::new(Kind::ReceiptsLost)).await;
        for kind in [Kind::Reset, Kind::Error, Kind::Junk, Kind::Truncated, Kind::BlackHole] {
            house.simulator.fault(Fault::new(kind).taken(true).to(&joel.number).times(1));
            house.ana().texts_back(&format!("{kind:?}")).await;
            let newest = house.outbox_to(&joel.number).await.pop().unwrap();
            assert_eq!(newest, format!("unknown {kind:?}"));
            house.pass(seconds(6)).await;
            let newest = house.outbox_to(&joel.number).await.pop().unwrap();
            assert_eq!(newest, format!("accepted {kind:?}"), "the first look finds it");
        }
        house.pass(hours(1)).await;
        joel.shows(&["Reset", "Error", "Junk", "Truncated", "BlackHole"]);
        assert_eq!(house.rows("attempts WHERE outcome = 'accepted'").await, 6);
    }

    async fn what_was_never_taken_is_proven_twice_and_then_sent_exactly_once(house: only_ana) {
        let joel = joel_with(house, Fault::new(Kind::Reset).taken(false).times(1)).await;
        house.ana().texts_back("Open until six").await;
        house.ana().texts_back("See you").await;
        assert_eq!(house.outbox_to(&joel.number).await, ["unknown Open until six", "ready See you"]);
        house.pass(seconds(119)).await;
        joel.shows(&[]);
        house.pass(seconds(30)).await;
        joel.shows(&["Open until six", "See you"]);
        house.pass(hours(1)).await;
        joel.shows(&["Open until six", "See you"]);
        assert_eq!(house.rows("attempts WHERE outcome = 'not_sent'").await, 1);
    }

    async fn a_list_that_is_late_does_not_prove_that_nothing_was_taken(house: only_ana) {
        let joel = joel_with(house, Fault::new(Kind::Reset).taken(true).times(1)).await;
        house.simulator.fault(Fault::new(Kind::ReceiptsLost));
        house.simulator.fault(Fault::new(Kind::ListLate).millis(100_000));
        house.ana().texts_back("Open until six").await;
        house.pass(hours(1)).await;
        joel.shows(&["Open until six"]);
        assert_eq!(house.outbox_to(&joel.number).await, ["accepted Open until six"]);
    }

    async fn several_candidates_park_the_text_and_the_lane_goes_on(house: only_ana) {
        let joel = joel_with(house, Fault::new(Kind::ReceiptsLost)).await;
        // Two texts of the same words are at the carrier and bound to nothing: somebody sent them by another way.
        let foreign = house.phone(&joel.number);
        for _ in 0..2 {
            house.sends_beside("ok", &foreign.number).await;
        }
        house.simulator.fault(Fault::new(Kind::Reset).taken(true).to(&joel.number).times(1));
        house.ana().texts_back("ok").await;
        house.ana().texts_back("and more").await;
        house.pass(seconds(6)).await;
        assert_eq!(house.outbox_to(&joel.number).await, ["parked ok", "accepted and more"]);
        let why = house.words("SELECT why FROM deliveries WHERE state = 'parked'").await;
        assert!(!why[0].is_empty());
        house.pass(hours(2)).await;
        assert_eq!(joel.bodies(), ["ok", "ok", "ok", "and more"], "it was not sent again");
    }

    async fn a_list_that_cannot_be_had_parks_after_a_quarter_of_an_hour_and_a_later_look_still_settles(house: only_ana) {
        let joel = joel_with(house, Fault::new(Kind::Reset).taken(true).times(1)).await;
        house.simulator.fault(Fault::new(Kind::ReceiptsLost));
        let list = house.simulator.fault(Fault::new(Kind::ListUnavailable));
        house.ana().texts_back("one").await;
        house.ana().texts_back("two").await;
        house.pass(minutes(14)).await;
        assert_eq!(house.outbox_to(&joel.number).await, ["unknown one", "ready two"]);
        house.pass(minutes(3)).await;
        assert_eq!(house.outbox_to(&joel.number).await, ["parked one", "accepted two"]);
        house.simulator.mend(list);
        house.pass(hours(2)).await;
        assert_eq!(house.outbox_to(&joel.number).await, ["accepted one", "accepted two"]);
        joel.shows(&["one", "two"]);
    }

    async fn a_text_that_the_carrier_takes_late_is_bound_and_not_repeated(house: only_ana_and_silence) {
        let joel = joel_with(house, Fault::new(Kind::AcceptedLate).millis(50_000).times(1)).await;
        house.ana().texts_back("Open until six").await;
        house.pass(hours(1)).await;
        joel.shows(&["Open until six"]);
        assert_eq!(house.outbox_to(&joel.number).await, ["delivered Open until six"]);
    }

    async fn a_carrier_slower_than_the_horizon_doubles_and_that_is_counted_and_shown(house: only_ana_and_silence) {
        let joel = joel_with(house, Fault::new(Kind::AcceptedLate).millis(600_000).times(1)).await;
        house.ana().texts_back("Open until six").await;
        house.pass(minutes(5)).await;
        joel.shows(&["Open until six"]);
        house.pass(minutes(10)).await;
        joel.shows(&["Open until six", "Open until six"]);
        assert_eq!(house.events("doubled").await.len(), 1);
        assert_eq!(house.outbox_to(&joel.number).await, ["delivered Open until six"]);
    }

    async fn a_request_whose_lease_ran_out_is_in_doubt_and_not_repeated_without_proof(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.simulator.text(&house.ana().number, &house.ana().threads()[0], "Open until six").await;
        assert_eq!(house.dies_before_sending(), 1);
        house.pass(seconds(29)).await;
        assert_eq!(house.outbox_to(&joel.number).await, ["sending Open until six"]);
        house.pass(seconds(2)).await;
        assert_eq!(house.outbox_to(&joel.number).await, ["unknown Open until six"]);
        house.pass(seconds(60)).await;
        joel.shows(&[]);
        house.pass(seconds(120)).await;
        joel.shows(&["Open until six"]);
    }

    async fn an_answer_that_comes_after_the_lease_ran_out_binds_all_the_same(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.simulator.fault(Fault::new(Kind::ReceiptsLost));
        house.simulator.text(&house.ana().number, &house.ana().threads()[0], "Open until six").await;
        let begun = house.begun();
        house.pass(seconds(31)).await;
        assert_eq!(house.outbox_to(&joel.number).await, ["unknown Open until six"]);
        for sending in begun {
            deliver::deliver(&house.desk, sending).await;
        }
        assert_eq!(house.outbox_to(&joel.number).await, ["accepted Open until six"]);
        house.pass(hours(1)).await;
        joel.shows(&["Open until six"]);
    }

    async fn an_answer_that_comes_after_another_request_was_made_is_counted_as_doubled(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.simulator.text(&house.ana().number, &house.ana().threads()[0], "Open until six").await;
        let begun = house.begun();
        house.pass(seconds(31)).await;
        house.pass(minutes(10)).await;
        joel.shows(&["Open until six"]);
        for sending in begun {
            deliver::deliver(&house.desk, sending).await;
        }
        house.runs_due_work().await;
        assert_eq!(house.events("doubled").await.len(), 1);
        assert_eq!(house.outbox_to(&joel.number).await, ["delivered Open until six"]);
    }

    async fn after_a_restart_nothing_is_sent_again_without_proof(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        let thread = house.ana().threads()[0].clone();
        // One request was made and its answer was not written; the other was never made.
        house.simulator.text(&house.ana().number, &thread, "made").await;
        house.makes_requests_and_dies().await;
        house.clock.pass(seconds(1));
        assert!(leases::leases(&house.desk, house.clock.now()).await.unwrap() > 0, "at once, not when the lease ends");
        assert_eq!(house.outbox_to(&joel.number).await, ["unknown made"]);
        house.simulator.text(&house.ana().number, &thread, "waits").await;
        house.pass(minutes(10)).await;
        joel.shows(&["made", "waits"]);
        assert!(house.outbox_to(&joel.number).await.iter().all(|row| row.starts_with("delivered")));
    }

    async fn a_rep_who_lost_the_conversation_meanwhile_gets_nothing_again(house) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        let old = house.chosen();
        let (from, to) = if old.number == house.ana().number { ("ana", "bo") } else { ("bo", "ana") };
        house.simulator.fault(Fault::new(Kind::Reset).taken(false).to(&old.number).times(1));
        joel.texts("are you there?").await;
        house.transfers(&format!("{from}@example.com"), &format!("{to}@example.com")).await;
        house.pass(minutes(10)).await;
        assert_eq!(old.received().len(), 1);
        let new = if to == "bo" { house.bo() } else { house.ana() };
        new.shows(&["••34, Bait and Tackle:\nare you there?"]);
    }
}
