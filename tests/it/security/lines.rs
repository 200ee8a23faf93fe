//! What the reps of one line learn of, and do to, the customers of another; and what a rep learns of a hidden number.

use rocket::http::Status;

use switchboard::clock::minutes;
use switchboard::desk::Failure;
use switchboard::desk::consent::block;
use switchboard::domain::numbers::country::Countries;

use crate::both_stores;
use crate::house::{House, LINE, Plan};
use crate::web::browser::{Answer, Browser};

const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const MIRIAM: &str = "miriam@example.com";
const JOEL: &str = "+15055552034";
const KAYAKS: &str = "+18005550101";

/// Ana answers Bait and Tackle, Bo answers Kayaks.
fn two_lines(plan: &mut Plan) {
    plan.setup =
        plan.setup.replace("members = [\"ana@example.com\", \"bo@example.com\"]", "members = [\"ana@example.com\"]");
    plan.setup.push_str("\n[[line]]\nnumber = \"+18005550101\"\nname = \"Kayaks\"\nmembers = [\"bo@example.com\"]\n");
}

fn home_and_three_an_hour(plan: &mut Plan) {
    plan.policies.support.first_texts_per_hour = 3;
}

async fn line(house: &House, number: &str) -> String {
    house.number(&format!("SELECT id FROM numbers WHERE number = '{number}'")).await.to_string()
}

async fn starts(house: &House, browser: &Browser, from: &str, phone: &str, body: &str) -> Answer {
    let line = line(house, from).await;
    let key = browser.get("/conversations/new").await.field("form_key");
    let fields = [("line", line.as_str()), ("phone", phone), ("name", "J."), ("body", body), ("form_key", &key)];
    let answer = browser.post("/conversations", &fields).await;
    house.runs_due_work().await;
    answer
}

/// Joel is Ana's customer, and what she knows of him stands on his card.
async fn known_to_ana(house: &House) -> String {
    house.customer(34).texts("Is the ramp open?").await;
    let path = format!("/conversations/{}", house.conversation().await);
    let ana = Browser::of(house, ANA).await;
    let seen = ana.get(&path).await.card_seen();
    let fields = [
        ("seen", seen.as_str()),
        ("name", "Joel Marsh"),
        ("tags", "HIV"),
        ("notes", "ask Ana first"),
        ("language", "Navajo"),
    ];
    assert_eq!(ana.post(&format!("{path}/contact"), &fields).await.status, Status::SeeOther);
    path
}

const SECRETS: [&str; 5] = ["Joel Marsh", "HIV", "ask Ana first", "Navajo", "Customer</dt>"];

