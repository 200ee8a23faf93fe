//! Endpoints: made and deleted by programs and admins, and nowhere near what stands beside us.

use rocket::http::{Method, Status};
use serde_json::json;

use super::Program;
use crate::both_stores;
use crate::house::Plan;
use crate::house::plan::with_ada;
use crate::web::browser::Browser;

const ADA: &str = "ada@example.com";

fn out_in_the_world(plan: &mut Plan) {
    plan.reaches_private = false;
}

both_stores! {
    async fn a_program_makes_lists_and_deletes_its_endpoints(house) {
        let program = Program::of(house).await;
        let body = json!({"url": "https://app.example.com/hook", "events": ["pair.ended", "pair.opened", "pair.ended"]});
        let made = program.post("endpoints", &body).await;
        assert_eq!(made.status, 201);
        let made = made.json();
        let (id, secret) = (made["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
        assert!(secret.starts_with("whsec_") && secret.len() >= 6 + 32, "{secret}");
        assert_eq!(made["events"], json!(["pair.opened", "pair.ended"]));
        assert_eq!(made["created_at"], "2027-01-15T08:00:00.000Z");

        let list = program.get("endpoints").await;
        assert_eq!(list.json()["data"][0]["id"], id);
        let one = program.get(&format!("endpoints/{id}")).await;
        assert_eq!(one.json()["url"], "https://app.example.com/hook");
        for answer in [&list, &one] {
            assert!(!answer.body.contains(secret) && !answer.body.contains("secret"), "{answer:?}");
        }
        assert_eq!(program.delete(&format!("endpoints/{id}")).await.status, 204);
        assert_eq!(program.get("endpoints").await.json(), json!({"data": [], "next_cursor": null}));
        program.get(&format!("endpoints/{id}")).await.problem(404, "not_found");
        program.delete(&format!("endpoints/{id}")).await.problem(404, "not_found");
        assert_eq!(house.words("SELECT secret FROM endpoints").await, [""], "it is forgotten");
    }

    /// Unknown ids, deleted ones and what is no id at all are one answer, on every verb.
    async fn case_11_unknown_ids_are_the_same_answer_on_every_route_of_the_api(house) {
        let program = Program::of(house).await;
        let made = program.post("endpoints", &json!({"url": "https://app.example.com", "events": ["*"]})).await;
        let deleted = made.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(program.delete(&format!("endpoints/{deleted}")).await.status, 204);
        for method in [Method::Get, Method::Delete] {
            let mut answers = Vec::new();
            for id in [deleted.as_str(), "999999", "0", "-1", "1042x", "99999999999999999999", "%00", "a%20b"] {
                let answer = program.send(method, &format!("endpoints/{id}"), "", &[]).await;
                answer.problem(404, "not_found");
                answers.push(answer.body.replace(answer.header("x-request-id"), "ID"));
            }
            answers.dedup();
            assert_eq!(answers.len(), 1, "{answers:?}");
        }
    }

    /// Event endpoints lead out into the world, whatever they are called.
    async fn case_25_an_endpoint_beside_us_is_refused(house: out_in_the_world) {
        let program = Program::of(house).await;
        for url in [
            "https://127.0.0.1/", "https://localhost:8000/", "https://[::1]/", "https://10.1.2.3/", "https://192.168.0.1/",
            "https://169.254.169.254/latest/meta-data", "https://[::ffff:169.254.169.254]/", "https://[fe80::1]/",
            "https://2130706433/", "https://0x7f.1/", "https://0/", "http://app.example.com/",
            "https://user:pass@app.example.com/", "file:///etc/passwd", "gopher://app.example.com/", "//app.example.com",
        ] {
            let problem = program.post("endpoints", &json!({"url": url, "events": ["*"]})).await.problem(422, "refused");
            assert_eq!(problem["errors"][0]["pointer"], "/url", "{url}");
        }
        assert_eq!(house.rows("endpoints").await, 0);
        assert_eq!(program.post("endpoints", &json!({"url": "https://app.example.com", "events": ["*"]})).await.status, 201);
    }

    async fn there_are_only_so_many(house) {
        let program = Program::of(house).await;
        for n in 0..20 {
            let body = json!({"url": format!("https://app.example.com/{n}"), "events": ["*"]});
            assert_eq!(program.post("endpoints", &body).await.status, 201);
        }
        let refused = program.post("endpoints", &json!({"url": "https://app.example.com/20", "events": ["*"]})).await;
        assert!(refused.problem(422, "refused")["detail"].as_str().unwrap().contains("20 endpoints"));

        let (mut path, mut seen) = ("endpoints?limit=7".to_owned(), Vec::new());
        loop {
            let page = program.get(&path).await.json();
            let urls = page["data"].as_array().unwrap();
            seen.extend(urls.iter().map(|one| one["url"].as_str().unwrap().to_owned()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            path = format!("endpoints?limit=7&cursor={next}");
        }
        assert_eq!(seen, (0..20).map(|n| format!("https://app.example.com/{n}")).collect::<Vec<_>>());
        for (query, parameter) in [("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("cursor=7", "cursor")] {
            let problem = program.get(&format!("endpoints?{query}")).await.problem(422, "refused");
            assert_eq!(problem["errors"][0]["parameter"], parameter, "{query}");
        }
    }

    async fn admins_make_and_delete_endpoints_on_the_web(house: with_ada) {
        let ada = Browser::of(house, ADA).await;
        let fields = [("field[url]", "https://app.example.com/hook"), ("field[kind-4]", "on")];
        let page = ada.post("/endpoints", &fields).await;
        assert_eq!(page.status, Status::Ok, "{}", page.body);
        let secret = house.words("SELECT secret FROM endpoints").await.remove(0);
        page.shows(&[&secret, "https://app.example.com/hook"]);
        let id = house.number("SELECT id FROM endpoints").await;
        for path in ["/endpoints".to_owned(), format!("/endpoints/{id}")] {
            ada.get(&path).await.shows(&["https://app.example.com/hook", "pair.ended"]).hides(&[&secret]);
        }
        let none = ada.post("/endpoints", &[("field[url]", "https://app.example.com/hook")]).await;
        assert_eq!(none.status, Status::UnprocessableEntity);
        none.shows(&["Choose at least one"]);
        let wrong = ada.post("/endpoints", &[("field[url]", "app.example.com"), ("field[all]", "on")]).await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        wrong.shows(&["such as https://", "value=\"app.example.com\""]);
        assert_eq!(ada.post(&format!("/endpoints/{id}/removal"), &[]).await.status, Status::SeeOther);
        ada.get("/endpoints").await.hides(&["app.example.com/hook"]);
        assert_eq!(house.words("SELECT kind FROM audit ORDER BY id").await, ["endpoint_made", "endpoint_deleted"]);
    }
}
