//! A capability ends with what it rests on: endpoints with their makers' right to read, links with their makers' rank; and a
//! token is replaced without losing anything.

use rocket::http::Status;
use serde_json::json;

use switchboard::clock::{days, hours, minutes};
use switchboard::desk::people;
use switchboard::desk::programs::post;
use switchboard::desk::programs::tokens::{self, Asked};
use switchboard::desk::routing::duty;
use switchboard::domain::ids::TokenId;
use switchboard::domain::people::person::Role;
use switchboard::domain::programs::scope::{Scope, Scopes};

use super::pairs::wish;
use super::receiver::Receiver;
use super::{Program, token_of};
use crate::both_stores;
use crate::house::House;
use crate::house::plan::with_ada;
use crate::operators::program::Desk;
use crate::web::browser::{Browser, PASSWORD};

const ADA: &str = "ada@example.com";
const EVE: &str = "eve@example.com";

/// Another admin, Eve.
async fn with_eve(house: &House) {
    house.applies("[[person]]\nemail = \"eve@example.com\"\nname = \"Eve\"\nrole = \"admin\"\n").await;
}

/// The newest token.
async fn newest(house: &House) -> i64 {
    house.number("SELECT MAX(id) FROM api_tokens").await
}

/// Why the endpoint is disabled; nothing if it is in use.
async fn why(house: &House) -> String {
    house.words("SELECT COALESCE(disabled_why, '') FROM endpoints").await.remove(0)
}

/// Opens a pair and closes it, and does everything that is due then.
async fn something_happens(house: &House, program: &Program, reference: &str) {
    let id = program.opens(&wish(reference)).await;
    assert_eq!(program.does(&format!("pairs/{id}/closure")).await.status, 200);
    house.runs_due_work().await;
}

