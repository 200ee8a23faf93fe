//! Who is let in.

use rocket::http::{Method, Status};
use serde_json::json;

use switchboard::clock::{days, minutes};
use switchboard::desk::programs::tokens;
use switchboard::desk::routing::duty;
use switchboard::domain::programs::scope::Scope;
use switchboard::secret::hash_token;

use super::{Program, token};
use crate::both_stores;
use crate::house::House;
use crate::house::plan::with_ada;
use crate::operators::program::Desk;
use crate::web::browser::{Answer, Browser};

const ADA: &str = "ada@example.com";

/// The value in the field that a page shows once.
fn shown(page: &Answer, id: &str) -> String {
    let (_, rest) = page.body.split_once(&format!("id=\"{id}\" readonly value=\"")).expect("the page shows it");
    rest.split('"').next().unwrap().to_owned()
}

async fn makes(ada: &Browser, fields: &[(&str, &str)]) -> Answer {
    ada.post("/tokens", fields).await
}

async fn is_let_in(house: &House, token: &str) -> u16 {
    Program { token: token.to_owned(), ..Program::at(house).await }.get("endpoints").await.status
}

both_stores! {
    /// API tokens are shown once, hashed, scoped, expiring, and their last use is kept.
    async fn case_26_a_token_is_shown_once_hashed_scoped_and_ends(house: with_ada) {
        let ada = Browser::of(house, ADA).await;
        let fields = [("field[name]", "bait shop"), ("field[expires]", "90d"), ("field[scope-3]", "on")];
        let page = makes(&ada, &fields).await;
        assert_eq!(page.status, Status::Ok, "{}", page.body);
        let token = shown(&page, "token");
        assert!(token.starts_with("sb_") && token.len() == 46, "{token}");
        let list = ada.get("/tokens").await;
        list.shows(&["bait shop", "endpoints:write", "never", "by <bdi>Ada</bdi>"]).hides(&[&token]);
        assert_eq!(house.words("SELECT token_hash FROM api_tokens").await, [hash_token(&token)]);
        assert_eq!(house.words("SELECT kind FROM audit").await, ["token_made"]);
        ada.get("/audit").await.shows(&["token made"]).hides(&[&token]);

        let program = Program { token: token.clone(), ..Program::at(house).await };
        assert_eq!(program.get("endpoints").await.status, 200);
        house.clock.pass(minutes(2));
        tokens::keep_uses(&house.desk).await.unwrap();
        ada.get("/tokens").await.shows(&["2 m ago"]);

        house.clock.pass(days(89) + minutes(24 * 60 - 3));
        assert_eq!(program.get("endpoints").await.status, 200);
        house.clock.pass(minutes(1));
        program.get("endpoints").await.problem(401, "unauthorized");
    }

    async fn a_token_does_only_what_its_scopes_say(house) {
        let program = Program { token: token(house, &[Scope::PairsRead]).await, ..Program::at(house).await };
        let refused = program.post("endpoints", &json!({"url": "https://example.com", "events": ["*"]})).await;
        let problem = refused.problem(403, "forbidden");
        assert_eq!(problem["scope"], "endpoints:write");
        assert!(problem["detail"].as_str().unwrap().contains("pairs:read"), "{problem}");
        assert_eq!(house.rows("endpoints").await, 0);
    }

    /// A token ends within a second of its revocation; here with the next request.
    async fn case_13_a_token_that_is_revoked_lets_nobody_in(house: with_ada) {
        let ada = Browser::of(house, ADA).await;
        let page = makes(&ada, &[("field[name]", "crm"), ("field[expires]", "never"), ("field[scope-3]", "on")]).await;
        let token = shown(&page, "token");
        assert_eq!(is_let_in(house, &token).await, 200);
        let id = house.number("SELECT id FROM api_tokens").await;
        let path = format!("/tokens/{id}/revocation");
        let miriam = Browser::of(house, "miriam@example.com").await;
        assert_eq!(miriam.post(&path, &[]).await.status, Status::NotFound);
        assert_eq!(is_let_in(house, &token).await, 200);
        assert_eq!(ada.post(&path, &[]).await.status, Status::SeeOther);
        assert_eq!(is_let_in(house, &token).await, 401);
        assert_eq!(ada.post(&path, &[]).await.status, Status::NotFound, "once");
        ada.get("/tokens").await.shows(&["revoked on"]);
    }

    /// Disabling a person ends the tokens that they have made, and so does taking their rank.
    async fn case_13_a_token_ends_with_the_rights_of_whoever_made_it(house: with_ada) {
        house.applies("[[person]]\nemail = \"eve@example.com\"\nname = \"Eve\"\nrole = \"admin\"\n").await;
        let eve = Browser::of(house, "eve@example.com").await;
        let fields = [("field[name]", "crm"), ("field[expires]", "never"), ("field[scope-3]", "on")];
        let token = shown(&makes(&eve, &fields).await, "token");
        assert_eq!(is_let_in(house, &token).await, 200);
        house.has_role("eve@example.com", "manager").await;
        assert_eq!(is_let_in(house, &token).await, 401);
        house.has_role("eve@example.com", "admin").await;
        assert_eq!(is_let_in(house, &token).await, 200);
        let (by, whom) = (house.person(ADA).await, house.person("eve@example.com").await);
        duty::set_enabled(&house.desk, by, whom, false).await.unwrap();
        assert_eq!(is_let_in(house, &token).await, 401);
        Browser::of(house, ADA).await.get("/tokens").await.shows(&["no admin now"]);
    }

    async fn a_browser_that_is_signed_in_is_nobody_to_the_api(house: with_ada) {
        let ada = Browser::of(house, ADA).await;
        for path in ["/api/v1/endpoints", "/api/v1/endpoints/1"] {
            assert_eq!(ada.get(path).await.status, Status::Unauthorized, "{path}");
            assert_eq!(ada.send(Method::Delete, path, &[], &[("Sec-Fetch-Site", "same-origin")]).await.status.code / 100, 4);
        }
        // What makes the API easy to read is for everybody, and says nothing about anybody.
        assert_eq!(ada.get("/api/v1/openapi.json").await.status, Status::Ok);
    }

    async fn a_form_that_asks_for_no_token_comes_back_with_the_reason(house: with_ada) {
        let ada = Browser::of(house, ADA).await;
        for (fields, why) in [
            (vec![("field[name]", "crm"), ("field[expires]", "90d")], "Choose at least one"),
            (vec![("field[name]", " "), ("field[expires]", "90d"), ("field[scope-0]", "on")], "1 to 100 characters"),
            (vec![("field[name]", "crm"), ("field[expires]", "soon"), ("field[scope-0]", "on")], "such as 90s"),
            (vec![("field[name]", "crm"), ("field[expires]", "90d"), ("field[scope-9]", "on")], "Choose at least one"),
        ] {
            let page = makes(&ada, &fields).await;
            assert_eq!(page.status, Status::UnprocessableEntity, "{fields:?}");
            page.shows(&[why]);
        }
        assert_eq!(house.rows("api_tokens").await, 0);
    }
}

