//! Masks: each customer a thread of their own, the same two people the same thread, nobody on a resting mask.

use switchboard::clock::{days, minutes};

use crate::both_stores;
use crate::house::plan::only_ana;
use crate::house::{LINE, Plan};

const ANA: &str = "ana@example.com";
const MIRIAM: &str = "miriam@example.com";

fn only_ana_and_two_masks(plan: &mut Plan) {
    only_ana(plan);
    plan.masks = 2;
}

both_stores! {
    async fn two_customers_of_one_rep_are_two_threads_on_the_reps_phone(house: only_ana) {
        house.customer(34).texts("one").await;
        house.customer(35).texts("two").await;
        let threads = house.ana().threads();
        assert_eq!(threads.len(), 2);
        assert!(!threads.contains(&LINE.to_owned()));
        house.ana().texts_to(&threads[0], "to the first").await;
        house.ana().texts_to(&threads[1], "to the second").await;
        house.customer(34).shows(&["to the first"]);
        house.customer(35).shows(&["to the second"]);
    }

    async fn two_reps_of_two_customers_need_no_more_masks_than_one(house: only_ana_and_two_masks) {
        house.customer(34).texts("one").await;
        house.has_members(&[ANA, "bo@example.com"]).await;
        house.goes_away(ANA).await;
        house.customer(35).texts("two").await;
        house.customer(36).texts("three").await;
        assert_eq!((house.ana().threads().len(), house.bo().threads().len()), (1, 2), "masks are counted by phone");
    }

    async fn the_same_two_people_meet_on_the_same_mask_even_while_it_rests(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("one").await;
        house.closes(ANA).await;
        joel.texts("two").await;
        assert_eq!(house.rows("conversations").await, 1, "reopened");
        assert_eq!(house.ana().threads().len(), 1);
        house.closes(ANA).await;
        house.customer(35).texts("somebody else").await;
        house.pass(days(20)).await;
        joel.texts("three").await;
        let seen: Vec<_> = house.ana().received().into_iter().map(|text| text.from).collect();
        assert_eq!([&seen[1], &seen[3]], [&seen[0], &seen[0]], "one thread on the handset for good");
        assert_ne!(seen[2], seen[0]);
        assert_eq!(house.events("leg_opened").await[1]["why"], "same two people, same mask");
    }

    async fn nobody_else_gets_a_mask_that_rests(house: only_ana_and_two_masks) {
        for n in [34, 35] {
            house.customer(n).texts("hello").await;
            house.closes(ANA).await;
        }
        // Both masks rest for Ana's phone; a third customer's conversation goes on in the web inbox alone.
        house.customer(36).texts("is anybody there?").await;
        assert_eq!(house.pinned().await, ANA);
        assert_eq!(house.messages().await[2], "relayed is anybody there?");
        assert_eq!(house.ana().received().len(), 2);
        assert_eq!(house.events("no_mask").await.len(), 1);
        house.replies_on_web(ANA, house.conversation().await, "yes").await;
        house.customer(36).shows(&["yes"]);
        assert_eq!(house.customer(36).received()[0].from, LINE);

        // Their own masks are still theirs.
        house.customer(35).texts("me again").await;
        assert_eq!(house.ana().received()[2].from, house.ana().received()[1].from);
        house.closes(ANA).await;

        house.pass(minutes(4 * 60 - 1)).await;
        house.customer(37).texts("too early").await;
        assert_eq!(house.events("no_mask").await.len(), 2, "not below the floor, however short masks are");
        house.pass(minutes(2)).await;
        house.customer(38).texts("after the floor").await;
        assert_eq!(house.events("no_mask").await.len(), 2);
        let why = "its rest was shortened, because no mask is free otherwise";
        assert_eq!(house.events("leg_opened").await.last().unwrap()["why"], why);
        house.closes(ANA).await;
        house.pass(minutes(72 * 60 + 1)).await;
        house.customer(39).texts("at leisure").await;
        assert_eq!(house.events("leg_opened").await.last().unwrap()["why"], "least recently used by this phone");
    }

    async fn a_mask_that_this_phone_has_never_seen_comes_before_one_that_it_has(house: only_ana_and_two_masks) {
        house.customer(34).texts("one").await;
        house.closes(ANA).await;
        house.pass(days(30)).await;
        house.customer(35).texts("two").await;
        assert_eq!(house.ana().threads().len(), 2);
        assert_eq!(house.events("leg_opened").await[1]["why"], "new to this phone");
    }

    async fn a_mask_rests_after_a_transfer_too(house) {
        let joel = house.customer(34);
        joel.texts("one").await;
        let (from, to) = if house.pinned().await == ANA { (ANA, "bo@example.com") } else { ("bo@example.com", ANA) };
        house.transfers(from, to).await;
        let resting = "legs WHERE ended_at IS NOT NULL AND rests_until - ended_at = 259200000000";
        assert_eq!(house.rows(resting).await, 1);
        house.transfers(MIRIAM, from).await;
        joel.texts("two").await;
        let back = if from == ANA { house.ana() } else { house.bo() };
        assert_eq!(back.threads().len(), 1, "the same two people meet on the same mask");
    }
}