both_stores! {
    /// With `endpoints:write` alone nothing is learnt of pairs: not by `*`, not by one kind, not by an answer given again.
    async fn an_endpoint_takes_the_scope_to_read_what_it_is_told(house) {
        let spy = Program::may(house, &[Scope::EndpointsWrite, Scope::PairsWrite, Scope::MessagesWrite]).await;
        let receiver = Receiver::open().await;
        for events in [json!(["*"]), json!(["pair.ended"]), json!(["message.received", "pair.opened"])] {
            let answer = spy.post("endpoints", &json!({"url": receiver.url, "events": events})).await;
            let problem = answer.problem(403, "forbidden");
            assert_eq!(problem["scope"], "pairs:read", "{problem}");
        }
        assert_eq!(house.rows("endpoints").await, 0);
        let reader = Program::may(house, &[Scope::EndpointsWrite, Scope::PairsRead]).await;
        let body = json!({"url": receiver.url, "events": ["*"]});
        assert_eq!(reader.posts_once("endpoints", "k", &body).await.status, 201);
        spy.posts_once("endpoints", "k", &body).await.problem(403, "forbidden");
    }

    /// A token that is revoked takes with it what it alone kept alive, in the same instant, and admins are told.
    async fn an_endpoint_falls_silent_with_the_last_token_that_may_read_what_it_is_told(house: with_ada) {
        let receiver = Receiver::open().await;
        let reader = Program::may(house, &[Scope::EndpointsWrite, Scope::PairsRead]).await;
        reader.post("endpoints", &json!({"url": receiver.url, "events": ["*"]})).await;
        let id = newest(house).await;
        let writer = Program::may(house, &[Scope::PairsWrite]).await;
        something_happens(house, &writer, "a").await;
        assert_eq!(receiver.kinds(), ["pair.opened", "pair.ended"]);

        let ada = Browser::of(house, ADA).await;
        let path = format!("/tokens/{id}/revocation");
        ada.get(&path).await.shows(&["Told of nothing any more", &receiver.url, "pairs:read"]).hides(&["can ask for nothing"]);
        assert_eq!(ada.post(&path, &[]).await.status, Status::SeeOther);
        assert!(why(house).await.contains("no token that holds and may pairs:read"), "{}", why(house).await);
        something_happens(house, &writer, "b").await;
        assert_eq!(receiver.seen().len(), 2, "nothing is posted");
        ada.get("/board").await.shows(&["No events are posted to", "no token that holds"]);
        ada.get("/audit").await.shows(&["the house, about the app bait shop", "endpoint disabled", "token revoked"]);

        // It cannot be enabled as it is; with another token of the app that may read, it can, and nothing was lost.
        let endpoint = house.number("SELECT id FROM endpoints").await;
        let enabling = format!("/endpoints/{endpoint}/enabling");
        assert_eq!(ada.post(&enabling, &[]).await.status, Status::UnprocessableEntity);
        Program::may(house, &[Scope::PairsRead]).await;
        assert_eq!(ada.post(&enabling, &[]).await.status, Status::SeeOther);
        house.runs_due_work().await;
        assert_eq!(receiver.kinds()[2..], ["pair.opened", "pair.ended"]);
    }

    /// A new token of the same app, made before the old one is revoked, keeps everything.
    async fn a_token_is_replaced_without_losing_pairs_keys_or_endpoints(house: with_ada) {
        let (old, receiver) = (Program::called(house, "bait").await, Receiver::open().await);
        let endpoint = old.post("endpoints", &json!({"url": receiver.url, "events": ["*"]})).await.json();
        let first = newest(house).await;
        let opened = old.posts_once("pairs", "k", &wish("order-77")).await;
        house.runs_due_work().await;

        let ada = Browser::of(house, ADA).await;
        let fields = [("field[name]", "bait in winter"), ("field[app]", "bait"), ("field[expires]", "90d"),
            ("field[scope-0]", "on"), ("field[scope-1]", "on"), ("field[scope-3]", "on")];
        let page = ada.post("/tokens", &fields).await;
        assert_eq!(page.status, Status::Ok, "{}", page.body);
        page.shows(&["It belongs to the app <bdi>bait</bdi>"]);
        let (_, rest) = page.body.split_once("id=\"token\" readonly value=\"").unwrap();
        let new = Program { token: rest.split('"').next().unwrap().to_owned(), ..Program::at(house).await };
        let path = format!("/tokens/{first}/revocation");
        ada.get(&path).await.shows(&["Goes on", &receiver.url]).hides(&["Told of nothing", "can ask for nothing"]);
        assert_eq!(ada.post(&path, &[]).await.status, Status::SeeOther);
        old.get("pairs").await.problem(401, "unauthorized");

        let again = new.posts_once("pairs", "k", &wish("order-77")).await;
        assert_eq!((again.header("idempotency-replayed"), &again.body), ("true", &opened.body));
        assert_eq!(new.get("endpoints").await.json()["data"][0]["id"], endpoint["id"]);
        let id = opened.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(new.does(&format!("pairs/{id}/closure")).await.status, 200);
        house.runs_due_work().await;
        assert_eq!(receiver.kinds(), ["pair.opened", "pair.ended"]);
        assert_eq!(why(house).await, "");
        let second = newest(house).await;
        ada.get(&format!("/tokens/{second}/revocation")).await.shows(&["can ask for nothing any more", "first"]);
    }

    /// A right that has run out is no right at the next post, and is seen within a minute though nothing happens.
    async fn an_endpoint_falls_silent_when_its_apps_token_expires(house: with_ada) {
        let scopes = Scopes::of(Scope::ALL);
        let asked = Asked { name: "crm".to_owned(), app: None, scopes, expires: Some(hours(1)) };
        let token = tokens::make(&house.desk, None, asked).await.unwrap().token;
        let (crm, receiver) = (Program { token, ..Program::at(house).await }, Receiver::open().await);
        crm.post("endpoints", &json!({"url": receiver.url, "events": ["*"]})).await;
        crm.opens(&wish("order-77")).await;
        house.clock.pass(hours(1));
        // What was told while the right held is not posted after it has ended.
        assert_eq!(post::take(&house.desk, &[], 8).await.unwrap().len(), 0);
        assert!(why(house).await.contains("crm"), "{}", why(house).await);
        house.pass(days(2)).await;
        assert_eq!(receiver.seen().len(), 0);
    }

    async fn an_endpoint_that_nobody_posts_to_is_seen_to_have_lost_its_right(house) {
        let crm = Program::called(house, "crm").await;
        crm.post("endpoints", &json!({"url": "https://app.example.com", "events": ["*"]})).await;
        tokens::revoke(&house.desk, None, TokenId(newest(house).await)).await.unwrap();
        house.endpoints_were_not_looked_at().await;
        post::sweep(&house.desk).await.unwrap();
        assert!(why(house).await.contains("crm"));
        assert_eq!(house.rows("acts WHERE kind = 'token_revoked' AND origin = 'command'").await, 1);
    }

    /// What an admin added rests on that admin; what a program added rests on its app, whoever made which token.
    async fn disabling_an_admin_stops_what_hangs_on_that_admin_alone(house: with_ada) {
        with_eve(house).await;
        let (eve, ada) = (house.person(EVE).await, house.person(ADA).await);
        let (of_eve, of_app) = (Receiver::open().await, Receiver::open().await);
        let make = |by| {
            let asked = Asked { name: "crm".to_owned(), app: None, scopes: Scopes::of(Scope::ALL), expires: None };
            tokens::make(&house.desk, Some(by), asked)
        };
        let crm = Program { token: make(eve).await.unwrap().token, ..Program::at(house).await };
        crm.post("endpoints", &json!({"url": of_app.url, "events": ["*"]})).await;
        let app = house.number("SELECT id FROM apps").await.to_string();
        let browser = Browser::of(house, EVE).await;
        browser.post("/endpoints", &[("field[url]", &of_eve.url), ("field[app]", &app), ("field[all]", "on")]).await;
        let second = Program { token: make(ada).await.unwrap().token, ..Program::at(house).await };
        something_happens(house, &second, "a").await;
        assert_eq!((of_eve.seen().len(), of_app.seen().len()), (2, 2));

        duty::set_enabled(&house.desk, ada, eve, false).await.unwrap();
        something_happens(house, &second, "b").await;
        assert_eq!((of_eve.seen().len(), of_app.seen().len()), (2, 4), "the app has a token of Ada's");
        let page = Browser::of(house, ADA).await.get("/endpoints").await;
        page.shows(&["whoever made it is no admin any more", "added by Eve"]);
        crm.get("pairs").await.problem(401, "unauthorized");

        // Without her token there is none, and the app's endpoint stops, too.
        tokens::revoke(&house.desk, None, TokenId(newest(house).await)).await.unwrap();
        assert_eq!(house.rows("endpoints WHERE disabled_at IS NOT NULL").await, 2);
    }

    /// A rank that was taken is no ground either.
    async fn an_endpoint_falls_silent_when_its_maker_is_no_admin_any_more(house: with_ada) {
        with_eve(house).await;
        let receiver = Receiver::open().await;
        let browser = Browser::of(house, EVE).await;
        browser.post("/endpoints", &[("field[url]", &receiver.url), ("field[all]", "on")]).await;
        let program = Program::of(house).await;
        house.has_role("eve@example.com", "manager").await;
        something_happens(house, &program, "a").await;
        assert_eq!(receiver.seen().len(), 0);
        assert_eq!(why(house).await, "whoever made it is no admin any more");
    }

    /// Nobody leaves a way in behind: links that an admin made are worth nothing once they are none.
    async fn links_end_with_the_rank_of_whoever_made_them(house: with_ada) {
        with_eve(house).await;
        let (eve, ada) = (house.person(EVE).await, house.person(ADA).await);
        let new = people::NewPerson { email: "mole@example.com".into(), name: "Mole".into(), role: Role::Admin };
        let invited = people::invite(&house.desk, eve, new).await.unwrap();
        let reset = people::reset(&house.desk, eve, house.person("ana@example.com").await).await.unwrap();
        let own = people::reset(&house.desk, ada, house.person("bo@example.com").await).await.unwrap();
        let browser = Browser::at(house).await;
        let state = async |token: &str| browser.get(&format!("/link/{token}")).await.status;
        assert_eq!((state(&invited.token).await, state(&reset).await), (Status::Ok, Status::Ok));
        house.has_role("eve@example.com", "manager").await;
        assert_eq!((state(&invited.token).await, state(&reset).await), (Status::Gone, Status::Gone));
        let chooses = [("field[name]", "Mole"), ("field[password]", PASSWORD), ("field[again]", PASSWORD)];
        for token in [&invited.token, &reset] {
            assert_eq!(browser.post(&format!("/link/{token}"), &chooses).await.status, Status::Gone);
        }
        assert_eq!(state(&own).await, Status::Ok, "Ada's are as good as Ada");
        house.has_role("eve@example.com", "admin").await;
        duty::set_enabled(&house.desk, ada, eve, false).await.unwrap();
        assert_eq!(state(&reset).await, Status::Gone);
    }

    /// Names that differ by what nobody can see are one app.
    async fn an_app_has_one_name_however_it_is_spelled(house) {
        let opened = Program::called(house, "José").await.opens(&wish("order-77")).await;
        for spelled in ["Jose\u{301}", " José ", "Jo\u{200b}sé", "\u{feff}José"] {
            let program = Program { token: token_of(house, spelled, &[Scope::PairsRead]).await, ..Program::at(house).await };
            assert_eq!(program.get(&format!("pairs/{opened}")).await.status, 200, "{spelled:?}");
        }
        assert_eq!(house.words("SELECT name FROM apps").await, ["José"]);
        assert_eq!(house.words("SELECT DISTINCT name FROM api_tokens").await, ["José"]);
        house.clock.pass(minutes(1));
    }
}

