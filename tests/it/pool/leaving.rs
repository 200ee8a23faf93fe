//! Leaving: no new legs, live ones go on, every rest is waited for, and the carrier is asked until it takes the number back.

use switchboard::clock::{hours, minutes};
use switchboard::desk::Failure;
use switchboard::desk::pool::{By, drain};
use switchboard::simulator::{Fault, Kind};

use super::{ANA, only_ana};
use crate::both_stores;
use crate::house::{House, Plan, mask};

fn two_masks(plan: &mut Plan) {
    only_ana(plan);
    plan.masks = 2;
}

fn five_masks(plan: &mut Plan) {
    only_ana(plan);
    plan.masks = 5;
}

/// Rents the masks of the set-up file, which the simulator does not know.
fn rent_masks(house: &House, count: u32) {
    for n in 1..=count {
        house.simulator.own_number(&mask(n), "", None);
    }
}

fn is_rented(house: &House, number: &str) -> bool {
    house.simulator.own_numbers().iter().any(|own| own.number == number)
}

both_stores! {
    async fn a_mask_drains_cools_until_every_rest_has_passed_and_is_given_back(house: two_masks) {
        rent_masks(house, 2);
        let joel = house.customer(1);
        joel.texts("one").await;
        let number = house.ana().threads()[0].clone();
        house.drains(&number).await;

        // Live legs work both ways, and nobody new comes onto it.
        house.pass(minutes(5)).await;
        house.moves_masks().await;
        assert_eq!(house.state_of(&number).await, "draining");
        house.ana().texts_back("yes?").await;
        joel.shows(&["yes?"]);
        joel.texts("still there").await;
        assert_eq!(house.ana().received().last().unwrap().from, number);
        house.customer(2).texts("two").await;
        assert_ne!(house.ana().received().last().unwrap().from, number);

        // Its leg ends: it cools, and what arrives on it is held.
        house.closes_one(ANA, 1001).await;
        house.moves_masks().await;
        assert_eq!(house.state_of(&number).await, "cooling");
        house.is_left_to_nobody(1001).await;
        house.ana().texts_to(&number, "too late").await;
        assert_eq!(house.messages().await.last().unwrap(), "held too late");

        house.pass(hours(71)).await;
        house.moves_masks().await;
        assert!(house.state_of(&number).await == "cooling" && is_rented(house, &number), "Ana's phone rests on it");
        house.pass(hours(2)).await;
        house.moves_masks().await;
        assert_eq!(house.state_of(&number).await, "released");
        assert!(!is_rented(house, &number));
        let other = house.ana().threads().into_iter().find(|other| *other != number).unwrap();
        assert!(is_rented(house, &other), "only that one");
    }

    async fn a_customer_who_comes_back_gets_another_mask_than_one_that_leaves(house: two_masks) {
        rent_masks(house, 2);
        house.customer(1).texts("one").await;
        let number = house.ana().threads()[0].clone();
        house.closes(ANA).await;
        house.drains(&number).await;
        house.customer(1).texts("me again").await;
        assert_eq!(house.rows("conversations").await, 1, "it is reopened");
        assert_ne!(house.ana().received().last().unwrap().from, number);
        house.ana().texts_back("hello").await;
        house.customer(1).shows(&["hello"]);
    }

    async fn a_mask_that_nobody_ever_had_goes_within_minutes_but_not_at_once(house: two_masks) {
        rent_masks(house, 2);
        house.drains(&mask(1)).await;
        house.moves_masks().await;
        assert_eq!(house.state_of(&mask(1)).await, "draining", "whoever has just chosen it commits first");
        house.pass(minutes(1)).await;
        house.moves_masks().await;
        assert_eq!(house.state_of(&mask(1)).await, "cooling");
        house.pass(minutes(1)).await;
        house.moves_masks().await;
        assert_eq!(house.state_of(&mask(1)).await, "released");
        assert!(!is_rented(house, &mask(1)) && is_rented(house, &mask(2)));
        assert_eq!(house.events("mask_released").await.len(), 1);
    }

    async fn a_release_that_is_refused_is_tried_again(house: two_masks) {
        rent_masks(house, 2);
        house.simulator.fault(Fault::new(Kind::Refusal).of_numbers().code(20404).to(&mask(1)).times(2));
        house.drains(&mask(1)).await;
        for _ in 0..2 {
            house.pass(minutes(1)).await;
            house.moves_masks().await;
        }
        assert_eq!(house.state_of(&mask(1)).await, "cooling");
        let why = house.words("SELECT release_why FROM numbers WHERE release_why IS NOT NULL").await;
        assert!(why[0].contains("code 20404"), "{why:?}");
        house.moves_masks().await;
        assert!(is_rented(house, &mask(1)), "not at once");
        house.pass(minutes(1)).await;
        house.moves_masks().await;
        assert_eq!(house.number("SELECT MAX(release_tries) FROM numbers").await, 2);
        house.pass(minutes(5)).await;
        house.moves_masks().await;
        assert_eq!(house.state_of(&mask(1)).await, "released");
        assert!(!is_rented(house, &mask(1)));
    }

    async fn a_release_whose_answer_was_lost_is_found_to_be_done(house: two_masks) {
        rent_masks(house, 2);
        house.simulator.fault(Fault::new(Kind::Reset).of_numbers().taken(true).times(1));
        house.drains(&mask(1)).await;
        for _ in 0..2 {
            house.pass(minutes(1)).await;
            house.moves_masks().await;
        }
        assert!(house.state_of(&mask(1)).await == "cooling" && !is_rented(house, &mask(1)), "nobody knows");
        house.pass(minutes(2)).await;
        house.moves_masks().await;
        assert_eq!(house.state_of(&mask(1)).await, "released");
    }

    async fn texts_that_wait_keep_a_mask(house: two_masks) {
        rent_masks(house, 2);
        house.customer(1).texts("one").await;
        let number = house.ana().threads()[0].clone();
        house.drains(&number).await;
        house.closes(ANA).await;
        house.pass(hours(73)).await;
        house.moves_masks().await;
        assert_eq!(house.state_of(&number).await, "cooling");
        house.texts_are_in_doubt(&number, true).await;
        house.clock.pass(minutes(2));
        house.moves_masks().await;
        assert_eq!(house.state_of(&number).await, "cooling", "a text from it is in doubt");
        house.texts_are_in_doubt(&number, false).await;
        house.moves_masks().await;
        assert_eq!(house.state_of(&number).await, "released");
    }

    async fn a_draining_mask_can_be_made_active_again_and_a_cooling_one_cannot(house: two_masks) {
        let id = house.mask_id(&mask(1)).await;
        house.drains(&mask(1)).await;
        drain::reactivate(&house.desk, By::Operator, id).await.unwrap();
        assert_eq!(house.state_of(&mask(1)).await, "active");
        house.customer(1).texts("one").await;
        house.customer(2).texts("two").await;
        assert_eq!(house.ana().threads().len(), 2, "it takes new legs");
        house.closes(ANA).await;
        house.closes_one(ANA, 1001).await;
        house.drains(&mask(1)).await;
        house.pass(minutes(1)).await;
        house.moves_masks().await;
        let late = drain::reactivate(&house.desk, By::Operator, id).await;
        assert!(matches!(late, Err(Failure::Refused { field: "mask", .. })), "{late:?}");
        let ana = house.person(ANA).await;
        assert!(matches!(drain::drain(&house.desk, By::Person(ana), &[id]).await, Err(Failure::NotFound)));
    }

    async fn shrinking_takes_the_masks_that_the_fewest_people_have(house: five_masks) {
        for n in 1..=3 {
            house.customer(n).texts("hello").await;
        }
        house.closes_one(ANA, 1001).await;
        let used = house.ana().threads();
        let chosen = drain::choose(&house.desk, None, 3).await.unwrap();
        let numbers: Vec<&str> = chosen.iter().map(|one| one.mask.number.as_str()).collect();
        assert_eq!(numbers[2], used[0], "after the two that nobody has, the one on which somebody rests");
        assert!(!numbers.contains(&used[1].as_str()) && !numbers.contains(&used[2].as_str()));
        assert!(chosen.iter().all(|one| one.live == 0) && chosen[2].resting == 1);
        for (country, count) in [(None, 0), (None, 6), (Some("GB"), 1), (Some("Canada"), 1)] {
            assert!(drain::choose(&house.desk, country, count).await.is_err(), "{country:?} {count}");
        }
    }

    async fn nothing_is_given_back_while_the_clock_cannot_be_trusted(house: two_masks) {
        rent_masks(house, 2);
        house.drains(&mask(1)).await;
        house.pass(minutes(1)).await;
        house.moves_masks().await;
        let back = house.clock.now();
        house.clock.set(back + hours(100));
        house.moves_masks().await;
        assert_eq!(house.state_of(&mask(1)).await, "cooling");
        house.clock.set(back);
        house.runs_due_work().await;
    }
}
