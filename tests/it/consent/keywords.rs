//! Opt-out words take effect and hold, refusals of the carrier count like them, and nothing is sent against them.

use switchboard::clock::{minutes, seconds};
use switchboard::desk::Failure;
use switchboard::simulator::{Fault, Inbound, Kind};

use crate::both_stores;
use crate::house::plan::only_ana;
use crate::house::{House, LINE, Plan, mask};

const ANA: &str = "ana@example.com";
const SECOND_LINE: &str = "+18005550101";
const OPTED_OUT: &str = "••34 opted out. Texts to them are not sent until they text START.";

fn two_lines(plan: &mut Plan) {
    only_ana(plan);
    let line = format!("[[line]]\nnumber = \"{SECOND_LINE}\"\nname = \"Marina\"\nmembers = [\"ana@example.com\"]\n");
    plan.setup.push_str(&line);
}

fn a_local_line(plan: &mut Plan) {
    only_ana(plan);
    plan.setup = plan.setup.replace(LINE, "+15055550100");
}

async fn composer_is_closed(house: &House) -> bool {
    let (ana, conversation) = (house.person(ANA).await, house.conversation().await);
    let answer = house.tries_to_reply(ana, conversation, "are you there?").await;
    house.runs_due_work().await;
    match answer {
        Ok(()) => false,
        Err(Failure::Refused { field: "body", why }) => why.contains("opted out"),
        Err(other) => panic!("{other:?}"),
    }
}

