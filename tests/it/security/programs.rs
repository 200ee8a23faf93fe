//! The security cases for pairs: what is nobody's, what is ours to set, and who may cause a text.

use rocket::http::Method;
use serde_json::{Value, json};

use switchboard::domain::programs::scope::Scope;

use crate::api::pairs::{FISHER, HELPER, VERBS, mask_of, wish};
use crate::api::{JSON, Program};
use crate::both_stores;
use crate::house::{LINE, mask};

both_stores! {
    /// Ids of pairs that are not there and ids of what is no pair give the same 404, on every verb, whatever the body.
    async fn case_11_what_is_no_pair_is_not_found_on_every_verb(house) {
        house.customer(34).texts("Is the ramp open?").await;
        let (support, program) = (house.conversation().await.to_string(), Program::of(house).await);
        let before = house.contents().await;
        let mut answers = Vec::new();
        for id in [support.as_str(), "999999", "0", "-1", "1x", "99999999999999999999", "%00", "a%20b"] {
            for (method, verb, body) in VERBS {
                answers.push(program.send(method, &format!("pairs/{id}{verb}"), body, &JSON).await.says_not_found());
            }
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        let after = house.contents().await;
        for table in ["conversations", "messages", "deliveries", "legs", "events", "pairs"] {
            assert_eq!(after[table], before[table], "{table}");
        }
    }

    /// So do aliases that are nobody's; and neither bodies nor parameters lead to what is no pair, or is another's.
    async fn case_11_aliases_cursors_and_filters_lead_to_nothing_else(house) {
        house.customer(34).texts("Is the ramp open?").await;
        let (support, program) = (house.conversation().await, Program::of(house).await);
        let customer = house.words("SELECT phone FROM customers").await.remove(0);
        let (one, other) = (program.opens(&wish("bait-77")).await, program.opens(&wish("bait-78")).await);
        program.post(&format!("pairs/{other}/messages"), &json!({"body": "for the other pair"})).await;
        for alias in ["Nobody", "fisher", "Ana", "1", "%2B15055550131", "%00"] {
            let answer = program.patch(&format!("pairs/{one}/parties/{alias}"), &json!({"phone": "+15055550139"})).await;
            answer.says_not_found();
        }
        // A support conversation is found by no filter, nor by a page that begins at it.
        let found = program.get(&format!("pairs?phone={}", customer.replace('+', "%2B"))).await.json();
        assert_eq!(found["data"], json!([]));
        let all = program.get("pairs?limit=1").await.json();
        let cursor = all["next_cursor"].as_str().unwrap().to_owned();
        for path in [format!("pairs?limit=100&cursor={cursor}"), "pairs".to_owned()] {
            let page = program.get(&path).await.json();
            let ids: Vec<&str> = page["data"].as_array().unwrap().iter().map(|pair| pair["id"].as_str().unwrap()).collect();
            assert!(ids.iter().all(|id| *id == one || *id == other), "{ids:?}");
        }
        // A cursor of another list begins where its number says, within this list and nowhere else.
        let messages = program.get(&format!("pairs/{one}/messages?cursor={cursor}")).await.json();
        assert_eq!(messages["data"], json!([]));
        let name = program.post(&format!("pairs/{one}/messages"), &json!({"body": "?", "to": ["Captain"]})).await;
        assert_eq!(name.problem(422, "refused")["errors"][0]["pointer"], "/to/0");
        assert_eq!(house.number(&format!("SELECT COUNT(*) FROM messages WHERE conversation_id = {support}")).await, 1);
        house.runs_due_work().await;
        house.phone(FISHER).shows(&["for the other pair"]);
    }

    /// A member that is ours to set is refused by its name, wherever it stands, and changes nothing.
    async fn case_12_nothing_of_a_pair_is_set_that_is_ours_to_set(house) {
        let program = Program::of(house).await;
        let refused = async |method, path: &str, body: &Value, pointer: &str| {
            let answer = program.send(method, path, &body.to_string(), &JSON).await;
            assert_eq!(answer.problem(422, "refused")["errors"][0]["pointer"], pointer, "{path} {body}");
        };
        for (member, value) in [
            ("id", json!("7")), ("state", json!("open")), ("token_id", json!(1)), ("expires_at", json!("2030-01-01T00:00:00Z")),
            ("kind", json!("support")), ("line_id", json!(1)), ("pinned_to", json!(1)), ("customer_id", json!(1)), ("masks", json!([LINE])),
        ] {
            let mut body = wish("bait-77");
            body[member] = value;
            refused(Method::Post, "pairs", &body, &format!("/{member}")).await;
        }
        for (member, value) in [("mask", json!(LINE)), ("number", json!(mask(1))), ("role", json!("rep")), ("person_id", json!(1)), ("leg", json!("1"))] {
            let mut body = wish("bait-77");
            body["parties"][1][member] = value;
            refused(Method::Post, "pairs", &body, &format!("/parties/1/{member}")).await;
        }
        let mut body = wish("bait-77");
        body["expiry"]["extensions"] = json!(0);
        refused(Method::Post, "pairs", &body, "/expiry/extensions").await;
        assert_eq!(house.rows("pairs").await, 0);
        let id = program.opens(&wish("bait-77")).await;
        let before = program.get(&format!("pairs/{id}")).await.body;
        for (method, verb, body) in VERBS.into_iter().filter(|(_, _, body)| !body.is_empty()) {
            for member in ["from", "author", "mask", "alias", "pair_id", "kind"] {
                let mut body: Value = serde_json::from_str(body).unwrap();
                body[member] = json!("x");
                refused(method, &format!("pairs/{id}{verb}"), &body, &format!("/{member}")).await;
            }
        }
        assert_eq!(program.get(&format!("pairs/{id}")).await.body, before);
        assert_eq!(house.rows("messages").await, 0);
    }

    /// Without a token that may, no verb of a pair causes a text; and our own numbers are no parties.
    async fn case_29_nobody_without_a_token_causes_a_text_in_a_pair(house) {
        let id = Program::of(house).await.opens(&wish("bait-77")).await;
        let reader = Program::may(house, &[Scope::PairsRead, Scope::EndpointsWrite]).await;
        let nobody = Program::at(house).await;
        let before = house.contents().await;
        for (method, verb, body) in VERBS {
            let path = format!("pairs/{id}{verb}");
            nobody.send(method, &path, body, &JSON).await.problem(401, "unauthorized");
            let forged = [JSON[0], ("Authorization", "Bearer sb_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")];
            nobody.send(method, &path, body, &forged).await.problem(401, "unauthorized");
            if method != Method::Get {
                reader.send(method, &path, body, &JSON).await.problem(403, "forbidden");
            }
        }
        let mut welcome = wish("bait-78");
        welcome["welcome"] = json!({"Fisher": "Free texts"});
        for answer in [nobody.post("pairs", &welcome).await, reader.post("pairs", &welcome).await] {
            assert!(matches!(answer.status, 401 | 403), "{answer:?}");
        }
        house.runs_due_work().await;
        let after = house.contents().await;
        for table in ["messages", "deliveries", "pairs", "legs", "conversations"] {
            assert_eq!(after[table], before[table], "{table}");
        }
        let program = Program::of(house).await;
        for ours in [LINE.to_owned(), mask(1)] {
            let mut loops = wish("bait-79");
            loops["parties"][0]["phone"] = json!(ours);
            let problem = program.post("pairs", &loops).await.problem(422, "refused");
            assert_eq!(problem["errors"][0]["pointer"], "/parties/0/phone");
            let problem = program.patch(&format!("pairs/{id}/parties/Helper"), &json!({"phone": ours})).await;
            assert_eq!(problem.problem(422, "refused")["errors"][0]["pointer"], "/phone");
        }
        // One of our own numbers that texts a mask of the pair is a loop, and reaches nobody.
        let pair = program.get(&format!("pairs/{id}")).await.json();
        house.phone(&mask(9)).texts_to(&mask_of(&pair, "Fisher"), "hello me").await;
        house.phone(HELPER).shows(&[]);
        house.phone(FISHER).shows(&[]);
    }
}
