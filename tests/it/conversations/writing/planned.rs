//! A reply can be taken back for some seconds; then it leaves by the same checks as any other, in order, and once.

use rocket::http::Status;
use switchboard::clock::{hours, seconds};

use super::{anas, box_of, newest_planned, page, undoing};
use crate::house::{House, Plan};
use crate::web::browser::Browser;
use crate::{both_stores, databases};

both_stores! {
    async fn a_reply_can_be_taken_back_until_it_leaves(house: undoing) {
        let (conversation, joel) = (anas(house).await, house.customer(34));
        let ana = Browser::of(house, "ana@example.com").await;
        ana.replies(conversation, "Until six.").await;
        house.pass(seconds(4)).await;
        assert_eq!(joel.received().len(), 0);
        let shown = page(&ana, conversation).await;
        shown.shows(&["Until six.", "msg out wait", "Leaves", "Undo"]);
        assert_eq!(box_of(&shown), "");
        let undo = format!("/conversations/{conversation}/planned/{}/withdrawal", newest_planned(house).await);
        assert_eq!(ana.post(&undo, &[]).await.status, Status::SeeOther);
        house.pass(seconds(60)).await;
        assert_eq!(joel.received().len(), 0);
        assert_eq!(house.rows("deliveries WHERE kind = 'text' AND person_id IS NULL").await, 0);
        let again = page(&ana, conversation).await;
        again.hides(&["msg out wait"]);
        assert_eq!(box_of(&again), "Until six.", "it is back where it was typed");
        let late = ana.post(&undo, &[]).await;
        assert_eq!(late.status, Status::UnprocessableEntity);
        late.shows(&["It does not wait any more"]);
    }

    async fn a_reply_leaves_by_itself_in_order_and_once(house: undoing) {
        let (conversation, joel) = (anas(house).await, house.customer(34));
        let (ana, miriam) = (Browser::of(house, "ana@example.com").await, Browser::of(house, "miriam@example.com").await);
        ana.replies(conversation, "one").await;
        house.clock.pass(seconds(1));
        miriam.replies(conversation, "two").await;
        house.clock.pass(seconds(1));
        ana.replies(conversation, "three").await;
        house.pass(seconds(30)).await;
        joel.shows(&["one", "two", "three"]);
        assert_eq!(house.rows("planned_replies WHERE message_id IS NULL").await, 0);
        page(&ana, conversation).await.shows(&["three", "Delivered", "from the web inbox"]).hides(&["Undo"]);
    }

    async fn what_comes_after_a_reply_does_not_overtake_it(house: undoing) {
        let (conversation, joel) = (anas(house).await, house.customer(34));
        let ana = Browser::of(house, "ana@example.com").await;
        ana.replies(conversation, "Bye!").await;
        ana.post(&format!("/conversations/{conversation}/closure"), &[]).await;
        house.runs_due_work().await;
        joel.shows(&["Bye!"]);
        joel.texts("One more thing").await;
        let conversation = house.conversation().await;
        house.transfers("miriam@example.com", "ana@example.com").await;
        ana.replies(conversation, "Bo knows.").await;
        house.transfers("ana@example.com", "bo@example.com").await;
        house.runs_due_work().await;
        joel.shows(&["Bye!", "Bo knows."]);
    }

    async fn a_form_sent_twice_plans_one_reply(house: undoing) {
        let (conversation, joel) = (anas(house).await, house.customer(34));
        let ana = Browser::of(house, "ana@example.com").await;
        let key = page(&ana, conversation).await.field("form_key");
        let (path, fields) = (format!("/conversations/{conversation}/replies"), [("body", "Yes"), ("form_key", key.as_str())]);
        let both = rocket::futures::future::join(ana.post(&path, &fields), ana.post(&path, &fields)).await;
        assert_eq!((both.0.status, both.1.status), (Status::SeeOther, Status::SeeOther));
        house.pass(seconds(6)).await;
        ana.post(&path, &fields).await;
        house.pass(seconds(6)).await;
        joel.shows(&["Yes"]);
    }

    async fn a_reply_survives_a_restart_and_leaves_once(house: undoing) {
        let (conversation, joel) = (anas(house).await, house.customer(34));
        let ana = Browser::of(house, "ana@example.com").await;
        ana.replies(conversation, "Until six.").await;
        let next = house.restarts().await;
        next.pass(seconds(10)).await;
        assert_eq!(joel.received().len(), 0, "until what was missed is in");
        next.looks_for_missed_texts().await;
        next.pass(seconds(10)).await;
        joel.shows(&["Until six."]);
        next.is_left_tidy();
    }

    async fn a_reply_whose_time_was_missed_by_hours_goes_back_to_its_writer(house: undoing) {
        let (conversation, joel) = (anas(house).await, house.customer(34));
        let ana = Browser::of(house, "ana@example.com").await;
        ana.replies(conversation, "Until six.").await;
        house.clock.pass(hours(5));
        let next = house.restarts().await;
        next.looks_for_missed_texts().await;
        next.pass(seconds(5)).await;
        assert_eq!(joel.received().len(), 0);
        let shown = page(&ana, conversation).await;
        shown.shows(&["Not sent: nothing could be sent when its time came", "The text is back in Ana&#39;s draft"]);
        assert_eq!(box_of(&shown), "Until six.");
        next.is_left_tidy();
    }

    async fn a_backup_sends_nothing_again_that_its_later_life_has_sent(house: undoing) {
        let (conversation, joel) = (anas(house).await, house.customer(34));
        let ana = Browser::of(house, "ana@example.com").await;
        ana.replies(conversation, "Until six.").await;
        let backup = house.backup().await;
        house.pass(seconds(10)).await;
        joel.shows(&["Until six."]);
        let restored = house.restored_from(backup).await;
        restored.looks_for_missed_texts().await;
        restored.pass(seconds(300)).await;
        joel.shows(&["Until six."]);
        assert_eq!(restored.rows("planned_replies WHERE message_id IS NOT NULL").await, 1);
        restored.is_left_tidy();
    }

    async fn a_rep_who_answers_an_unassigned_conversation_has_it_at_once(house: undoing) {
        house.nobody_answers().await;
        house.customer(34).texts("Is the ramp open?").await;
        let conversation = house.conversation().await;
        let ana = Browser::of(house, "ana@example.com").await;
        ana.replies(conversation, "Mine.").await;
        assert_eq!(house.pinned().await, "ana@example.com");
        house.pass(seconds(6)).await;
        assert_eq!(house.customer(34).bodies()[1..], ["Mine."], "behind the notice that nobody was there");
    }

    async fn only_who_sees_a_conversation_can_take_its_replies_back(house: undoing) {
        let conversation = anas(house).await;
        let (ana, bo) = (Browser::of(house, "ana@example.com").await, Browser::of(house, "bo@example.com").await);
        ana.replies(conversation, "Until six.").await;
        let id = newest_planned(house).await;
        for verb in ["withdrawal", "departure", "time"] {
            for path in [format!("{conversation}/planned/{id}/{verb}"), format!("{conversation}/planned/7/{verb}"), format!("1/planned/{id}/{verb}")] {
                let answer = bo.post(&format!("/conversations/{path}"), &[("time.later", "1h")]).await;
                assert_eq!(answer.status, Status::NotFound, "{path}");
            }
            let other = ana.post(&format!("/conversations/{conversation}/planned/7/{verb}"), &[("time.later", "1h")]).await;
            assert_eq!(other.status, Status::NotFound, "{verb}");
        }
        house.pass(seconds(6)).await;
        house.customer(34).shows(&["Until six."]);
    }
}

/// Both nodes find the same reply due at the same moment.
#[tokio::test]
async fn two_nodes_send_a_reply_once() {
    let house = House::with(databases::postgres().await, Plan::default().but(undoing)).await;
    let other = house.second_node().await;
    let (conversation, joel) = (anas(&house).await, house.customer(34));
    let ana = Browser::of(&house, "ana@example.com").await;
    for round in 1..=5 {
        ana.replies(conversation, &format!("round {round}")).await;
        house.clock.pass(seconds(6));
        let both = (
            switchboard::desk::replies::send_due::send_due(&house.desk),
            switchboard::desk::replies::send_due::send_due(&other.desk),
        );
        let (one, two) = rocket::futures::future::join(both.0, both.1).await;
        assert_eq!(one.unwrap() + two.unwrap(), 1);
        house.runs_due_work().await;
        other.runs_due_work().await;
        assert_eq!(joel.received().len(), round);
    }
    house.is_left_tidy();
    other.is_left_tidy();
}