both_stores! {
    async fn a_sentence_that_begins_with_a_keyword_is_a_sentence(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("Stop by at 5?").await;
        house.ana().shows(&["••34, Bait and Tackle:\nStop by at 5?"]);
        assert_eq!(house.rows("consents").await + house.rows("blocks").await, 0);
    }

    async fn stop_is_a_system_line_to_the_rep_and_ends_all_texts_to_the_customer(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        joel.texts(" stop ").await;
        assert_eq!(house.ana().bodies()[1..], [OPTED_OUT]);
        assert_eq!(house.words("SELECT scope FROM consents WHERE given = 0 AND origin = 'keyword'").await.len(), 1);
        assert_eq!(house.rows("blocks WHERE blocked = 1 AND origin = 'keyword'").await, 1);
        assert!(composer_is_closed(house).await);

        house.ana().texts_back("one more thing").await;
        joel.shows(&[]);
        assert!(house.outbox_to(&joel.number).await.iter().all(|row| row.starts_with("suppressed")));
        assert_eq!(house.ana().bodies()[2..], ["Not delivered to ••34: they opted out."]);

        joel.texts("I still want to tell you something").await;
        assert_eq!(house.ana().bodies()[3..], ["I still want to tell you something"]);
    }

    async fn a_text_that_waits_when_stop_comes_is_not_sent(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.simulator.fault(Fault::new(Kind::TooMany).to(&joel.number).millis(60_000).times(1));
        house.ana().texts_back("one").await;
        house.ana().texts_back("two").await;
        joel.texts("STOP").await;
        house.pass(minutes(5)).await;
        joel.shows(&[]);
        assert_eq!(house.outbox_to(&joel.number).await, ["suppressed one", "suppressed two"]);
        let told = house.ana().bodies().iter().filter(|body| body.starts_with("Not delivered")).count();
        assert_eq!(told, 2, "each author learns of each text: {:?}", house.ana().bodies());
    }

    async fn start_restores_on_that_line_and_on_no_other(house: two_lines) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        joel.texts("STOP").await;
        joel.texts_to(SECOND_LINE, "hello Marina").await;
        joel.texts_to(SECOND_LINE, "STOP").await;
        joel.texts("START").await;
        assert!(house.ana().bodies().last().unwrap().ends_with("START"), "a START is relayed as text, too");
        assert!(composer_is_closed(house).await, "the newest conversation is the second line's");
        joel.shows(&[]);
        let first = switchboard::domain::ids::ConversationId(house.number("SELECT MIN(id) FROM conversations").await);
        house.replies_on_web(ANA, first, "welcome back").await;
        joel.shows(&["welcome back"]);
    }

    async fn yes_is_only_a_word_on_a_toll_free_line(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        joel.texts("STOP").await;
        joel.texts("Yes").await;
        assert_eq!(house.ana().bodies().last().unwrap(), "Yes");
        assert!(composer_is_closed(house).await);
    }

    async fn yes_restores_on_an_ordinary_line_and_is_relayed(house: a_local_line) {
        let joel = house.customer(34);
        joel.texts_to("+15055550100", "Will you book it?").await;
        joel.texts_to("+15055550100", "STOP").await;
        joel.texts_to("+15055550100", "Yes").await;
        assert_eq!(house.ana().bodies().last().unwrap(), "Yes");
        assert!(!composer_is_closed(house).await);
        joel.shows(&["are you there?"]);
    }

    async fn help_is_relayed_and_answered_by_the_carrier_alone(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("Info").await;
        house.ana().shows(&["••34, Bait and Tackle:\nInfo"]);
        joel.shows(&[]);
    }

    async fn stop_without_a_conversation_is_entered_and_opens_none(house: only_ana) {
        house.customer(34).texts("stop").await;
        assert_eq!(house.rows("conversations").await, 0);
        assert_eq!(house.rows("consents WHERE given = 0").await, 1);
        house.customer(34).texts("hello").await;
        assert!(composer_is_closed(house).await);
    }

    async fn what_the_carrier_takes_for_an_opt_out_is_one(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("bonjour").await;
        let arret = Inbound {
            from: joel.number.clone(),
            to: LINE.to_owned(),
            body: "ARRET".to_owned(),
            extra: vec![("OptOutType".to_owned(), "STOP".to_owned())],
            ..Inbound::default()
        };
        house.simulator.send(arret).await;
        house.runs_due_work().await;
        assert_eq!(house.ana().bodies()[1..], [OPTED_OUT]);
        assert!(composer_is_closed(house).await);
    }

    async fn a_reps_stop_turns_off_only_the_reps_own_phone(house: only_ana) {
        let (joel, kim) = (house.customer(34), house.customer(35));
        joel.texts("hello").await;
        kim.texts("hello too").await;
        let threads = house.ana().threads();
        house.simulator.fault(Fault::new(Kind::TooMany).to(&house.ana().number).millis(60_000).times(1));
        kim.texts("this waits").await;
        house.ana().texts_to(&threads[0], "STOP").await;
        joel.texts("one").await;
        kim.texts("two").await;
        house.pass(minutes(5)).await;
        assert_eq!(house.ana().received().len(), 2, "nothing more on any thread: {:?}", house.ana().bodies());
        joel.shows(&[]);
        assert_eq!(house.rows("consents").await, 0, "it is never the customer's opt-out");
        assert_eq!(house.rows("messages WHERE outcome = 'relayed'").await, 5, "the threads go on in the inbox");
        assert_eq!(house.events("phone_off").await.len(), 1);

        house.ana().texts_to(&threads[0], "START").await;
        joel.texts("three").await;
        kim.texts("four").await;
        assert_eq!(house.ana().bodies()[2..], ["three", "four"]);
    }

    async fn a_thread_whose_mask_is_still_blocked_gets_another_when_the_rep_starts_again(house: only_ana) {
        let (joel, kim) = (house.customer(34), house.customer(35));
        joel.texts("hello").await;
        kim.texts("hello too").await;
        let threads = house.ana().threads();
        house.ana().texts_to(&threads[0], "STOP").await;
        house.ana().texts_to(&threads[1], "START").await;
        joel.texts("one").await;
        kim.texts("two").await;
        assert_eq!(house.ana().bodies()[2..], ["••34, Bait and Tackle:\none", "two"]);
        let now = house.ana().threads();
        assert_eq!(now.len(), 3, "the carrier would refuse Joel's old mask: {now:?}");
        house.ana().texts_to(&now[2], "back again").await;
        joel.shows(&["back again"]);
    }

    async fn the_carriers_refusal_of_an_opted_out_phone_enters_both_ledgers(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.simulator.fault(Fault::new(Kind::Refusal).code(21610).to(&joel.number).times(1));
        house.ana().texts_back("hi").await;
        assert_eq!(house.rows("blocks WHERE blocked = 1 AND origin = 'carrier'").await, 1);
        assert_eq!(house.rows("consents WHERE given = 0 AND origin = 'carrier'").await, 1);
        assert!(house.ana().bodies()[1].starts_with("Not delivered to ••34: "));
        assert!(composer_is_closed(house).await);
        joel.texts("START").await;
        assert!(!composer_is_closed(house).await);
    }

    async fn a_refusal_that_comes_by_receipt_counts_as_well(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.simulator.fault(Fault::new(Kind::Undelivered).code(30630).to(&joel.number).times(1));
        house.ana().texts_back("hi").await;
        assert_eq!(house.rows("blocks WHERE blocked = 1 AND origin = 'carrier'").await, 1);
        assert!(composer_is_closed(house).await);
    }

    async fn a_refusal_withdraws_no_consent_that_is_newer_than_the_text(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.simulator.fault(Fault::new(Kind::TooMany).to(&joel.number).millis(60_000).times(1));
        house.ana().texts_back("hi").await;
        house.pass(seconds(10)).await;
        joel.texts("START").await;
        house.simulator.fault(Fault::new(Kind::Refusal).code(21610).to(&joel.number).times(1));
        house.pass(minutes(2)).await;
        let newest = |table, what| format!("SELECT {what} FROM {table} ORDER BY id DESC LIMIT 1");
        assert_eq!(house.number(&newest("blocks", "blocked")).await, 1);
        assert_eq!(house.number(&newest("consents", "given")).await, 1);
    }

    async fn a_reps_command_is_answered_and_never_relayed(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("#1 please").await;
        house.ana().shows(&["••34, Bait and Tackle:\n#1 please"]);
        house.ana().texts_back("#who").await;
        joel.shows(&[]);
        assert_eq!(house.rows("messages WHERE kind = 'command' AND outcome = 'kept'").await, 1);
    }

    async fn notices_obey_consent(house) {
        let joel = house.customer(34);
        joel.texts_to(&mask(3), "STOP").await;
        joel.texts_to(&mask(3), "who is this?").await;
        joel.texts_to(&mask(4), "and this?").await;
        joel.shows(&[]);
        assert_eq!(house.rows("messages WHERE outcome = 'held'").await, 3);
    }

    async fn both_ledgers_are_append_only(house) {
        house.customer(34).texts("STOP").await;
        house.only_grows("consents", "given = 1").await;
        house.only_grows("blocks", "blocked = 0").await;
        assert_eq!(house.rows("consents WHERE given = 0").await + house.rows("blocks WHERE blocked = 1").await, 2);
    }
}
