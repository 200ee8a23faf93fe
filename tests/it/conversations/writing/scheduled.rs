//! A reply can be sent later: at a time that its writer chose, to the customer whom it was written to, or to nobody.

use rocket::http::Status;
use switchboard::clock::{minutes, seconds};

use super::{anas, box_of, newest_planned, page};
use crate::both_stores;
use crate::house::House;
use crate::web::browser::{Answer, Browser};
use switchboard::domain::ids::ConversationId;

async fn sends_later(browser: &Browser, conversation: ConversationId, body: &str, time: &[(&str, &str)]) -> Answer {
    let key = page(browser, conversation).await.field("form_key");
    let mut fields = vec![("body", body), ("form_key", key.as_str())];
    fields.extend(time);
    browser.post(&format!("/conversations/{conversation}/replies"), &fields).await
}

async fn in_an_hour(house: &House) -> (ConversationId, Browser) {
    let conversation = anas(house).await;
    let ana = Browser::of(house, "ana@example.com").await;
    let answer = sends_later(&ana, conversation, "Your part is here.", &[("time.later", "1h")]).await;
    assert_eq!(answer.status, Status::SeeOther);
    (conversation, ana)
}

both_stores! {
    async fn a_reply_leaves_at_the_time_that_was_chosen(house) {
        let (conversation, ana) = in_an_hour(house).await;
        house.pass(minutes(59)).await;
        assert_eq!(house.customer(34).received().len(), 0);
        page(&ana, conversation).await.shows(&["Your part is here.", "data-full", "Cancel", "Change time", "Send now"]);
        house.pass(minutes(1)).await;
        house.customer(34).shows(&["Your part is here."]);
    }

    async fn its_time_can_be_changed_and_it_can_be_sent_now_or_cancelled(house) {
        let (conversation, ana) = in_an_hour(house).await;
        let planned = format!("/conversations/{conversation}/planned/{}", newest_planned(house).await);
        ana.post(&format!("{planned}/time"), &[("time.later", "3h")]).await;
        house.pass(minutes(90)).await;
        assert_eq!(house.customer(34).received().len(), 0);
        let wrong = ana.post(&format!("{planned}/time"), &[("time.later", "at"), ("time.at", "")]).await;
        wrong.shows(&["Choose when it is to be sent."]);
        assert_eq!(ana.post(&format!("{planned}/departure"), &[]).await.status, Status::SeeOther);
        house.runs_due_work().await;
        house.customer(34).shows(&["Your part is here."]);

        sends_later(&ana, conversation, "And another.", &[("time.later", "tomorrow")]).await;
        let planned = format!("/conversations/{conversation}/planned/{}", newest_planned(house).await);
        let miriam = Browser::of(house, "miriam@example.com").await;
        miriam.post(&format!("{planned}/withdrawal"), &[]).await;
        let shown = page(&ana, conversation).await;
        shown.shows(&["Miriam cancelled a text that was to be sent later"]);
        assert_eq!(box_of(&shown), "And another.", "its writer has the text again");
        house.pass(minutes(60 * 30)).await;
        assert_eq!(house.customer(34).received().len(), 1);
    }

    async fn a_time_is_that_of_the_readers_machine(house) {
        let conversation = anas(house).await;
        let ana = Browser::of(house, "ana@example.com").await;
        // It is 08:00 on 15 January 2027, by UTC.
        let time = [("time.later", "at"), ("time.at", "2027-01-15T21:30"), ("time.zone", "Pacific/Auckland")];
        sends_later(&ana, conversation, "Early.", &time).await;
        let due = house.number("SELECT MAX(due_at) FROM planned_replies").await;
        assert_eq!(due, (house.clock.now() + minutes(30)).0);
        let time = [("time.later", "at"), ("time.at", "2027-01-15T09:00"), ("time.zone", "nonsense")];
        sends_later(&ana, conversation, "By UTC.", &time).await;
        assert_eq!(house.number("SELECT MAX(due_at) FROM planned_replies").await, (house.clock.now() + minutes(60)).0);
        house.pass(minutes(60)).await;
        house.customer(34).shows(&["Early.", "By UTC."]);
    }

    async fn a_time_that_makes_no_sense_is_refused_beside_the_field_and_nothing_is_lost(house) {
        let conversation = anas(house).await;
        let ana = Browser::of(house, "ana@example.com").await;
        for (time, why) in [
            ([("time.later", "at"), ("time.at", "2020-01-01T09:00")], "between 1 minute and 30 days"),
            ([("time.later", "at"), ("time.at", "soon")], "Choose when it is to be sent."),
            ([("time.later", ""), ("time.at", "2027-01-15T09:00")], "A time is picked"),
        ] {
            let answer = sends_later(&ana, conversation, "Your part is here.", &time).await;
            assert_eq!(answer.status, Status::UnprocessableEntity);
            answer.shows(&[why, "id=\"at-why\"", "id=\"send-later\" open", &format!("value=\"{}\"", time[1].1)]);
            assert_eq!(box_of(&answer), "Your part is here.");
        }
        assert_eq!(house.rows("planned_replies").await, 0);
    }

    async fn what_may_not_be_sent_any_more_says_why_and_goes_back_to_its_writer(house) {
        let (conversation, ana) = in_an_hour(house).await;
        house.customer(34).texts("STOP").await;
        house.pass(minutes(61)).await;
        assert_eq!(house.customer(34).received().len(), 0);
        page(&ana, conversation).await.shows(&[
            "Not sent: they opted out",
            "The text is back in Ana&#39;s draft",
            "What you were writing is kept",
            "<blockquote dir=\"auto\">Your part is here.</blockquote>",
        ]);
        assert_eq!(house.rows("planned_replies WHERE ended_at IS NULL").await, 0);
    }

    async fn it_never_goes_to_another_phone_than_it_was_written_to(house) {
        let (conversation, ana) = in_an_hour(house).await;
        house.replies_were_planned_to("+15055559876").await;
        house.pass(minutes(61)).await;
        page(&ana, conversation).await.shows(&["the customer has another number now"]);
        assert_eq!(house.customer(34).received().len(), 0);
        assert_eq!(house.phone("+15055559876").received().len(), 0);
    }

    async fn it_is_not_sent_for_somebody_who_has_lost_the_conversation(house) {
        let (conversation, _) = in_an_hour(house).await;
        house.transfers("miriam@example.com", "bo@example.com").await;
        house.pass(minutes(61)).await;
        assert_eq!(house.customer(34).received().len(), 0);
        let bo = Browser::of(house, "bo@example.com").await;
        page(&bo, conversation).await.shows(&["Your part is here.", "its writer does not have this conversation any more"]);
    }

    async fn after_a_restart_it_leaves_once(house) {
        let (..) = in_an_hour(house).await;
        let next = house.restarts().await;
        next.looks_for_missed_texts().await;
        next.pass(minutes(60)).await;
        let last = next.restarts().await;
        last.looks_for_missed_texts().await;
        last.pass(seconds(10)).await;
        house.customer(34).shows(&["Your part is here."]);
        last.is_left_tidy();
    }
}
