//! What staff enter about consent, texts that read like refusals, and who answers HELP.

use switchboard::clock::days;
use switchboard::desk::Failure;
use switchboard::desk::consent::{self, block, refusal};
use switchboard::simulator::{Fault, Inbound, Kind};

use crate::both_stores;
use crate::house::plan::only_ana;
use crate::house::{House, LINE, Plan};
use crate::pairs::opening;
use crate::web::browser::Browser;

const ANA: &str = "ana@example.com";
const HELP: &str = "Bait and Tackle: people read this number and answer. Reply STOP to get no more texts, START to get \
                    them again. Message and data rates may apply.";
const CARRIERS: &str = "Reply STOP to unsubscribe. Msg&Data Rates May Apply.";

fn like_a_carrier(plan: &mut Plan) {
    only_ana(plan);
    plan.auto_replies = true;
}

fn on_a_short_code(plan: &mut Plan) {
    like_a_carrier(plan);
    plan.setup = plan.setup.replace(LINE, "72345");
}

fn help_is_ours(plan: &mut Plan) {
    only_ana(plan);
    plan.policies.delivery.carrier_answers_help = false;
}

async fn why(house: &House, given: bool) -> String {
    let (ana, id) = (house.person(ANA).await, house.conversation().await);
    let outcome = if given {
        consent::restore(&house.desk, ana, (id, None), "he rang and asked for it").await
    } else {
        consent::withdraw(&house.desk, ana, (id, None), "he said so on the phone").await
    };
    match outcome {
        Ok(()) => "done".to_owned(),
        Err(Failure::Refused { field: "evidence", why }) => why,
        Err(other) => panic!("{other:?}"),
    }
}

