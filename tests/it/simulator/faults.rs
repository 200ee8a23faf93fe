//! Every fault as a real client sees it.

use std::time::Duration;

use switchboard::clock::seconds;
use switchboard::simulator::{Fault, Kind};

use super::{ACCOUNT, JOEL, Stand, TOKEN, read};

#[tokio::test]
async fn a_connection_ends_before_the_answer_with_or_without_the_text() {
    for (fault, taken) in
        [(Fault::new(Kind::Refused), 0), (Fault::new(Kind::Reset), 0), (Fault::new(Kind::Reset).taken(true), 1)]
    {
        let stand = Stand::new().await;
        // The connection has carried a request before: a client might be tempted to try again by itself.
        stand.create("+12075550199", "first").await;
        stand.simulator.fault(fault.clone().times(1));
        let error = stand.try_create(JOEL, "Hello").await.unwrap_err();
        assert!(!error.is_timeout() && error.status().is_none(), "{fault:?}: {error:?}");
        assert_eq!(stand.simulator.texts_to(JOEL).len(), taken, "{fault:?}");
        assert_eq!(stand.create(JOEL, "again").await.0, 201, "it struck once");
    }
}

#[tokio::test]
async fn an_answer_breaks_off_in_the_middle() {
    let stand = Stand::new().await;
    stand.simulator.fault(Fault::new(Kind::Truncated));
    let response = stand.try_create(JOEL, "Hello").await.unwrap();
    assert_eq!(response.status(), 201);
    assert!(response.text().await.is_err());
    assert_eq!(stand.bodies_to(JOEL), ["Hello"]);
}

#[tokio::test]
async fn a_black_hole_answers_nothing_until_the_client_gives_up() {
    for taken in [false, true] {
        let stand = Stand::new().await;
        stand.simulator.fault(Fault::new(Kind::BlackHole).taken(taken));
        let request = stand.client.post(stand.messages()).basic_auth(ACCOUNT, Some(TOKEN));
        let form = "To=%2B12075550134&From=%2B18005550100&Body=Hello";
        let error = request.timeout(Duration::from_millis(100)).body(form).send().await.unwrap_err();
        assert!(error.is_timeout());
        stand.heard("send").await;
        assert_eq!(stand.simulator.texts_to(JOEL).len(), usize::from(taken));
    }
}

#[tokio::test]
async fn answers_that_are_none() {
    for (fault, status, code, taken) in [
        (Fault::new(Kind::Error), 500, Some(20500), 0),
        (Fault::new(Kind::Error).taken(true), 500, Some(20500), 1),
        (Fault::new(Kind::TooMany).millis(1500), 429, Some(20429), 0),
        (Fault::new(Kind::Unauthorized), 401, Some(20003), 0),
        (Fault::new(Kind::Refusal).code(21408), 400, Some(21408), 0),
        (Fault::new(Kind::Junk), 200, None, 1),
        (Fault::new(Kind::Junk).taken(false), 200, None, 0),
    ] {
        let stand = Stand::new().await;
        stand.simulator.fault(fault.clone());
        let response = stand.try_create(JOEL, "Hello").await.unwrap();
        let wish = response.headers().get("Retry-After").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(wish.as_deref(), (fault.kind == Kind::TooMany).then_some("2"));
        let (answered, body) = read(response).await;
        assert_eq!((answered, body["code"].as_i64()), (status, code), "{fault:?}");
        assert_eq!(stand.simulator.texts_to(JOEL).len(), taken, "{fault:?}");
    }
}

#[tokio::test]
async fn a_text_is_taken_late_and_the_list_knows_it_only_then() {
    let stand = Stand::new().await;
    stand.simulator.fault(Fault::new(Kind::AcceptedLate).millis(30_000).times(1));
    let request = stand.client.post(stand.messages()).basic_auth(ACCOUNT, Some(TOKEN));
    let callback = format!("{}/late", stand.receiver.base);
    let form = format!("To=%2B12075550134&From=%2B18005550100&Body=Hello&StatusCallback={callback}");
    assert!(request.timeout(Duration::from_millis(100)).body(form).send().await.unwrap_err().is_timeout());
    stand.heard("send").await;
    let listed = async || stand.get(&stand.messages()).await.1["messages"].as_array().unwrap().len();
    stand.clock.pass(seconds(29));
    assert_eq!((listed().await, stand.simulator.settle().await), (0, 0));
    stand.clock.pass(seconds(1));
    assert_eq!(listed().await, 1);
    assert_eq!(stand.simulator.settle().await, 2);
}

#[tokio::test]
async fn the_list_is_late_or_unavailable() {
    let stand = Stand::new().await;
    stand.create(JOEL, "Hello").await;
    stand.simulator.fault(Fault::new(Kind::ListLate).millis(10_000));
    assert_eq!(stand.get(&stand.messages()).await.1["messages"].as_array().unwrap().len(), 0);
    stand.clock.pass(seconds(10));
    assert_eq!(stand.get(&stand.messages()).await.1["messages"].as_array().unwrap().len(), 1);
    stand.simulator.fault(Fault::new(Kind::ListUnavailable).times(1));
    assert_eq!(stand.get(&stand.messages()).await.0, 500);
    assert_eq!(stand.get(&stand.messages()).await.0, 200);
}

#[tokio::test]
async fn a_carrier_that_is_down_is_down_for_every_request() {
    let stand = Stand::new().await;
    stand.simulator.fault(Fault::new(Kind::Refused).everywhere().times(2));
    assert!(stand.try_create(JOEL, "Hello").await.is_err());
    assert!(stand.client.get(stand.messages()).basic_auth(ACCOUNT, Some(TOKEN)).send().await.is_err());
    assert_eq!(stand.get(&stand.messages()).await.0, 200);
}

#[tokio::test]
async fn faults_are_set_listed_and_cleared_over_http() {
    let stand = Stand::new().await;
    let url = format!("{}/simulator/faults", stand.base);
    let put = stand.client.put(&url).header("Content-Type", "application/json").header("Accept", "application/json");
    let list = format!(r#"[{{"kind":"error","taken":true,"to":"{JOEL}","times":1}},{{"kind":"slow","millis":1}}]"#);
    let (status, set) = read(put.body(list).send().await.unwrap()).await;
    assert_eq!((status, set[0]["kind"].as_str()), (200, Some("error")));
    assert_eq!(stand.create("+12075550199", "not concerned").await.0, 201);
    assert_eq!(stand.create(JOEL, "concerned").await.0, 500);
    assert_eq!(stand.simulator.faults().len(), 1);
    assert_eq!(stand.client.delete(&url).send().await.unwrap().status(), 204);
    assert!(stand.simulator.faults().is_empty());
    let bad = stand.client.put(&url).header("Content-Type", "application/json").body(r#"[{"kind":"gremlin"}]"#);
    assert_eq!(bad.send().await.unwrap().status(), 422);
}
