//! Pairs, as an integrator's program opens, ends and changes them.

use rocket::http::Method;
use serde_json::{Value, json};

use switchboard::clock::{At, days, hours, minutes, seconds};
use switchboard::desk::pool::{measure, plan};
use switchboard::domain::programs::scope::Scope;

use super::{Answer, JSON, Program, token};
use crate::both_stores;
use crate::house::{House, LINE, Plan, mask};

pub const FISHER: &str = "+15055550131";
pub const HELPER: &str = "+15055550132";
const DRIVER: &str = "+15055550133";

/// Every verb on a pair, with a body that would be right.
pub const VERBS: [(Method, &str, &str); 7] = [
    (Method::Get, "", ""),
    (Method::Get, "/messages", ""),
    (Method::Post, "/messages", r#"{"body": "Hello"}"#),
    (Method::Post, "/completion", ""),
    (Method::Post, "/extension", r#"{"by": "1h"}"#),
    (Method::Patch, "/parties/Fisher", r#"{"phone": "+15055550139"}"#),
    (Method::Post, "/closure", ""),
];

/// A fisher and a helper, until half an hour after completion.
pub fn wish(reference: &str) -> Value {
    json!({
        "reference": reference,
        "parties": [{"phone": FISHER, "alias": "Fisher"}, {"phone": HELPER, "alias": "Helper"}],
        "expiry": {"kind": "after_completion", "grace": "30m", "hard_cap": "24h"},
    })
}

/// The same with another kind of end.
pub fn ending(reference: &str, expiry: Value) -> Value {
    let mut wish = wish(reference);
    wish["expiry"] = expiry;
    wish
}

impl Program {
    /// Opens a pair; its id.
    pub async fn opens(&self, wish: &Value) -> String {
        let answer = self.post("pairs", wish).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    /// Sends something that has a body or none, and needs no key.
    pub async fn does(&self, path: &str) -> Answer {
        self.send(Method::Post, path, "", &[]).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::Patch, path, &body.to_string(), &JSON).await
    }
}

/// The mask of a party.
pub fn mask_of(pair: &Value, alias: &str) -> String {
    let party = pair["parties"].as_array().unwrap().iter().find(|party| party["alias"] == alias).unwrap();
    party["mask"].as_str().unwrap().to_owned()
}

fn pointers(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect()
}

fn ids(page: &Answer) -> Vec<String> {
    page.json()["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

fn at(value: &Value) -> At {
    At::from(chrono::DateTime::parse_from_rfc3339(value.as_str().unwrap()).unwrap().to_utc())
}

fn three_masks(plan: &mut Plan) {
    plan.masks = 3;
}

both_stores! {
    async fn a_pair_is_opened_with_one_request_and_its_parties_text_each_other(house) {
        let program = Program::of(house).await;
        let mut asked = wish("bait-77");
        asked["welcome"] = json!({"Fisher": "Your helper is on the way. Text here to reach them."});
        let answer = program.post("pairs", &asked).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let pair = answer.json();
        let (now, end) = (house.clock.now().to_string(), (house.clock.now() + hours(24)).to_string());
        let (mine, theirs) = (mask_of(&pair, "Fisher"), mask_of(&pair, "Helper"));
        assert_ne!(mine, theirs);
        let wanted = json!({
            "id": pair["id"], "reference": "bait-77", "references": ["bait-77"], "state": "open", "created_at": now,
            "expires_at": end,
            "expiry": {"kind": "after_completion", "idle": null, "grace": "30m", "hard_end_at": end, "warn_before": null,
                       "extend": null, "extensions": 0},
            "completed_at": null, "ended_at": null, "ended_why": null, "redact": false,
            "parties": [{"alias": "Fisher", "phone": FISHER, "mask": mine}, {"alias": "Helper", "phone": HELPER, "mask": theirs}],
        });
        assert_eq!(pair, wanted);
        let id = pair["id"].as_str().unwrap();
        assert_eq!(program.get(&format!("pairs/{id}")).await.json(), wanted);
        house.runs_due_work().await;
        house.phone(FISHER).shows(&["Your helper is on the way. Text here to reach them."]);
        house.phone(FISHER).texts_back("I am at slip 12").await;
        house.phone(HELPER).shows(&["I am at slip 12"]);
        house.phone(HELPER).texts_back("Rowing out 🚣").await;

        let said = program.get(&format!("pairs/{id}/messages")).await.json();
        let told: Vec<_> = said["data"].as_array().unwrap().iter()
            .map(|one| (one["from"].as_str(), one["body"].as_str().unwrap(), one["outcome"].as_str().unwrap())).collect();
        assert_eq!(told, [
            (None, "Your helper is on the way. Text here to reach them.", "relayed"),
            (Some("Fisher"), "I am at slip 12", "relayed"),
            (Some("Helper"), "Rowing out 🚣", "relayed"),
        ]);
        assert_eq!(said["data"][1]["deliveries"], json!([{"to": "Helper", "state": "delivered", "why": null}]));
        assert_eq!(said["next_cursor"], Value::Null);
    }

    async fn asked_again_it_is_the_same_pair_and_in_other_words_a_conflict(house) {
        let program = Program::of(house).await;
        let id = program.opens(&wish("bait-77")).await;
        let again = program.post("pairs", &wish("bait-77")).await;
        assert_eq!((again.status, again.json()["id"].as_str()), (200, Some(id.as_str())));
        let other = ending("bait-77", json!({"kind": "fixed", "after": "2h"}));
        let problem = program.post("pairs", &other).await.problem(409, "reference_in_use");
        assert!(problem["detail"].as_str().unwrap().contains(&id), "{problem}");
        assert_eq!(program.does(&format!("pairs/{id}/closure")).await.status, 200);
        assert_ne!(program.opens(&other).await, id, "after its end the reference is free");
        let mut merged = ending("bait-78", json!({"kind": "fixed", "after": "3h"}));
        merged["same_people"] = json!("merge");
        let merged = program.post("pairs", &merged).await;
        assert_eq!((merged.status, &merged.json()["references"]), (200, &json!(["bait-77", "bait-78"])));
    }

    async fn a_key_makes_opening_saying_and_extending_take_effect_once(house) {
        let program = Program::of(house).await;
        let first = program.posts_once("pairs", "k1", &wish("bait-77")).await;
        let id = first.json()["id"].as_str().unwrap().to_owned();
        program.does(&format!("pairs/{id}/closure")).await;
        let again = program.posts_once("pairs", "k1", &wish("bait-77")).await;
        assert_eq!((again.status, &again.body, again.header("idempotency-replayed")), (201, &first.body, "true"));
        assert_eq!(house.rows("pairs").await, 1, "it was closed since, and yet no other is opened");

        let id = program.opens(&ending("bait-78", json!({"kind": "fixed", "after": "1h"}))).await;
        let (say, extend) = (format!("pairs/{id}/messages"), format!("pairs/{id}/extension"));
        for _ in 0..2 {
            assert_eq!(program.posts_once(&say, "k2", &json!({"body": "Half way."})).await.status, 201);
            let longer = program.posts_once(&extend, "k3", &json!({"by": "1h"})).await;
            assert_eq!(at(&longer.json()["expires_at"]), house.clock.now() + hours(2));
        }
        house.runs_due_work().await;
        house.phone(FISHER).shows(&["Half way."]);
        program.posts_once(&extend, "k2", &json!({"body": "Half way."})).await.problem(422, "refused");
        program.posts_once(&say, "k2", &json!({"body": "Quite there."})).await.problem(422, "key_reused");
    }

    async fn every_mistake_in_a_pair_is_named_with_what_helps(house) {
        let program = Program::of(house).await;
        let with = |pointer: &str, value: Value| {
            let mut wish = wish("bait-77");
            *wish.pointer_mut(pointer).unwrap() = value;
            wish
        };
        for (body, wanted) in [
            (with("/parties/1/phone", json!("505 555 0132")), &["/parties/1/phone"][..]),
            (with("/parties/1/phone", json!(FISHER)), &["/parties/1/phone"]),
            (with("/parties/1/phone", json!(LINE)), &["/parties/1/phone"]),
            (with("/parties/0/phone", json!(mask(1))), &["/parties/0/phone"]),
            (with("/parties/0/alias", json!("Helper")), &["/parties/1/alias"]),
            (with("/parties/0/alias", json!("a very long name for a fisher")), &["/parties/0/alias"]),
            (with("/parties", json!([])), &["/parties"]),
            (with("/reference", json!("")), &["/reference"]),
            (with("/reference", json!("x".repeat(201))), &["/reference"]),
            (with("/expiry/kind", json!("never")), &["/expiry/kind"]),
            (with("/expiry/grace", json!("soon")), &["/expiry/grace"]),
            (with("/expiry/hard_cap", json!("0s")), &["/expiry/hard_cap"]),
            (ending("bait-77", json!({"kind": "fixed", "at": "2020-01-01T00:00:00Z"})), &["/expiry/at"]),
            (ending("bait-77", json!({"kind": "fixed", "after": "1h", "warning": "Soon."})), &["/expiry/warn_before"]),
            (ending("bait-77", json!({"kind": "sliding", "idle": "1x", "hard_cap": "-1h"})), &["/expiry/idle", "/expiry/hard_cap"]),
        ] {
            let problem = program.post("pairs", &body).await.problem(422, "refused");
            assert_eq!(pointers(&problem), wanted, "{body}: {problem}");
        }
        let mut welcome = wish("bait-77");
        welcome["welcome"] = json!({"Captain": "Ahoy"});
        assert_eq!(pointers(&program.post("pairs", &welcome).await.problem(422, "refused")), ["/welcome/Captain"]);
        assert_eq!(house.rows("pairs").await + house.rows("legs").await, 0);
    }

    async fn without_masks_nothing_is_opened_and_the_answer_says_how_many_are_missing(house: three_masks) {
        let program = Program::of(house).await;
        let id = program.opens(&wish("bait-77")).await;
        program.opens(&wish("bait-78")).await;
        program.opens(&wish("bait-79")).await;
        let mut wide = wish("bait-80");
        wide["parties"].as_array_mut().unwrap().push(json!({"phone": DRIVER, "alias": "Driver"}));
        let problem = program.post("pairs", &wide).await.problem(503, "pool_exhausted");
        assert_eq!(problem["missing"], json!([{"country": "US", "masks": 1}]));
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("1 more mask for US") && detail.contains("pool grow"), "{detail}");
        assert_eq!(house.rows("pairs").await, 3);
        // Another phone needs a mask that it has not.
        let mut third = wish("bait-81");
        third["parties"] = json!([{"phone": DRIVER, "alias": "Fisher"}, {"phone": "+15055550134", "alias": "Helper"}]);
        program.opens(&third).await;
        let party = format!("pairs/{}/parties/Helper", program.opens(&{ let mut w = third.clone(); w["reference"] = json!("bait-82"); w }).await);
        let problem = program.patch(&party, &json!({"phone": FISHER})).await.problem(503, "pool_exhausted");
        // For this, and for what was refused before; what is asked for again counts once.
        assert_eq!(problem["missing"], json!([{"country": "US", "masks": 2}]));
        let problem = program.post("pairs", &wide).await.problem(503, "pool_exhausted");
        assert_eq!(problem["missing"], json!([{"country": "US", "masks": 2}]));
        program.get(&format!("pairs/{id}")).await.json();
    }

    /// A helper with three masks and new customers all day: what is refused is needed too, and the plan and the answer say so.
    async fn what_was_refused_counts_as_needed_in_the_plan_and_in_the_answer(house: three_masks) {
        let program = Program::of(house).await;
        let opens = async |n: u32| {
            let mut wish = wish(&format!("job-{n}"));
            wish["parties"][0]["phone"] = json!(format!("+1505555{:04}", 3000 + n));
            program.post("pairs", &wish).await
        };
        for n in 0..3 {
            assert_eq!(opens(n).await.status, 201);
        }
        for n in 3..8 {
            let problem = opens(n).await.problem(503, "pool_exhausted");
            assert_eq!(problem["missing"], json!([{"country": "US", "masks": n - 2}]));
        }
        // Asked for again, it is the same job.
        let problem = opens(5).await.problem(503, "pool_exhausted");
        assert_eq!(problem["missing"], json!([{"country": "US", "masks": 5}]));
        let need = |plan: plan::Plan| plan.countries.into_iter().find(|one| one.need.country == "US").unwrap().need;
        let now = need(plan::plan(&house.desk).await.unwrap());
        assert_eq!((now.demand.busiest, now.masks), (8, 3));
        assert!(now.lacks() >= 5, "{now:?}");
        measure::measure(&house.desk).await.unwrap();
        // A day later nothing would be live or at rest any more; the peak is remembered.
        house.pass(hours(24 * 5)).await;
        measure::measure(&house.desk).await.unwrap();
        let later = need(plan::plan(&house.desk).await.unwrap());
        assert_eq!(later.peak, 8);
        assert_eq!(house.rows("pool_refusals").await, 0);
    }

    async fn a_pair_is_completed_extended_and_closed(house) {
        let program = Program::of(house).await;
        let id = program.opens(&wish("bait-77")).await;
        let now = house.clock.now();
        let longer = program.post(&format!("pairs/{id}/extension"), &json!({"by": "1h"})).await;
        longer.problem(409, "at_hard_cap");
        let done = program.does(&format!("pairs/{id}/completion")).await;
        assert_eq!((done.status, &done.json()["state"]), (200, &json!("completed")));
        assert_eq!(at(&done.json()["expires_at"]), now + minutes(30));
        house.clock.pass(minutes(10));
        let again = program.does(&format!("pairs/{id}/completion")).await;
        assert_eq!(again.json(), done.json(), "once");
        let longer = program.does(&format!("pairs/{id}/extension")).await;
        assert_eq!((longer.status, at(&longer.json()["expires_at"])), (200, now + minutes(60)), "its grace again");
        let wrong = program.post(&format!("pairs/{id}/extension"), &json!({"by": "a while"})).await.problem(422, "refused");
        assert_eq!(pointers(&wrong), ["/by"]);
        let closed = program.does(&format!("pairs/{id}/closure")).await.json();
        assert_eq!((&closed["state"], &closed["ended_why"]), (&json!("ended"), &json!("closed")));
        assert_eq!(at(&closed["ended_at"]), house.clock.now());
        assert_eq!(program.does(&format!("pairs/{id}/closure")).await.json(), closed);
        for what in ["completion", "extension"] {
            program.does(&format!("pairs/{id}/{what}")).await.problem(409, "pair_ended");
        }
        program.post(&format!("pairs/{id}/messages"), &json!({"body": "Hello?"})).await.problem(409, "pair_ended");
        program.patch(&format!("pairs/{id}/parties/Fisher"), &json!({"phone": DRIVER})).await.problem(409, "pair_ended");
        let fixed = program.opens(&ending("bait-78", json!({"kind": "fixed", "after": "2h"}))).await;
        program.does(&format!("pairs/{fixed}/completion")).await.problem(409, "not_completable");
    }

    async fn a_pair_that_is_over_by_the_clock_is_shown_as_ended_whether_or_not_anything_has_run(house) {
        let program = Program::of(house).await;
        let id = program.opens(&ending("bait-77", json!({"kind": "fixed", "after": "2h"}))).await;
        let end = house.clock.now() + hours(2);
        house.clock.pass(hours(2) + seconds(1));
        assert_eq!(house.number("SELECT COUNT(*) FROM pairs WHERE ended_at IS NOT NULL").await, 0, "nothing has run");
        let pair = program.get(&format!("pairs/{id}")).await.json();
        assert_eq!((&pair["state"], &pair["ended_why"], at(&pair["ended_at"])), (&json!("ended"), &json!("expired"), end));
        assert_eq!(ids(&program.get("pairs?state=open").await), Vec::<String>::new());
        assert_eq!(ids(&program.get("pairs?state=ended").await), [id.as_str()]);
        house.runs_due_work().await;
        assert_eq!(program.get(&format!("pairs/{id}")).await.json(), pair);
    }

    async fn pairs_are_found_by_state_reference_and_phone_and_come_in_pages(house) {
        let program = Program::of(house).await;
        let mut opened = Vec::new();
        for n in 0..5 {
            let mut one = wish(&format!("bait-{n}"));
            one["parties"][1]["phone"] = json!(format!("+1505555020{n}"));
            opened.push(program.opens(&one).await);
        }
        program.does(&format!("pairs/{}/completion", opened[1])).await;
        program.does(&format!("pairs/{}/closure", opened[2])).await;
        opened.reverse();
        assert_eq!(ids(&program.get("pairs").await), opened);
        let found = async |query: &str| ids(&program.get(&format!("pairs?{query}")).await);
        assert_eq!(found("state=completed").await, [opened[3].as_str()]);
        assert_eq!(found("state=ended").await, [opened[2].as_str()]);
        assert_eq!(found("state=open").await, [opened[0].as_str(), opened[1].as_str(), opened[4].as_str()]);
        assert_eq!(found("reference=bait-2").await, [opened[2].as_str()]);
        assert_eq!(found("phone=%2B15055550203").await, [opened[1].as_str()]);
        assert_eq!(found("phone=%2B15055550131&state=open&limit=100").await.len(), 3);
        assert_eq!(found("phone=%2B15055559999").await.len(), 0);
        let (mut path, mut seen) = ("pairs?limit=2".to_owned(), Vec::new());
        loop {
            let page = program.get(&path).await;
            seen.extend(ids(&page));
            let Some(next) = page.json()["next_cursor"].as_str().map(str::to_owned) else { break };
            path = format!("pairs?limit=2&cursor={next}");
        }
        assert_eq!(seen, opened);
        for (query, parameter) in
            [("state=closed", "state"), ("state=", "state"), ("phone=5", "phone"), ("limit=x", "limit"),
             ("state=open&state=ended", "state"), ("limit=1&limit=2", "limit"), ("cursor=&cursor=", "cursor")]
        {
            let problem = program.get(&format!("pairs?{query}")).await.problem(422, "refused");
            assert_eq!(problem["errors"][0]["parameter"], parameter);
        }
    }

    async fn a_party_gets_another_phone_and_the_answer_shows_the_mask(house) {
        let program = Program::of(house).await;
        let id = program.opens(&wish("bait-77")).await;
        let before = program.get(&format!("pairs/{id}")).await.json();
        let party = format!("pairs/{id}/parties/Helper");
        let after = program.patch(&party, &json!({"phone": DRIVER})).await;
        assert_eq!(after.status, 200, "{after:?}");
        let after = after.json();
        assert_eq!(after["parties"][1], json!({"alias": "Helper", "phone": DRIVER, "mask": mask_of(&before, "Helper")}));
        house.phone(FISHER).texts_to(&mask_of(&after, "Fisher"), "hello").await;
        house.phone(DRIVER).shows(&["hello"]);
        for phone in [FISHER, LINE, "5055550133", ""] {
            let problem = program.patch(&party, &json!({"phone": phone})).await.problem(422, "refused");
            assert_eq!(pointers(&problem), ["/phone"], "{phone}");
        }
        program.patch(&format!("pairs/{id}/parties/Nobody"), &json!({"phone": DRIVER})).await.problem(404, "not_found");
        let mut spoken = wish("bait-78");
        spoken["parties"][0]["alias"] = json!("Älteste / Fischerin");
        let id = program.opens(&spoken).await;
        let party = format!("pairs/{id}/parties/%C3%84lteste%20%2F%20Fischerin");
        assert_eq!(program.patch(&party, &json!({"phone": DRIVER})).await.status, 200);
    }

    async fn a_program_says_something_to_one_or_all(house) {
        let program = Program::of(house).await;
        let id = program.opens(&wish("bait-77")).await;
        let say = format!("pairs/{id}/messages");
        let said = program.post(&say, &json!({"body": "Half way."})).await;
        assert_eq!(said.status, 201, "{said:?}");
        let said = said.json();
        assert_eq!((&said["from"], &said["body"], &said["outcome"]), (&Value::Null, &json!("Half way."), &json!("relayed")));
        let to: Vec<&str> = said["deliveries"].as_array().unwrap().iter().map(|one| one["to"].as_str().unwrap()).collect();
        assert_eq!(to, ["Fisher", "Helper"]);
        assert_eq!(program.post(&say, &json!({"body": "Slip 12.", "to": ["Helper"]})).await.status, 201);
        house.runs_due_work().await;
        house.phone(FISHER).shows(&["Half way."]);
        house.phone(HELPER).shows(&["Half way.", "Slip 12."]);
        for (body, wanted) in [
            (json!({"body": " "}), "/body"),
            (json!({"body": "x".repeat(1601)}), "/body"),
            (json!({"body": "?", "to": []}), "/to"),
            (json!({"body": "?", "to": ["Helper", "Nobody"]}), "/to/1"),
        ] {
            assert_eq!(pointers(&program.post(&say, &body).await.problem(422, "refused")), [wanted], "{body}");
        }
        let first = program.get(&format!("{say}?limit=1")).await.json();
        assert_eq!(first["data"][0]["body"], "Half way.");
        let next = format!("{say}?limit=1&cursor={}", first["next_cursor"].as_str().unwrap());
        let second = program.get(&next).await.json();
        assert_eq!(second["data"][0]["deliveries"], json!([{"to": "Helper", "state": "delivered", "why": null}]));
    }

    async fn a_token_does_with_pairs_only_what_its_scopes_say(house) {
        let id = Program::of(house).await.opens(&wish("bait-77")).await;
        let paths = [
            (Method::Get, "pairs".to_owned(), Scope::PairsRead),
            (Method::Get, format!("pairs/{id}"), Scope::PairsRead),
            (Method::Get, format!("pairs/{id}/messages"), Scope::PairsRead),
            (Method::Post, "pairs".to_owned(), Scope::PairsWrite),
            (Method::Post, format!("pairs/{id}/completion"), Scope::PairsWrite),
            (Method::Post, format!("pairs/{id}/extension"), Scope::PairsWrite),
            (Method::Post, format!("pairs/{id}/closure"), Scope::PairsWrite),
            (Method::Patch, format!("pairs/{id}/parties/Fisher"), Scope::PairsWrite),
            (Method::Post, format!("pairs/{id}/messages"), Scope::MessagesWrite),
        ];
        let before = house.contents().await;
        for scope in Scope::ALL {
            let program = Program { token: token(house, &[scope]).await, ..Program::at(house).await };
            for (method, path, needed) in paths.iter().filter(|(.., needed)| *needed != scope) {
                let body = json!({"body": "hello", "phone": DRIVER}).to_string();
                let answer = program.send(*method, path, &body, &JSON).await;
                assert_eq!(answer.problem(403, "forbidden")["scope"], needed.word(), "{method} {path}");
            }
        }
        assert_eq!(house.contents().await["pairs"], before["pairs"]);
        assert_eq!(house.rows("messages").await, 0);
        house.clock.pass(days(1));
        house.runs_due_work().await;
    }
}

/// Every pair of an app is shown to every token of the app that may read pairs.
#[tokio::test]
async fn a_program_that_changes_its_token_keeps_its_pairs() {
    let house = House::on(crate::databases::sqlite()).await;
    let id = Program::of(&house).await.opens(&wish("bait-77")).await;
    assert_eq!(Program::of(&house).await.get(&format!("pairs/{id}")).await.status, 200);
    house.is_left_tidy();
}
