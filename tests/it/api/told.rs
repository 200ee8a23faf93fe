//! What programs are told of pairs, as it happens and in its order.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use switchboard::clock::{hours, minutes, seconds};
use switchboard::domain::programs::event::Kind;

use super::Program;
use super::events::listens;
use super::pairs::{FISHER, HELPER, ending, mask_of, wish};
use super::receiver::Receiver;
use crate::both_stores;
use crate::house::{House, mask};

/// What was told: the kind and the particulars, without the pair and its reference.
fn told(receiver: &Receiver) -> Vec<(String, Value)> {
    let events = receiver.seen().into_iter().map(|seen| {
        let mut event = seen.json();
        let data = event["data"].as_object_mut().unwrap();
        assert!(data.remove("pair_id").is_some() && data.remove("reference").is_some());
        (event["type"].as_str().unwrap().to_owned(), event["data"].take())
    });
    events.collect()
}

/// Fails unless this has every member that the schema asks for, and none that it does not know.
fn holds(schema: &Value, event: &Value) {
    let known = schema["properties"].as_object().unwrap();
    let named = schema["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    for name in named {
        assert!(!event[name].is_null() || known[name]["type"].as_array().is_some(), "{name} is missing: {event}");
        assert!(event.get(name).is_some(), "{name} is missing: {event}");
    }
    for (name, value) in event.as_object().unwrap() {
        assert!(known.contains_key(name), "nothing says what `{name}` is: {event}");
        let kind = match value {
            Value::String(_) => "string",
            Value::Bool(_) => "boolean",
            Value::Array(_) => "array",
            Value::Null => "null",
            _ => continue,
        };
        let said = &known[name]["type"];
        let right = said.is_null() || said == kind || said.as_array().is_some_and(|all| all.contains(&json!(kind)));
        assert!(right, "{name} is {said}: {event}");
    }
}

fn kinds(receiver: &Receiver) -> Vec<String> {
    receiver.kinds()
}

async fn set_up(house: &House) -> (Program, Receiver) {
    let receiver = Receiver::open().await;
    listens(house, &receiver, &["*"]).await;
    (Program::of(house).await, receiver)
}

