//! The pages of lines: who would get a text now, and the rules, which only admins see and change.

use rocket::http::Status;

use crate::both_stores;
use crate::web::browser::Browser;

const ADMIN: &str = "[[person]]\nemail = \"ada@example.com\"\nname = \"Ada\"\nrole = \"admin\"\n";

async fn ada(house: &crate::house::House) -> (Browser, String) {
    house.applies(ADMIN).await;
    let line = house.number("SELECT id FROM lines").await;
    (Browser::of(house, "ada@example.com").await, format!("/lines/{line}"))
}

const WEEK: [(&str, &str); 4] =
    [("field[when]", "week"), ("field[zone]", "UTC"), ("field[mon]", "9:00-17:00"), ("field[fri]", "18:00-20:00")];

both_stores! {
    async fn reps_and_managers_find_no_lines(house) {
        let line = house.number("SELECT id FROM lines").await;
        for email in ["ana@example.com", "miriam@example.com"] {
            let browser = Browser::of(house, email).await;
            assert_eq!(browser.get("/lines").await.status, Status::NotFound, "{email}");
            assert_eq!(browser.get(&format!("/lines/{line}")).await.status, Status::NotFound, "{email}");
            for part in ["hours", "policies", "texts"] {
                let answer = browser.post(&format!("/lines/{line}/{part}"), &WEEK).await;
                assert_eq!(answer.status, Status::NotFound, "{email} {part}");
            }
            browser.get("/conversations").await.hides(&["href=\"/lines\""]);
        }
        assert_eq!(house.number("SELECT COUNT(*) FROM lines WHERE hours IS NULL").await, 1);
        assert_eq!(house.number("SELECT COUNT(*) FROM events WHERE kind = 'line_changed'").await, 0);
    }

    async fn an_admin_sees_who_would_get_a_text_and_why_not_the_others(house) {
        let (ada, line) = ada(house).await;
        ada.get("/lines").await.shows(&["Bait and Tackle", "always open", "2 of 2", "nobody"]);
        ada.get(&line).await.shows(&["A new customer goes to one of 2: each of them equally likely", "can take a customer"]);
        house.goes_away("bo@example.com").await;
        house.has_limit("ana@example.com", Some(1)).await;
        house.customer(34).texts("hello").await;
        ada.get(&line).await.shows(&["Nobody: a new customer waits unassigned", "</span>away</span>", "</span>full</span>", "1 of 1"]);
        assert_eq!(ada.get("/lines/7").await.status, Status::NotFound);
    }

    async fn hours_are_saved_and_whoever_waits_gets_somebody_when_they_open(house) {
        let (ada, line) = ada(house).await;
        // It is Friday, 8:00 UTC.
        let saved = ada.post(&format!("{line}/hours"), &WEEK).await;
        assert_eq!((saved.status, saved.header("location")), (Status::SeeOther, format!("{line}?saved=hours#hours").as_str()));
        ada.get(&format!("{line}?saved=hours")).await
            .shows(&["closed until Fri 15 Jan, 18:00", "Saved.", "value=\"09:00-17:00\"", "value=\"UTC\""]);
        house.customer(34).texts("anybody?").await;
        assert_eq!(house.pinned().await, "");
        let always = ada.post(&format!("{line}/hours"), &[("field[when]", "always")]).await;
        assert_eq!(always.status, Status::SeeOther);
        assert_ne!(house.pinned().await, "");
        house.runs_due_work().await;
        let events = house.words("SELECT data FROM events WHERE kind = 'line_changed' ORDER BY id").await;
        assert_eq!(events.len(), 2);
        assert!(events[0].contains("hours"), "{events:?}");
    }

    async fn refused_hours_keep_what_was_typed_and_say_why_beside_the_field(house) {
        let (ada, line) = ada(house).await;
        let typed = [
            ("field[when]", "week"),
            ("field[zone]", "Ohio"),
            ("field[mon]", "nine to five"),
            ("field[tue]", "9:00-17:00"),
            ("field[holidays]", "2026-12-25\r\n25 Dec"),
        ];
        let answer = ada.post(&format!("{line}/hours"), &typed).await;
        assert_eq!(answer.status, Status::UnprocessableEntity);
        answer.shows(&[
            "value=\"nine to five\"",
            "value=\"9:00-17:00\"",
            "value=\"Ohio\"",
            "25 Dec</textarea>",
            "id=\"why-mon\" role=\"alert\"",
            "is no span of hours",
            "id=\"why-zone\" role=\"alert\"",
            "id=\"why-holidays\" role=\"alert\"",
        ]);
        let empty = ada.post(&format!("{line}/hours"), &[("field[when]", "week"), ("field[zone]", "UTC")]).await;
        empty.shows(&["No day has hours"]);
        assert_eq!(house.number("SELECT COUNT(*) FROM lines WHERE hours IS NULL").await, 1);
    }

    async fn policies_are_saved_and_an_empty_one_is_as_the_settings_say(house) {
        let (ada, line) = ada(house).await;
        let sent = [("field[pick]", "least_busy"), ("field[idle_close]", "48h"), ("field[show_numbers]", "true")];
        assert_eq!(ada.post(&format!("{line}/policies"), &sent).await.status, Status::SeeOther);
        let kept = ["{\"pick\":\"least_busy\",\"idle_close\":\"2d\",\"show_numbers\":true}"];
        assert_eq!(house.words("SELECT policies FROM lines").await, kept);
        let wrong = ada.post(&format!("{line}/policies"), &[("field[idle_close]", "2 days")]).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        wrong.shows(&["value=\"2 days\"", "Write a whole number and a unit"]);
        assert_eq!(house.words("SELECT policies FROM lines").await, kept);
        assert_eq!(ada.post(&format!("{line}/policies"), &[("field[pick]", "")]).await.status, Status::SeeOther);
        assert_eq!(house.number("SELECT COUNT(*) FROM lines WHERE policies IS NULL").await, 1);
    }

    async fn reps_see_numbers_on_a_line_that_shows_them(house) {
        house.customer(34).texts("hello").await;
        let number = house.customer(34).number;
        let miriam = Browser::of(house, "miriam@example.com").await;
        let page = format!("/conversations/{}", house.conversation().await);
        miriam.get(&page).await.hides(&[&number]);
        house.applies("[[line]]\nnumber = \"+18005550100\"\npolicies = { show_numbers = true }").await;
        miriam.get(&page).await.shows(&[&number]);
    }

    async fn texts_are_checked_when_saved_and_the_usual_words_are_nobodys_own(house) {
        let (ada, line) = ada(house).await;
        let page = format!("{line}/texts");
        let wrong = ada.post(&page, &[("field[moved]", "{nmae} has it"), ("field[greeting]", "Ahoy!")]).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        wrong.shows(&["{nmae} has it</textarea>", "Ahoy!</textarea>", "is no field of this text; its only field is {name}"]);
        assert_eq!(house.number("SELECT COUNT(*) FROM line_texts").await, 0);
        let sent = [("field[moved]", "{name} has it."), ("field[greeting]", "Ahoy!")];
        assert_eq!(ada.post(&page, &sent).await.status, Status::SeeOther);
        assert_eq!(house.words("SELECT body FROM line_texts ORDER BY name").await, ["Ahoy!", "{name} has it."]);
        house.customer(34).texts("hello").await;
        house.customer(34).shows(&["Ahoy!"]);
        assert_eq!(ada.post(&page, &[("field[greeting]", "")]).await.status, Status::SeeOther);
        assert_eq!(house.number("SELECT COUNT(*) FROM line_texts").await, 1);
    }

    async fn everybody_sets_their_own_duty_and_managers_that_of_others(house) {
        let id = async |email: &str| house.person(email).await.0;
        let (ana_id, bo_id) = (id("ana@example.com").await, id("bo@example.com").await);
        let ana = Browser::of(house, "ana@example.com").await;
        ana.get("/conversations").await.shows(&["On duty, rep", "No new customers. Your own can still text you."]);
        let answer = ana.post(&format!("/people/{ana_id}/duty"), &[("duty", "away")]).await;
        assert_eq!((answer.status, answer.header("location")), (Status::SeeOther, "/conversations"));
        ana.get("/conversations").await.shows(&["Away, rep"]);
        assert_eq!(ana.post(&format!("/people/{ana_id}/duty"), &[("duty", "gone")]).await.status, Status::UnprocessableEntity);
        assert_eq!(ana.post(&format!("/people/{bo_id}/duty"), &[("duty", "away")]).await.status, Status::NotFound);
        let miriam = Browser::of(house, "miriam@example.com").await;
        let answer = miriam.post(&format!("/people/{bo_id}/duty"), &[("duty", "away_reassign"), ("line", "5")]).await;
        assert_eq!((answer.status, answer.header("location")), (Status::SeeOther, "/lines/5#members"));
        assert_eq!(house.words("SELECT duty FROM people WHERE email LIKE '%o@%' OR email LIKE 'an%' ORDER BY email").await, ["away", "away_reassign"]);
    }
}