both_stores! {
    async fn a_stop_word_in_plain_clothes_is_at_least_flagged_and_only_the_carriers_own_takes_effect(house: only_ana) {
        let refusals = [
            "Stop.", "STOP!", "\u{201c}STOP\u{201d}", "stop please", "please stop", "Stop. Thank you", "STOP ALL", "Cancel.", "quit!",
            "unsubscribe.", "remove me", "I revoke my consent", "ARRET", "ARRÊT", "ALTO", "ＳＴＯＰ", "STOP\u{200b}", "opt out", "stop stop",
            "S T O P", "stopp", "please cancel", "no more texts", "take me off", "por favor no me escriban más", "arrêtez svp",
        ];
        for (n, said) in (0..).zip(refusals) {
            let who = house.customer(40 + n);
            who.texts(said).await;
            assert_eq!(house.rows("conversations WHERE flagged_at IS NOT NULL").await, i64::from(n) + 1, "{said:?}");
        }
        assert_eq!(house.rows("consents").await + house.rows("blocks").await, 0, "the carrier heard none of its words");
        let flagged = house.events("looks_like_refusal").await.len();
        assert_eq!(flagged, refusals.len(), "each once");
        for (n, said) in (0..).zip([
            "I'd like to opt out of the insurance on booking 31", "did somebody remove my number?", "stop by at 5", "don't stop",
            "please cancel my booking", "the bus stop", "end of the pier",
        ]) {
            house.customer(90 + n).texts(said).await;
        }
        house.customer(99).texts("STOP").await;
        assert_eq!(house.events("looks_like_refusal").await.len(), flagged, "these are ordinary, or the carrier's word");
        assert_eq!(house.rows("blocks").await, 1);
    }

    async fn staff_enter_an_opt_out_with_evidence_and_can_take_it_back(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        assert_eq!(why(house, true).await, "they have not opted out");
        assert_eq!(why(house, false).await, "done");
        assert_eq!(why(house, false).await, "they have opted out already");
        house.ana().texts_back("hi").await;
        joel.shows(&[]);
        let entry = house.words("SELECT origin || ' ' || evidence FROM consents WHERE given = 0").await;
        assert_eq!(entry, [format!("staff person {}: he said so on the phone", house.person(ANA).await)]);
        assert_eq!(why(house, true).await, "done");
        house.ana().texts_back("hi again").await;
        joel.shows(&["hi again"]);
        assert_eq!(house.rows("consents").await, 2, "nothing is ever taken out of the ledger");
    }

    async fn staff_cannot_undo_what_the_customer_said(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        joel.texts("STOP").await;
        let theirs = "they opted out themselves: only they can lift it, by START";
        assert_eq!(why(house, true).await, theirs);
        joel.texts("START").await;
        assert_eq!(why(house, false).await, "done");
        joel.texts("STOP").await;
        assert_eq!(why(house, true).await, theirs, "the customer's word came later");
        joel.texts("START").await;
        house.replies_on_web(ANA, house.conversation().await, "welcome back").await;
        joel.shows(&["welcome back"]);
    }

    async fn an_entry_needs_evidence(house: only_ana) {
        house.customer(34).texts("hello").await;
        let (ana, id) = (house.person(ANA).await, house.conversation().await);
        for evidence in [" ", &"a".repeat(501)] {
            let refused = consent::withdraw(&house.desk, ana, (id, None), evidence).await;
            assert!(matches!(refused, Err(Failure::Refused { field: "evidence", .. })), "{refused:?}");
        }
        let bo = house.person("bo@example.com").await;
        assert!(matches!(consent::withdraw(&house.desk, bo, (id, None), "I heard").await, Err(Failure::NotFound)));
        assert_eq!(house.rows("consents").await, 0);
    }

    async fn free_text_that_reads_like_a_refusal_is_relayed_and_flagged_for_a_person(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("don't text me before 9, call").await;
        assert_eq!(house.rows("conversations WHERE flagged_at IS NOT NULL").await, 0);
        joel.texts("Please don't text me again").await;
        joel.texts("stop texting me").await;
        assert_eq!(house.ana().bodies()[1..], ["Please don't text me again", "stop texting me"]);
        assert_eq!(house.events("looks_like_refusal").await.len(), 1, "one question at a time");
        assert_eq!(house.rows("consents").await, 0, "it takes no effect by itself");

        let (ana, id) = (house.person(ANA).await, house.conversation().await);
        refusal::settle(&house.desk, ana, id, true).await.unwrap();
        refusal::settle(&house.desk, ana, id, false).await.unwrap();
        let message = house.number("SELECT id FROM messages WHERE body = 'Please don''t text me again'").await;
        let entry = house.words("SELECT origin || ' ' || evidence FROM consents WHERE given = 0").await;
        assert_eq!(entry, [format!("staff person {ana}: message {message}")]);
        assert_eq!(house.rows("conversations WHERE flagged_at IS NOT NULL").await, 0);
        assert_eq!(house.events("no_refusal").await.len(), 0, "the second answer came too late");
        house.ana().texts_back("hi").await;
        joel.shows(&[]);
    }

    /// A refusal that cannot be entered is not settled: nobody is told that it was.
    async fn a_refusal_that_cannot_be_entered_stays_to_be_decided(house) {
        let id = house.joins(opening("bait-77")).await;
        house.looks_like_a_refusal(id).await;
        let miriam = house.person("miriam@example.com").await;
        let refused = refusal::settle(&house.desk, miriam, id, true).await;
        assert!(matches!(refused, Err(Failure::Refused { field: "conversation", .. })), "{refused:?}");
        assert_eq!(house.rows("conversations WHERE flagged_at IS NOT NULL").await, 1);
        assert_eq!(house.rows("consents").await, 0);
    }

    async fn a_flag_that_was_wrong_is_dismissed_and_may_come_again(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("no more texts").await;
        let (ana, id) = (house.person(ANA).await, house.conversation().await);
        refusal::settle(&house.desk, ana, id, false).await.unwrap();
        assert_eq!((house.events("no_refusal").await.len(), house.rows("consents").await), (1, 0));
        joel.texts("leave me alone!").await;
        assert_eq!(house.events("looks_like_refusal").await.len(), 2);
    }

    async fn a_refusal_that_is_passed_on_to_nobody_is_flagged_too(house: only_ana) {
        let (joel, mia) = (house.customer(34), house.customer(35));
        joel.texts("hello").await;
        let ana = house.person(ANA).await;
        block::block(&house.desk, ana, house.conversation().await, "rude").await.unwrap();
        joel.texts("what?").await;
        assert_eq!(house.events("looks_like_refusal").await.len(), 0);
        joel.texts("please stop").await;
        assert_eq!(house.events("looks_like_refusal").await.len(), 1, "whoever is let in again is not texted unasked");
        mia.texts("hi").await;
        house.pass(days(4)).await;
        block::block(&house.desk, ana, house.conversation().await, "rude").await.unwrap();
        mia.texts("unsubscribe.").await;
        assert_eq!(house.events("looks_like_refusal").await.len(), 2, "their conversation has ended");
    }

    async fn the_carrier_answers_help_on_a_long_code_and_we_do_not(house: like_a_carrier) {
        let joel = house.customer(34);
        joel.texts("Help").await;
        house.ana().shows(&["••34, Bait and Tackle:\nHelp"]);
        joel.shows(&[CARRIERS]);
    }

    async fn who_opted_out_gets_no_help_from_anybody(house: like_a_carrier) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        joel.texts("STOP").await;
        let before = joel.received().len();
        joel.texts("HELP").await;
        assert_eq!(joel.received().len(), before, "{:?}", joel.bodies());
    }

    async fn we_answer_help_on_a_short_code_once_an_hour(house: on_a_short_code) {
        let joel = house.customer(34);
        joel.texts_to("72345", "hello").await;
        joel.texts_to("72345", "INFO").await;
        joel.texts_to("72345", "help").await;
        joel.shows(&[HELP]);
        assert_eq!(house.ana().bodies()[1..], ["INFO", "help"], "it is relayed as text, too");
        joel.texts_to("72345", "STOP").await;
        house.pass(switchboard::clock::hours(2)).await;
        joel.texts_to("72345", "help").await;
        joel.shows(&[HELP]);
    }

    async fn where_the_carrier_says_that_it_answered_we_are_silent(house: on_a_short_code) {
        let joel = house.customer(34);
        let help = Inbound {
            from: joel.number.clone(),
            to: "72345".to_owned(),
            body: "AYUDA".to_owned(),
            extra: vec![("OptOutType".to_owned(), "HELP".to_owned())],
            ..Inbound::default()
        };
        house.simulator.send(help).await;
        house.runs_due_work().await;
        joel.shows(&[]);
        house.ana().shows(&["••34, Bait and Tackle:\nAYUDA"]);
    }

    async fn we_answer_help_where_the_carrier_was_told_not_to(house: help_is_ours) {
        house.customer(34).texts("Help").await;
        house.customer(34).shows(&[HELP]);
        house.ana().shows(&["••34, Bait and Tackle:\nHelp"]);
        house.ana().texts_back("Help").await;
        house.customer(34).shows(&[HELP, "Help"]);
        assert_eq!(house.ana().received().len(), 1, "a rep's HELP is a word");
    }

    async fn a_carriers_refusal_of_a_reps_phone_is_the_reps_stop_and_not_a_customers(house: only_ana) {
        let joel = house.customer(34);
        house.simulator.fault(Fault::new(Kind::Refusal).code(21610).to(&house.ana().number).times(1));
        joel.texts("hello").await;
        assert_eq!(house.rows("people WHERE phone_muted_at IS NOT NULL").await, 1);
        assert_eq!(house.rows("consents").await, 0);
        joel.texts("anybody?").await;
        house.ana().shows(&[]);
        assert_eq!(house.rows("messages WHERE outcome = 'relayed'").await, 2, "the thread goes on in the inbox");
        house.ana().texts("#on").await;
        joel.texts("hello?").await;
        assert!(house.ana().bodies().last().unwrap().ends_with("hello?"), "{:?}", house.ana().bodies());
    }

    async fn managers_see_whose_phone_is_off_and_its_owner_turns_it_on_in_the_inbox(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.ana().texts_back("STOP").await;
        let (ana, miriam) = (Browser::of(house, ANA).await, Browser::of(house, "miriam@example.com").await);
        miriam.get("/conversations").await.shows(&["Ana&#39;s phone takes no texts"]).hides(&["Turn them on"]);
        ana.get("/conversations").await.shows(&["Texts to your phone are off", "Turn them on"]);
        assert_eq!(ana.post("/phone/texts", &[]).await.status, rocket::http::Status::SeeOther);
        ana.get("/conversations").await.hides(&["Texts to your phone are off"]);
        joel.texts("one").await;
        assert_eq!(house.ana().bodies()[1..], ["••34, Bait and Tackle:\none"], "on a mask that the phone does not block");
    }
}