both_stores! {
    async fn a_pair_from_its_opening_to_its_end_is_told_in_order(house) {
        let (program, receiver) = set_up(house).await;
        let opened = program.post("pairs", &wish("bait-77")).await.json();
        let id = opened["id"].as_str().unwrap();
        house.runs_due_work().await;
        house.phone(FISHER).texts_to(&mask_of(&opened, "Fisher"), "I am at slip 12").await;
        let said = program.post(&format!("pairs/{id}/messages"), &json!({"body": "Half way.", "to": ["Helper"]})).await.json();
        house.runs_due_work().await;
        program.does(&format!("pairs/{id}/completion")).await;
        let end = (house.clock.now() + minutes(30)).to_string();
        house.pass(minutes(31)).await;
        house.phone(HELPER).texts_to(&mask_of(&opened, "Helper"), "I forgot my oar").await;
        house.runs_due_work().await;
        let message = house.number("SELECT MIN(id) FROM messages").await.to_string();
        let late = house.number("SELECT MAX(id) FROM messages").await.to_string();
        assert_eq!(told(&receiver), [
            ("pair.opened".to_owned(), json!({"merged": false, "expires_at": opened["expires_at"], "parties": opened["parties"]})),
            ("message.received".to_owned(), json!({"message_id": message, "from": "Fisher", "body": "I am at slip 12", "outcome": "relayed"})),
            ("message.delivered".to_owned(), json!({"message_id": message, "to": "Helper"})),
            ("message.delivered".to_owned(), json!({"message_id": said["id"], "to": "Helper"})),
            ("pair.completed".to_owned(), json!({"expires_at": end})),
            ("pair.ended".to_owned(), json!({"why": "expired"})),
            ("late_text.held".to_owned(), json!({"message_id": late, "from": "Helper", "body": "I forgot my oar", "outcome": "held",
                "why": "the conversation has ended"})),
        ]);
        assert!(receiver.seen().iter().all(|seen| seen.json()["data"]["pair_id"] == id && seen.json()["data"]["reference"] == "bait-77"));
    }

    async fn a_late_text_is_told_after_the_end_even_if_nobody_has_written_that_down(house) {
        let (program, receiver) = set_up(house).await;
        let opened = program.post("pairs", &ending("bait-77", json!({"kind": "fixed", "after": "1h"}))).await.json();
        house.clock.pass(hours(1) + seconds(1));
        assert!(house.simulator.text(FISHER, &mask_of(&opened, "Fisher"), "too late").await.taken());
        house.runs_due_work().await;
        assert_eq!(kinds(&receiver), ["pair.opened", "pair.ended", "late_text.held"]);
    }

    async fn a_warning_and_more_time_are_told_with_the_new_end(house) {
        let (program, receiver) = set_up(house).await;
        let opened = program.post("pairs", &ending("bait-77", json!({
            "kind": "fixed", "after": "1h", "warn_before": "10m", "warning": "Over in 10 minutes.", "extend": "1h",
        }))).await.json();
        house.pass(minutes(50)).await;
        house.phone(FISHER).texts_to(&mask_of(&opened, "Fisher"), "EXTEND").await;
        house.runs_due_work().await;
        program.post(&format!("pairs/{}/extension", opened["id"].as_str().unwrap()), &json!({"by": "30m"})).await;
        house.runs_due_work().await;
        let began = house.clock.now() - minutes(50);
        let end = |span| (began + span).to_string();
        let told: Vec<_> = told(&receiver).into_iter().filter(|(kind, _)| kind.starts_with("pair.")).collect();
        assert_eq!(told[1..], [
            ("pair.expiring".to_owned(), json!({"expires_at": end(hours(1))})),
            ("pair.extended".to_owned(), json!({"expires_at": end(hours(2)), "by": "Fisher"})),
            ("pair.extended".to_owned(), json!({"expires_at": end(minutes(150)), "by": null})),
        ]);
        assert_eq!(kinds(&receiver).iter().filter(|kind| *kind == "message.delivered").count(), 4, "two texts to two phones");
    }

    async fn a_text_that_does_not_arrive_is_told_once_and_so_is_an_opt_out(house) {
        let (program, receiver) = set_up(house).await;
        let opened = program.post("pairs", &wish("bait-77")).await.json();
        let id = opened["id"].as_str().unwrap();
        house.phone(HELPER).texts_to(&mask_of(&opened, "Helper"), "STOP").await;
        // Three parts, none of which is sent.
        program.post(&format!("pairs/{id}/messages"), &json!({"body": "x ".repeat(800), "to": ["Helper"]})).await;
        house.phone(FISHER).texts_to(&mask_of(&opened, "Fisher"), "Are you there?").await;
        house.runs_due_work().await;
        let told = told(&receiver);
        let of = |kind: &str| told.iter().filter(|(one, _)| one == kind).map(|(_, data)| data.clone()).collect::<Vec<_>>();
        let wrote = of("message.received");
        assert_eq!((wrote.len(), &wrote[0]["opted_out"], &wrote[0]["body"]), (2, &json!(true), &json!("STOP")));
        let failed = of("message.failed");
        assert_eq!(failed.len(), 2, "{told:?}");
        for (data, message) in failed.iter().zip([&Value::Null, &wrote[1]["message_id"]]) {
            assert_eq!(data["to"], "Helper");
            assert!(data["why"].as_str().is_some_and(|why| why.contains("opted out")), "{data}");
            assert!(message.is_null() || data["message_id"] == *message);
        }
    }

    async fn what_the_system_says_and_will_not_arrive_is_told_too(house) {
        let (program, receiver) = set_up(house).await;
        let mut asked = ending("bait-77", json!({
            "kind": "fixed", "after": "1h", "warn_before": "10m", "warning": "Over in 10 minutes.", "extend": "1h",
        }));
        house.simulator.text(HELPER, &mask(1), "STOP").await;
        asked["welcome"] = json!({"Helper": "Row out, please."});
        let opened = program.post("pairs", &asked).await.json();
        house.pass(minutes(50)).await;
        house.phone(FISHER).texts_to(&mask_of(&opened, "Fisher"), "EXTEND").await;
        house.runs_due_work().await;
        let told = told(&receiver);
        let failed: Vec<_> = told.iter().filter(|(kind, _)| kind == "message.failed").collect();
        assert_eq!(failed.len(), 3, "the welcome, the warning and the answer to EXTEND: {told:?}");
        assert!(failed.iter().all(|(_, data)| data["to"] == "Helper"));
        let first = told.iter().position(|(kind, _)| kind == "message.failed");
        assert!(first > told.iter().position(|(kind, _)| kind == "pair.opened"), "{told:?}");
    }

    async fn a_text_in_several_parts_is_delivered_when_the_last_has_arrived(house) {
        let (program, receiver) = set_up(house).await;
        let opened = program.post("pairs", &wish("bait-77")).await.json();
        house.phone(FISHER).texts_to(&mask_of(&opened, "Fisher"), &"word ".repeat(500)).await;
        house.runs_due_work().await;
        assert_eq!(house.rows("deliveries WHERE message_id IS NOT NULL").await, 2, "two parts");
        assert_eq!(kinds(&receiver), ["pair.opened", "message.received", "message.delivered"]);
    }

    async fn another_phone_and_a_second_name_are_told(house) {
        let (program, receiver) = set_up(house).await;
        let opened = program.post("pairs", &wish("bait-77")).await.json();
        let id = opened["id"].as_str().unwrap();
        program.patch(&format!("pairs/{id}/parties/Helper"), &json!({"phone": "+15055550133"})).await;
        program.patch(&format!("pairs/{id}/parties/Helper"), &json!({"phone": HELPER})).await;
        let mut merged = wish("bait-78");
        merged["same_people"] = json!("merge");
        assert_eq!(program.post("pairs", &merged).await.json()["id"], id);
        program.does(&format!("pairs/{id}/closure")).await;
        house.runs_due_work().await;
        assert_eq!(kinds(&receiver), ["pair.opened", "party.changed", "party.changed", "pair.opened", "pair.ended"]);
        let seen: Vec<Value> = receiver.seen().iter().map(|seen| seen.json()["data"].clone()).collect();
        assert_eq!((&seen[1]["alias"], &seen[1]["phone"]), (&json!("Helper"), &json!("+15055550133")));
        assert_eq!((&seen[3]["reference"], &seen[3]["merged"]), (&json!("bait-78"), &json!(true)));
        assert_eq!((&seen[4]["reference"], &seen[4]["references"]), (&json!("bait-77"), &json!(["bait-77", "bait-78"])));
        assert_eq!(seen[4]["why"], "closed");
    }

    /// Each kind of event is as the description says, to the member.
    async fn every_kind_of_event_is_as_the_description_says(house) {
        let (program, receiver) = set_up(house).await;
        let opened = program.post("pairs", &ending("bait-77", json!({
            "kind": "fixed", "after": "1h", "warn_before": "10m", "warning": "Over in 10 minutes.", "extend": "1h",
        }))).await.json();
        house.pass(minutes(50)).await;
        house.phone(FISHER).texts_to(&mask_of(&opened, "Fisher"), "EXTEND").await;
        house.phone(FISHER).texts_to(&mask_of(&opened, "Fisher"), "At slip 12").await;
        let mut merged = wish("bait-78");
        merged["same_people"] = json!("merge");
        program.post("pairs", &merged).await;
        program.post(&format!("pairs/{}/extension", opened["id"].as_str().unwrap()), &json!({"by": "30m"})).await;
        let id = program.opens(&wish("bait-79")).await;
        let pair = program.patch(&format!("pairs/{id}/parties/Helper"), &json!({"phone": "+15055550133"})).await.json();
        program.does(&format!("pairs/{id}/completion")).await;
        house.phone("+15055550133").texts_to(&mask_of(&pair, "Helper"), "STOP").await;
        house.phone(FISHER).texts_to(&mask_of(&pair, "Fisher"), "Are you there?").await;
        program.does(&format!("pairs/{id}/closure")).await;
        house.phone(FISHER).texts_to(&mask_of(&pair, "Fisher"), "I forgot my oar").await;
        house.runs_due_work().await;

        let document = program.get("openapi.json").await.json();
        let mut seen = BTreeSet::new();
        for event in receiver.seen() {
            let (kind, event) = (event.kind(), event.json());
            let body = &document["webhooks"][&kind]["post"]["requestBody"]["content"]["application/json"]["schema"];
            let data = body["properties"]["data"]["$ref"].as_str().unwrap().trim_start_matches('#');
            holds(body, &event);
            holds(document.pointer(data).unwrap(), &event["data"]);
            seen.insert(kind);
        }
        assert_eq!(seen, Kind::ALL.iter().map(|kind| kind.word().to_owned()).collect());
    }

    async fn support_conversations_are_told_to_nobody_and_without_listeners_nothing_is_written(house) {
        let program = Program::of(house).await;
        let id = program.opens(&wish("bait-77")).await;
        house.customer(33).texts("hello").await;
        house.runs_due_work().await;
        assert_eq!(house.rows("api_events").await, 0);
        let receiver = Receiver::open().await;
        listens(house, &receiver, &["pair.ended", "message.delivered", "message.failed"]).await;
        house.customer(34).texts("hello").await;
        house.customer(34).texts("STOP").await;
        let conversation = house.conversation().await;
        let ana = house.person("miriam@example.com").await;
        house.tries_to_reply(ana, conversation, "Are you there?").await.ok();
        program.does(&format!("pairs/{id}/completion")).await;
        program.does(&format!("pairs/{id}/closure")).await;
        house.runs_due_work().await;
        assert_eq!(kinds(&receiver), ["pair.ended"]);
        assert_eq!(house.words("SELECT kind FROM api_events").await, ["pair.ended"], "nobody wants to know the rest");
    }
}
