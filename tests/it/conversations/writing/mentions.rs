//! A note can name a colleague who may see the conversation; nothing of it ever leaves the house.

use super::{anas, page};
use crate::both_stores;
use crate::web::browser::Browser;

both_stores! {
    async fn a_colleague_who_may_see_the_conversation_is_named_in_a_note(house) {
        let conversation = anas(house).await;
        let ana = Browser::of(house, "ana@example.com").await;
        let path = format!("/conversations/{conversation}/notes");
        ana.post(&path, &[("body", "@miriam and @Bo: a <b>regular</b>. me@ana.example @Ana")]).await;
        let shown = page(&ana, conversation).await;
        shown.shows(&["<span class=\"at\">@miriam</span> and @Bo: a &#60;b&#62;regular", "<li>Miriam</li>"]);
        shown.hides(&["<li>Bo</li>", "<li>Ana</li>"]);
        let named = house.words("SELECT p.email FROM mentions n JOIN people p ON p.id = n.person_id").await;
        assert_eq!(named, ["miriam@example.com"], "Bo may not see it, and Ana wrote it");
        house.runs_due_work().await;
        assert_eq!(house.customer(34).received().len(), 0);
        assert_eq!(house.rows("mentions WHERE seen_at IS NULL").await, 1);
    }

    async fn a_note_from_the_phone_names_colleagues_too(house) {
        house.customer(34).texts("hello").await;
        house.chosen().texts_back("#note ask @Miriam").await;
        assert_eq!(house.rows("mentions").await, 1);
    }
}
