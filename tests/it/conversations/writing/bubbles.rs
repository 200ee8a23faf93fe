//! What became of a text stands on it in plain words: how it travelled, why it did not arrive, and what can be done.

use rocket::http::Status;

use super::{anas, page};
use crate::both_stores;
use crate::house::{House, LINE, carrier_is_content};
use crate::web::browser::Browser;
use switchboard::domain::ids::ConversationId;
use switchboard::simulator::{Inbound, Media};

/// Ana has answered, and the answer did not arrive.
async fn not_delivered(house: &House) -> (ConversationId, Browser, i64) {
    let conversation = anas(house).await;
    let ana = Browser::of(house, "ana@example.com").await;
    ana.replies(conversation, "Until six.").await;
    house.runs_due_work().await;
    house.texts_to_customers_are("undelivered", "phone switched off or out of reach").await;
    let message = house.number("SELECT MAX(id) FROM messages").await;
    (conversation, ana, message)
}

both_stores! {
    async fn a_text_that_did_not_arrive_is_sent_again_once_as_a_new_message(house) {
        let (conversation, ana, message) = not_delivered(house).await;
        let again = format!("/conversations/{conversation}/messages/{message}/repetition");
        page(&ana, conversation).await.shows(&["Not delivered: phone switched off or out of reach", "Try again", &again]);
        let both = rocket::futures::future::join(ana.post(&again, &[]), ana.post(&again, &[])).await;
        assert_eq!((both.0.status, both.1.status), (Status::SeeOther, Status::SeeOther));
        house.runs_due_work().await;
        house.customer(34).shows(&["Until six.", "Until six."]);
        page(&ana, conversation).await.shows(&["Sent again"]).hides(&["Try again"]);
        ana.post(&again, &[]).await;
        house.runs_due_work().await;
        assert_eq!(house.customer(34).received().len(), 2);
    }

    async fn only_what_did_not_arrive_and_may_be_seen_is_sent_again(house) {
        let (conversation, ana, message) = not_delivered(house).await;
        let bo = Browser::of(house, "bo@example.com").await;
        let again = |message: i64| format!("/conversations/{conversation}/messages/{message}/repetition");
        assert_eq!(bo.post(&again(message), &[]).await.status, Status::NotFound);
        assert_eq!(ana.post(&again(7), &[]).await.status, Status::NotFound);
        let customers = house.number("SELECT MIN(id) FROM messages").await;
        assert_eq!(ana.post(&again(customers), &[]).await.status, Status::NotFound);
        house.texts_to_customers_are("delivered", "").await;
        ana.post(&again(message), &[]).await.shows(&["It has arrived, or is still on its way."]);
        assert_eq!(house.customer(34).received().len(), 1);
    }

    async fn every_state_is_told_in_words(house) {
        let (conversation, ana, _) = not_delivered(house).await;
        for (state, why, told, look) in [
            ("ready", "", "Queued", "msg out\""),
            ("ready", "too many requests at once", "Queued: too many requests at once", "msg out\""),
            ("sending", "", "Leaving", "msg out\""),
            ("accepted", "", "Sent", "msg out\""),
            ("sent", "", "Sent", "msg out\""),
            ("delivered", "", "Delivered", "msg out\""),
            ("unknown", "", "In doubt: the carrier did not answer, we are finding out", "msg out\""),
            ("undelivered", "a landline, or a network that cannot be reached", "Not delivered: a landline", "msg out fail"),
            ("failed", "not a mobile phone", "Not delivered: not a mobile phone", "msg out fail"),
            ("suppressed", "they opted out", "Not sent: they opted out", "msg out never"),
            ("expired", "", "Not sent in time", "msg out fail"),
            ("parked", "", "Perhaps not sent: nobody could find out", "msg out fail"),
            ("dead", "", "Not sent, given up after many tries", "msg out fail"),
        ] {
            house.texts_to_customers_are(state, why).await;
            page(&ana, conversation).await.shows(&[told, look]);
        }
    }

    async fn how_a_text_travelled_is_told_when_it_is_asked(house) {
        let (conversation, ana, message) = not_delivered(house).await;
        let first = house.number("SELECT MIN(id) FROM messages").await;
        page(&ana, conversation).await.shows(&["How did this travel?", &format!("travel={first}#m{first}")]).hides(&["Came in"]);
        let told = ana.get(&format!("/conversations/{conversation}?travel={first}")).await;
        told.shows(&["Came in", "••34 texted Bait and Tackle on", "phone and Bait and Tackle select", "To every other leg of", "Ana&#39;s phone, from +1800555"]);
        let told = ana.get(&format!("/conversations/{conversation}?travel={message}")).await;
        told.shows(&["Ana wrote it in the inbox", "••34, from Bait and Tackle: Not delivered"]);
        told.hides(&["5552034"]);
        ana.get(&format!("/conversations/{conversation}?travel=7")).await.hides(&["Came in"]);
    }

    async fn what_is_new_begins_at_a_line(house) {
        let (conversation, joel) = (anas(house).await, house.customer(34));
        let ana = Browser::of(house, "ana@example.com").await;
        ana.post(&format!("/conversations/{conversation}/reading"), &[]).await;
        joel.texts("Hello?").await;
        joel.texts("Anybody?").await;
        let shown = page(&ana, conversation).await;
        shown.shows(&["<li class=\"new\" id=\"unread\">2 new</li>", "href=\"#unread\""]);
        let (before, after) = shown.body.split_once("id=\"unread\"").unwrap();
        assert!(before.contains("Is the ramp open?</div>") && after.contains("Hello?</div>"));
        ana.post(&format!("/conversations/{conversation}/reading"), &[]).await;
        page(&ana, conversation).await.hides(&["id=\"unread\"", "href=\"#unread\""]);
    }

    async fn files_are_named_and_said_to_be_at_the_carrier(house) {
        let conversation = anas(house).await;
        let ana = Browser::of(house, "ana@example.com").await;
        let media = [("https://api.twilio.com/x/ME1", "image/jpeg"), ("https://x", "")]
            .map(|(url, content_type)| Media { url: url.to_owned(), content_type: content_type.to_owned() });
        let from = house.customer(34).number;
        house.simulator.send(Inbound { from, to: LINE.to_owned(), media: media.into(), ..Inbound::default() }).await;
        house.runs_due_work().await;
        page(&ana, conversation).await
            .shows(&["Photo (image/jpeg)", "Still at the carrier: not fetched", "<span>File<small>"]).hides(&["api.twilio.com"]);
    }

    async fn every_obstacle_shuts_the_composer_with_its_reason(house) {
        let conversation = anas(house).await;
        let miriam = Browser::of(house, "miriam@example.com").await;
        let path = format!("/conversations/{conversation}");
        house.line_is_paused().await;
        miriam.get(&path).await.shows(&["Bait and Tackle sends nothing now: the account is suspended.", "Keep note"]).hides(&["Send text"]);
        carrier_is_content(&house.desk.store, house.clock.now()).await.unwrap();
        miriam.post(&format!("{path}/block"), &[("reason", "spam")]).await;
        miriam.get(&path).await.shows(&["Miriam blocked ••34 on"]).hides(&["Send text"]);
        miriam.post(&format!("{path}/unblock"), &[]).await;
        house.customers_have_no_legs().await;
        miriam.get(&path).await.shows(&["••34 cannot be reached here any more."]).hides(&["Send text"]);
    }
}
