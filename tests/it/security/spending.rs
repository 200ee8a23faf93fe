//! What may be spent: countries to which nothing is sent, and the most of a day.

use serde_json::json;

use switchboard::clock::{hours, minutes};
use switchboard::desk::lapse;
use switchboard::domain::country::Countries;

use crate::api::Program;
use crate::api::pairs::{FISHER, wish};
use crate::both_stores;
use crate::house::{LINE, Plan};
use crate::web_browser::Browser;

fn home_only(plan: &mut Plan) {
    plan.policies.delivery.countries = Countries::read("US, CA").unwrap();
}

fn three_a_day(plan: &mut Plan) {
    plan.policies.delivery.segments_per_day = Some(3);
}

both_stores! {
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
        house.sets("UPDATE conversations SET failed_at = NULL").await;
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