/// On the command line: a second token of the app, and the first is revoked when what hangs on it has been said.
#[test]
fn a_token_is_replaced_on_the_command_line() {
    let desk = Desk::new();
    assert_eq!(desk.runs(&["migrate"]).code, Some(0));
    let all = ["--scopes", "pairs:read,endpoints:write"];
    let first = desk.runs(&["token", "bait", all[0], all[1]]);
    assert!(first.err.contains("the new app bait"), "{first:?}");
    let last = desk.runs(&["token", "bait", "--revoke"]);
    assert_ne!(last.code, Some(0), "{last:?}");
    assert!(last.err.contains("No other token of the app bait holds") && last.err.contains("--yes"), "{last:?}");
    let second = desk.runs(&["token", "bait-2", "--app", "bait", all[0], all[1]]);
    assert!(second.err.contains("the app bait,") && !second.err.contains("new app"), "{second:?}");
    let third = desk.runs(&["token", "bait", all[0], all[1]]);
    assert!(third.err.contains("the app bait,"), "{third:?}");
    let which = desk.runs(&["token", "bait", "--revoke", "--yes"]);
    assert!(which.code != Some(0) && which.err.contains("several tokens are called bait"), "{which:?}");
    let done = desk.runs(&["token", "bait-2", "--app", "bait", "--revoke", "--yes"]);
    assert_eq!((done.code, done.out.as_str()), (Some(0), ""), "{done:?}");
    assert!(done.err.contains("It is revoked") && !done.err.contains("No other token"), "{done:?}");
    let none = desk.runs(&["token", "bait-2", "--revoke", "--yes"]);
    assert!(none.code != Some(0) && none.err.contains("no token bait-2"), "{none:?}");
    let both = desk.runs(&["token", "bait", "--revoke", "--scopes", "pairs:read"]);
    assert!(both.code != Some(0) && both.out.is_empty(), "{both:?}");
}
