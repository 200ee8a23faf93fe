//! Whose conversation a text is: the random pick, nobody there, two at once, and who can write to us.

mod duty;
#[cfg(feature = "faults")]
mod first_texts;
mod ladder;
mod masks;
mod queue;
mod relay;
mod reps;

use std::collections::BTreeSet;

use futures_util::future::join_all;

use switchboard::clock::hours;
use switchboard::desk::Failure;

use crate::both_stores;
use crate::house::neighbours::webhook;
use crate::house::plan::only_ana;
use crate::house::{LINE, Plan, TOKEN};
use crate::web::browser::Browser;

const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";

fn one_each(plan: &mut Plan) {
    plan.setup = plan.setup.replace("phone = ", "limit = 1\nphone = ");
}

both_stores! {
    async fn the_pick_is_random_and_recorded_with_its_reason(house) {
        for n in 0..12 {
            house.customer(10 + n).texts("hello").await;
        }
        assert!(!house.ana().received().is_empty() && !house.bo().received().is_empty(), "one of them got everybody");
        let picks = house.events("picked").await;
        assert_eq!(picks.len(), 12);
        for pick in &picks {
            assert_eq!(pick["policy"], "random");
            let candidates: BTreeSet<_> = pick["candidates"].as_array().unwrap().iter().map(|it| it.as_str()).collect();
            assert_eq!(candidates, BTreeSet::from([Some("Ana"), Some("Bo")]));
            assert!(candidates.contains(&pick["chosen_name"].as_str()));
        }
        let both: BTreeSet<_> = picks.iter().map(|pick| pick["chosen_name"].to_string()).collect();
        assert_eq!(both.len(), 2);
    }

    async fn whoever_is_off_duty_disabled_or_full_is_passed_over_with_the_reason(house: one_each) {
        house.goes_away("ana@example.com").await;
        house.customer(1).texts("one").await;
        assert_eq!(house.pinned().await, BO);
        house.comes_back("ana@example.com").await;
        house.customer(2).texts("two").await;
        assert_eq!(house.pinned().await, ANA);
        let passed = house.events("picked").await[1]["passed_over"].clone();
        assert_eq!(passed, serde_json::json!([["Bo", "full"]]));

        house.closes(ANA).await;
        house.is_disabled("ana@example.com").await;
        house.customer(3).texts("three").await;
        assert_eq!(house.pinned().await, "", "Ana is disabled and Bo is full");
        house.is_enabled("ana@example.com").await;
        house.customer(4).texts("four").await;
        assert_eq!(house.pinned().await, "", "closing made room for whoever waited longest, and no more");
        let taken = "SELECT p.name FROM conversations c JOIN people p ON p.id = c.pinned_to ORDER BY c.id DESC LIMIT 1";
        assert_eq!(house.words(taken).await, ["Ana"]);
        assert_eq!(house.ana().bodies().last().unwrap(), "••03, Bait and Tackle:\nthree");
    }

    async fn with_nobody_on_duty_the_conversation_waits_unassigned_and_nothing_is_lost(house) {
        house.nobody_answers().await;
        let joel = house.customer(34);
        joel.texts("anybody?").await;
        joel.texts("hello?").await;
        assert_eq!(house.pinned().await, "");
        assert_eq!(house.messages().await, ["relayed anybody?", "relayed hello?"]);
        assert_eq!(house.rows("conversations").await, 1);
        assert_eq!(house.events("unassigned").await[0]["candidates"], serde_json::json!([]));
        assert!(house.ana().received().is_empty() && house.bo().received().is_empty());
    }

    async fn a_rep_who_is_away_keeps_getting_the_texts_of_own_customers(house) {
        let joel = house.customer(34);
        joel.texts("one").await;
        house.nobody_answers().await;
        joel.texts("two").await;
        assert_eq!(house.chosen().bodies()[1..], ["two"]);
    }

    async fn a_customer_stays_with_the_pinned_rep_however_many_others_come(house) {
        let joel = house.customer(34);
        joel.texts("one").await;
        let (rep, pinned) = (house.chosen(), house.pinned().await);
        for n in 0..6 {
            house.customer(50 + n).texts("hello").await;
            joel.texts("still me").await;
        }
        house.pass(hours(2)).await;
        joel.texts("and later").await;
        assert_eq!(rep.bodies().iter().filter(|body| body.contains("still me")).count(), 6);
        let sql = format!("SELECT COUNT(DISTINCT conversation_id) FROM messages WHERE from_phone = '{}'", joel.number);
        assert_eq!(house.number(&sql).await, 1);
        let first = "SELECT p.email FROM conversations c JOIN people p ON p.id = c.pinned_to ORDER BY c.id";
        assert_eq!(house.words(first).await[0], pinned);
    }

    async fn two_first_texts_at_the_same_instant_end_in_one_conversation_with_one_rep(house) {
        let forms = (0..4).map(|n| webhook(&format!("SM0000000000000000000000000000010{n}"), "+15055552034", "hello"));
        let forms: Vec<_> = forms.collect();
        let answers = join_all(forms.iter().map(|form| house.post("messages", form, Some(TOKEN)))).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
        house.runs_due_work().await;
        assert_eq!(house.rows("conversations").await, 1);
        assert_eq!(house.events("picked").await.len(), 1);
        assert_eq!(house.chosen().received().len(), 4);
        assert_eq!(house.ana().received().len() + house.bo().received().len(), 4);
    }

    async fn a_rep_who_texts_a_line_opens_no_conversation_and_is_told_what_the_number_is_for(house) {
        house.ana().texts("hello?").await;
        assert_eq!(house.rows("conversations").await, 0);
        assert_eq!(house.rows("customers").await, 0);
        house.ana().shows(&["This number is for customers. To answer one, text the number from which their texts \
                             reach you, or use the web inbox."]);
    }

    async fn a_sender_with_a_name_is_shown_and_cannot_be_answered(house) {
        house.phone("BAYBANK").texts("Your code is 1234").await;
        let rep = house.chosen();
        rep.shows(&["BAYBANK, Bait and Tackle:\nYour code is 1234"]);
        let (by, conversation) = (house.person(&house.pinned().await).await, house.conversation().await);
        let refused = house.tries_to_reply(by, conversation, "thanks").await;
        assert!(matches!(refused, Err(Failure::Refused { field: "body", .. })), "{refused:?}");

        rep.texts_back("thanks").await;
        assert!(house.phone("BAYBANK").received().is_empty());
        assert!(house.outbox_to("BAYBANK").await.iter().all(|row| row.starts_with("suppressed")));
        let told = &rep.bodies()[1];
        assert!(told.starts_with("Not delivered to BAYBANK: "), "{told}");
        assert!(told.contains("a name, not a number"), "{told}");
    }

    async fn what_hides_nobody_is_shown_whole_to_reps(house: only_ana) {
        for (from, said) in [("72345", "Sale today"), ("BAYBANK", "Your code is 1234"), ("Shop24", "Your parcel"), ("messenger:100012345678", "hello")] {
            house.phone(from).texts(said).await;
        }
        let heads: Vec<String> = house.ana().bodies().iter().map(|body| body.split(',').next().unwrap().to_owned()).collect();
        assert_eq!(heads, ["72345", "BAYBANK", "Shop24", "••78"], "an account's number is a number");
        let ana = Browser::of(house, "ana@example.com").await;
        let list = ana.get("/conversations").await;
        list.shows(&[">BAYBANK<", ">72345<", "••78"]).hides(&["••NK", "••45", "number ending in BAYBANK", "100012345678"]);
        let bank = house.number("SELECT c.id FROM conversations c JOIN customers cu ON cu.id = c.customer_id WHERE cu.phone = 'BAYBANK'").await;
        ana.get(&format!("/conversations/{bank}")).await.shows(&[">BAYBANK<"]).hides(&["number ending in BAYBANK"]);
    }

    async fn a_number_is_the_same_person_on_every_channel_and_is_answered_by_sms(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        for (channel, said) in [("whatsapp", "me again"), ("rcs", "and here")] {
            let to = if channel == "whatsapp" { format!("whatsapp:{LINE}") } else { LINE.to_owned() };
            assert!(house.simulator.text(&format!("{channel}:{}", joel.number), &to, said).await.taken());
            house.runs_due_work().await;
        }
        house.ana().shows(&["••34, Bait and Tackle:\nhello", "me again", "and here"]);
        assert_eq!((house.rows("customers").await, house.rows("conversations").await), (1, 1));
        let raw = house.words("SELECT raw FROM messages ORDER BY id").await;
        assert!(raw[1].contains("whatsapp%3A%2B1505"), "the webhook keeps the channel: {raw:?}");
        house.ana().texts_back("We are open").await;
        joel.shows(&["We are open"]);
        assert_eq!(joel.received()[0].from, LINE);

        let rep = format!("rcs:{}", house.ana().number);
        assert!(house.simulator.text(&rep, &house.ana().threads()[0], "until six").await.taken());
        house.runs_due_work().await;
        joel.shows(&["We are open", "until six"]);

        assert!(house.simulator.text(&format!("whatsapp:{}", joel.number), LINE, "STOP").await.taken());
        house.runs_due_work().await;
        assert!(house.ana().bodies().last().unwrap().starts_with("••34 opted out"), "{:?}", house.ana().bodies());
        house.ana().texts_back("One more thing").await;
        assert_eq!(joel.received().len(), 2, "the number does not want texts, whatever it said so by");
    }

    async fn a_short_code_is_answered_like_a_phone(house) {
        let shop = house.phone("72345");
        shop.texts("Sale today").await;
        house.chosen().texts_back("Which size?").await;
        shop.shows(&["Which size?"]);
        assert_eq!(shop.received()[0].from, LINE);
    }

    async fn a_text_to_a_number_that_is_not_ours_is_held(house) {
        house.customer(34).texts_to("+18885550199", "hello?").await;
        assert_eq!(house.messages().await, ["held hello?"]);
        assert_eq!(house.rows("deliveries").await, 0);
    }

    async fn a_phone_that_is_given_to_a_person_is_no_customer_any_more(house) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        let setup = format!("[[person]]\nemail = \"joel@example.com\"\nname = \"Joel\"\nrole = \"rep\"\nphone = \"{}\"\n",
            joel.number);
        house.applies(&setup).await;
        assert_eq!(house.rows("legs WHERE role = 'customer' AND ended_at IS NULL").await, 0);
        joel.texts("hello again").await;
        assert!(joel.bodies()[0].starts_with("This number is for customers."), "{:?}", joel.bodies());
        assert_eq!(house.rows("messages WHERE outcome = 'relayed'").await, 1);
    }
}
