//! What is asked: parameters of addresses, pages, and requests that mean the same however they are written.

use rocket::http::Method;
use serde_json::{Value, json};

use super::pairs::{FISHER, HELPER, wish};
use super::{JSON, Program};
use crate::both_stores;

both_stores! {
    /// On every route: an answer to another question than was asked is none.
    async fn a_parameter_that_nobody_knows_is_refused_by_its_name_on_every_route(house) {
        let program = Program::of(house).await;
        let id = program.opens(&wish("bait-77")).await;
        let before = house.contents().await;
        for (method, path) in program.routes() {
            let path = format!("/api/v1{}", path.replace("{id}", &id).replace("{alias}", "Fisher"));
            let answer = program.send(method, &format!("{path}?limt=5&created_after=2026-01-01"), "{}", &JSON).await;
            let problem = answer.problem(422, "refused");
            let named: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|one| &one["parameter"]).collect();
            assert_eq!(named, ["limt", "created_after"], "{method} {path}");
        }
        let problem = program.get("pairs?limt=5").await.problem(422, "refused");
        assert!(problem["detail"].as_str().unwrap().contains("did you mean `limit`?"), "{problem}");
        house.is_unchanged_since(&before).await;
        for query in ["limit=5", "state=open&reference=bait-77&limit=1", "phone=%2B15055550131", "cursor=", "", "&"] {
            assert_eq!(program.get(&format!("pairs?{query}")).await.status, 200, "{query}");
        }
        let plus = program.get("pairs?phone=+15055550131").await.problem(422, "refused");
        assert!(plus["errors"][0]["detail"].as_str().unwrap().contains("%2B"), "{plus}");
    }

    /// Pages that are full to the last entry of the list.
    async fn a_full_last_page_promises_no_other(house) {
        let program = Program::of(house).await;
        let pair = program.opens(&wish("a")).await;
        program.opens(&wish("b")).await;
        for n in 0..2 {
            program.post(&format!("pairs/{pair}/messages"), &json!({"body": format!("Hello {n}")})).await;
            let body = json!({"url": format!("https://app.example.com/{n}"), "events": ["pair.completed"]});
            assert_eq!(program.post("endpoints", &body).await.status, 201);
        }
        for list in ["pairs".to_owned(), "endpoints".to_owned(), format!("pairs/{pair}/messages")] {
            let page = program.get(&format!("{list}?limit=2")).await.json();
            assert_eq!((page["data"].as_array().unwrap().len(), &page["next_cursor"]), (2, &Value::Null), "{list}");
            let page = program.get(&format!("{list}?limit=1")).await.json();
            let next = page["next_cursor"].as_str().unwrap();
            let page = program.get(&format!("{list}?limit=1&cursor={next}")).await.json();
            assert_eq!((page["data"].as_array().unwrap().len(), &page["next_cursor"]), (1, &Value::Null), "{list}");
        }
        house.runs_due_work().await;
    }

    /// By the reference, and by a key: what goes without saying may be said, members may change places.
    async fn a_repeat_that_means_the_same_is_the_same_request(house) {
        let program = Program::of(house).await;
        let plain = json!({
            "reference": "bait-77",
            "parties": [{"phone": FISHER, "alias": "Fisher"}, {"phone": HELPER, "alias": "Helper"}],
            "expiry": {"kind": "after_completion"},
        });
        let alike = [
            plain.to_string(),
            r#" {"same_people": "separate", "redact": false, "welcome": null,
                 "expiry": {"extend": null, "hard_cap": "30d", "grace": "30m", "kind": "after_completion"},
                 "parties": [{"alias": "Fisher ", "phone": "+15055550131"}, {"phone": "+15055550132", "alias": "He\u200blper"}],
                 "reference": "bait-77"} "#.to_owned(),
            plain.to_string().replace(r#""kind":"after_completion""#, r#""grace":"1800s","kind":"after_completion""#),
        ];
        let first = program.posts_once("pairs", "k", &plain).await;
        assert_eq!(first.status, 201);
        for body in &alike {
            let again = program.send(Method::Post, "pairs", body, &JSON).await;
            assert_eq!((again.status, &again.json()["id"]), (200, &first.json()["id"]), "{body}: {again:?}");
            let headers = [JSON[0], ("Idempotency-Key", "k")];
            let replayed = program.send(Method::Post, "pairs", body, &headers).await;
            assert_eq!((replayed.status, replayed.header("idempotency-replayed")), (201, "true"), "{body}: {replayed:?}");
        }
        for (member, value) in [("redact", json!(true)), ("same_people", json!("merge")), ("welcome", json!({"Fisher": "Hi"}))] {
            let mut other = plain.clone();
            other[member] = value;
            program.post("pairs", &other).await.problem(409, "reference_in_use");
            program.posts_once("pairs", "k", &other).await.problem(422, "key_reused");
        }
        let id = first.json()["id"].as_str().unwrap().to_owned();
        let say = format!("pairs/{id}/messages");
        let said = program.posts_once(&say, "m", &json!({"body": "Hi", "to": ["Fisher", "Helper"]})).await;
        assert_eq!(said.status, 201);
        let again = program.posts_once(&say, "m", &json!({"to": ["Helper", "Fisher", "Helper"], "body": "Hi"})).await;
        assert_eq!((again.header("idempotency-replayed"), &again.body), ("true", &said.body));
        program.posts_once(&say, "m", &json!({"body": "Hi"})).await.problem(422, "key_reused");
        let endpoint = json!({"url": "https://app.example.com", "events": ["pair.opened", "pair.ended"]});
        assert_eq!(program.posts_once("endpoints", "e", &endpoint).await.status, 201);
        let alike = json!({"events": ["pair.ended", "pair.opened", "pair.ended"], "url": " https://app.example.com "});
        assert_eq!(program.posts_once("endpoints", "e", &alike).await.header("idempotency-replayed"), "true");
        house.runs_due_work().await;
    }

    async fn what_was_made_tells_its_address_and_what_is_packed_is_refused(house) {
        let program = Program::of(house).await;
        let opened = program.posts_once("pairs", "k", &wish("bait-77")).await;
        let id = opened.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(opened.header("location"), format!("/api/v1/pairs/{id}"));
        assert_eq!(program.posts_once("pairs", "k", &wish("bait-77")).await.header("location"), opened.header("location"));
        assert_eq!(program.post("pairs", &wish("bait-77")).await.header("location"), "", "it was there");
        let body = json!({"url": "https://app.example.com", "events": ["pair.completed"]});
        let made = program.post("endpoints", &body).await;
        assert_eq!(made.header("location"), format!("/api/v1/endpoints/{}", made.json()["id"].as_str().unwrap()));
        assert_eq!(program.get(made.header("location")).await.status, 200);
        let packed = [JSON[0], ("Content-Encoding", "gzip")];
        let refused = program.send(Method::Post, "pairs", &wish("b").to_string(), &packed).await.problem(415, "not_json");
        assert!(refused["detail"].as_str().unwrap().contains("Content-Encoding"), "{refused}");
        let plain = [JSON[0], ("Content-Encoding", "identity")];
        assert_eq!(program.send(Method::Post, "pairs", &wish("b").to_string(), &plain).await.status, 201);
    }

    /// An alias is one however it is spelled: when it is given, when it is welcomed, when it is written to and changed.
    async fn an_alias_is_one_however_it_is_spelled(house) {
        let program = Program::of(house).await;
        let mut asked = wish("bait-77");
        asked["parties"][0]["alias"] = json!(" Jose\u{301}\u{200b}");
        asked["welcome"] = json!({"José": "Your helper is on the way."});
        let opened = program.post("pairs", &asked).await;
        assert_eq!(opened.status, 201, "{opened:?}");
        assert_eq!(opened.json()["parties"][0]["alias"], "José");
        let id = opened.json()["id"].as_str().unwrap().to_owned();
        for to in ["José", "Jose\u{301}", "\u{feff}José "] {
            assert_eq!(program.post(&format!("pairs/{id}/messages"), &json!({"body": "Soon.", "to": [to]})).await.status, 201);
        }
        let changed = program.patch(&format!("pairs/{id}/parties/Jose%CC%81"), &json!({"phone": "+15055550139"})).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        assert_eq!(changed.json()["parties"].as_array().unwrap().len(), 2);
        asked["reference"] = json!("bait-78");
        asked["parties"][1]["alias"] = json!("josé\u{2060}");
        let twice = program.post("pairs", &asked).await.problem(422, "refused");
        assert_eq!(twice["errors"][0]["pointer"], "/parties/1/alias");
        house.runs_due_work().await;
    }
}
