//! When masks are short: another country, a shorter rest, the longest idle thread, and then the web alone.

use switchboard::clock::{hours, minutes};

use crate::both_stores;
use crate::house::Plan;
use crate::web::browser::Browser;

const ANA: &str = "ana@example.com";

fn two_masks(plan: &mut Plan) {
    plan.setup = plan.setup.replace("\"ana@example.com\", \"bo@example.com\"", "\"ana@example.com\"");
    plan.masks = 2;
}

fn one_mask_of_each_country(plan: &mut Plan) {
    two_masks(plan);
    plan.masks = 0;
    plan.setup += "[[mask]]\nnumber = \"+15055551001\"\ncountry = \"US\"\n[[mask]]\nnumber = \"+442079461001\"\n";
}

/// One mask; Ana has a phone and takes one customer, Bo has none.
fn one_phone_and_one_mask(plan: &mut Plan) {
    plan.setup = plan.setup.replace("phone = \"+15055550121\"", "phone = \"+15055550121\"\nlimit = 1");
    plan.setup = plan.setup.replace("phone = \"+15055550122\"\n", "");
    plan.masks = 1;
}

both_stores! {
    async fn the_word_that_a_thread_rests_leaves_with_the_transfer_that_rests_it(house: one_phone_and_one_mask) {
        house.goes_away("bo@example.com").await;
        house.customer(1).texts("one").await;
        house.everybody_answers().await;
        house.customer(2).texts("two").await;
        assert_eq!(house.pinned().await, "bo@example.com");
        house.transfers("miriam@example.com", ANA).await;
        house.runs_due_work().await;
        let told = "Your thread with ••01 rests: masks are short. It goes on in the inbox; a text here still takes it up again.";
        assert_eq!(house.ana().bodies()[1..], [told], "at once, not when the lease is over");
        assert!(house.states().await.iter().all(|state| state == "delivered"), "{:?}", house.outbox().await);
    }

    async fn a_mask_of_the_right_country_comes_first_and_another_before_none(house: one_mask_of_each_country) {
        house.customer(1).texts("one").await;
        house.customer(2).texts("two").await;
        assert_eq!(house.ana().threads(), ["+15055551001", "+442079461001"]);
        let why = "of another country, because no mask of the right one is free";
        assert_eq!(house.events("leg_opened").await[1]["why"], why);
    }

    async fn the_longest_idle_thread_rests_and_the_new_one_gets_a_mask_after_the_floor(house: two_masks) {
        house.customer(1).texts("one").await;
        house.customer(2).texts("two").await;
        house.pass(minutes(1)).await;
        house.customer(1).texts("one again").await;
        house.customer(3).texts("three").await;
        // Two threads are live and the idle one gives its mask up; the third customer is answered on the web until a mask is free.
        assert_eq!(house.events("no_mask").await.len(), 1);
        assert_eq!(house.events("leg_rested").await.len(), 1);
        assert_eq!(house.rows("legs WHERE role = 'rep' AND ended_why = 'rested'").await, 1);
        assert_eq!(house.number("SELECT total FROM tallies WHERE name = 'mask.exhausted'").await, 1);
        let told = "Your thread with ••02 rests: masks are short. It goes on in the inbox; a text here still takes it up again.";
        assert_eq!(house.ana().bodies().last().unwrap(), told);
        assert_eq!(house.ana().received().last().unwrap().from, house.ana().threads()[1]);
        assert_eq!(house.messages().await.last().unwrap(), "relayed three");

        house.pass(hours(4)).await;
        house.customer(3).texts("still here").await;
        assert_eq!(house.ana().bodies().last().unwrap(), "••03, Bait and Tackle:\nstill here");
        assert_eq!(house.ana().received().last().unwrap().from, house.ana().threads()[1]);
        assert_eq!(house.pinned().await, ANA);

        // Every rung can be read in the thread that it concerns.
        let miriam = Browser::of(house, "miriam@example.com").await;
        let third = miriam.get("/conversations/1003").await;
        third.shows(&["No mask was free", "From here on texts reach the rep", "shortened"]);
        miriam.get("/conversations/1002").await.shows(&["rest, because masks are short"]);
    }

    async fn a_later_text_takes_no_mask_from_anybody(house: two_masks) {
        for n in 1..=3 {
            house.customer(n).texts("hello").await;
        }
        for _ in 0..3 {
            house.customer(3).texts("me again").await;
            house.customer(1).texts("and me").await;
        }
        assert_eq!(house.events("leg_rested").await.len(), 1);
        assert_eq!(house.events("no_mask").await.len(), 1);
    }

    async fn a_mask_that_serves_somebody_else_now_is_not_given_back(house: two_masks) {
        let joel = house.customer(1);
        joel.texts("one").await;
        let mask = house.ana().threads()[0].clone();
        house.closes(ANA).await;
        house.customer(2).texts("two").await;
        house.pass(hours(5)).await;
        // Both masks are taken now, Joel's by a third customer after its floor.
        house.customer(3).texts("three").await;
        assert_eq!(house.ana().received().last().unwrap().from, mask);
        joel.texts("me again").await;
        assert_eq!(house.events("no_mask").await.len(), 1, "it goes on in the inbox until a mask is free");
        assert!(!house.ana().bodies().iter().any(|body| body.contains("me again")));
        assert_eq!(house.messages().await.last().unwrap(), "relayed me again");
        assert_eq!(house.pinned_of(1001).await, ANA);
    }

    async fn managers_see_that_masks_ran_out(house: two_masks) {
        for n in 1..=3 {
            house.customer(n).texts("hello").await;
        }
        let miriam = Browser::of(house, "miriam@example.com").await;
        miriam.get("/conversations").await.shows(&["1 conversation found no mask"]);
        let ana = Browser::of(house, ANA).await;
        ana.get("/conversations").await.hides(&["found no mask"]);
    }

    async fn a_mask_that_drains_keeps_its_threads_and_gets_no_new_ones(house: two_masks) {
        house.customer(1).texts("one").await;
        let mask = house.ana().threads()[0].clone();
        house.drains(&mask).await;
        house.ana().texts_back("yes?").await;
        house.customer(1).shows(&["yes?"]);
        house.customer(2).texts("two").await;
        house.closes_one(ANA, 1001).await;
        house.customer(1).texts("me again").await;
        assert!(house.ana().received().iter().skip(1).all(|text| text.from != mask));
    }
}
