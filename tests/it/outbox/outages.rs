//! A carrier that cannot be reached: all lanes wait together, and go on together seconds after it is back, in their order.

use std::collections::BTreeMap;

use switchboard::clock::{hours, minutes, seconds};
use switchboard::domain::people::person::Duty;
use switchboard::simulator::{Fault, Kind};

use crate::house::neighbours::webhook;
use crate::house::plan::only_ana;
use crate::house::{House, LINE, Plan};
use crate::web::browser::Browser;
use crate::{both_stores, databases};

const LANES: u32 = 200;

fn many_lanes(plan: &mut Plan) {
    only_ana(plan);
    plan.masks = LANES;
    plan.policies.support.context_line = false;
    plan.policies.delivery.segments_per_day = None;
    // All of them at one instant.
    plan.policies.delivery.segments_per_second = Some(1e6);
}

fn silent(plan: &mut Plan) {
    only_ana(plan);
    plan.expects_silence();
}

/// So many customers have written to Ana; the thread of each on her phone, by the customer's phone.
async fn acquainted(house: &House, customers: u32) -> BTreeMap<String, String> {
    for n in 1..=customers {
        assert!(house.simulator.text(&house.customer(n).number, LINE, &format!("I am {n}.")).await.taken());
    }
    house.runs_due_work().await;
    // What was answered before shows nothing about what comes now.
    house.pass(seconds(1)).await;
    let threads: BTreeMap<String, String> =
        house.ana().received().into_iter().map(|text| (text.body, text.from)).collect();
    let thread = |n: u32| {
        let found = threads.iter().find(|(body, _)| body.ends_with(&format!("I am {n}.")));
        found.unwrap_or_else(|| panic!("Ana has no thread of customer {n}")).1.clone()
    };
    (1..=customers).map(|n| (house.customer(n).number, thread(n))).collect()
}

/// Ana texts everybody, without waiting for anything.
async fn says_to_all(house: &House, threads: &BTreeMap<String, String>, body: &str) {
    for thread in threads.values() {
        assert!(house.simulator.text(&house.ana().number, thread, body).await.taken());
    }
}

async fn outage(house: &House) -> Vec<String> {
    house.words("SELECT why FROM carrier_outage").await
}

async fn requests(house: &House) -> i64 {
    house.rows("attempts").await
}

/// Everybody has got everything by now, once and in order.
async fn all_flows_again(house: &House, threads: &BTreeMap<String, String>) {
    let late: Vec<_> = threads.keys().filter(|phone| house.phone(phone).bodies() != ["one", "two", "three"]).collect();
    assert!(late.is_empty(), "{} of {LANES} wait, such as {:?}", late.len(), house.phone(late[0]).bodies());
    assert_eq!(outage(house).await, [""; 0]);
    house.pass(hours(1)).await;
    for phone in threads.keys() {
        house.phone(phone).shows(&["one", "two", "three"]);
    }
    assert_eq!(house.events("doubled").await.len(), 0);
}

