//! What managers do every day: search and open at the hit, keep searches, hand many on, decide about texts in doubt,
//! take copies out; and that reps get none of it.

use rocket::http::Status;
use switchboard::clock::{hours, minutes, seconds};
use switchboard::desk::Failure;
use switchboard::desk::conversations::reassign;
use switchboard::desk::outbox::decide;
use switchboard::domain::ids::{ConversationId, DeliveryId};
use switchboard::simulator::{Fault, Kind};

use crate::both_stores;
use crate::house::House;
use crate::search::catches_up;
use crate::web::browser::Browser;

const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const MIRIAM: &str = "miriam@example.com";

/// Bo takes nobody, so everybody is Ana's.
async fn only_ana(house: &House) {
    house.goes_away("bo@example.com").await;
}

/// A text to the customer whose answer was lost and which the carrier took twice: it is parked.
async fn parked(house: &House) -> DeliveryId {
    only_ana(house).await;
    house.customer(34).texts("hello").await;
    house.simulator.fault(Fault::new(Kind::Error).taken(false).to(&house.customer(34).number).times(1));
    let conversation = house.conversation().await;
    house.replies_on_web(MIRIAM, conversation, "Open until six").await;
    house.parks_what_is_in_doubt().await;
    DeliveryId(house.number("SELECT MAX(id) FROM deliveries WHERE state = 'parked'").await)
}

