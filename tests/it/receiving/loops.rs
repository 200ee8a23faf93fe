//! Two machines that answer each other are noticed, and a person lets them go on.

use switchboard::clock::minutes;

use crate::both_stores;
use crate::house::House;
use crate::house::plan::only_ana;

const ANA: &str = "ana@example.com";

/// One machine is out of office, the other thanks.
async fn exchange(house: &House) {
    house.customer(34).texts("I am out of office").await;
    let thread = house.ana().threads()[0].clone();
    house.ana().texts_to(&thread, "Thanks for your message").await;
}

both_stores! {
    async fn after_the_fifth_exchange_relaying_pauses_until_somebody_answers_on_the_web(house: only_ana) {
        for _ in 0..8 {
            exchange(house).await;
        }
        let thanks = house.customer(34).received().len();
        assert_eq!(thanks, 5, "the sixth exchange of the same two bodies is one too many");
        assert_eq!(house.events("loop_paused").await.len(), 1);
        let told = house.ana().bodies().into_iter().filter(|body| body.starts_with("Relaying is paused")).count();
        assert_eq!(told, 1, "the rep learns of it on the phone");
        assert_eq!(house.rows("messages").await, 16, "nothing is lost");
        assert!(house.rows("messages WHERE outcome = 'held' AND conversation_id IS NOT NULL").await >= 5);
        let paused_at = house.number("SELECT paused_at FROM conversations").await;
        assert_eq!(paused_at, house.clock.now().0, "since when is remembered");

        house.replies_on_web(ANA, house.conversation().await, "A person here").await;
        house.customer(34).texts("oh, hello").await;
        assert_eq!(house.ana().bodies().last().unwrap(), "oh, hello");
        assert_eq!(house.customer(34).bodies().last().unwrap(), "A person here");
    }

    async fn people_who_say_the_same_now_and_then_are_no_loop(house: only_ana) {
        for _ in 0..8 {
            exchange(house).await;
            house.pass(minutes(3)).await;
        }
        assert_eq!(house.customer(34).received().len(), 8);
        assert!(house.events("loop_paused").await.is_empty());
    }

    async fn two_machines_with_a_counter_and_the_time_in_their_texts_are_noticed_by_whichever_node_hears_them(house: only_ana) {
        for turn in 0..40 {
            let customer = house.customer(34);
            customer.texts(&format!("Out of office, ticket {turn}")).await;
            let thread = house.ana().threads()[0].clone();
            house.ana().texts_to(&thread, &format!("I'm driving, it is {}:{:02}", 9 + turn / 20, turn)).await;
            house.ana().texts_to(&thread, "Reply urgent to break through").await;
        }
        let passed = house.customer(34).received().len();
        assert!(passed <= 40, "{passed} texts of a phone that sends two each time went through");
        assert_eq!(house.events("loop_paused").await.len(), 1);
        let told = house.ana().bodies().into_iter().filter(|body| body.starts_with("Relaying is paused")).count();
        assert_eq!(told, 1);

        house.replies_on_web(ANA, house.conversation().await, "Out of office, ticket 9").await;
        house.customer(34).texts("Out of office, ticket 41").await;
        assert_eq!(house.ana().bodies().last().unwrap(), "Out of office, ticket 41", "whoever has looked lets them go on");
    }

    async fn a_customer_who_sends_thirty_quick_lines_and_a_rep_who_says_ok_are_people(house: only_ana) {
        for n in 0..30 {
            house.customer(34).texts(["ok", "yes", "and one more", "👍", "sure"][n % 5]).await;
        }
        let thread = house.ana().threads()[0].clone();
        for said in ["ok", "ok", "👍", "yes", "ok", "sure", "ok", "on my way", "ok", "ok", "yes", "👍", "ok", "see you", "ok", "ok"] {
            house.customer(34).texts("ok").await;
            house.ana().texts_to(&thread, said).await;
        }
        assert!(house.events("loop_paused").await.is_empty());
    }
}
