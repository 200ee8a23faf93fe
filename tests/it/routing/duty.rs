//! Hours and schedules: texts wait while a rep is off, come in order when duty begins, and go to somebody else in time.

use switchboard::clock::{hours, minutes};

use crate::both_stores;
use crate::house::plan::only_ana;

const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const NOTICE: &str =
    "Thanks for your text. Nobody can answer right now; you will hear from us as soon as somebody can.";

// The clock of every house begins on Friday, 15 January 2027, at 8:00 UTC.
const EARLY: &str = r#"{ zone = "UTC", mon-sun = "06:00-12:00" }"#;
const DAY: &str = r#"{ zone = "UTC", mon-sun = "06:00-14:00" }"#;
const LATE: &str = r#"{ zone = "UTC", mon-sun = "18:00-20:00" }"#;
const WEEKDAYS: &str = "{ zone = \"UTC\", mon-fri = \"07:00-09:00\" }\nholidays = [\"2027-01-18\"]";

both_stores! {
    async fn whoever_is_off_schedule_is_no_candidate(house) {
        house.works(BO, LATE).await;
        for n in 1..=5 {
            house.customer(n).texts("hello").await;
            assert_eq!(house.pinned().await, ANA);
        }
        assert_eq!(house.events("picked").await[0]["passed_over"], serde_json::json!([["Bo", "off duty"]]));
    }

    async fn texts_wait_while_the_rep_is_off_and_come_in_order_when_duty_begins(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("one").await;
        house.works(ANA, LATE).await;
        joel.texts("two").await;
        joel.texts("three").await;
        assert_eq!(house.ana().received().len(), 1);
        assert_eq!(house.messages().await, ["relayed one", "relayed two", "relayed three"]);
        joel.shows(&[NOTICE]);
        house.pass(minutes(599)).await;
        assert_eq!(house.ana().received().len(), 1);
        house.pass(minutes(1)).await;
        house.ana().shows(&["••34, Bait and Tackle:\none", "two", "three"]);
    }

    async fn a_text_when_duty_has_begun_does_not_overtake_those_that_waited(house: only_ana) {
        house.works(ANA, EARLY).await;
        let joel = house.customer(34);
        joel.texts("one").await;
        house.clock.pass(hours(5));
        joel.texts("two").await;
        house.clock.pass(hours(18));
        // No clockwork has run since duty began: the text itself brings those that waited before it.
        joel.texts("three").await;
        house.ana().shows(&["••34, Bait and Tackle:\none", "two", "three"]);
    }

    async fn outside_the_hours_of_the_line_customers_wait_and_at_opening_they_are_given_away(house) {
        house.opens(LATE).await;
        house.customer(34).texts("anybody?").await;
        assert_eq!(house.pinned().await, "");
        house.customer(34).shows(&[NOTICE]);
        house.pass(hours(10)).await;
        assert_ne!(house.pinned().await, "");
        assert_eq!(house.chosen().bodies(), ["••34, Bait and Tackle:\nanybody?"]);
    }

    async fn holidays_and_weekends_are_closed(house: only_ana) {
        house.opens(WEEKDAYS).await;
        house.pass(hours(2)).await;
        house.customer(34).texts("over the weekend").await;
        // Saturday, Sunday, and Monday, which is a holiday.
        house.pass(hours(24 * 3 + 20)).await;
        assert_eq!(house.pinned().await, "");
        house.pass(hours(2)).await;
        assert_eq!(house.pinned().await, ANA);
    }

    async fn a_rep_who_is_off_keeps_answering_from_the_phone_if_they_like(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("one").await;
        house.works(ANA, LATE).await;
        house.ana().texts_back("I am here all the same").await;
        joel.shows(&["I am here all the same"]);
        joel.texts("thanks").await;
        joel.shows(&["I am here all the same"]);
        assert_eq!(house.rows("deliveries WHERE kind = 'after_hours'").await, 0, "right after an answer nobody is told");
    }

    async fn a_rep_who_stays_off_for_four_open_hours_loses_a_customer_who_waits(house) {
        house.works(BO, LATE).await;
        let joel = house.customer(34);
        joel.texts("one").await;
        house.ana().texts_back("yes?").await;
        house.works(ANA, LATE).await;
        house.works(BO, DAY).await;
        // Ana has been off since eight, and the line never closes.
        house.clock.pass(hours(4));
        joel.texts("two").await;
        assert_eq!(house.pinned().await, BO);
        assert_eq!(house.events("taken_away").await[0]["why"], "rep_missing");
        house.bo().shows(&["••34, Bait and Tackle:\ntwo"]);
        joel.shows(&["yes?"]);
    }

    async fn hand_over_waits_until_the_line_has_been_open_for_four_hours(house) {
        house.works(BO, r#"{ zone = "UTC", mon-sun = "13:00-19:00" }"#).await;
        house.customer(34).texts("one").await;
        assert_eq!(house.pinned().await, ANA);
        house.opens(r#"{ zone = "UTC", mon-sun = "07:30-20:00" }"#).await;
        house.works(ANA, r#"{ zone = "UTC", mon-sun = "18:00-20:00" }"#).await;
        house.customer(34).texts("two").await;
        house.pass(hours(4)).await;
        assert_eq!(house.pinned().await, ANA, "nobody else is there yet");
        house.pass(hours(1)).await;
        assert_eq!(house.pinned().await, BO);
        assert_eq!(house.bo().bodies(), ["••34, Bait and Tackle:\ntwo"]);
    }

    async fn a_customer_who_has_been_answered_is_not_handed_over(house) {
        house.works(BO, LATE).await;
        house.customer(34).texts("one").await;
        house.ana().texts_back("done").await;
        house.works(ANA, LATE).await;
        house.works(BO, EARLY).await;
        house.pass(hours(2)).await;
        assert_eq!(house.pinned().await, ANA);
    }

    async fn a_transfer_to_somebody_who_is_off_waits_for_them(house) {
        house.customer(34).texts("one").await;
        let (from, to) = if house.pinned().await == ANA { (ANA, BO) } else { (BO, ANA) };
        house.works(to, LATE).await;
        house.transfers(from, to).await;
        house.customer(34).texts("two").await;
        let assignee = if to == ANA { house.ana() } else { house.bo() };
        assignee.shows(&[]);
        house.pass(hours(3)).await;
        assert_eq!(house.pinned().await, to, "whoever gave it to them knew that they are off");
        house.works(from, LATE).await;
        house.pass(hours(7)).await;
        assignee.shows(&["••34, Bait and Tackle:\ntwo"]);
    }
}
