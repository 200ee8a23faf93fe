//! A conversation that is put aside comes back by time or by the customer's next text, whichever is first.

use switchboard::clock::{days, hours, minutes, seconds};
use switchboard::desk::Failure;
use switchboard::desk::conversations::snooze;

use crate::both_stores;
use crate::house::plan::only_ana;

const ANA: &str = "ana@example.com";
const MIRIAM: &str = "miriam@example.com";

const REMINDER: &str = "Reminder: ••34. You put this conversation aside until now.";
const ASIDE: &str = "conversations WHERE snoozed_until IS NOT NULL";

both_stores! {
    async fn later_puts_a_thread_aside_until_its_time_and_reminds_the_rep(house: only_ana) {
        house.customer(34).texts("hello").await;
        house.ana().texts_back("#later 1h30m").await;
        assert_eq!(house.rows(ASIDE).await, 1);
        let until = house.events("snoozed").await[0]["until"].as_i64().unwrap();
        assert_eq!(until, (house.clock.now() + minutes(90)).0);
        house.pass(minutes(89)).await;
        assert_eq!(house.ana().received().len(), 2, "only the answer to the command");
        house.pass(minutes(1)).await;
        assert_eq!(house.ana().bodies()[1..], ["Put aside for 1h30m. You will be reminded, or hear at once if they write.", REMINDER]);
        assert_eq!((house.rows(ASIDE).await, house.events("woke").await.len()), (0, 1));
        house.pass(hours(3)).await;
        assert_eq!(house.ana().received().len(), 3, "once");
        house.ana().texts_back("are you there?").await;
        house.customer(34).shows(&["are you there?"]);
    }

    async fn a_customers_text_wakes_it_at_once_and_needs_no_reminder(house: only_ana) {
        house.customer(34).texts("hello").await;
        house.ana().texts_back("#later 2h").await;
        house.customer(34).texts("one more thing").await;
        assert_eq!((house.rows(ASIDE).await, house.events("woke").await.len()), (0, 1));
        assert_eq!(house.ana().bodies().last().unwrap(), "one more thing");
        house.pass(hours(3)).await;
        assert!(!house.ana().bodies().contains(&REMINDER.to_owned()));
    }

    async fn the_reps_own_answer_leaves_it_aside(house: only_ana) {
        house.customer(34).texts("hello").await;
        house.ana().texts_back("#later 2h").await;
        house.ana().texts_back("I will look it up").await;
        assert_eq!(house.rows(ASIDE).await, 1);
        house.customer(34).shows(&["I will look it up"]);
    }

    async fn whoever_gets_it_sees_it_at_once(house) {
        house.customer(34).texts("hello").await;
        house.chosen().texts_back("#later 2h").await;
        let other = if house.pinned().await == ANA { "bo@example.com" } else { ANA };
        house.transfers(MIRIAM, other).await;
        assert_eq!(house.rows(ASIDE).await, 0);
        house.runs_due_work().await;
    }

    async fn a_closed_conversation_does_not_come_back(house: only_ana) {
        house.customer(34).texts("hello").await;
        house.ana().texts_back("#later 2h").await;
        house.closes(ANA).await;
        house.pass(hours(3)).await;
        assert_eq!((house.rows(ASIDE).await, house.events("woke").await.len()), (0, 0));
    }

    async fn the_time_has_bounds_and_only_those_who_see_it_may_put_it_aside(house: only_ana) {
        house.customer(34).texts("hello").await;
        let (ana, bo, id) = (house.person(ANA).await, house.person("bo@example.com").await, house.conversation().await);
        let now = house.clock.now();
        for wrong in [now, now + seconds(59), now + days(31)] {
            let refused = snooze::snooze(&house.desk, ana, id, wrong).await;
            assert!(matches!(refused, Err(Failure::Refused { field: "until", .. })), "{refused:?}");
        }
        assert!(matches!(snooze::snooze(&house.desk, bo, id, now + hours(1)).await, Err(Failure::NotFound)));
        snooze::snooze(&house.desk, ana, id, now + days(30)).await.unwrap();
        snooze::unsnooze(&house.desk, ana, id).await.unwrap();
        snooze::unsnooze(&house.desk, ana, id).await.unwrap();
        assert_eq!((house.rows(ASIDE).await, house.events("woke").await.len()), (0, 1));
    }
}
