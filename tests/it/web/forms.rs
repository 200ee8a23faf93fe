//! The forms of a conversation: done once, refused with what was typed, and back to the thread.

use rocket::http::Status;

use crate::both_stores;
use crate::web::browser::Browser;

both_stores! {
    async fn a_reply_from_the_page_reaches_the_customer_from_the_line(house) {
        let joel = house.customer(34);
        joel.texts("Is the ramp open?").await;
        let conversation = house.conversation().await;
        let miriam = Browser::of(house, "miriam@example.com").await;
        let answer = miriam.replies(conversation, "Until six.\r\nSee you!").await;
        assert_eq!(answer.status, Status::SeeOther);
        assert_eq!(answer.header("location"), format!("/conversations/{conversation}?view=all#thread"));
        house.runs_due_work().await;
        joel.shows(&["Until six.\nSee you!"]);
        assert_eq!(joel.received()[0].from, crate::house::LINE);
        miriam.get(&format!("/conversations/{conversation}")).await
            .shows(&["Until six.\nSee you!", "<bdi>Miriam</bdi>", "Delivered", "from the web inbox"]);
    }

    async fn a_form_that_is_sent_twice_counts_once(house) {
        let joel = house.customer(34);
        joel.texts("Is the ramp open?").await;
        let conversation = house.conversation().await;
        let miriam = Browser::of(house, "miriam@example.com").await;
        let key = miriam.get(&format!("/conversations/{conversation}")).await.field("form_key");
        let fields = [("body", "Until six."), ("form_key", key.as_str())];
        let path = format!("/conversations/{conversation}/replies");
        let both = rocket::futures::future::join(miriam.post(&path, &fields), miriam.post(&path, &fields)).await;
        assert_eq!((both.0.status, both.1.status), (Status::SeeOther, Status::SeeOther));
        miriam.post(&path, &fields).await;
        house.runs_due_work().await;
        joel.shows(&["Until six."]);
        for _ in 0..2 {
            let fields = [("body", "A regular."), ("form_key", "note-1")];
            miriam.post(&format!("/conversations/{conversation}/notes"), &fields).await;
        }
        assert_eq!(house.number("SELECT COUNT(*) FROM messages WHERE kind = 'note'").await, 1);
    }

    async fn a_refused_reply_keeps_what_was_typed_and_says_why(house) {
        let joel = house.customer(34);
        joel.texts("Is the ramp open?").await;
        let conversation = house.conversation().await;
        let miriam = Browser::of(house, "miriam@example.com").await;
        let long = format!("<typed> {}", "a".repeat(16_000));
        let answer = miriam.replies(conversation, &long).await;
        assert_eq!(answer.status, Status::UnprocessableEntity);
        answer.shows(&["&#60;typed&#62; aaa", "The text has 16008 characters", "id=\"reply-why\" role=\"alert\""]);
        let blank = miriam.replies(conversation, " \n").await;
        blank.shows(&["There is nothing to send"]);
        let note = miriam.post(&format!("/conversations/{conversation}/notes"), &[("body", "")]).await;
        note.shows(&["The note is empty", "id=\"as-note\" checked"]);
        let huge = "a".repeat(270_000);
        let path = format!("/conversations/{conversation}/replies");
        assert_eq!(miriam.post(&path, &[("body", &huge)]).await.status, Status::PayloadTooLarge);
        assert_eq!(joel.received().len(), 0);
    }

    async fn the_composer_is_closed_with_the_reason_when_the_customer_opted_out(house) {
        let joel = house.customer(34);
        joel.texts("Is the ramp open?").await;
        let conversation = house.conversation().await;
        let miriam = Browser::of(house, "miriam@example.com").await;
        let path = format!("/conversations/{conversation}");
        let open = miriam.get(&path).await;
        joel.texts("STOP").await;
        miriam.get(&path).await
            .shows(&["••34 opted out: STOP", "••34 opted out on", "until they text START", "name=\"body\" rows=\"2\" required dir=\"auto\" placeholder=\"Only staff"])
            .hides(&["Send text"]);
        let fields = [("body", "Are you sure?"), ("form_key", &open.field("form_key"))];
        let late = miriam.post(&format!("{path}/replies"), &fields).await;
        assert_eq!(late.status, Status::UnprocessableEntity, "a page that was open before");
        joel.texts("START").await;
        miriam.get(&path).await.shows(&["Send text", "Yes, opted in again on"]);
    }

    async fn a_sender_that_is_only_a_name_cannot_be_answered(house) {
        house.phone("AcmeBank").texts("Your code is 4471").await;
        let conversation = house.conversation().await;
        let miriam = Browser::of(house, "miriam@example.com").await;
        miriam.get(&format!("/conversations/{conversation}")).await
            .shows(&["cannot be answered", "Keep note"]).hides(&["Send text"]);
    }

    async fn a_conversation_is_claimed_handed_on_and_closed(house) {
        house.nobody_answers().await;
        house.customer(34).texts("Is the ramp open?").await;
        let conversation = house.conversation().await;
        let ana = Browser::of(house, "ana@example.com").await;
        let path = format!("/conversations/{conversation}");
        ana.get(&path).await.shows(&["Claim", "unassigned"]);
        assert_eq!(ana.post(&format!("{path}/pin"), &[]).await.status, Status::SeeOther);
        ana.get(&path).await.shows(&["with <bdi>Ana</bdi>", "Ana took this"]).hides(&["Claim"]);

        let nobody = ana.post(&format!("{path}/pin"), &[("to", ""), ("note", "wants a skiff")]).await;
        assert_eq!(nobody.status, Status::UnprocessableEntity);
        nobody.shows(&["Choose somebody.", "value=\"wants a skiff\""]);
        let miriams = house.person("miriam@example.com").await.to_string();
        let stranger = ana.post(&format!("{path}/pin"), &[("to", &miriams)]).await;
        stranger.shows(&["This person is not a member of the line"]);

        let bos = house.person("bo@example.com").await.to_string();
        let handed = ana.post(&format!("{path}/pin"), &[("to", &bos), ("note", "wants a skiff")]).await;
        assert_eq!(handed.header("location"), "/conversations?view=all", "it is not hers to see any more");
        assert_eq!(ana.get(&path).await.status, Status::NotFound);
        let bo = Browser::of(house, "bo@example.com").await;
        bo.get(&path).await.shows(&["with <bdi>Bo</bdi>", "Ana gave this to Bo", "wants a skiff"]);

        assert_eq!(bo.post(&format!("{path}/closure"), &[]).await.status, Status::SeeOther);
        bo.get(&path).await.shows(&["Bo closed this", "This conversation is closed."]).hides(&["Send text", "Close</"]);
        bo.get("/conversations").await.hides(&["Is the ramp open?"]);
        bo.get("/conversations?view=closed").await.shows(&["Is the ramp open?"]);
        house.runs_due_work().await;
    }

    async fn the_pick_can_be_looked_up_in_the_thread(house) {
        house.goes_away("bo@example.com").await;
        house.customer(34).texts("Is the ramp open?").await;
        let conversation = house.conversation().await;
        let miriam = Browser::of(house, "miriam@example.com").await;
        miriam.get(&format!("/conversations/{conversation}")).await
            .shows(&["Given to Ana", "Why Ana?", "not Bo: away", "each of 1 was equally likely", "New to this phone."]);
    }

    async fn a_text_that_did_not_arrive_says_why_in_plain_words(house) {
        house.customer(34).texts("Is the ramp open?").await;
        let conversation = house.conversation().await;
        let miriam = Browser::of(house, "miriam@example.com").await;
        miriam.replies(conversation, "Until six.").await;
        house.runs_due_work().await;
        house.texts_to_customers_are("undelivered", "the phone is switched off").await;
        miriam.get(&format!("/conversations/{conversation}")).await
            .shows(&["class=\"why\">Not delivered: the phone is switched off", "msg out fail"]);
    }
}
