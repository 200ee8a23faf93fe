//! Creating and reading a message.

use super::{ACCOUNT, JOEL, LINE, Stand, TOKEN, read};

#[tokio::test]
async fn a_created_message_is_answered_whole_and_can_be_read_again() {
    let stand = Stand::new().await;
    let (status, made) = stand.create(JOEL, "Take the yellow one").await;
    assert_eq!(status, 201);
    assert_eq!((made["status"].as_str(), made["direction"].as_str()), (Some("queued"), Some("outbound-api")));
    assert_eq!((made["to"].as_str(), made["from"].as_str()), (Some(JOEL), Some(LINE)));
    assert_eq!(made["num_segments"], "1");
    assert_eq!(made["date_created"], "Fri, 15 Jan 2027 08:00:00 +0000");
    assert!(made["date_sent"].is_null());
    let sid = made["sid"].as_str().unwrap();
    assert!(switchboard::wire::twilio::message::is_message_sid(sid));

    let one = format!("{}/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}.json", stand.base);
    assert_eq!(stand.get(&one).await, (200, made));
    stand.simulator.settle().await;
    assert_eq!(stand.get(&one).await.1["status"], "delivered");
    let (status, redacted) = read(stand.post(&one, &[("Body", "")]).await.unwrap()).await;
    assert_eq!((status, redacted["body"].as_str()), (200, Some("")));
    let gone = stand.client.delete(&one).basic_auth(ACCOUNT, Some(TOKEN)).send().await.unwrap();
    assert_eq!(gone.status(), 204);
    assert_eq!(stand.get(&one).await.0, 404);
}

#[tokio::test]
async fn ids_are_random_and_the_count_outlives_the_texts_that_are_kept() {
    let stand = Stand::with(|settings| settings.keep = 3).await;
    let mut sids = std::collections::HashSet::new();
    for n in 0..5 {
        sids.insert(stand.create(JOEL, &format!("text {}", n % 4)).await.1["sid"].to_string());
    }
    assert_eq!(sids.len(), 5);
    assert_eq!(stand.bodies_to(JOEL), ["text 2", "text 3", "text 0"]);
    let count = stand.simulator.count();
    assert_eq!((count.outbound, count.doubled, count.kept), (5, 1, 3));
    let (_, over_http) = stand.get(&format!("{}/simulator/count", stand.base)).await;
    assert_eq!(over_http, serde_json::to_value(count).unwrap());
}

#[tokio::test]
async fn what_twilio_refuses_is_refused_with_its_code() {
    let stand = Stand::with(|settings| settings.strict = true).await;
    stand.simulator.own_number(LINE, "Bait and Tackle", None);
    let long = "x".repeat(1601);
    for (pairs, code) in [
        (vec![("From", LINE), ("Body", "x")], 21604),
        (vec![("To", JOEL), ("Body", "x")], 21603),
        (vec![("To", JOEL), ("From", LINE)], 21602),
        (vec![("To", "12"), ("From", LINE), ("Body", "x")], 21211),
        (vec![("To", LINE), ("From", LINE), ("Body", "x")], 21266),
        (vec![("To", JOEL), ("From", "Acme"), ("Body", "x")], 21212),
        (vec![("To", JOEL), ("From", "+18005550199"), ("Body", "x")], 21659),
        (vec![("To", JOEL), ("From", LINE), ("Body", &long)], 21617),
        (vec![("To", JOEL), ("From", LINE), ("Body", "x"), ("ValidityPeriod", "0")], 21624),
        (vec![("To", JOEL), ("From", LINE), ("Body", "x"), ("StatusCallback", "nowhere")], 21609),
    ] {
        let (status, problem) = read(stand.post(&stand.messages(), &pairs).await.unwrap()).await;
        assert_eq!((status, problem["code"].as_i64()), (400, Some(code)), "{problem}");
        assert_eq!(problem["status"], 400);
        assert_eq!(problem["more_info"], format!("https://www.twilio.com/docs/errors/{code}"));
    }
    assert_eq!(stand.simulator.count().texts, 0);
}

#[tokio::test]
async fn wrong_credentials_are_refused_whatever_is_asked() {
    let stand = Stand::new().await;
    for request in [stand.client.get(stand.messages()), stand.client.post(stand.messages()).body("To=x")] {
        let (status, problem) = read(request.basic_auth(ACCOUNT, Some("54321")).send().await.unwrap()).await;
        assert_eq!((status, problem["code"].as_i64()), (401, Some(20003)));
    }
    let nobody = stand.client.get(stand.messages()).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    let other = stand.messages().replace("0001", "0002");
    assert_eq!(stand.get(&other).await.0, 404);
}

#[tokio::test]
async fn a_switched_off_phone_takes_nothing_and_says_so() {
    let stand = Stand::new().await;
    stand.simulator.introduce(JOEL, "Joel", switchboard::simulator::PhoneKind::Customer);
    stand.simulator.switch(JOEL, true);
    stand.create(JOEL, "Are you there?").await;
    stand.simulator.settle().await;
    assert_eq!(stand.receiver.values("MessageStatus"), ["sent", "undelivered"]);
    assert_eq!(stand.receiver.values("ErrorCode"), ["", "30003"]);
    assert!(!stand.simulator.texts_to(JOEL)[0].reaches_the_phone());
}
