//! What is refused, and how: every refusal is a problem that says what helps.

use std::collections::BTreeSet;

use rocket::http::Method;
use serde_json::{Value, json};

use switchboard::clock::seconds;

use super::{Answer, JSON, Program};
use crate::both_stores;
use crate::house::Plan;

fn two_a_minute(plan: &mut Plan) {
    plan.policies.api.rate_limit = Some(2);
}

/// What the description says about an operation.
fn described<'a>(document: &'a Value, method: &str, path: &str) -> &'a Value {
    &document["paths"][path][method.to_lowercase()]
}

both_stores! {
    async fn every_refusal_is_a_problem_with_its_code_and_the_requests_id(house) {
        let program = Program::of(house).await;
        let nobody = Program::at(house).await;
        let [json] = JSON;

        let unsigned = nobody.get("endpoints").await;
        unsigned.problem(401, "unauthorized");
        assert!(unsigned.header("www-authenticate").starts_with("Bearer"));
        for header in ["Bearer", "Bearer sb_wrong", "Basic c2I6c2I=", "sb_x", "Bearer "] {
            let answer = nobody.send(Method::Get, "endpoints", "", &[("Authorization", header)]).await;
            answer.problem(401, "unauthorized");
        }
        for path in ["nothing", "endpoints/1/2", "/api", "/api/v2/endpoints", "/api/v1"] {
            program.get(path).await.problem(404, "not_found");
        }
        let wrong_way = program.send(Method::Put, "endpoints", "{}", &[json]).await;
        wrong_way.problem(405, "method_not_allowed");
        assert_eq!(wrong_way.header("allow"), "GET, HEAD, POST");
        assert_eq!(program.delete("openapi.json").await.problem(405, "method_not_allowed")["status"], 405);

        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
            program.send(Method::Post, "endpoints", "{}", &[("Content-Type", kind)]).await.problem(415, "not_json");
        }
        program.send(Method::Post, "endpoints", "{}", &[]).await.problem(415, "not_json");
        let long = json!({"url": "x".repeat(70_000), "events": ["*"]});
        program.post("endpoints", &long).await.problem(413, "too_large");
        for body in ["", "{", "{\"url\"", "url=x"] {
            let problem = program.send(Method::Post, "endpoints", body, &[json]).await.problem(422, "refused");
            assert_eq!(problem["errors"][0]["pointer"], "");
            assert!(problem["detail"].as_str().unwrap().contains("no JSON"), "{problem}");
        }
        for (body, pointer) in [
            (json!({"events": ["*"]}), "/url"),
            (json!({"url": 5, "events": ["*"]}), "/url"),
            (json!({"url": "https://example.com", "events": "*"}), "/events"),
            (json!({"url": "https://example.com", "events": ["*", 5]}), "/events/1"),
            (json!({"url": "https://example.com\u{0}", "events": ["*"]}), "/url"),
            (json!({"url": "https://example.com", "events": []}), "/events"),
            (json!({"url": "https://example.com", "events": ["pair.closed"]}), "/events"),
            (json!({"url": "https://example.com", "events": ["*"], "colour": "red"}), "/colour"),
        ] {
            let problem = program.post("endpoints", &body).await.problem(422, "refused");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}: {problem}");
            assert!(problem["detail"].as_str().unwrap().contains(pointer), "{problem}");
        }
        assert_eq!(house.rows("endpoints").await, 0);
    }

    /// Role, owner and number cannot be mass-assigned: a member that is not of the request is refused by its name.
    async fn case_12_members_that_are_ours_to_set_are_refused(house) {
        let program = Program::of(house).await;
        for (member, value) in [
            ("id", json!("7")), ("secret", json!("whsec_AAAA")), ("created_by", json!(1)), ("token_id", json!(1)),
            ("disabled_at", Value::Null), ("created_at", json!("2026-01-01T00:00:00Z")), ("scopes", json!(["pairs:write"])),
        ] {
            let mut body = json!({"url": "https://example.com/hook", "events": ["*"]});
            body[member] = value;
            let problem = program.post("endpoints", &body).await.problem(422, "refused");
            assert_eq!(problem["errors"][0]["pointer"], format!("/{member}"));
        }
        assert_eq!(house.rows("endpoints").await, 0);
    }

    async fn where_a_limit_is_set_its_state_is_told_and_too_much_is_refused(house: two_a_minute) {
        let (program, other) = (Program::of(house).await, Program::of(house).await);
        let state = |answer: &Answer| {
            ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"].map(|name| answer.header(name).to_owned())
        };
        assert_eq!(state(&program.get("endpoints").await), ["2", "1", "60"]);
        house.clock.pass(seconds(10));
        assert_eq!(state(&program.get("endpoints/1").await), ["2", "0", "50"]);
        let refused = program.get("endpoints").await;
        refused.problem(429, "too_many_requests");
        assert_eq!((refused.header("retry-after"), state(&refused)), ("50", ["2", "0", "50"].map(str::to_owned)));
        assert_eq!(other.get("endpoints").await.status, 200, "another token has its own");
        house.clock.pass(seconds(50));
        assert_eq!(program.get("endpoints").await.status, 200);
    }

    async fn without_a_limit_nothing_is_counted(house) {
        let program = Program::of(house).await;
        for _ in 0..20 {
            let answer = program.get("endpoints").await;
            assert_eq!((answer.status, answer.header("ratelimit-limit")), (200, ""));
        }
    }

    /// No request without a token causes a text; there is none of whom anything could be told either.
    async fn case_29_nothing_of_the_api_can_be_done_without_a_token(house) {
        let nobody = Program::at(house).await;
        let open = ["/openapi.json", "/reference"];
        let mut asked = 0;
        for (method, path) in nobody.routes() {
            if open.contains(&path.as_str()) {
                continue;
            }
            let path = format!("/api/v1{}", path.replace("{id}", "1001").replace("{alias}", "Fisher"));
            let answer = nobody.send(method, &path, "{}", &JSON).await;
            answer.problem(401, "unauthorized");
            asked += 1;
        }
        assert!(asked >= 4, "{asked}");
        assert_eq!(house.rows("deliveries").await + house.rows("messages").await + house.rows("endpoints").await, 0);
    }
}

#[tokio::test]
async fn the_description_has_every_route_and_nothing_else() {
    let house = crate::house::House::on(crate::databases::sqlite()).await;
    let program = Program::at(&house).await;
    let answer = program.get("openapi.json").await;
    assert!(answer.header("content-type").starts_with("application/json"));
    let document = answer.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let routes: BTreeSet<(String, String)> = program
        .routes()
        .into_iter()
        .filter(|(_, path)| !matches!(path.as_str(), "/openapi.json" | "/reference"))
        .map(|(method, path)| (method.to_string().to_lowercase(), path))
        .collect();
    let described_ones: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())))
        .collect();
    assert_eq!(routes, described_ones);
    for (method, path) in &routes {
        let operation = described(&document, method, path);
        for status in ["401", "403", "429", "500", "503"] {
            assert!(operation["responses"][status].is_object(), "{method} {path}: {status}");
        }
        assert_eq!(operation["security"][0]["token"].as_array().map(Vec::len), Some(1), "{method} {path}: its scope");
    }
    let reference = program.get("reference").await;
    assert_eq!(reference.status, 200);
    assert!(reference.header("content-security-policy").starts_with("default-src 'none'"));
    house.is_left_tidy();
}
