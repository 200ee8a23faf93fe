//! The life of a conversation: it closes when nothing is said, and a rep's late answer takes it up again.

use switchboard::clock::{days, hours, minutes, seconds};
use switchboard::desk::conversations::{snooze, start};
use switchboard::domain::ids::NumberId;

use crate::both_stores;
use crate::house::plan::only_ana;
use crate::house::{House, LINE, Plan};

const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const MIRIAM: &str = "miriam@example.com";
const ENDED: &str = "This conversation has ended. Your text was kept, but not passed on.";

fn one_mask(plan: &mut Plan) {
    only_ana(plan);
    plan.masks = 1;
}

async fn open(house: &House) -> i64 {
    house.rows("conversations WHERE closed_at IS NULL").await
}

both_stores! {
    async fn a_conversation_closes_after_seventy_two_hours_without_a_word(house: only_ana) {
        house.customer(34).texts("hello").await;
        house.pass(hours(70)).await;
        house.ana().texts_back("still looking into it").await;
        house.pass(seconds(72 * 3600 - 1)).await;
        assert_eq!(open(house).await, 1, "each message begins the time anew");
        house.pass(seconds(1)).await;
        assert_eq!(open(house).await, 0);
        assert_eq!(house.events("closed").await[0]["why"], "idle");
        assert_eq!(house.rows("legs WHERE ended_at IS NULL").await, 0);
        assert_eq!(house.rows("legs WHERE rests_until IS NOT NULL").await, 1);
        assert_eq!(house.ana().received().len(), 1, "nobody is texted because of it");
    }

    async fn a_line_has_its_own_time(house: only_ana) {
        house.has_policy("idle_close", "\"2h\"").await;
        house.customer(34).texts("hello").await;
        house.pass(seconds(2 * 3600 - 1)).await;
        assert_eq!(open(house).await, 1);
        house.pass(seconds(1)).await;
        assert_eq!(open(house).await, 0);
    }

    async fn what_nobody_has_answered_because_nobody_has_it_does_not_close(house: only_ana) {
        house.nobody_answers().await;
        house.customer(34).texts("hello").await;
        house.pass(days(10)).await;
        assert_eq!((house.pinned().await.as_str(), open(house).await), ("", 1));
    }

    async fn what_is_put_aside_does_not_close_and_has_its_time_when_it_is_back(house: only_ana) {
        house.customer(34).texts("hello").await;
        let (ana, id) = (house.person(ANA).await, house.conversation().await);
        snooze::snooze(&house.desk, ana, id, house.clock.now() + days(5)).await.unwrap();
        house.pass(days(5)).await;
        assert_eq!((open(house).await, house.events("woke").await.len()), (1, 1));
        house.pass(hours(71)).await;
        assert_eq!(open(house).await, 1, "it does not close in the moment in which it comes back");
        house.pass(hours(2)).await;
        assert_eq!(open(house).await, 0);
    }

    async fn whoever_is_given_an_old_conversation_has_time_for_it(house) {
        house.customer(34).texts("hello").await;
        house.pass(hours(71)).await;
        let other = if house.pinned().await == ANA { BO } else { ANA };
        house.transfers(MIRIAM, other).await;
        house.pass(hours(71)).await;
        assert_eq!(open(house).await, 1);
    }

    async fn an_idle_close_makes_room_for_whoever_waits(house: only_ana) {
        house.has_limit("ana@example.com", Some(1)).await;
        house.customer(34).texts("first").await;
        house.customer(35).texts("second").await;
        assert_eq!(house.pinned().await, "");
        house.pass(hours(72)).await;
        assert_eq!(house.pinned().await, ANA);
        assert_eq!(house.ana().bodies().last().unwrap(), "••35, Bait and Tackle:\nsecond");
    }

    async fn a_reps_late_answer_takes_the_conversation_up_again_on_the_same_mask(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("Is the ramp open?").await;
        let thread = house.ana().threads()[0].clone();
        house.closes(ANA).await;
        house.pass(days(6)).await;
        house.ana().texts_to(&thread, "Yes, until six.").await;
        joel.shows(&["Yes, until six."]);
        assert_eq!(joel.received()[0].from, LINE);
        assert_eq!((open(house).await, house.rows("conversations").await), (1, 1));
        assert_eq!(house.events("reopened").await[0]["why"], "the rep answered late");
        assert_eq!(house.messages().await, ["relayed Is the ramp open?", "relayed Yes, until six."]);
        joel.texts("thanks").await;
        assert_eq!(house.ana().threads(), [thread], "the thread goes on where it was");
        assert!(house.ana().bodies().last().unwrap().ends_with("thanks"));
        assert!(!house.ana().bodies().contains(&ENDED.to_owned()));
    }

    async fn after_the_time_to_reopen_it_is_held(house: only_ana) {
        house.customer(34).texts("Is the ramp open?").await;
        house.closes(ANA).await;
        house.pass(days(7) + seconds(1)).await;
        house.ana().texts_back("Yes, until six.").await;
        house.customer(34).shows(&[]);
        assert_eq!(house.messages().await[1], "held Yes, until six.");
        assert_eq!((open(house).await, house.ana().bodies()[1..].to_vec()), (0, vec![ENDED.to_owned()]));
    }

    async fn a_rep_who_has_lost_the_conversation_does_not_take_it_up_again(house) {
        house.customer(34).texts("hello").await;
        let (first, other) = (house.chosen(), if house.pinned().await == ANA { BO } else { ANA });
        house.transfers(MIRIAM, other).await;
        house.closes(MIRIAM).await;
        first.texts_back("am I late?").await;
        assert_eq!((open(house).await, house.messages().await[1].as_str()), (0, "held am I late?"));
        house.customer(34).shows(&[]);
    }

    async fn a_rep_who_is_no_member_any_more_does_not_either(house: only_ana) {
        house.customer(34).texts("hello").await;
        house.closes(ANA).await;
        house.has_members(&[]).await;
        house.ana().texts_back("am I late?").await;
        assert_eq!((open(house).await, house.messages().await[1].as_str()), (0, "held am I late?"));
    }

    async fn a_customer_who_has_a_newer_conversation_is_not_answered_in_the_old_one(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("old").await;
        let thread = house.ana().threads()[0].clone();
        house.closes(ANA).await;
        // Her phone gets no thread of the new one.
        house.ana().texts_to(&thread, "STOP").await;
        let start = start::Start {
            by: house.person(ANA).await,
            line: NumberId(house.number("SELECT id FROM lines").await),
            phone: joel.number.clone(),
            body: String::new(),
            name: String::new(),
            form_key: None,
        };
        assert!(matches!(start::start(&house.desk, start).await.unwrap(), start::Started::New(_)));
        joel.texts("new").await;
        house.ana().texts_to(&thread, "about the old one").await;
        joel.shows(&[]);
        let mut said = house.messages().await;
        said.retain(|text| !text.ends_with("STOP"));
        assert_eq!(said, ["relayed old", "relayed new", "held about the old one"]);
        assert_eq!(house.rows("conversations").await, 2);
    }

    async fn a_thread_that_rests_while_its_conversation_goes_on_can_be_answered(house: one_mask) {
        let (joel, kim) = (house.customer(34), house.customer(35));
        joel.texts("first").await;
        let thread = house.ana().threads()[0].clone();
        house.pass(minutes(10)).await;
        kim.texts("second").await;
        assert_eq!(house.rows("legs WHERE role = 'rep' AND ended_at IS NOT NULL").await, 1, "Joel's thread rests");
        house.ana().texts_to(&thread, "for Joel").await;
        joel.shows(&["for Joel"]);
        kim.shows(&[]);
        assert_eq!(open(house).await, 2);
    }

    async fn a_word_that_turns_texts_off_takes_nothing_up(house: only_ana) {
        house.customer(34).texts("hello").await;
        house.closes(ANA).await;
        house.ana().texts_back("STOP").await;
        house.ana().texts_back("START").await;
        assert_eq!(open(house).await, 0);
        house.customer(34).shows(&[]);
    }
}
