//! Programs are apart: what one app opened or made is not there for another, by any verb.

use rocket::http::Status;
use serde_json::{Value, json};

use switchboard::clock::{hours, minutes};
use switchboard::desk::upkeep::lapse;
use switchboard::domain::programs::scope::Scope;

use super::pairs::{FISHER, HELPER, VERBS, mask_of, wish};
use super::receiver::Receiver;
use super::{Answer, JSON, Program, token_of};
use crate::both_stores;
use crate::house::Plan;
use crate::house::plan::with_ada;
use crate::web::browser::Browser;

fn one_mask(plan: &mut Plan) {
    plan.masks = 1;
}

fn data(page: &Answer) -> Vec<Value> {
    page.json()["data"].as_array().unwrap().clone()
}

both_stores! {
    /// What finds no mask is counted for each app; what one of them gets does not settle what the other wants.
    async fn the_same_reference_in_two_apps_is_two_wants(house: one_mask) {
        let (bait, crm) = (Program::called(house, "bait").await, Program::called(house, "crm").await);
        let held = bait.opens(&wish("order-76")).await;
        for program in [&bait, &crm] {
            program.post("pairs", &wish("order-77")).await.problem(503, "pool_exhausted");
        }
        assert_eq!(house.rows("pool_refusals").await, 4, "two phones for two apps");
        bait.does(&format!("pairs/{held}/closure")).await;
        house.pass(hours(24)).await;
        bait.opens(&wish("order-77")).await;
        assert_eq!(house.rows("pool_refusals").await, 2, "the other app's are still wanted");
    }

    async fn the_same_reference_in_two_apps_is_two_pairs_with_masks_of_their_own(house) {
        let (bait, crm) = (Program::called(house, "bait").await, Program::called(house, "crm").await);
        let one = bait.opens(&wish("order-77")).await;
        let other = crm.opens(&wish("order-77")).await;
        assert_ne!(one, other);
        // Asked again each is its own app's, in the same words and in others.
        assert_eq!(bait.post("pairs", &wish("order-77")).await.json()["id"], json!(one));
        assert_eq!(crm.post("pairs", &wish("order-77")).await.json()["id"], json!(other));
        let mut words = wish("order-77");
        words["redact"] = json!(true);
        let refused = crm.post("pairs", &words).await.problem(409, "reference_in_use");
        assert!(refused["detail"].as_str().unwrap().contains(&other), "{refused}");
        let masks = |pair: &Value| ["Fisher", "Helper"].map(|alias| mask_of(pair, alias));
        let (ours, theirs) = (bait.get(&format!("pairs/{one}")).await.json(), crm.get(&format!("pairs/{other}")).await.json());
        assert!(masks(&ours).iter().all(|mask| !masks(&theirs).contains(mask)), "{ours} {theirs}");
        // What is over in one app goes on in the other.
        assert_eq!(bait.does(&format!("pairs/{one}/closure")).await.status, 200);
        assert_eq!(crm.get(&format!("pairs/{other}")).await.json()["state"], "open");
    }

    /// The same two people, merged by wish: never across apps.
    async fn people_are_merged_within_an_app_alone(house) {
        let (bait, crm) = (Program::called(house, "bait").await, Program::called(house, "crm").await);
        let one = bait.opens(&wish("a")).await;
        let mut merged = wish("b");
        merged["same_people"] = json!("merge");
        let theirs = crm.opens(&merged).await;
        assert_ne!(theirs, one);
        assert_eq!(crm.get(&format!("pairs/{theirs}")).await.json()["references"], json!(["b"]));
        merged["reference"] = json!("c");
        assert_eq!(bait.post("pairs", &merged).await.json()["id"], json!(one), "within the app it is");
    }

    async fn what_is_another_apps_is_not_there_by_any_verb(house) {
        let (bait, crm) = (Program::called(house, "bait").await, Program::called(house, "crm").await);
        let (pair, receiver) = (bait.opens(&wish("order-77")).await, Receiver::open().await);
        bait.post(&format!("pairs/{pair}/messages"), &json!({"body": "Five minutes."})).await;
        let made = bait.post("endpoints", &json!({"url": receiver.url, "events": ["*"]})).await.json();
        let endpoint = made["id"].as_str().unwrap();
        house.runs_due_work().await;
        let before = house.contents().await;
        let mut answers = Vec::new();
        for id in [pair.as_str(), "999999"] {
            for (method, verb, body) in VERBS {
                answers.push(crm.send(method, &format!("pairs/{id}{verb}"), body, &JSON).await.says_not_found());
            }
        }
        for id in [endpoint, "999999"] {
            answers.push(crm.get(&format!("endpoints/{id}")).await.says_not_found());
            answers.push(crm.delete(&format!("endpoints/{id}")).await.says_not_found());
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        let phone = FISHER.replace('+', "%2B");
        let filters = ["", "?reference=order-77", &format!("?phone={phone}"), "?state=open", "?limit=100"];
        for filter in filters {
            assert_eq!(data(&crm.get(&format!("pairs{filter}")).await), [] as [Value; 0], "{filter}");
            assert_eq!(data(&bait.get(&format!("pairs{filter}")).await).len(), 1, "{filter}");
        }
        assert_eq!(data(&crm.get("endpoints").await), [] as [Value; 0]);
        house.is_unchanged_since(&before).await;
        // With a key, too: what the first app was answered is not given again to the second.
        let opened = bait.posts_once("pairs", "k-2", &wish("order-78")).await;
        let theirs = crm.posts_once("pairs", "k-2", &wish("order-78")).await;
        assert_eq!((opened.status, theirs.status, theirs.header("idempotency-replayed")), (201, 201, ""));
        assert_ne!(opened.json()["id"], theirs.json()["id"]);
        house.runs_due_work().await;
    }

    async fn an_endpoint_is_told_of_its_apps_pairs_alone(house) {
        let (bait, crm) = (Program::called(house, "bait").await, Program::called(house, "crm").await);
        let (ours, theirs) = (Receiver::open().await, Receiver::open().await);
        bait.post("endpoints", &json!({"url": ours.url, "events": ["*"]})).await;
        crm.post("endpoints", &json!({"url": theirs.url, "events": ["*"]})).await;
        let pair = bait.opens(&wish("order-77")).await;
        let opened = bait.get(&format!("pairs/{pair}")).await.json();
        house.phone(FISHER).texts_to(&mask_of(&opened, "Fisher"), "My pin is 4111").await;
        house.phone(HELPER).texts_to(&mask_of(&opened, "Helper"), "Do not tell").await;
        bait.does(&format!("pairs/{pair}/closure")).await;
        house.phone(FISHER).texts_to(&mask_of(&opened, "Fisher"), "Too late").await;
        house.runs_due_work().await;
        assert!(ours.kinds().contains(&"message.received".to_owned()) && ours.kinds().contains(&"late_text.held".to_owned()));
        assert_eq!(theirs.seen().len(), 0);
        crm.opens(&wish("order-77")).await;
        house.runs_due_work().await;
        assert_eq!(theirs.kinds(), ["pair.opened"]);
        assert_eq!(ours.kinds().iter().filter(|kind| *kind == "pair.opened").count(), 1);
    }

    /// An endpoint that an admin adds is told of the pairs of the app that they choose, or of all.
    async fn an_admin_chooses_whose_pairs_an_endpoint_is_told_of(house: with_ada) {
        let (bait, crm) = (Program::called(house, "bait").await, Program::called(house, "crm").await);
        let (of_bait, of_all) = (Receiver::open().await, Receiver::open().await);
        let ada = Browser::of(house, "ada@example.com").await;
        let app = house.number("SELECT id FROM apps WHERE name = 'bait'").await.to_string();
        for (url, app) in [(&of_bait.url, app.as_str()), (&of_all.url, "")] {
            let page = ada.post("/endpoints", &[("field[url]", url), ("field[app]", app), ("field[all]", "on")]).await;
            assert_eq!(page.status, Status::Ok, "{}", page.body);
        }
        let none = ada.post("/endpoints", &[("field[url]", &of_all.url), ("field[app]", "7"), ("field[all]", "on")]).await;
        assert_eq!(none.status, Status::UnprocessableEntity);
        ada.get("/endpoints").await.shows(&["pairs of bait; added by Ada", "the pairs of all apps; added by Ada"]);
        bait.opens(&wish("order-77")).await;
        crm.opens(&wish("order-77")).await;
        house.runs_due_work().await;
        assert_eq!((of_bait.seen().len(), of_all.seen().len()), (1, 2));
        // The app sees the one that is told of its pairs, and not the one that is told of everybody's.
        assert_eq!(data(&bait.get("endpoints").await).len(), 1);
        assert_eq!(data(&crm.get("endpoints").await).len(), 0);
    }

    /// Each app has room of its own: one cannot use up the other's.
    async fn an_app_that_has_all_its_endpoints_takes_no_room_from_another(house) {
        let (bait, crm) = (Program::called(house, "bait").await, Program::called(house, "crm").await);
        for n in 0..20 {
            let body = json!({"url": format!("https://app.example.com/{n}"), "events": ["*"]});
            assert_eq!(bait.post("endpoints", &body).await.status, 201);
        }
        let body = json!({"url": "https://app.example.com/20", "events": ["*"]});
        bait.post("endpoints", &body).await.problem(422, "refused");
        assert_eq!(crm.post("endpoints", &body).await.status, 201);
    }

    /// Managers see who opened a pair, whichever app it was.
    async fn people_see_every_pair_and_which_app_opened_it(house) {
        let bait = Program::called(house, "bait").await;
        let second = Program { token: token_of(house, "bait", &[Scope::PairsWrite]).await, ..Program::at(house).await };
        let (one, other) = (bait.opens(&wish("order-77")).await, Program::called(house, "crm").await.opens(&wish("order-77")).await);
        let third = second.opens(&wish("order-78")).await;
        let miriam = Browser::of(house, "miriam@example.com").await;
        for (id, app) in [(one, "bait"), (other, "crm"), (third, "bait")] {
            miriam.get(&format!("/conversations/{id}")).await.shows(&["Opened by", &format!("<bdi>{app}</bdi>")]);
        }
    }

    /// What programs end or change for others is written down with the app and its token; what changes nothing is not.
    async fn what_programs_do_to_rights_and_what_they_end_is_written_down(house: with_ada) {
        let bait = Program::called(house, "bait").await;
        let made = bait.post("endpoints", &json!({"url": "https://app.example.com/bait", "events": ["*"]})).await.json();
        let pair = bait.opens(&wish("order-77")).await;
        bait.patch(&format!("pairs/{pair}/parties/Helper"), &json!({"phone": "+15055550139"})).await;
        bait.patch(&format!("pairs/{pair}/parties/Helper"), &json!({"phone": "+15055550139"})).await;
        for verb in ["completion", "completion", "closure", "closure"] {
            assert_eq!(bait.does(&format!("pairs/{pair}/{verb}")).await.status, 200);
        }
        bait.delete(&format!("endpoints/{}", made["id"].as_str().unwrap())).await;
        let kinds = house.words(
            "SELECT origin || ' ' || kind FROM acts WHERE origin <> 'command' OR kind LIKE 'token%' ORDER BY id",
        ).await;
        assert_eq!(kinds, [
            "command token_made", "program endpoint_made", "program party_changed", "program pair_completed",
            "program pair_closed", "program endpoint_deleted",
        ]);
        assert_eq!(house.rows("acts WHERE origin = 'program' AND app_id IS NOT NULL AND token_id IS NOT NULL").await, 5);
        let ada = Browser::of(house, "ada@example.com").await;
        let page = ada.get("/audit").await;
        page.shows(&["the app bait (bait)", "endpoint made", "pair closed", "the command line", "token made"]);
        page.hides(&["+1505"]);
        ada.get(&format!("/audit?conversation={pair}")).await.shows(&["pair completed"]).hides(&["endpoint made"]);
        house.only_grows("acts", "kind = 'x'").await;
        house.clock.pass(minutes(40));
        lapse::forget(&house.desk).await.unwrap();
        house.runs_due_work().await;
    }
}
