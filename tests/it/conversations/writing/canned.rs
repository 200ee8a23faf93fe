//! Canned replies: kept by everybody for themselves, by managers for a line or the company, filled when they are used.

use rocket::http::Status;

use super::{anas, box_of, page};
use crate::both_stores;
use crate::house::House;
use crate::web::browser::{Answer, Browser};

async fn keeps(browser: &Browser, owner: &str, shortcut: &str, body: &str) -> Answer {
    browser.post("/canned", &[("owner", owner), ("shortcut", shortcut), ("body", body)]).await
}

async fn id(house: &House, shortcut: &str) -> i64 {
    house.number(&format!("SELECT id FROM canned_replies WHERE shortcut = '{shortcut}'")).await
}

both_stores! {
    async fn own_ones_and_those_of_the_line_and_the_company_stand_in_the_composer_filled(house) {
        let conversation = anas(house).await;
        let (ana, miriam) = (Browser::of(house, "ana@example.com").await, Browser::of(house, "miriam@example.com").await);
        let line = house.number("SELECT id FROM lines").await.to_string();
        assert_eq!(keeps(&ana, "mine", "/Bye", "Bye {customer}, {rep}").await.status, Status::SeeOther);
        keeps(&miriam, &line, "hours", "{line} is open until six.").await;
        keeps(&miriam, "company", "thanks", "Thank you!").await;
        keeps(&miriam, "mine", "secret", "Miriam's own").await;
        let shown = page(&ana, conversation).await;
        shown.shows(&["<b>/bye</b><span dir=\"auto\">Bye, Ana</span>", "Bait and Tackle is open until six.", "<b>/thanks</b>"]);
        shown.hides(&["Miriam&#39;s own"]);
        house.calls(conversation, "Joel").await;
        page(&ana, conversation).await.shows(&["Bye Joel, Ana"]);
        let everybodys = [("owner", "company"), ("shortcut", "hours"), ("body", "{line} is open until six.")];
        let changed = miriam.post(&format!("/canned/{}", id(house, "hours").await), &everybodys).await;
        assert_eq!(changed.status, Status::SeeOther);
        page(&ana, conversation).await.shows(&["Bait and Tackle is open until six."]);
    }

    async fn without_a_script_one_is_put_behind_what_was_typed(house) {
        let conversation = anas(house).await;
        let (ana, bo) = (Browser::of(house, "ana@example.com").await, Browser::of(house, "bo@example.com").await);
        keeps(&ana, "mine", "hours", "We are open until six.").await;
        keeps(&bo, "mine", "other", "Bo's").await;
        let (hours, other) = (id(house, "hours").await.to_string(), id(house, "other").await.to_string());
        let path = format!("/conversations/{conversation}/draft");
        ana.post(&path, &[("body", "Hi! "), ("canned", &hours)]).await;
        assert_eq!(box_of(&page(&ana, conversation).await), "Hi! We are open until six.");
        assert_eq!(ana.post(&path, &[("body", ""), ("canned", &other)]).await.status, Status::NotFound);
    }

    async fn an_unknown_field_is_refused_beside_the_text_with_what_was_typed(house) {
        let ana = Browser::of(house, "ana@example.com").await;
        let answer = keeps(&ana, "mine", "hi", "Hi {custmer}").await;
        assert_eq!(answer.status, Status::UnprocessableEntity);
        answer.shows(&["`{custmer}` is no field of this text; its fields are {customer}, {rep}, {line}.", "id=\"text-why-0\"", ">Hi {custmer}</textarea>", "value=\"hi\""]);
        let answer = keeps(&ana, "mine", "two words", "Hi").await;
        answer.shows(&["Use letters, digits and - only", "id=\"shortcut-why-0\"", "value=\"two words\""]);
        keeps(&ana, "mine", "hi", "Hi").await;
        keeps(&ana, "mine", "hi", "Hello").await.shows(&["There is another /hi in the same place"]);
        assert_eq!(house.rows("canned_replies").await, 1);
    }

    async fn they_are_changed_and_deleted_by_whoever_may(house) {
        let (ana, miriam) = (Browser::of(house, "ana@example.com").await, Browser::of(house, "miriam@example.com").await);
        keeps(&ana, "mine", "hi", "Hi").await;
        keeps(&miriam, "company", "thanks", "Thank you!").await;
        let (hi, thanks) = (id(house, "hi").await, id(house, "thanks").await);
        ana.get("/canned").await.shows(&["/hi", "/thanks", "Thank you!"]).hides(&["Delete /thanks", "whoever answers"]);
        miriam.get("/canned").await.shows(&["Delete /thanks", "whoever answers on Bait and Tackle"]).hides(&["/hi<"]);

        let line = house.number("SELECT id FROM lines").await.to_string();
        for owner in ["company", line.as_str(), "999999"] {
            assert_eq!(keeps(&ana, owner, "mine", "x").await.status, Status::NotFound, "{owner}");
        }
        assert_eq!(keeps(&miriam, "999999", "mine", "x").await.status, Status::NotFound);
        let mine = [("owner", "mine"), ("shortcut", "x"), ("body", "x")];
        for (browser, id) in [(&ana, thanks), (&miriam, hi), (&ana, 999_999), (&ana, 0)] {
            assert_eq!(browser.post(&format!("/canned/{id}"), &mine).await.status, Status::NotFound);
            assert_eq!(browser.post(&format!("/canned/{id}/removal"), &[]).await.status, Status::NotFound);
        }
        ana.post(&format!("/canned/{hi}"), &[("owner", "mine"), ("shortcut", "hello"), ("body", "Hello")]).await;
        ana.get("/canned").await.shows(&["/hello", ">Hello</textarea>"]);
        let refused = ana.post(&format!("/canned/{hi}"), &[("owner", "mine"), ("shortcut", "hello"), ("body", "")]).await;
        refused.shows(&[&format!("id=\"text-why-{hi}\""), "It is empty: write the text."]);
        assert_eq!(ana.post(&format!("/canned/{hi}/removal"), &[]).await.status, Status::SeeOther);
        assert_eq!(house.words("SELECT shortcut FROM canned_replies").await, ["thanks"]);
    }
}
