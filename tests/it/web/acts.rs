//! What can be done in a thread besides writing: put aside, block, enter an opt-out, settle a flag; by plain forms.

use rocket::http::Status;

use crate::both_stores;
use crate::house::plan::only_ana;
use crate::web::browser::Browser;

const ANA: &str = "ana@example.com";
const MIRIAM: &str = "miriam@example.com";

both_stores! {
    async fn a_conversation_is_put_aside_and_taken_back(house: only_ana) {
        house.customer(34).texts("Is the ramp open?").await;
        let ana = Browser::of(house, ANA).await;
        let path = format!("/conversations/{}", house.conversation().await);
        ana.get(&path).await.shows(&["Tomorrow at 9:00", "Put aside"]);
        let wrong = ana.post(&format!("{path}/snooze"), &[("until", "soon")]).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        wrong.shows(&["15m, 2h, 3d or 1h30m"]);
        for choice in ["1h", "tomorrow", "next_week", "1h30m"] {
            let done = ana.post(&format!("{path}/snooze"), &[("until", choice)]).await;
            assert_eq!(done.status, Status::SeeOther, "{choice}");
        }
        // The clock stands on Friday, 15 January 2027, 8:00.
        let until: Vec<i64> = house.events("snoozed").await.iter().map(|data| data["until"].as_i64().unwrap()).collect();
        let hour = 3_600_000_000;
        let now = house.clock.now().0;
        assert_eq!(until, [now + hour, now + 25 * hour, now + 73 * hour, now + 3 * hour / 2]);
        ana.get(&path).await.shows(&["put aside until", "Take back", "Ana put this aside until"]).hides(&["id=\"later\""]);
        ana.get("/conversations?view=mine").await.hides(&["Is the ramp open?"]);
        ana.get("/conversations?view=snoozed").await.shows(&["Is the ramp open?", ">1</span>"]);
        assert_eq!(ana.post(&format!("{path}/waking"), &[]).await.status, Status::SeeOther);
        ana.get("/conversations?view=mine").await.shows(&["Is the ramp open?"]);
        ana.get(&path).await.shows(&["This is back: taken back"]);
    }

    async fn a_customer_is_blocked_with_a_reason_and_unblocked(house: only_ana) {
        house.customer(34).texts("Is the ramp open?").await;
        let ana = Browser::of(house, ANA).await;
        let path = format!("/conversations/{}", house.conversation().await);
        let blank = ana.post(&format!("{path}/block"), &[("reason", " ")]).await;
        assert_eq!(blank.status, Status::UnprocessableEntity);
        blank.shows(&["the reason is empty", "id=\"block-reason-why\" role=\"alert\""]);
        assert_eq!(ana.post(&format!("{path}/block"), &[("reason", "<threats>")]).await.status, Status::SeeOther);
        house.customer(34).texts("you again").await;
        ana.get(&path).await
            .shows(&["Ana blocked ••34: &#60;threats&#62;", "Unblock them in the details", "Kept, passed on to nobody: the sender is blocked"])
            .hides(&["Send text"]);
        assert_eq!(ana.post(&format!("{path}/unblock"), &[]).await.status, Status::SeeOther);
        ana.get(&path).await.shows(&["Send text", "Ana unblocked ••34"]);
        let bo = Browser::of(house, "bo@example.com").await;
        assert_eq!(bo.post(&format!("{path}/block"), &[("reason", "x")]).await.status, Status::NotFound);
    }

    async fn an_opt_out_is_entered_by_staff_and_taken_back_and_a_customers_is_not(house: only_ana) {
        house.customer(34).texts("Is the ramp open?").await;
        let miriam = Browser::of(house, MIRIAM).await;
        let path = format!("/conversations/{}", house.conversation().await);
        let blank = miriam.post(&format!("{path}/consent"), &[("given", "no"), ("evidence", "")]).await;
        blank.shows(&["the evidence is empty", "id=\"consent-evidence-why\""]);
        miriam.post(&format!("{path}/consent"), &[("given", "no"), ("evidence", "rang us, 10 March")]).await;
        miriam.get(&path).await
            .shows(&["Miriam entered that ••34 wants no more texts: rang us, 10 March", "A colleague entered on", "Take it back"])
            .hides(&["Send text"]);
        miriam.post(&format!("{path}/consent"), &[("given", "yes"), ("evidence", "rang again")]).await;
        miriam.get(&path).await.shows(&["Send text"]);
        house.customer(34).texts("STOP").await;
        miriam.get(&path).await.shows(&["Only they can lift it"]).hides(&["Take it back", "Send text"]);
        let undone = miriam.post(&format!("{path}/consent"), &[("given", "yes"), ("evidence", "please")]).await;
        undone.shows(&["only they can lift it, by START"]);
    }

    async fn a_text_that_reads_like_a_refusal_asks_its_readers(house: only_ana) {
        house.customer(34).texts("please stop texting me").await;
        let ana = Browser::of(house, ANA).await;
        let path = format!("/conversations/{}", house.conversation().await);
        ana.get(&path).await.shows(&["reads like a refusal", "Opt out for them", "No, it was none"]);
        assert_eq!(ana.post(&format!("{path}/refusal"), &[]).await.status, Status::UnprocessableEntity);
        ana.post(&format!("{path}/refusal"), &[("refused", "yes")]).await;
        ana.get(&path).await
            .shows(&["Ana entered that ••34 wants no more texts: by what they wrote"])
            .hides(&["Did they opt out?", "Send text"]);
    }
}
