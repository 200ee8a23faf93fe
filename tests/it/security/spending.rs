//! What may be spent: countries to which nothing is sent, and the most of a day.

use serde_json::{Value, json};

use switchboard::clock::{hours, minutes, seconds};
use switchboard::desk::upkeep::lapse;
use switchboard::domain::numbers::country::Countries;

use crate::api::Program;
use crate::api::pairs::{FISHER, wish};
use crate::both_stores;
use crate::house::{LINE, Plan};
use crate::web::browser::Browser;

fn home_only(plan: &mut Plan) {
    plan.policies.delivery.countries = Countries::read("US, CA").unwrap();
}

fn three_a_day(plan: &mut Plan) {
    plan.policies.delivery.segments_per_day = Some(3);
}

fn ten_an_hour(plan: &mut Plan) {
    plan.policies.api.first_texts_per_hour = Some(10);
}

/// A pair of phones that nobody else has.
fn fresh(n: u32) -> Value {
    let mut wish = wish(&format!("order-{n}"));
    wish["parties"][0]["phone"] = json!(format!("+1505555{:04}", 1000 + 2 * n));
    wish["parties"][1]["phone"] = json!(format!("+1505555{:04}", 1001 + 2 * n));
    wish
}

both_stores! {
    /// Without a setting a program joins people of our numbers' countries only; who texts us is answered all the same.
    async fn case_28_a_program_texts_no_country_in_which_we_have_no_number(house) {
        let program = Program::of(house).await;
        let mut abroad = wish("bait-77");
        abroad["welcome"] = json!({"Helper": "Hello"});
        abroad["parties"][1]["phone"] = json!("+442079460960");
        let problem = program.post("pairs", &abroad).await.problem(422, "refused");
        assert_eq!(problem["errors"][0]["pointer"], "/parties/1/phone");
        assert!(problem["detail"].as_str().unwrap().contains("CA, US only"), "{problem}");
        let id = program.opens(&wish("bait-78")).await;
        let moved = program.patch(&format!("pairs/{id}/parties/Helper"), &json!({"phone": "+442079460960"})).await;
        assert_eq!(moved.problem(422, "refused")["errors"][0]["pointer"], "/phone");
        assert_eq!((house.rows("pairs").await, house.rows("deliveries WHERE to_phone LIKE '+44%'").await), (1, 0));
        house.phone("+442079460960").texts_to(LINE, "Is the ramp open?").await;
        house.chosen().texts_back("Until six.").await;
        house.phone("+442079460960").shows(&["Until six."]);
        // A mask there makes it a home.
        house.applies("[[mask]]\nnumber = \"+442079460961\"\n[[mask]]\nnumber = \"+442079460962\"").await;
        assert_eq!(program.post("pairs", &abroad).await.status, 201);
        house.runs_due_work().await;
        assert_eq!(house.phone("+442079460960").bodies(), ["Until six.", "Hello"]);
    }

    /// An app brings so many phones into pairs within an hour; others, and what is open, go on.
    async fn case_28_an_app_has_so_many_first_texts_an_hour(house: ten_an_hour) {
        let (bait, crm) = (Program::called(house, "bait").await, Program::called(house, "crm").await);
        let first = bait.opens(&fresh(1)).await;
        house.pass(minutes(30)).await;
        for n in 2..=5 {
            bait.opens(&fresh(n)).await;
        }
        let refused = bait.post("pairs", &fresh(6)).await;
        let problem = refused.problem(429, "too_many_first_texts");
        assert!(problem["detail"].as_str().unwrap().contains("SWITCHBOARD_API__FIRST_TEXTS_PER_HOUR"), "{problem}");
        assert_eq!(refused.header("retry-after"), "1801");
        let moved = bait.patch(&format!("pairs/{first}/parties/Fisher"), &json!({"phone": "+15055559999"})).await;
        moved.problem(429, "too_many_first_texts");
        assert_eq!(bait.post("pairs", &fresh(2)).await.status, 200, "what is open is asked for again");
        assert_eq!(bait.post(&format!("pairs/{first}/messages"), &json!({"body": "Hello"})).await.status, 201);
        crm.opens(&fresh(7)).await;
        house.pass(minutes(30)).await;
        house.clock.pass(seconds(1));
        bait.opens(&fresh(6)).await;
        bait.post("pairs", &fresh(8)).await.problem(429, "too_many_first_texts");
    }

    /// Pairs that are opened at once, in one commit, count each other.
    async fn case_28_many_pairs_at_once_do_not_pass_the_count_together(house: ten_an_hour) {
        let bait = Program::called(house, "bait").await;
        let asked: Vec<Value> = (1..=8).map(fresh).collect();
        let answers = rocket::futures::future::join_all(asked.iter().map(|wish| bait.post("pairs", wish))).await;
        let opened = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!((opened, house.rows("pairs").await), (5, 5));
        assert!(answers.iter().all(|answer| [201, 429].contains(&answer.status)), "{answers:?}");
    }

    /// The country allow-list stops what is sent abroad, whoever has it sent, and managers are told.
    async fn case_28_nothing_is_sent_to_a_country_that_is_not_allowed(house: home_only) {
        let program = Program::of(house).await;
        let mut abroad = wish("bait-77");
        abroad["parties"][1]["phone"] = json!("+447700900123");
        let problem = program.post("pairs", &abroad).await.problem(422, "refused");
        assert_eq!(problem["errors"][0]["pointer"], "/parties/1/phone");
        assert!(problem["detail"].as_str().unwrap().contains("CA, US only"), "{problem}");
        let id = program.opens(&wish("bait-78")).await;
        let moved = program.patch(&format!("pairs/{id}/parties/Helper"), &json!({"phone": "+881612345678"})).await;
        assert_eq!(moved.problem(422, "refused")["errors"][0]["pointer"], "/phone");
        let miriam = Browser::of(house, "miriam@example.com").await;
        miriam.get("/board").await.hides(&["country of the phone"]);
        // A stranger's text brings nothing out of the house: no greeting, and no answer of a rep.
        house.phone("+447700900123").texts_to(LINE, "Call me").await;
        house.chosen().texts_back("Who is this?").await;
        house.phone("+447700900123").shows(&[]);
        assert_eq!(house.outbox_to("+447700900123").await, ["suppressed Who is this?"]);
        let failed = "conversations WHERE failed_at IS NOT NULL";
        assert_eq!(house.rows(failed).await, 1, "the list says that something did not go out");
        miriam.post(&format!("/conversations/{}/mending", house.conversation().await), &[]).await;
        assert_eq!(house.rows(failed).await, 0);
        house.replies_on_web(&house.pinned().await, house.conversation().await, "Hello?").await;
        assert_eq!(house.rows(failed).await, 1, "and for an answer from the web alike");
        lapse::tally(&house.desk).await.unwrap();
        miriam.get("/board").await.shows(&["2 texts were not sent in all, because of the country of the phone"]);
    }

    /// The most of a day stops sending until the next, whatever causes it, and managers are told.
    async fn case_28_the_most_of_a_day_stops_sending_until_the_next(house: three_a_day) {
        house.clock.pass(hours(15));
        let program = Program::of(house).await;
        let id = program.opens(&wish("bait-77")).await;
        let say = format!("pairs/{id}/messages");
        for n in 1..=5 {
            assert_eq!(program.post(&say, &json!({"body": format!("{n}"), "to": ["Fisher"]})).await.status, 201);
            house.runs_due_work().await;
        }
        house.phone(FISHER).shows(&["1", "2", "3"]);
        lapse::tally(&house.desk).await.unwrap();
        let miriam = Browser::of(house, "miriam@example.com").await;
        miriam.get("/board").await.shows(&["The most of the day has been sent"]);
        house.pass(minutes(59)).await;
        house.phone(FISHER).shows(&["1", "2", "3"]);
        house.pass(minutes(2)).await;
        house.phone(FISHER).shows(&["1", "2", "3", "4", "5"]);
        assert_eq!(house.words("SELECT CAST(SUM(segments) AS TEXT) FROM spending GROUP BY day ORDER BY day").await, ["3", "2"]);
    }
}
