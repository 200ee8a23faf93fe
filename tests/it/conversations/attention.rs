//! What calls for attention: texts that nobody responsible has seen, texts that did not arrive, labels; and how it ends.

use rocket::http::Status;

use switchboard::domain::ids::ConversationId;
use switchboard::simulator::{Fault, Kind};

use crate::both_stores;
use crate::house::House;
use crate::house::plan::only_ana;
use crate::web::browser::Browser;

const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const MIRIAM: &str = "miriam@example.com";

/// The body of the first unread text of the newest conversation; empty if all has been read.
async fn unread(house: &House) -> String {
    let sql = "SELECT m.body FROM conversations c JOIN messages m ON m.id = c.unread_from \
               WHERE c.id = (SELECT MAX(id) FROM conversations)";
    house.words(sql).await.pop().unwrap_or_default()
}

async fn reads(browser: &Browser, id: ConversationId, last: Option<i64>) -> Status {
    let last = last.map(|last| last.to_string());
    let fields: Vec<(&str, &str)> = last.iter().map(|last| ("last", last.as_str())).collect();
    browser.post(&format!("/conversations/{id}/reading"), &fields).await.status
}

both_stores! {
    async fn the_first_text_that_was_not_seen_is_remembered_until_its_rep_reads_it(house: only_ana) {
        house.customer(34).texts("one").await;
        house.customer(34).texts("two").await;
        let id = house.conversation().await;
        assert_eq!(unread(house).await, "one");
        let (ana, bo, miriam) =
            (Browser::of(house, ANA).await, Browser::of(house, BO).await, Browser::of(house, MIRIAM).await);
        ana.get("/conversations").await.shows(&["class=\"row unread\"", "Unread: "]);
        let page = ana.get(&format!("/conversations/{id}")).await;
        let last: i64 = page.field("last").parse().unwrap();
        page.shows(&[&format!("id=\"marks\" data-part data-unread=\"{last}\""), "Mark read"]);
        // A manager who only looks has not read it for the rep, and is not asked to.
        miriam.get(&format!("/conversations/{id}")).await.hides(&["id=\"marks\" data-part data-unread", "Mark read"]);
        assert_eq!(reads(&miriam, id, None).await, Status::SeeOther);
        assert_eq!(reads(&bo, id, None).await, Status::NotFound);
        assert_eq!(unread(house).await, "one");
        // What came in after the page was made has not been seen.
        house.customer(34).texts("three").await;
        assert_eq!(reads(&ana, id, Some(last)).await, Status::SeeOther);
        assert_eq!(unread(house).await, "three");
        assert_eq!(reads(&ana, id, None).await, Status::SeeOther);
        assert_eq!(unread(house).await, "");
        ana.get("/conversations").await.hides(&["class=\"row unread\""]);
        let told = house.rows("changes WHERE kind = 'reading'").await;
        assert_eq!(reads(&ana, id, None).await, Status::SeeOther);
        assert_eq!(house.rows("changes WHERE kind = 'reading'").await, told, "nothing changed, so nobody is told");
    }

    async fn nobodys_conversation_is_read_by_a_member_of_its_line(house: only_ana) {
        house.goes_away(ANA).await;
        house.customer(34).texts("one").await;
        let id = house.conversation().await;
        let (ana, miriam) = (Browser::of(house, ANA).await, Browser::of(house, MIRIAM).await);
        reads(&miriam, id, None).await;
        assert_eq!(unread(house).await, "one");
        reads(&ana, id, None).await;
        assert_eq!(unread(house).await, "");
    }

    async fn an_answer_from_phone_or_web_and_a_closing_end_the_unread_mark(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("one").await;
        house.ana().texts_back("yes").await;
        assert_eq!(unread(house).await, "");
        joel.texts("two").await;
        assert_eq!(unread(house).await, "two");
        house.replies_on_web(MIRIAM, house.conversation().await, "no").await;
        assert_eq!(unread(house).await, "");
        joel.texts("three").await;
        assert_eq!(unread(house).await, "three");
        house.closes(ANA).await;
        assert_eq!(unread(house).await, "");
        joel.texts("four").await;
        assert_eq!(unread(house).await, "four", "what reopens it has not been read");
    }

    async fn whoever_is_handed_a_conversation_has_not_read_it(house) {
        house.customer(34).texts("one").await;
        let id = house.conversation().await;
        let (rep, other) = if house.pinned().await == ANA { (ANA, BO) } else { (BO, ANA) };
        reads(&Browser::of(house, rep).await, id, None).await;
        assert_eq!(unread(house).await, "");
        house.transfers(rep, other).await;
        house.runs_due_work().await;
        assert_eq!(unread(house).await, "one", "the customer waits for an answer");
        house.replies_on_web(other, id, "hello").await;
        house.transfers(other, rep).await;
        house.runs_due_work().await;
        assert_eq!(unread(house).await, "one", "who gets it should look, even if nobody waits");
        reads(&Browser::of(house, rep).await, id, None).await;
        house.is_left_to_nobody(id).await;
        switchboard::desk::conversations::assign::claim(&house.desk, house.person(rep).await, id).await.unwrap();
        house.runs_due_work().await;
        assert_eq!(unread(house).await, "", "who takes it has looked");
    }

    async fn reading_a_note_ends_the_call_in_it_even_for_a_manager(house: only_ana) {
        house.customer(34).texts("one").await;
        let id = house.conversation().await;
        house.notes(ANA, id, "@Miriam, is it open?").await;
        let browser = Browser::of(house, MIRIAM).await;
        browser.get("/conversations").await.shows(&["data-go=\"mentions\""]);
        browser.get(&format!("/conversations/{id}")).await.shows(&["id=\"marks\" data-part data-unread"]);
        reads(&browser, id, None).await;
        assert_eq!(house.rows("mentions WHERE seen_at IS NULL").await, 0);
        assert_eq!(unread(house).await, "one");
        browser.get("/conversations").await.hides(&["data-go=\"mentions\""]);
    }

    async fn a_text_that_did_not_arrive_marks_its_conversation_until_somebody_deals_with_it(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("Is the ramp open?").await;
        let id = house.conversation().await;
        let fails = |kind| house.simulator.fault(Fault::new(kind).code(21211).to(&joel.number).times(1));
        let (ana, bo) = (Browser::of(house, ANA).await, Browser::of(house, BO).await);
        for (round, ends) in ["answer", "button", "closing"].into_iter().enumerate() {
            fails(if ends == "answer" { Kind::Refusal } else { Kind::Undelivered });
            house.replies_on_web(ANA, id, &format!("Yes {round}")).await;
            assert_eq!(house.rows("conversations WHERE failed_at IS NOT NULL").await, 1, "{ends}");
            ana.get("/conversations?view=failed").await.shows(&["Not delivered", "Yes"]);
            ana.get(&format!("/conversations/{id}")).await.shows(&["A text to them did not arrive", "Dealt with"]);
            match ends {
                "answer" => {
                    // The next one fails as well; but that it did is what is new.
                    let before = house.number("SELECT failed_at FROM conversations").await;
                    house.clock.pass(switchboard::clock::seconds(1));
                    fails(Kind::Undelivered);
                    house.ana().texts_back("From my phone").await;
                    assert!(house.number("SELECT failed_at FROM conversations").await > before);
                    house.ana().texts_back("And again").await;
                    assert_eq!(house.rows("conversations WHERE failed_at IS NOT NULL").await, 0);
                }
                "button" => {
                    let path = format!("/conversations/{id}/mending");
                    assert_eq!(bo.post(&path, &[]).await.status, Status::NotFound);
                    assert_eq!(ana.post(&path, &[]).await.status, Status::SeeOther);
                    assert_eq!(house.rows("conversations WHERE failed_at IS NOT NULL").await, 0);
                }
                _ => {
                    house.closes(ANA).await;
                    assert_eq!(house.rows("conversations WHERE failed_at IS NOT NULL").await, 0);
                }
            }
        }
        ana.get("/conversations?view=failed").await.shows(&["Every text has arrived"]);
    }

    async fn a_text_that_did_not_reach_a_reps_phone_is_no_failure_towards_the_customer(house: only_ana) {
        house.simulator.fault(Fault::new(Kind::Undelivered).to(&house.ana().number));
        house.customer(34).texts("Is the ramp open?").await;
        assert_eq!(house.rows("deliveries WHERE state = 'undelivered'").await, 1);
        assert_eq!(house.rows("conversations WHERE failed_at IS NOT NULL").await, 0);
    }

    async fn a_text_that_was_never_sent_marks_its_conversation_too(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("STOP").await;
        joel.texts("Is the ramp open?").await;
        house.ana().texts_back("Yes").await;
        assert_eq!(house.rows("deliveries WHERE state = 'suppressed'").await, 1);
        assert_eq!(house.rows("conversations WHERE failed_at IS NOT NULL").await, 1);
    }

    async fn managers_make_and_rename_labels_and_a_refused_name_stays_in_its_field(house) {
        let (miriam, ana) = (Browser::of(house, MIRIAM).await, Browser::of(house, ANA).await);
        miriam.get("/conversations").await.shows(&["href=\"/labels\""]);
        ana.get("/conversations").await.hides(&["href=\"/labels\""]);
        assert_eq!(miriam.post("/labels", &[("name", "  deposit   due ")]).await.status, Status::SeeOther);
        assert_eq!(miriam.post("/labels", &[("name", "damage")]).await.status, Status::SeeOther);
        let id = house.number("SELECT id FROM labels WHERE name = 'deposit due'").await;
        miriam.get("/labels").await.shows(&["value=\"deposit due\"", "value=\"damage\"", "on no conversation"]);
        for (path, name, why) in [
            ("/labels".to_owned(), "", "Write a name first."),
            ("/labels".to_owned(), "DAMAGE", "There is a label \u{201c}damage\u{201d} already"),
            (format!("/labels/{id}"), "Damage", "There is a label \u{201c}damage\u{201d} already"),
            (format!("/labels/{id}"), &"x".repeat(41), "longer than 40 characters"),
        ] {
            let again = miriam.post(&path, &[("name", name)]).await;
            assert_eq!(again.status, Status::UnprocessableEntity, "{path} {name}");
            again.shows(&[why, &format!("value=\"{name}\""), "aria-invalid=\"true\""]);
        }
        assert_eq!(miriam.post(&format!("/labels/{id}"), &[("name", "Deposit")]).await.status, Status::SeeOther);
        assert_eq!(house.words("SELECT name FROM labels ORDER BY name").await, ["Deposit", "damage"]);
        assert_eq!(miriam.post("/labels/77", &[("name", "x")]).await.status, Status::NotFound);
        for (path, fields) in [("/labels", vec![("name", "mine")]), (&format!("/labels/{id}"), vec![("name", "mine")])] {
            assert_eq!(ana.post(path, &fields).await.status, Status::NotFound);
        }
        assert_eq!(ana.get("/labels").await.status, Status::NotFound);
        assert_eq!(house.rows("labels").await, 2);
    }

    async fn a_label_is_put_on_a_conversation_found_by_it_and_taken_off(house: only_ana) {
        house.customer(34).texts("Is the ramp open?").await;
        let id = house.conversation().await;
        let (miriam, ana, bo) =
            (Browser::of(house, MIRIAM).await, Browser::of(house, ANA).await, Browser::of(house, BO).await);
        miriam.post("/labels", &[("name", "<b>deposit")]).await;
        let label = house.number("SELECT id FROM labels").await.to_string();
        let path = format!("/conversations/{id}/labels");
        assert_eq!(bo.post(&path, &[("label", &label)]).await.status, Status::NotFound);
        let wrong = ana.post(&path, &[("label", "77")]).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        wrong.shows(&["There is no such label", "id=\"label-refused\""]);
        for _ in 0..2 {
            assert_eq!(ana.post(&path, &[("label", &label)]).await.status, Status::SeeOther);
        }
        assert_eq!(house.events("labelled").await.len(), 1, "what is so already stays so");
        ana.get(&format!("/conversations/{id}")).await.shows(&["Ana put the label &#60;b&#62;deposit on this", "Take off the label"]);
        ana.get(&format!("/conversations?view=all&label={label}")).await.shows(&["Is the ramp open?"]);
        miriam.get("/labels").await.shows(&["on 1 conversation,"]);
        assert_eq!(bo.post(&format!("{path}/{label}/removal"), &[]).await.status, Status::NotFound);
        assert_eq!(ana.post(&format!("{path}/{label}/removal"), &[]).await.status, Status::SeeOther);
        ana.get(&format!("/conversations/{id}")).await.shows(&["Ana took the label"]).hides(&["Take off the label"]);
        ana.get(&format!("/conversations?view=all&label={label}")).await.hides(&["Is the ramp open?"]);
    }
}
