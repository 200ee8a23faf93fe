//! What a rep's phone can ask of us: each command does what the same act on the web does, and none reaches a customer.

use crate::both_stores;
use crate::house::plan::only_ana;
use crate::house::{House, LINE, Plan, mask};

const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const MIRIAM: &str = "miriam@example.com";

/// Two Anas, Bo and Boris: names that need care.
fn namesakes(plan: &mut Plan) {
    plan.setup = plan.setup.replace(
        "\"ana@example.com\", \"bo@example.com\"",
        "\"ana@example.com\", \"bo@example.com\", \"ana2@example.com\", \"boris@example.com\"",
    );
    plan.setup.push_str(
        "[[person]]\nemail = \"ana2@example.com\"\nname = \"Ana Bell\"\nrole = \"rep\"\n\
         [[person]]\nemail = \"boris@example.com\"\nname = \"Boris Lee\"\nrole = \"rep\"\n",
    );
}

/// The data and the actor of the newest event of a kind.
async fn acted(house: &House, kind: &str) -> (i64, serde_json::Value) {
    let actor = format!("SELECT actor_id FROM events WHERE kind = '{kind}' ORDER BY id DESC LIMIT 1");
    (house.number(&actor).await, house.events(kind).await.pop().unwrap_or_default())
}

/// Ana has the newest conversation, whoever was picked.
async fn anas(house: &House, body: &str) {
    house.goes_away("bo@example.com").await;
    house.customer(34).texts(body).await;
}

