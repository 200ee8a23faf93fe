//! What somebody is writing is kept on the server, for them alone, until it is sent.

use rocket::http::Status;

use super::{anas, box_of, page};
use crate::both_stores;
use crate::web::browser::Browser;

both_stores! {
    async fn a_draft_is_there_again_for_its_writer_alone(house) {
        let conversation = anas(house).await;
        let (ana, miriam) = (Browser::of(house, "ana@example.com").await, Browser::of(house, "miriam@example.com").await);
        let path = format!("/conversations/{conversation}/draft");
        assert_eq!(ana.post(&path, &[("which", "reply"), ("body", "We open\r\nat <nine>")]).await.status, Status::SeeOther);
        ana.post(&path, &[("which", "note"), ("body", "ask Bo")]).await;
        let shown = page(&ana, conversation).await;
        assert_eq!(box_of(&shown), "We open\nat &#60;nine&#62;");
        shown.shows(&[">ask Bo</textarea>", "17 characters · 1 segment"]);
        let others = page(&miriam, conversation).await;
        assert_eq!(box_of(&others), "");
        others.hides(&["ask Bo"]);
        ana.post(&path, &[("which", "reply"), ("body", " ")]).await;
        let cleared = page(&ana, conversation).await;
        assert_eq!(box_of(&cleared), "");
        cleared.shows(&[">ask Bo</textarea>"]);
    }

    async fn what_was_sent_leaves_no_draft_even_if_it_is_saved_late(house) {
        let conversation = anas(house).await;
        let ana = Browser::of(house, "ana@example.com").await;
        let draft = format!("/conversations/{conversation}/draft");
        let key = page(&ana, conversation).await.field("form_key");
        ana.post(&draft, &[("which", "reply"), ("body", "Until six."), ("form_key", &key)]).await;
        ana.post(&format!("/conversations/{conversation}/replies"), &[("body", "Until six."), ("form_key", &key)]).await;
        ana.post(&draft, &[("which", "reply"), ("body", "Until six."), ("form_key", &key)]).await;
        assert_eq!(box_of(&page(&ana, conversation).await), "");
        ana.post(&draft, &[("which", "note"), ("body", "a regular")]).await;
        ana.post(&format!("/conversations/{conversation}/notes"), &[("body", "a regular")]).await;
        assert_eq!(house.rows("drafts").await, 0);
        house.runs_due_work().await;
    }

    async fn nobody_keeps_drafts_where_they_see_nothing(house) {
        let conversation = anas(house).await;
        let bo = Browser::of(house, "bo@example.com").await;
        for id in [conversation.to_string(), "999999".to_owned()] {
            let answer = bo.post(&format!("/conversations/{id}/draft"), &[("which", "reply"), ("body", "hello")]).await;
            assert_eq!(answer.status, Status::NotFound);
        }
        assert_eq!(house.rows("drafts").await, 0);
    }

    async fn a_draft_that_is_far_too_long_is_refused_with_what_was_typed(house) {
        let conversation = anas(house).await;
        let ana = Browser::of(house, "ana@example.com").await;
        let long = "a".repeat(20_001);
        let answer = ana.post(&format!("/conversations/{conversation}/draft"), &[("which", "reply"), ("body", &long)]).await;
        assert_eq!(answer.status, Status::UnprocessableEntity);
        answer.shows(&["It has 20001 characters"]);
        assert_eq!(box_of(&answer).len(), 20_001);
    }
}
