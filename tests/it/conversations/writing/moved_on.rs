//! Whoever sends into a thread that has moved on since it was read is asked first.

use rocket::http::Status;
use switchboard::clock::seconds;

use super::{anas, box_of, page, undoing};
use crate::both_stores;
use crate::web::browser::{Answer, Browser};
use switchboard::domain::ids::ConversationId;

async fn sends(browser: &Browser, conversation: ConversationId, seen: &Answer, body: &str) -> Answer {
    let (key, newest) = (seen.field("form_key"), seen.field("seen"));
    let fields = [("body", body), ("form_key", key.as_str()), ("seen", newest.as_str())];
    browser.post(&format!("/conversations/{conversation}/replies"), &fields).await
}

both_stores! {
    async fn a_customer_who_wrote_meanwhile_is_read_first(house) {
        let (conversation, joel) = (anas(house).await, house.customer(34));
        let ana = Browser::of(house, "ana@example.com").await;
        let seen = page(&ana, conversation).await;
        joel.texts("Never mind, found it").await;
        let asked = sends(&ana, conversation, &seen, "It is open until six.").await;
        assert_eq!(asked.status, Status::UnprocessableEntity);
        asked.shows(&["Somebody wrote while you were writing.", "Your text is not sent yet", "Send anyway"]);
        assert_eq!(box_of(&asked), "It is open until six.", "what was typed is still there");
        let (_, told) = asked.body.split_once("id=\"asks\"").unwrap();
        assert!(told.split("</ul>").next().unwrap().contains("Never mind, found it"));
        assert_eq!(joel.received().len(), 0);
        let sent = sends(&ana, conversation, &asked, "Glad you did!").await;
        assert_eq!(sent.status, Status::SeeOther);
        house.runs_due_work().await;
        joel.shows(&["Glad you did!"]);
    }

    async fn of_two_who_answer_at_once_the_second_is_asked_even_before_the_first_has_left(house: undoing) {
        let (conversation, joel) = (anas(house).await, house.customer(34));
        let (ana, miriam) = (Browser::of(house, "ana@example.com").await, Browser::of(house, "miriam@example.com").await);
        let (one, two) = (page(&ana, conversation).await, page(&miriam, conversation).await);
        assert_eq!(sends(&ana, conversation, &one, "Until six.").await.status, Status::SeeOther);
        let asked = sends(&miriam, conversation, &two, "Until seven!").await;
        assert_eq!(asked.status, Status::UnprocessableEntity);
        asked.shows(&["<bdi>Ana</bdi>:</b> <span dir=\"auto\">Until six.</span>"]);
        house.pass(seconds(6)).await;
        let anyway = sends(&miriam, conversation, &asked, "I am sorry: until seven.").await;
        assert_eq!(anyway.status, Status::SeeOther, "what she has seen leaving is no news when it has left");
        house.pass(seconds(6)).await;
        joel.shows(&["Until six.", "I am sorry: until seven."]);
    }

    async fn own_replies_and_notes_of_others_ask_nothing(house) {
        let conversation = anas(house).await;
        let (ana, miriam) = (Browser::of(house, "ana@example.com").await, Browser::of(house, "miriam@example.com").await);
        let seen = page(&ana, conversation).await;
        ana.replies(conversation, "One moment.").await;
        miriam.post(&format!("/conversations/{conversation}/notes"), &[("body", "be kind")]).await;
        assert_eq!(sends(&ana, conversation, &seen, "It is open.").await.status, Status::SeeOther);
        house.runs_due_work().await;
        house.customer(34).shows(&["One moment.", "It is open."]);
    }
}