both_stores! {
    async fn help_lists_the_commands(house: only_ana) {
        house.customer(34).texts("hello").await;
        house.ana().texts_back("#Help").await;
        assert!(house.ana().bodies()[1].starts_with("#who says whom this is with. #note TEXT"), "{:?}", house.ana().bodies());
        house.customer(34).shows(&[]);
    }

    async fn who_says_whom_the_thread_is_with_since_when_and_who_has_it(house: only_ana) {
        house.customer(34).texts("hello").await;
        house.calls(house.conversation().await, "Joel").await;
        house.pass(switchboard::clock::hours(3)).await;
        house.ana().texts_back("#who").await;
        let conversation = house.conversation().await;
        let answer = format!("Joel ••34, Bait and Tackle, #{conversation}. Began 3 h ago. With you.");
        assert_eq!(house.ana().bodies()[1..], [answer]);
    }

    async fn a_note_from_the_phone_is_the_note_of_the_web(house: only_ana) {
        house.customer(34).texts("hello").await;
        house.ana().texts_back("#note wants a skiff\nfor two").await;
        let notes = house.words("SELECT body FROM messages WHERE kind = 'note' AND way = 'phone' AND author = 'rep'").await;
        assert_eq!(notes, ["wants a skiff\nfor two"]);
        assert_eq!(house.ana().bodies()[1..], ["Noted, for staff only."]);
        house.customer(34).shows(&[]);
    }

    async fn close_from_the_phone_leaves_the_event_of_the_web(house: only_ana) {
        house.customer(34).texts("hello").await;
        house.ana().texts_back("#close").await;
        assert_eq!(house.rows("conversations WHERE closed_at IS NOT NULL").await, 1);
        assert_eq!(acted(house, "closed").await.0, house.person(ANA).await.0);
        assert_eq!(house.ana().bodies()[1..], ["Closed."]);
        assert_eq!(house.rows("legs WHERE ended_at IS NULL").await, 0);
    }

    async fn transfer_from_the_phone_hands_the_thread_on(house) {
        anas(house, "hello").await;
        house.ana().texts_back("#transfer bo").await;
        assert_eq!(house.pinned().await, BO);
        let (actor, data) = acted(house, "transferred").await;
        assert_eq!((actor, data["to_name"].as_str()), (house.person(ANA).await.0, Some("Bo")));
        assert_eq!(house.ana().bodies()[1..], ["Bo has it now."]);
        house.customer(34).texts("still there?").await;
        assert!(house.bo().bodies()[0].ends_with("still there?"));
    }

    async fn a_name_that_fits_several_or_nobody_moves_nothing_and_says_whom_there_is(house: namesakes) {
        anas(house, "hello").await;
        house.ana().texts_back("#transfer b").await;
        house.ana().texts_back("#transfer Cy").await;
        assert_eq!(house.ana().bodies()[1..], [
            "Not done: that may be Bo, Boris Lee. Text #transfer and the whole name.",
            "Not done: nobody on this line is called so. There are Ana Bell, Bo, Boris Lee.",
        ]);
        assert_eq!(house.pinned().await, ANA);
        house.ana().texts_back("#transfer boris").await;
        assert_eq!(house.pinned().await, "boris@example.com");
    }

    async fn away_and_on_set_the_duty_in_a_thread_and_on_a_line(house: only_ana) {
        house.customer(34).texts("hello").await;
        house.ana().texts_back("#away").await;
        assert_eq!(house.words("SELECT duty FROM people WHERE name = 'Ana'").await, ["away"]);
        house.customer(35).texts("somebody?").await;
        assert_eq!(house.pinned().await, "", "no new customers");
        house.customer(34).texts("and I?").await;
        assert_eq!(house.ana().bodies().last().unwrap(), "and I?", "her own customers still come");
        house.ana().texts("#ON").await;
        assert_eq!(house.words("SELECT duty FROM people WHERE name = 'Ana'").await, ["on"]);
        let from: Vec<String> = house.ana().received().into_iter().filter(|text| text.from == LINE).map(|text| text.body).collect();
        assert_eq!(from, ["You are on: new customers may come, and their texts reach this phone."]);
    }

    async fn on_turns_texts_on_again_that_stop_had_turned_off(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.ana().texts_back("STOP").await;
        joel.texts("one").await;
        assert_eq!(house.ana().received().len(), 1);
        house.ana().texts_back("#on").await;
        joel.texts("two").await;
        let threads = house.ana().threads();
        assert_eq!(threads.len(), 2, "the old mask is still blocked at the carrier: {threads:?}");
        assert_eq!(house.ana().bodies()[1..], [
            "You are on: new customers may come, and their texts reach this phone.",
            "••34, Bait and Tackle:\ntwo",
        ]);
    }

    async fn an_unknown_command_gets_a_short_answer_and_is_never_relayed(house: only_ana) {
        house.customer(34).texts("hello").await;
        for wrong in ["#1 please", "#note", "#later soon", "#close the door"] {
            house.ana().texts_back(wrong).await;
        }
        let tail = "Nothing was sent to the customer. #help lists the commands.";
        assert_eq!(house.ana().bodies()[1..], [
            format!("#1 is no command. {tail}"),
            format!("the note is empty: text #note and what to keep. {tail}"),
            format!("for how long? Text #later and a time such as 15m, 2h, 3d or 1h30m. {tail}"),
            format!("#close takes nothing behind it. {tail}"),
        ]);
        house.customer(34).shows(&[]);
        assert_eq!(house.rows("conversations WHERE closed_at IS NULL").await, 1);
    }

    async fn what_reads_as_a_command_is_one_and_never_goes_to_the_customer(house: only_ana) {
        house.customer(34).texts("hello").await;
        let disguises = [
            "＃note he is rude", "﹟note he is rude", "\u{200b}#note he is rude", "\u{200e}#note he is rude", "\u{feff}#note he is rude", "\u{2060}#note he is rude",
            "\u{ad}#note he is rude", "\u{61c}#note he is rude", "#\u{fe0f}\u{20e3}note he is rude", "＃ＮＯＴＥ　he is rude", "#no\u{200b}te he is rude", "# note he is rude",
        ];
        for body in disguises {
            house.ana().texts_back(body).await;
        }
        house.ana().texts_back("\u{2060}#nоte with another o").await;
        house.customer(34).shows(&[]);
        let notes = house.words("SELECT body FROM messages WHERE kind = 'note'").await;
        assert_eq!(notes, vec!["he is rude"; disguises.len()]);
        house.ana().texts_back("#note ＡＢ\u{200b}Ｃ ﹟2").await;
        let last = house.words("SELECT body FROM messages WHERE kind = 'note' ORDER BY id DESC LIMIT 1").await;
        assert_eq!(last, ["ＡＢ\u{200b}Ｃ ﹟2"], "as it was typed");
        house.ana().texts_back("\u{feff}＃#7 is yours").await;
        house.customer(34).shows(&["#7 is yours"]);
    }

    async fn a_doubled_sign_sends_one_to_the_customer(house: only_ana) {
        house.customer(34).texts("Which berth?").await;
        house.ana().texts_back("##7 by the ramp").await;
        house.customer(34).shows(&["#7 by the ramp"]);
        assert_eq!(house.messages().await, ["relayed Which berth?", "relayed #7 by the ramp"]);
        assert_eq!(house.ana().received().len(), 1, "it is a text like any other");
    }

    async fn a_line_takes_only_the_commands_that_need_no_thread(house: only_ana) {
        house.customer(34).texts("hello").await;
        house.ana().texts("#help").await;
        house.ana().texts("#close").await;
        house.ana().texts("##hello").await;
        let line: Vec<String> = house.ana().received().into_iter().filter(|text| text.from == LINE).map(|text| text.body).collect();
        let help = "On this number: #away (no new customers), #on (take them again, and texts on this phone). \
                    Other commands work in a customer's thread.";
        assert_eq!(line[..2], [help.to_owned(), format!("#close works in a customer's thread. {help}")]);
        assert!(line[2].starts_with("This number is for customers."));
        assert_eq!(house.rows("conversations").await, 1, "a rep's phone opens none");
        assert_eq!(house.rows("conversations WHERE closed_at IS NULL").await, 1);
    }

    async fn a_customers_sign_is_a_sign(house: only_ana) {
        house.customer(34).texts("#1 please").await;
        house.customer(34).texts("#close").await;
        house.customer(34).texts("##").await;
        assert_eq!(house.ana().bodies(), ["••34, Bait and Tackle:\n#1 please", "#close", "##"]);
    }

    async fn a_command_on_an_ended_thread_is_answered_and_does_nothing(house) {
        anas(house, "hello").await;
        house.transfers(MIRIAM, BO).await;
        house.ana().texts_back("#close").await;
        house.closes(MIRIAM).await;
        house.ana().texts_back("#note too late").await;
        house.ana().texts_to(&mask(20), "#help").await;
        assert_eq!(house.ana().bodies()[1..3], [
            "Not done: this conversation is with Bo now.",
            "Not done: there is no conversation here any more.",
        ]);
        assert!(house.ana().bodies()[3].starts_with("#who says"), "#help is answered everywhere");
        assert_eq!(house.rows("messages WHERE kind = 'note'").await, 0);
        assert_eq!(house.rows("messages WHERE outcome = 'held'").await, 0, "nobody could forward it by mistake");
    }

    async fn a_command_that_comes_twice_is_done_once(house: only_ana) {
        house.customer(34).texts("hello").await;
        let thread = house.ana().threads()[0].clone();
        let text = switchboard::simulator::Inbound {
            from: house.ana().number.clone(),
            to: thread,
            body: "#note once".to_owned(),
            sid: Some("SM00000000000000000000000000000077".to_owned()),
            ..switchboard::simulator::Inbound::default()
        };
        house.simulator.send(text.clone()).await;
        house.simulator.send(text).await;
        house.runs_due_work().await;
        assert_eq!(house.rows("messages WHERE kind = 'note'").await, 1);
        assert_eq!(house.ana().bodies()[1..], ["Noted, for staff only."]);
    }
}
