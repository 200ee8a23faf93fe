//! A sender whom staff have blocked is kept and heard by nobody, until somebody lets them in again.

use switchboard::desk::Failure;
use switchboard::desk::consent::block;
use switchboard::simulator::{Fault, Kind};

use crate::both_stores;
use crate::house::plan::only_ana;
use crate::house::{House, mask};

const ANA: &str = "ana@example.com";
const MIRIAM: &str = "miriam@example.com";

async fn blocks(house: &House, by: &str) {
    let (by, id) = (house.person(by).await, house.conversation().await);
    block::block(&house.desk, by, id, "threats").await.unwrap();
}

both_stores! {
    async fn a_blocked_senders_texts_are_kept_and_passed_on_to_nobody(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        blocks(house, ANA).await;
        joel.texts("you again").await;
        assert_eq!(house.ana().received().len(), 1);
        assert_eq!(house.words("SELECT why FROM messages WHERE outcome = 'kept'").await, ["the sender is blocked"]);
        assert_eq!(house.messages().await, ["relayed hello", "kept you again"]);
        let event = &house.events("blocked").await[0];
        assert_eq!(event["reason"], "threats");
        joel.shows(&[]);
    }

    async fn a_blocked_senders_texts_open_nothing_and_get_no_notice(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        blocks(house, ANA).await;
        house.closes(ANA).await;
        joel.texts("and now?").await;
        joel.texts_to(&mask(9), "and here?").await;
        joel.texts("help").await;
        joel.shows(&[]);
        assert_eq!(house.rows("conversations").await, 1);
        assert_eq!(house.rows("messages WHERE outcome = 'kept' AND conversation_id IS NOT NULL").await, 2);
        assert_eq!(house.rows("messages WHERE outcome = 'kept'").await, 3);
    }

    async fn a_blocked_senders_keywords_still_take_effect(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        blocks(house, ANA).await;
        joel.texts("STOP").await;
        assert_eq!(house.rows("consents WHERE given = 0 AND origin = 'keyword'").await, 1);
        assert_eq!(house.ana().received().len(), 1, "and nobody hears of it");
    }

    async fn nobody_can_write_to_a_blocked_sender_without_unblocking_them(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.simulator.fault(Fault::new(Kind::TooMany).to(&joel.number).millis(60_000).times(1));
        house.ana().texts_back("this waits").await;
        blocks(house, ANA).await;
        let (ana, id) = (house.person(ANA).await, house.conversation().await);
        let Err(Failure::Refused { field: "body", why }) = house.tries_to_reply(ana, id, "hi").await else {
            panic!("the web sent it")
        };
        assert!(why.contains("unblock them"), "{why}");
        house.ana().texts_back("hi").await;
        house.pass(switchboard::clock::minutes(5)).await;
        joel.shows(&[]);
        let told = "Not delivered to ••34: they are blocked: unblock them in the inbox to write.";
        assert_eq!(house.ana().bodies().iter().filter(|body| *body == told).count(), 2, "{:?}", house.ana().bodies());

        block::unblock(&house.desk, ana, id).await.unwrap();
        house.ana().texts_back("sorry").await;
        joel.shows(&["sorry"]);
        joel.texts("thanks").await;
        assert_eq!(house.ana().bodies().last().unwrap(), "thanks");
        assert_eq!(house.events("unblocked").await.len(), 1);
    }

    async fn only_those_who_see_the_conversation_block_and_they_say_why(house: only_ana) {
        house.customer(34).texts("hello").await;
        let (bo, ana, id) = (house.person("bo@example.com").await, house.person(ANA).await, house.conversation().await);
        assert!(matches!(block::block(&house.desk, bo, id, "why not").await, Err(Failure::NotFound)));
        let refused = block::block(&house.desk, ana, id, " ").await;
        assert!(matches!(refused, Err(Failure::Refused { field: "reason", .. })), "{refused:?}");
        blocks(house, MIRIAM).await;
        blocks(house, ANA).await;
        assert_eq!(house.events("blocked").await.len(), 1, "twice is once");
    }
}