fn why(outcome: Result<(), Failure>) -> String {
    match outcome {
        Err(Failure::Refused { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

both_stores! {
    async fn a_manager_finds_what_was_said_and_opens_the_thread_at_it(house) {
        only_ana(house).await;
        house.customer(34).texts("Is the deposit back?").await;
        for n in 0..100 {
            house.customer(34).texts(&format!("later {n}")).await;
        }
        catches_up(house).await;
        let miriam = Browser::of(house, MIRIAM).await;
        let page = miriam.get("/history?q=deposit").await;
        page.shows(&["1 hit", "<mark>deposit</mark>", "#1001"]);
        let (_, rest) = page.body.split_once("href=\"/conversations/1001?at=").unwrap();
        let at = rest.split('#').next().unwrap();
        miriam.get("/conversations/1001").await.hides(&[&format!("id=\"m{at}\"")]);
        miriam.get(&format!("/conversations/1001?at={at}")).await.shows(&["Is the deposit back?", &format!("id=\"m{at}\"")]);
        miriam.get("/history?q=nothing").await.shows(&["Nothing found"]);
        let wrong = miriam.get("/history?q=x&from=2026-02-31").await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        wrong.shows(&["is no date", "value=\"x\"", "value=\"2026-02-31\""]);
    }

    async fn the_history_of_a_rep_has_only_what_the_rep_may_see(house) {
        only_ana(house).await;
        house.customer(34).texts("secret of Ana").await;
        catches_up(house).await;
        Browser::of(house, BO).await.get("/history?q=secret").await.shows(&["Nothing found"]).hides(&["secret of"]);
        Browser::of(house, ANA).await.get("/history?q=secret").await.shows(&["1 hit"]).hides(&["Reassign", "+15055552034"]);
    }

    async fn a_search_is_kept_run_and_forgotten_by_the_person_who_keeps_it(house) {
        let miriam = Browser::of(house, MIRIAM).await;
        let kept = miriam.post("/searches", &[("name", "Refunds"), ("query", "q=refund+OR+deposit&state=open&evil=1")]).await;
        assert_eq!(kept.header("location"), "/history?q=refund+OR+deposit&state=open");
        miriam.get("/history").await.shows(&["Refunds", "/history?q=refund+OR+deposit&#38;state=open"]);
        let blank = miriam.post("/searches", &[("name", " "), ("query", "q=boat")]).await;
        assert_eq!(blank.status, Status::UnprocessableEntity);
        blank.shows(&["Give it a name", "value=\"boat\""]);
        let ana = Browser::of(house, ANA).await;
        ana.get("/history").await.hides(&["Refunds"]);
        let id = house.number("SELECT id FROM saved_searches").await;
        assert_eq!(ana.post(&format!("/searches/{id}/removal"), &[]).await.status, Status::NotFound);
        assert_eq!(miriam.post(&format!("/searches/{id}/removal"), &[]).await.status, Status::SeeOther);
        assert_eq!(house.rows("saved_searches").await, 0);
    }

    async fn what_a_search_found_is_handed_on_together_and_refusals_are_told(house) {
        only_ana(house).await;
        for n in [34, 35, 36] {
            house.customer(n).texts("boat").await;
        }
        house.closes_one(ANA, 1003).await;
        house.comes_back("bo@example.com").await;
        catches_up(house).await;
        let miriam = Browser::of(house, MIRIAM).await;
        let bo = house.person(BO).await.to_string();
        miriam.get("/reassignments/new?all=yes&query=q%3Dboat").await.shows(&["Reassign 3 conversations", "Reassign 2<", "Pick anew"]);
        let form = [("c", "1001"), ("c", "1002"), ("c", "1003"), ("c", "9999"), ("query", "q=boat")];
        let nobody = miriam.post("/reassignments", &form).await;
        assert_eq!(nobody.status, Status::UnprocessableEntity);
        nobody.shows(&["Choose somebody."]);
        let done = miriam.post("/reassignments", &[form.as_slice(), &[("to", bo.as_str())]].concat()).await;
        done.shows(&["2 conversations went to <bdi>Bo</bdi>", "2 stayed", "It is closed.", "There is no such conversation."]);
        house.runs_due_work().await;
        assert_eq!(house.events("transferred").await.len(), 2);
        for id in [1001, 1002] {
            assert_eq!(house.pinned_of(id).await, BO);
        }
        assert_eq!(miriam.get("/reassignments/new?query=q%3Dboat").await.status, Status::UnprocessableEntity);
    }

    async fn picking_anew_takes_it_from_its_rep_and_asks_the_line(house) {
        only_ana(house).await;
        house.customer(34).texts("boat").await;
        let (miriam, id) = (house.person(MIRIAM).await, ConversationId(1001));
        assert!(why(reassign::pick_anew(&house.desk, miriam, id).await).contains("nobody else"));
        assert_eq!(house.pinned().await, ANA, "nobody is taken away without another");
        house.comes_back("bo@example.com").await;
        let outcome = reassign::reassign(&house.desk, miriam, &[id, id], reassign::NewAssignee::Anew).await.unwrap();
        assert_eq!((outcome.moved.len(), outcome.refused.len()), (1, 0));
        house.runs_due_work().await;
        assert_eq!(house.pinned().await, BO);
        house.customer(34).texts("and now?").await;
        house.bo().shows(&["••34, Bait and Tackle:\nand now?"]);
        let rep = reassign::pick_anew(&house.desk, house.person(BO).await, id).await;
        assert!(matches!(rep, Err(Failure::NotFound)), "{rep:?}");
    }

    async fn a_text_in_doubt_is_sent_again_only_when_somebody_says_so(house) {
        let text = parked(house).await;
        house.pass(minutes(5)).await;
        house.customer(34).shows(&[]);
        let miriam = house.person(MIRIAM).await;
        decide::send_again(&house.desk, miriam, text).await.unwrap();
        house.runs_due_work().await;
        house.customer(34).shows(&["Open until six"]);
        assert_eq!(why(decide::send_again(&house.desk, miriam, text).await), "it has been settled meanwhile");
        house.pass(minutes(5)).await;
        house.customer(34).shows(&["Open until six"]);
        assert_eq!(house.events("delivery_decided").await[0]["decision"], "not_sent");
    }

    async fn a_text_sent_again_after_its_time_has_its_time_anew(house) {
        let text = parked(house).await;
        house.clock.pass(hours(5));
        assert_eq!(house.rows(&format!("deliveries WHERE valid_until > {}", house.clock.now().0)).await, 0);
        decide::send_again(&house.desk, house.person(MIRIAM).await, text).await.unwrap();
        house.runs_due_work().await;
        house.customer(34).shows(&["Open until six"]);
    }

    async fn a_text_in_doubt_is_bound_to_what_the_carrier_lists_and_nothing_else(house) {
        only_ana(house).await;
        house.customer(34).texts("hello").await;
        house.simulator.fault(Fault::new(Kind::ReceiptsLost).to(&house.customer(34).number));
        house.simulator.fault(Fault::new(Kind::Error).taken(true).to(&house.customer(34).number).times(1));
        house.replies_on_web(MIRIAM, house.conversation().await, "Open until six").await;
        house.parks_what_is_in_doubt().await;
        let text = DeliveryId(house.number("SELECT MAX(id) FROM deliveries WHERE state = 'parked'").await);
        let listed = decide::candidates(&house.desk, text).await.unwrap().unwrap();
        assert_eq!(listed.len(), 1);
        let miriam = house.person(MIRIAM).await;
        let wrong = decide::was_sent(&house.desk, miriam, text, Some("SM0".to_owned())).await;
        assert!(why(wrong).contains("does not have that text"));
        let browser = Browser::of(house, MIRIAM).await;
        browser.get("/deliveries").await.shows(&["Open until six", "Parked"]);
        let page = browser.get(&format!("/deliveries/{text}")).await;
        page.shows(&["It is this one", &listed[0].id, "Send it again"]);
        let done = browser.post(&format!("/deliveries/{text}/decision"), &[("decision", "sent"), ("carrier_id", &listed[0].id)]).await;
        assert_eq!(done.header("location"), "/deliveries");
        house.pass(minutes(5)).await;
        house.customer(34).shows(&["Open until six"]);
        browser.get("/deliveries").await.shows(&["Nothing is in doubt."]);
        assert_eq!(browser.get(&format!("/deliveries/{text}")).await.status, Status::NotFound);
    }

    async fn a_text_left_at_that_is_told_to_its_author_with_the_reason(house) {
        let text = parked(house).await;
        let miriam = Browser::of(house, MIRIAM).await;
        let blank = miriam.post(&format!("/deliveries/{text}/decision"), &[("decision", "give_up"), ("reason", "")]).await;
        assert_eq!(blank.status, Status::UnprocessableEntity);
        blank.shows(&["the reason is empty"]);
        miriam.post(&format!("/deliveries/{text}/decision"), &[("decision", "give_up"), ("reason", "called them")]).await;
        house.pass(minutes(5)).await;
        house.customer(34).shows(&[]);
        miriam.get(&format!("/conversations/{}", house.conversation().await)).await.shows(&["given up after many tries: called them", "left a text in doubt at that"]);
    }

    async fn the_board_says_how_things_stand(house) {
        only_ana(house).await;
        house.customer(34).texts("one").await;
        house.nobody_answers().await;
        house.customer(35).texts("two").await;
        house.clock.pass(minutes(20));
        let miriam = Browser::of(house, MIRIAM).await;
        let page = miriam.get("/board").await;
        page.shows(&["<dt>Open</dt><dd><b>2</b>", "<dt>Unassigned</dt><dd><b>1</b>", "<dt>Waiting for us</dt><dd><b>2</b>", "20 m", "Ana", "19 of 20", "Pause"]);
        let line = house.number("SELECT id FROM lines").await;
        miriam.get(&format!("/board?line={}", line + 1)).await.shows(&["<dt>Open</dt><dd><b>0</b>"]);
        miriam.get("/board?paused=yes").await.shows(&["Paused since", "Go on"]);
        assert_eq!(Browser::of(house, ANA).await.get("/board").await.status, Status::NotFound);
    }

    async fn a_copy_leaves_the_house_with_an_audit_row_and_numbers_only_when_it_says_so(house) {
        only_ana(house).await;
        house.customer(34).texts("=cmd|' /C calc'!A0").await;
        house.replies_on_web(MIRIAM, house.conversation().await, "no, \"thanks\"").await;
        house.applies("[[person]]\nemail = \"ada@example.com\"\nname = \"Ada\"\nrole = \"admin\"\n").await;
        let miriam = Browser::of(house, MIRIAM).await;
        miriam.get("/conversations/1001/exports/new").await.shows(&["Everything with this customer", "CSV"]);
        let csv = miriam.post("/conversations/1001/exports", &[("as", "csv")]).await;
        assert_eq!(csv.header("content-disposition"), "attachment; filename=\"conversation-1001.csv\"");
        assert!(csv.body.starts_with("\u{feff}conversation,at,author,"), "spreadsheets read it as UTF-8: {}", csv.body);
        csv.shows(&["\"'=cmd|' /C calc'!A0\"", "\"no, \"\"thanks\"\"\"", "••34", "Delivered"]).hides(&["5055552034", ",=", ",+"]);
        let json = miriam.post("/conversations/1001/exports", &[("as", "json"), ("what", "customer"), ("numbers", "yes")]).await;
        let data: serde_json::Value = serde_json::from_str(&json.body).unwrap();
        assert_eq!((data["customer"]["number"].as_str(), data["messages"].as_array().unwrap().len()), (Some("+15055552034"), 2));
        miriam.post("/conversations/1001/exports", &[("as", "html")]).await.shows(&["Conversation #1001", "=cmd|"]).hides(&["5055552034"]);
        let rows = house.words("SELECT data FROM audit WHERE kind = 'exported' ORDER BY id").await;
        assert_eq!(rows.len(), 3, "{rows:?}");
        assert!(rows[1].contains("\"numbers\":true") && rows[0].contains("\"numbers\":false"), "{rows:?}");
        let audited = house.rows("audit").await;
        for answer in [
            Browser::of(house, ANA).await.post("/conversations/1001/exports", &[("as", "csv")]).await,
            miriam.post("/conversations/9999/exports", &[("as", "csv")]).await,
        ] {
            assert_eq!(answer.status, Status::NotFound);
        }
        assert_eq!(house.rows("audit").await, audited, "what was refused leaves no row");
        Browser::of(house, "ada@example.com").await.get("/audit?conversation=1001").await
            .shows(&["took out the conversation as CSV, without numbers", "took out everything of the customer as JSON, with numbers, 2 messages", "Miriam"]);
        assert_eq!(miriam.get("/audit").await.status, Status::NotFound);
    }

    async fn reps_reach_no_page_and_no_verb_of_managers(house) {
        let text = parked(house).await;
        let ana = Browser::of(house, ANA).await;
        for path in ["/board", "/deliveries", "/audit", "/reassignments/new?c=1001", "/conversations/1001/exports/new"] {
            assert_eq!(ana.get(path).await.status, Status::NotFound, "{path}");
        }
        assert_eq!(ana.get(&format!("/deliveries/{text}")).await.status, Status::NotFound);
        for (path, fields) in [
            (format!("/deliveries/{text}/decision"), vec![("decision", "again")]),
            ("/reassignments".to_owned(), vec![("c", "1001"), ("to", "anew")]),
        ] {
            assert_eq!(ana.post(&path, &fields).await.status, Status::NotFound, "{path}");
        }
        let by = house.person(ANA).await;
        for outcome in [
            decide::send_again(&house.desk, by, text).await,
            decide::was_sent(&house.desk, by, text, None).await,
            decide::give_up(&house.desk, by, text, "mine").await,
        ] {
            assert!(matches!(outcome, Err(Failure::NotFound)), "{outcome:?}");
        }
        house.pass(seconds(10)).await;
        house.customer(34).shows(&[]);
    }
}