both_stores! {
    async fn a_customers_card_is_shown_to_another_lines_rep_once_the_customer_has_texted_that_line(house: two_lines) {
        known_to_ana(house).await;
        let bo = Browser::of(house, BO).await;
        let begun = starts(house, &bo, KAYAKS, JOEL, "").await;
        assert_eq!(begun.status, Status::SeeOther);
        let id = house.number("SELECT MAX(id) FROM conversations").await;
        let path = format!("/conversations/{id}");
        let page = bo.get(&path).await;
        page.shows(&["Their card is shown once they text this line", "<bdi>J.</bdi>"]).hides(&SECRETS);
        page.hides(&["id=\"edit-contact\"", "id=\"act-merge\""]);
        for list in ["/conversations?view=mine", "/conversations?view=all", "/history", "/palette?q=J"] {
            bo.get(list).await.hides(&SECRETS);
        }
        // Nor is it found by what stands on the card.
        for asked in ["/conversations?q=marsh", "/palette?q=marsh", "/history?who=marsh&q=anything"] {
            bo.get(asked).await.hides(&[&format!("/conversations/{id}"), &format!("#{id}")]);
        }
        let card = bo.post(&format!("{path}/contact"), &[("seen", ""), ("name", "Jo"), ("notes", "mine")]).await;
        assert_eq!(card.status, Status::UnprocessableEntity);
        let merged = bo.post(&format!("{path}/merge"), &[("with", "Joel Marsh")]).await;
        assert_eq!(merged.status, Status::UnprocessableEntity);
        merged.hides(&SECRETS);
        // A text to his phone says no more: the rep's phone is told the digits.
        house.replies_on_web(BO, switchboard::domain::ids::ConversationId(id), "Hello").await;
        house.customer(34).shows(&["Hello"]);
        bo.get(&path).await.hides(&SECRETS);
        // Managers look after all lines.
        Browser::of(house, MIRIAM).await.get(&path).await.shows(&["Joel Marsh", "HIV", "ask Ana first"]);

        house.customer(34).texts_to(KAYAKS, "Who is this?").await;
        assert!(house.bo().bodies().iter().all(|body| !body.contains("ask Ana")), "{:?}", house.bo().bodies());
        bo.get(&path).await.shows(&["Joel Marsh", "HIV", "ask Ana first", "Navajo"]);
        bo.get("/conversations?q=marsh").await.shows(&[&format!("/conversations/{id}")]);
    }

    async fn whom_nobody_knows_has_a_card_from_the_first_text_of_staff_on(house: two_lines) {
        let bo = Browser::of(house, BO).await;
        starts(house, &bo, KAYAKS, JOEL, "Hello").await;
        let path = format!("/conversations/{}", house.conversation().await);
        let page = bo.get(&path).await;
        page.shows(&["<bdi>J.</bdi>", "id=\"edit-contact\""]);
        let seen = page.card_seen();
        let saved = bo.post(&format!("{path}/contact"), &[("seen", &seen), ("name", "Joel"), ("notes", "North ramp")]).await;
        assert_eq!(saved.status, Status::SeeOther);
        bo.get(&path).await.shows(&["<bdi>Joel</bdi>", "North ramp"]);
    }

    async fn the_first_text_on_a_reps_phone_does_not_tell_another_lines_name_of_a_customer(house: two_lines) {
        known_to_ana(house).await;
        let bo = Browser::of(house, BO).await;
        starts(house, &bo, KAYAKS, JOEL, "").await;
        let id = switchboard::domain::ids::ConversationId(house.number("SELECT MAX(id) FROM conversations").await);
        house.replies_on_web(MIRIAM, id, "We have your kayak").await;
        let told = house.bo().bodies();
        assert!(told.iter().any(|body| body.contains("We have your kayak")), "{told:?}");
        assert!(told.iter().all(|body| !body.contains("Marsh")), "{told:?}");
    }

    async fn a_reps_block_holds_on_the_reps_lines_and_a_managers_on_all(house: two_lines) {
        let joel = house.customer(34);
        joel.texts("Is the ramp open?").await;
        joel.texts_to(KAYAKS, "A kayak for two?").await;
        let on_kayaks = house.number(&format!("SELECT id FROM conversations WHERE line_id = {}", line(house, KAYAKS).await)).await;
        let on_kayaks = switchboard::domain::ids::ConversationId(on_kayaks);
        let (ana, bo, miriam) = (house.person(ANA).await, house.person(BO).await, house.person(MIRIAM).await);
        block::block(&house.desk, bo, on_kayaks, "rude").await.unwrap();
        joel.texts("Still there?").await;
        joel.texts_to(KAYAKS, "Hello?").await;
        assert!(house.ana().bodies().last().unwrap().contains("Still there?"), "Ana's customer is hers");
        assert!(house.bo().bodies().iter().all(|body| !body.contains("Hello?")), "{:?}", house.bo().bodies());
        let bos = Browser::of(house, BO).await;
        bos.get(&format!("/conversations/{on_kayaks}")).await.shows(&["Blocked by <bdi>Bo</bdi>", "this line:", "rude"]);
        house.ana().texts_back("It is").await;
        joel.shows(&["It is"]);

        // Bo lifts what is Bo's, and not what a manager has said for every line.
        block::unblock(&house.desk, bo, on_kayaks).await.unwrap();
        joel.texts_to(KAYAKS, "Better?").await;
        assert!(house.bo().bodies().last().unwrap().contains("Better?"));
        block::block(&house.desk, miriam, on_kayaks, "threats").await.unwrap();
        joel.texts("And here?").await;
        assert!(house.ana().bodies().iter().all(|body| !body.contains("And here?")));
        let refused = block::unblock(&house.desk, bo, on_kayaks).await;
        assert!(matches!(refused, Err(Failure::Refused { field: "conversation", .. })), "{refused:?}");
        bos.get(&format!("/conversations/{on_kayaks}")).await.shows(&["every line:", "A manager can unblock them"]);
        block::unblock(&house.desk, miriam, on_kayaks).await.unwrap();
        joel.texts("Now?").await;
        assert!(house.ana().bodies().last().unwrap().contains("Now?"));
        let _ = ana;
    }

    async fn a_rep_finds_nobody_by_more_of_a_number_than_the_rep_sees(house) {
        house.customer(34).texts("Is the ramp open?").await;
        crate::search::catches_up(house).await;
        let (ana, bo) = (Browser::of(house, ANA).await, Browser::of(house, BO).await);
        let has = if house.pinned().await == ANA { ana } else { bo };
        let there = format!("/conversations/{}", house.conversation().await);
        for asked in ["34", "%E2%80%A2%E2%80%A234"] {
            has.get(&format!("/history?who={asked}&q=ramp")).await.shows(&[&there]);
        }
        for asked in ["%2B15055552034", "5055552034", "2034", "034", "%2B1%20505%20555-2034", "15055552034", "0015055552034"] {
            for page in ["/history?q=ramp&who=", "/history?q=", "/conversations?q=", "/palette?q="] {
                has.get(&format!("{page}{asked}")).await.hides(&[&there, "Is the ramp open"]);
            }
        }
        let miriam = Browser::of(house, MIRIAM).await;
        miriam.get("/history?q=ramp&who=%2B15055552034").await.shows(&[&there]);
    }

    async fn one_person_begins_no_more_than_so_many_conversations_an_hour_whatever_comes_of_them(house: home_and_three_an_hour) {
        let ana = Browser::of(house, ANA).await;
        for n in 1..=2 {
            assert_eq!(starts(house, &ana, LINE, &format!("+1505555300{n}"), "Hello").await.status, Status::SeeOther);
        }
        // A refusal says something about a number, and counts.
        starts(house, &ana, LINE, "+447700900123", "Hello").await.shows(&["with numbers of CA, US only"]);
        starts(house, &ana, LINE, "+15055553003", "Hello").await.shows(&["You have begun 3 conversations within the hour", "in 60 minutes"]);
        house.phone("+15055553003").shows(&[]);
        // It is one person's, and an hour's.
        let bo = Browser::of(house, BO).await;
        assert_eq!(starts(house, &bo, LINE, "+15055553003", "Hello").await.status, Status::SeeOther);
        house.pass(minutes(61)).await;
        assert_eq!(starts(house, &ana, LINE, "+15055553004", "Hello").await.status, Status::SeeOther);
    }

    async fn staff_begin_conversations_at_home_only_and_answer_whoever_texts_from_abroad(house) {
        assert_eq!(house.desk.policies.support.countries, Countries::Home);
        let ana = Browser::of(house, ANA).await;
        starts(house, &ana, LINE, "+447700900123", "Hello").await.shows(&["with numbers of CA, US only"]);
        assert_eq!(starts(house, &ana, LINE, "+14165550134", "Hello").await.status, Status::SeeOther);
        house.phone("+447700900123").texts_to(LINE, "Do you ship to England?").await;
        house.chosen().texts_back("We do").await;
        house.phone("+447700900123").shows(&["We do"]);
    }
}
