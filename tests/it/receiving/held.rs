//! What managers do about held texts: each is sent on, or put away with a reason, once.

use rocket::http::Status;
use switchboard::clock::days;
use switchboard::desk::Failure;
use switchboard::desk::conversations::held;
use switchboard::domain::ids::MessageId;

use crate::both_stores;
use crate::house::plan::only_ana;
use crate::house::{House, LINE, mask};
use crate::web::browser::Browser;

const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const MIRIAM: &str = "miriam@example.com";

/// The newest held text.
async fn newest(house: &House) -> MessageId {
    MessageId(house.number("SELECT MAX(id) FROM messages WHERE outcome = 'held'").await)
}

/// A rep's answer that came after the time to reopen.
async fn too_late(house: &House) -> MessageId {
    house.customer(34).texts("Is the ramp open?").await;
    house.closes(ANA).await;
    house.pass(days(8)).await;
    house.ana().texts_back("Yes, until six.").await;
    newest(house).await
}

fn refused(outcome: Result<(), Failure>) -> String {
    match outcome {
        Err(Failure::Refused { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

both_stores! {
    async fn a_reps_held_text_goes_to_the_customer_from_the_line_once(house: only_ana) {
        let text = too_late(house).await;
        let miriam = house.person(MIRIAM).await;
        let (first, second) = rocket::futures::future::join(
            held::forward(&house.desk, miriam, text),
            held::forward(&house.desk, miriam, text),
        ).await;
        house.runs_due_work().await;
        let again = if first.is_ok() { second } else { first };
        assert_eq!(refused(again), "somebody has decided about it already");
        house.customer(34).shows(&["Yes, until six."]);
        assert_eq!(house.customer(34).received()[0].from, LINE);
        assert_eq!(house.messages().await, ["relayed Is the ramp open?", "relayed Yes, until six."]);
        let actors = house.words("SELECT CAST(actor_id AS TEXT) FROM events WHERE kind IN ('held_forwarded', 'reopened')").await;
        assert_eq!(actors, [miriam.to_string(), miriam.to_string()]);
        house.customer(34).texts("thanks").await;
        assert_eq!(house.ana().threads().len(), 1, "the same people meet on the same mask");
        assert!(house.ana().bodies().last().unwrap().ends_with("thanks"));
    }

    async fn a_held_text_of_a_rep_who_lost_the_conversation_goes_on_and_the_new_rep_hears_it(house) {
        house.goes_away("bo@example.com").await;
        house.customer(34).texts("hello").await;
        house.transfers(MIRIAM, BO).await;
        house.runs_due_work().await;
        house.ana().texts_back("on my way").await;
        held::forward(&house.desk, house.person(MIRIAM).await, newest(house).await).await.unwrap();
        house.runs_due_work().await;
        house.customer(34).shows(&["on my way"]);
        assert!(house.bo().bodies().last().unwrap().ends_with("Ana: on my way"), "{:?}", house.bo().bodies());
    }

    async fn texts_that_the_loop_guard_held_can_be_sent_on(house: only_ana) {
        for _ in 0..7 {
            house.customer(34).texts("I am out of office").await;
            let thread = house.ana().threads()[0].clone();
            house.ana().texts_to(&thread, "Thanks for your message").await;
        }
        let before = (house.customer(34).received().len(), house.ana().received().len());
        let miriam = house.person(MIRIAM).await;
        held::forward(&house.desk, miriam, newest(house).await).await.unwrap();
        let theirs = house.number("SELECT MAX(id) FROM messages WHERE outcome = 'held' AND author = 'customer'").await;
        held::forward(&house.desk, miriam, MessageId(theirs)).await.unwrap();
        house.runs_due_work().await;
        let after = (house.customer(34).received().len(), house.ana().received().len());
        assert_eq!(after, (before.0 + 1, before.1 + 1));
        assert_eq!(house.rows("conversations WHERE paused_at IS NOT NULL").await, 1, "only an answer ends the pause");
    }

    async fn a_conversation_is_reopened_with_the_same_people_and_its_text_stays_held(house: only_ana) {
        let text = too_late(house).await;
        let miriam = house.person(MIRIAM).await;
        held::reopen_for(&house.desk, miriam, text).await.unwrap();
        assert_eq!(refused(held::reopen_for(&house.desk, miriam, text).await), "its conversation is open");
        assert_eq!(house.rows("conversations WHERE closed_at IS NULL").await, 1);
        assert_eq!(house.rows("messages WHERE outcome = 'held'").await, 1);
        house.ana().texts_back("I meant until seven.").await;
        house.customer(34).shows(&["I meant until seven."]);
        assert_eq!(house.pinned().await, ANA);
    }

    async fn a_held_text_is_put_away_with_a_reason_and_stays_stored(house: only_ana) {
        let text = too_late(house).await;
        let miriam = house.person(MIRIAM).await;
        assert!(refused(held::dismiss(&house.desk, miriam, text, " ").await).contains("the reason is empty"));
        held::dismiss(&house.desk, miriam, text, "answered by phone").await.unwrap();
        assert_eq!(refused(held::forward(&house.desk, miriam, text).await), "somebody has decided about it already");
        assert_eq!(house.words("SELECT why FROM messages WHERE outcome = 'kept'").await, ["dismissed: answered by phone"]);
        assert_eq!(house.events("held_dismissed").await[0]["reason"], "answered by phone");
        house.customer(34).shows(&[]);
    }

    async fn a_stray_text_has_nobody_to_go_to_and_is_put_away(house) {
        house.customer(34).texts_to(&mask(3), "who is this?").await;
        let (miriam, text) = (house.person(MIRIAM).await, newest(house).await);
        assert!(refused(held::forward(&house.desk, miriam, text).await).contains("belongs to no conversation"));
        held::dismiss(&house.desk, miriam, text, "wrong number").await.unwrap();
        assert_eq!(house.rows("messages WHERE outcome = 'held'").await, 0);
    }

    async fn a_customer_with_a_newer_conversation_gets_nothing_in_the_old_one(house: only_ana) {
        let text = too_late(house).await;
        house.customer(34).texts("something else").await;
        let why = refused(held::forward(&house.desk, house.person(MIRIAM).await, text).await);
        assert!(why.contains("newer conversation"), "{why}");
        assert_eq!(house.rows("messages WHERE outcome = 'held'").await, 1);
        house.customer(34).shows(&[]);
    }

    async fn a_held_text_to_somebody_who_opted_out_is_not_sent(house: only_ana) {
        let text = too_late(house).await;
        house.customer(34).texts("STOP").await;
        held::forward(&house.desk, house.person(MIRIAM).await, text).await.unwrap();
        house.runs_due_work().await;
        house.customer(34).shows(&[]);
        assert_eq!(house.outbox_to(&house.customer(34).number).await, ["suppressed Yes, until six."]);
    }

    async fn reps_decide_about_no_held_text(house: only_ana) {
        let text = too_late(house).await;
        let ana = house.person(ANA).await;
        for outcome in [
            held::forward(&house.desk, ana, text).await,
            held::reopen_for(&house.desk, ana, text).await,
            held::dismiss(&house.desk, ana, text, "mine").await,
        ] {
            assert!(matches!(outcome, Err(Failure::NotFound)), "{outcome:?}");
        }
        let browser = Browser::of(house, ANA).await;
        for act in ["forward", "reopening", "dismissal"] {
            let answer = browser.post(&format!("/held/{text}/{act}"), &[("reason", "mine")]).await;
            assert_eq!(answer.status, Status::NotFound, "{act}");
        }
    }

    async fn the_page_of_held_texts_has_a_form_for_each_decision(house: only_ana) {
        let text = too_late(house).await;
        house.customer(35).texts_to(&mask(3), "who is this?").await;
        let miriam = Browser::of(house, MIRIAM).await;
        miriam.get("/held").await.shows(&["Send it on", "Reopen the conversation", "Dismiss"]);
        let blank = miriam.post(&format!("/held/{text}/dismissal"), &[("reason", "")]).await;
        assert_eq!(blank.status, Status::UnprocessableEntity);
        blank.shows(&["the reason is empty", "role=\"alert\""]);
        let stray = newest(house).await;
        miriam.post(&format!("/held/{stray}/dismissal"), &[("reason", "wrong number")]).await;
        let done = miriam.post(&format!("/held/{text}/forward"), &[]).await;
        assert_eq!((done.status, done.header("location")), (Status::SeeOther, "/held"));
        house.runs_due_work().await;
        house.customer(34).shows(&["Yes, until six."]);
        let again = miriam.post(&format!("/held/{text}/forward"), &[]).await;
        again.shows(&["Somebody has decided about it already.", "Nothing is held."]);
        let path = format!("/conversations/{}", house.conversation().await);
        miriam.get(&path).await.shows(&["Miriam sent a held text on"]);
    }
}