both_stores! {
    async fn after_five_minutes_of_refused_connections_two_hundred_lanes_flow_within_fifteen_seconds(house: many_lanes) {
        let threads = acquainted(house, LANES).await;
        house.carrier_goes_away().await;
        says_to_all(house, &threads, "one").await;
        house.pass(seconds(10)).await;
        assert_eq!(outage(house).await.len(), 1);
        let before = requests(house).await;
        says_to_all(house, &threads, "two").await;
        house.pass(seconds(280)).await;
        says_to_all(house, &threads, "three").await;
        house.pass(seconds(10)).await;
        assert_eq!(requests(house).await, before, "nothing is requested while nobody answers");
        house.carrier_comes_back().await;
        house.pass(seconds(15)).await;
        all_flows_again(house, &threads).await;
    }

    // The connection ends before the answer, so that the test need not wait for as long as a hanging one would.
    async fn after_five_minutes_without_an_answer_two_hundred_lanes_flow_within_fifteen_seconds(house: many_lanes) {
        let threads = acquainted(house, LANES).await;
        house.simulator.fault(Fault::new(Kind::Reset).everywhere());
        says_to_all(house, &threads, "one").await;
        house.pass(seconds(10)).await;
        assert_eq!(house.rows("deliveries WHERE state = 'unknown'").await, i64::from(LANES));
        says_to_all(house, &threads, "two").await;
        house.pass(seconds(280)).await;
        says_to_all(house, &threads, "three").await;
        house.pass(seconds(10)).await;
        house.simulator.mend_all();
        house.pass(seconds(15)).await;
        all_flows_again(house, &threads).await;
    }

    async fn what_is_looked_for_before_it_is_sent_uses_up_no_trial(house: many_lanes) {
        let threads = acquainted(house, 40).await;
        house.carrier_goes_away().await;
        says_to_all(house, &threads, "one").await;
        house.pass(seconds(10)).await;
        assert_eq!(outage(house).await.len(), 1);
        says_to_all(house, &threads, "two").await;
        house.what_waits_may_have_been_sent().await;
        house.carrier_comes_back().await;
        house.pass(seconds(60)).await;
        assert_eq!(outage(house).await, [""; 0]);
        for phone in threads.keys() {
            house.phone(phone).shows(&["one", "two"]);
        }
    }

    async fn what_hangs_holds_up_only_what_was_under_way(house: silent) {
        let threads = acquainted(house, 3).await;
        house.simulator.fault(Fault::new(Kind::BlackHole).everywhere());
        let (phones, masks): (Vec<_>, Vec<_>) = threads.into_iter().unzip();
        for mask in &masks[..2] {
            house.ana().texts_to(mask, "one").await;
        }
        house.pass(seconds(20)).await;
        house.ana().texts_to(&masks[2], "one").await;
        house.pass(seconds(20)).await;
        assert_eq!(house.outbox_to(&phones[2]).await, ["ready one"], "it is not even tried");
        Browser::of(house, "miriam@example.com").await.get("/conversations").await.shows(&["The carrier cannot be reached"]);
        house.simulator.mend_all();
        house.pass(seconds(4)).await;
        house.phone(&phones[2]).shows(&["one"]);
        house.pass(minutes(3)).await;
        for phone in &phones {
            house.phone(phone).shows(&["one"]);
        }
        assert_eq!(outage(house).await, [""; 0]);
    }

    async fn one_phone_that_the_carrier_stumbles_over_stops_nobody_else(house: only_ana) {
        let threads = acquainted(house, 3).await;
        let (phones, masks): (Vec<_>, Vec<_>) = threads.into_iter().unzip();
        house.simulator.fault(Fault::new(Kind::Error).taken(false).to(&phones[0]));
        house.ana().texts_to(&masks[0], "one").await;
        house.pass(minutes(5)).await;
        assert_eq!(outage(house).await, [""; 0]);
        house.ana().texts_to(&masks[1], "two").await;
        house.phone(&phones[1]).shows(&["two"]);
    }

    async fn an_answer_in_between_shows_that_the_carrier_is_there(house: only_ana) {
        let threads = acquainted(house, 3).await;
        let (phones, masks): (Vec<_>, Vec<_>) = threads.into_iter().unzip();
        for phone in [&phones[0], &phones[2]] {
            house.simulator.fault(Fault::new(Kind::Error).taken(false).to(phone));
        }
        for mask in &masks {
            house.ana().texts_to(mask, "one").await;
            house.pass(seconds(1)).await;
        }
        house.phone(&phones[1]).shows(&["one"]);
        assert_eq!(outage(house).await, [""; 0], "two have no answer, and one between them has");
    }

    async fn a_carrier_that_answers_and_takes_no_text_is_tried_with_one_at_a_time(house: only_ana) {
        let threads = acquainted(house, 12).await;
        let fault = house.simulator.fault(Fault::new(Kind::Error).taken(false));
        let mut masks = threads.values();
        for mask in masks.by_ref().take(2) {
            house.ana().texts_to(mask, "one").await;
        }
        assert_eq!(outage(house).await.len(), 1);
        let before = requests(house).await;
        for mask in masks {
            assert!(house.simulator.text(&house.ana().number, mask, "one").await.taken());
        }
        house.pass(seconds(30)).await;
        let tried = requests(house).await - before;
        assert!((2..=5).contains(&tried), "{tried} were tried within half a minute");
        house.simulator.mend(fault);
        house.pass(minutes(5)).await;
        for phone in threads.keys() {
            house.phone(phone).shows(&["one"]);
        }
    }

    async fn an_outage_outlives_the_process_and_ends_all_the_same(house: only_ana) {
        let threads = acquainted(house, 2).await;
        house.carrier_goes_away().await;
        says_to_all(house, &threads, "one").await;
        house.pass(seconds(10)).await;
        assert_eq!(outage(house).await.len(), 1);
        house.carrier_comes_back().await;
        let house = house.restarts().await;
        house.looks_for_missed_texts().await;
        house.pass(seconds(5)).await;
        for phone in threads.keys() {
            house.phone(phone).shows(&["one"]);
        }
    }
}

#[tokio::test]
async fn what_one_node_finds_out_the_other_knows() {
    let house = House::with(databases::postgres().await, Plan::default().but(only_ana)).await;
    let other = house.second_node().await;
    other.takes_duty("bo@example.com", "bo@example.com", Duty::Away).await;
    let threads = acquainted(&other, 3).await;
    let (phones, masks): (Vec<_>, Vec<_>) = threads.into_iter().unzip();
    house.simulator.fault(Fault::new(Kind::Reset).taken(false).everywhere());
    for mask in &masks[..2] {
        house.simulator.text(&house.ana().number, mask, "one").await;
    }
    other.runs_due_work().await;
    let before = requests(&house).await;
    let text = webhook("SM00000000000000000000000000000301", &phones[2], "are you there?");
    assert_eq!(house.hears(&text).await.status, 200);
    assert_eq!(requests(&house).await, before, "the other node requests nothing either");
    house.simulator.mend_all();
    house.pass(seconds(5)).await;
    assert!(house.ana().bodies().last().unwrap().ends_with("are you there?"));
    assert_eq!(outage(&other).await, [""; 0]);
    other.pass(minutes(3)).await;
    for phone in &phones[..2] {
        other.phone(phone).shows(&["one"]);
    }
    house.is_left_tidy();
    other.is_left_tidy();
}