#[test]
fn the_command_prints_the_token_alone_and_says_the_rest_elsewhere() {
    let desk = Desk::new();
    assert_eq!(desk.runs(&["migrate"]).code, Some(0));
    let said = desk.runs(&["token", "bait shop", "--scopes", "pairs:read,pairs:write", "--expires", "90d"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let token = said.out.strip_suffix('\n').unwrap();
    assert!(token.starts_with("sb_") && token.len() == 46 && !token.contains(char::is_whitespace), "{token}");
    assert!(said.err.contains("90 d") && said.err.contains("pairs:read pairs:write") && !said.err.contains(token));

    for (arguments, remedy) in [
        (&["token", "crm", "--scopes", "pairs"][..], "pairs:read, pairs:write, messages:write, endpoints:write"),
        (&["token", "crm", "--scopes", "pairs:read", "--expires", "0d"], "--expires: write more than 0"),
        (&["token", "crm", "--scopes", "pairs:read", "--expires", "soon"], "--expires: write a whole number"),
        (&["token", "", "--scopes", "pairs:read"], "1 to 100 characters"),
        (&["token", "crm"], "--scopes"),
    ] {
        let said = desk.runs(arguments);
        assert!(said.code != Some(0) && said.out.is_empty() && said.err.contains(remedy), "{arguments:?}: {said:?}");
    }
}
