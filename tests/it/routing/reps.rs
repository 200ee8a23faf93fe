//! The rep's phone: when it is texted, how a thread begins, and what a rep without one has.

use switchboard::clock::minutes;
use switchboard::simulator::{Fault, Kind};

use crate::both_stores;
use crate::house::plan::only_ana;
use crate::house::{LINE, Plan};

const ANA: &str = "ana@example.com";
const MIRIAM: &str = "miriam@example.com";
const SECOND_LINE: &str = "+18005550101";

fn without_context(plan: &mut Plan) {
    only_ana(plan);
    plan.policies.support.context_line = false;
}

fn two_lines(plan: &mut Plan) {
    only_ana(plan);
    let line = format!("[[line]]\nnumber = \"{SECOND_LINE}\"\nname = \"Marina\"\nmembers = [\"ana@example.com\"]\n");
    plan.setup.push_str(&line);
}

both_stores! {
    async fn a_fresh_thread_begins_with_the_customers_name_once_it_is_known(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("one").await;
        house.calls(house.conversation().await, "Joel").await;
        joel.texts("two").await;
        house.closes(ANA).await;
        joel.texts("three").await;
        joel.texts("four").await;
        house.ana().shows(&[
            "••34, Bait and Tackle:\none",
            "two",
            "Joel ••34, Bait and Tackle:\nthree",
            "four",
        ]);
    }

    async fn the_line_of_context_can_be_left_out(house: without_context) {
        house.customer(34).texts("one").await;
        house.ana().shows(&["one"]);
    }

    async fn a_rep_without_a_verified_phone_works_on_the_web_and_needs_no_mask(house: only_ana) {
        house.phone_is_unproved(ANA).await;
        let joel = house.customer(34);
        joel.texts("one").await;
        assert_eq!(house.pinned().await, ANA);
        house.replies_on_web(ANA, house.conversation().await, "from the web").await;
        joel.shows(&["from the web"]);
        assert!(house.ana().received().is_empty());
        assert_eq!(house.rows("legs WHERE role = 'rep'").await, 0);
        assert!(house.events("no_mask").await.is_empty());
    }

    async fn a_rep_who_is_off_is_not_texted_and_nothing_is_lost(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("one").await;
        house.ana().texts_back("STOP").await;
        joel.texts("two").await;
        assert_eq!(house.ana().received().len(), 1);
        assert_eq!(house.words("SELECT body FROM messages WHERE outcome = 'relayed'").await, ["one", "two"]);
        house.ana().texts_back("I am here all the same").await;
        joel.shows(&["I am here all the same"]);
    }

    async fn the_same_customer_on_two_lines_is_two_threads(house: two_lines) {
        let joel = house.customer(34);
        joel.texts("to the shop").await;
        joel.texts_to(SECOND_LINE, "to the marina").await;
        house.ana().shows(&["••34, Bait and Tackle:\nto the shop", "••34, Marina:\nto the marina"]);
        let threads = house.ana().threads();
        assert_eq!(threads.len(), 2);
        house.ana().texts_to(&threads[0], "from the shop").await;
        house.ana().texts_to(&threads[1], "from the marina").await;
        let answers: Vec<_> = joel.received().into_iter().map(|text| (text.from, text.body)).collect();
        assert_eq!(answers, [
            (LINE.to_owned(), "from the shop".to_owned()),
            (SECOND_LINE.to_owned(), "from the marina".to_owned()),
        ]);
    }

    async fn a_colleague_who_gets_a_conversation_does_not_get_the_own_words_back(house) {
        house.goes_away("bo@example.com").await;
        let joel = house.customer(34);
        joel.texts("one").await;
        house.applies("[[line]]\nnumber = \"+18005550100\"\nmembers = [\"ana@example.com\", \"miriam@example.com\"]\n\
            [[person]]\nemail = \"miriam@example.com\"\nphone = \"+15055550123\"\n").await;
        house.simulator.fault(Fault::new(Kind::TooMany).to(&house.ana().number).millis(600_000).times(1));
        house.replies_on_web(MIRIAM, house.conversation().await, "Miriam's own").await;
        joel.texts("two").await;
        house.transfers(MIRIAM, MIRIAM).await;
        house.pass(minutes(20)).await;
        house.phone("+15055550123").shows(&["••34, Bait and Tackle:\ntwo"]);
        joel.shows(&["Miriam's own"]);
    }
}
