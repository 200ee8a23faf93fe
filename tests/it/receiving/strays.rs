//! Texts without a live leg: held, never lost, never for somebody else, and answered once an hour.

use switchboard::clock::{days, minutes, seconds};

use crate::both_stores;
use crate::house::mask;

const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const MIRIAM: &str = "miriam@example.com";
const ENDED: &str = "This conversation has ended. Your text was kept, but not passed on.";

both_stores! {
    async fn a_text_on_an_ended_leg_is_held_with_the_conversation_it_belonged_to(house) {
        let joel = house.customer(34);
        joel.texts("thanks, bye").await;
        let rep = house.chosen();
        let conversation = house.conversation().await;
        house.closes(MIRIAM).await;
        house.pass(days(8)).await;
        rep.texts_back("one more thing").await;
        joel.shows(&[]);
        assert_eq!(rep.bodies()[1..], [ENDED]);
        let held = house.words("SELECT CAST(conversation_id AS TEXT) FROM messages WHERE outcome = 'held'").await;
        assert_eq!(held, [conversation.0.to_string()]);
    }

    async fn the_notice_comes_once_an_hour_and_the_hour_begins_with_the_first(house) {
        house.customer(34).texts("thanks, bye").await;
        let rep = house.chosen();
        house.closes(MIRIAM).await;
        house.pass(days(8)).await;
        for _ in 0..3 {
            rep.texts_back("one more thing").await;
        }
        assert_eq!(rep.bodies()[1..], [ENDED]);
        house.pass(minutes(59)).await;
        rep.texts_back("hello?").await;
        assert_eq!(rep.received().len(), 2, "a later text does not make the hour longer");
        house.pass(minutes(1) + seconds(1)).await;
        rep.texts_back("hello?").await;
        assert_eq!(rep.bodies()[1..], [ENDED, ENDED]);
        assert_eq!(house.rows("messages WHERE outcome = 'held'").await, 5, "each of them is kept");
    }

    async fn each_phone_and_number_has_its_own_hour(house) {
        let joel = house.customer(34);
        for number in [mask(1), mask(2)] {
            joel.texts_to(&number, "hello?").await;
            house.customer(35).texts_to(&number, "hello?").await;
        }
        joel.shows(&[ENDED, ENDED]);
        house.customer(35).shows(&[ENDED, ENDED]);
    }

    async fn a_text_to_a_mask_where_its_sender_was_never_known_is_held_and_answered(house) {
        let joel = house.customer(34);
        joel.texts_to(&mask(3), "who is this?").await;
        assert_eq!(house.messages().await, ["held who is this?"]);
        assert_eq!(house.rows("messages WHERE conversation_id IS NULL").await, 1);
        assert_eq!(house.rows("conversations").await, 0);
        joel.shows(&[ENDED]);
        assert_eq!(joel.received()[0].from, mask(3));
    }

    async fn a_sender_with_a_name_is_held_and_never_answered(house) {
        house.phone("BAYBANK").texts_to(&mask(3), "Your code is 1234").await;
        assert_eq!(house.messages().await, ["held Your code is 1234"]);
        assert!(house.simulator.texts_to("BAYBANK").is_empty());
        assert!(!house.outbox().await.iter().any(|row| row.starts_with("failed")), "the carrier was not even asked");
    }

    async fn a_rep_who_lost_the_conversation_is_told_whose_it_is_now(house) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.transfers(MIRIAM, ANA).await;
        joel.texts("hello Ana").await;
        house.transfers(MIRIAM, BO).await;
        house.runs_due_work().await;

        house.ana().texts_back("on my way").await;
        joel.shows(&[]);
        let told = "Not sent: this conversation is with Bo now. It goes on in the web inbox.";
        assert_eq!(house.ana().bodies().last().unwrap(), told);
        assert!(!house.bo().bodies().iter().any(|body| body.contains("on my way")));
        let held = house.words("SELECT body FROM messages WHERE outcome = 'held' AND conversation_id IS NOT NULL").await;
        assert_eq!(held, ["on my way"]);

        joel.texts("still there?").await;
        assert!(house.bo().bodies().last().unwrap().ends_with("still there?"));
    }

    async fn after_the_end_nobody_is_told_that_somebody_has_it(house) {
        house.customer(34).texts("hello").await;
        house.transfers(MIRIAM, ANA).await;
        house.customer(34).texts("hello Ana").await;
        house.transfers(MIRIAM, BO).await;
        house.closes(MIRIAM).await;
        house.ana().texts_back("on my way").await;
        assert_eq!(house.ana().bodies().last().unwrap(), ENDED);
    }

    async fn an_ended_leg_never_hands_its_traffic_to_another_conversation(house) {
        let joel = house.customer(34);
        joel.texts("first").await;
        let rep = house.chosen();
        house.closes(MIRIAM).await;
        house.customer(35).texts("somebody else").await;
        house.customer(36).texts("and another").await;
        let first = rep.threads()[0].clone();
        house.pass(days(8)).await;
        rep.texts_to(&first, "for the first").await;
        for n in 34..=36 {
            house.customer(n).shows(&[]);
        }
    }

    async fn a_customer_whose_conversation_ended_long_ago_opens_another(house) {
        let joel = house.customer(34);
        joel.texts("first").await;
        house.closes(MIRIAM).await;
        house.pass(days(8)).await;
        joel.texts("second").await;
        assert_eq!(house.rows("conversations").await, 2);
        assert_eq!(house.rows("customers").await, 1);
        assert_eq!(house.messages().await, ["relayed first", "relayed second"]);
        joel.shows(&[]);
    }
}
