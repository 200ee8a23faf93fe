//! Texts from phones: signed webhooks, and the ways in which a carrier can make them hard.

use switchboard::simulator::{Fault, Inbound, Kind};

use super::{JOEL, LINE, Stand, read};

#[tokio::test]
async fn a_text_from_a_phone_is_posted_signed_to_the_numbers_address() {
    let stand = Stand::new().await;
    stand.simulator.own_number(LINE, "Bait and Tackle", Some(&format!("{}/line?n=1", stand.receiver.base)));
    let arrival = stand.simulator.text(JOEL, LINE, "Héllo + “wörld” & 100% 😀\n2nd line ").await;
    assert!(arrival.taken());
    let posted = stand.receiver.got().remove(0);
    assert!(posted.genuine);
    assert_eq!(posted.path, "/line?n=1");
    assert_eq!(posted.form.get("Body"), Some("Héllo + “wörld” & 100% 😀\n2nd line "));
    assert_eq!(posted.form.get("MessageSid"), Some(arrival.sid.as_str()));
    assert_eq!((posted.form.get("From"), posted.form.get("To")), (Some(JOEL), Some(LINE)));
    stand.simulator.text(JOEL, "+18005550111", "to a number without an address").await;
    assert_eq!(stand.receiver.got()[1].path, "/texts");
}

#[tokio::test]
async fn it_can_be_posted_twice_replayed_forged_and_to_the_fallback() {
    let stand = Stand::new().await;
    let fallback = format!("{}/fallback", stand.receiver.base);
    let account = super::ACCOUNT;
    let numbers = format!("{}/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json", stand.base);
    stand.post(&numbers, &[("PhoneNumber", LINE), ("SmsFallbackUrl", &fallback)]).await.unwrap();
    let hello = || Inbound { from: JOEL.into(), to: LINE.into(), body: "Hello".into(), ..Inbound::default() };

    let first = stand.simulator.send(Inbound { twice: true, fallback_too: true, ..hello() }).await;
    stand.simulator.send(Inbound { sid: Some(first.sid.clone()), ..hello() }).await;
    assert!(stand.receiver.values("MessageSid").iter().all(|sid| *sid == first.sid));
    let paths: Vec<_> = stand.receiver.got().into_iter().map(|post| post.path).collect();
    assert_eq!(paths, ["/texts", "/texts", "/fallback", "/texts"]);
    assert_eq!(stand.receiver.got()[2].form.get("ErrorCode"), Some("11200"));
    assert_eq!(stand.simulator.count().inbound, 1, "one text, however often it is posted");

    let extra = vec![("Novel Parameter".to_owned(), " kept ".to_owned())];
    stand.simulator.send(Inbound { extra, wrong_signature: true, ..hello() }).await;
    let last = stand.receiver.got().pop().unwrap();
    assert_eq!((last.form.get("Novel Parameter"), last.genuine), (Some(" kept "), false));
}

#[tokio::test]
async fn a_failed_webhook_goes_to_the_fallback_and_the_text_stays_in_the_list() {
    let stand = Stand::new().await;
    stand.receiver.answers(503, "text/plain", "down");
    assert!(!stand.simulator.text(JOEL, LINE, "Anybody?").await.taken());
    stand.simulator.fault(Fault::new(Kind::WebhookLost).times(1));
    assert!(stand.simulator.text(JOEL, LINE, "Still there?").await.posts.is_empty());
    let texts = stand.simulator.texts_between(JOEL, LINE);
    assert_eq!(texts.iter().map(|text| text.body.as_str()).collect::<Vec<_>>(), ["Anybody?", "Still there?"]);
    assert_eq!(texts[0].posts[0].answer, Some(503));
    stand.simulator.fault(Fault::new(Kind::WebhookTwice).times(1));
    assert_eq!(stand.simulator.text(JOEL, LINE, "Hello?").await.posts.len(), 2);
}

#[tokio::test]
async fn stop_blocks_one_number_and_start_lifts_it() {
    let stand = Stand::new().await;
    assert!(stand.simulator.text(JOEL, LINE, " Stop ").await.taken(), "the word still reaches us");
    let (status, problem) = stand.create(JOEL, "But wait").await;
    assert_eq!((status, problem["code"].as_i64()), (400, Some(21610)));
    let other = [("To", JOEL), ("From", "+18005550111"), ("Body", "from another number")];
    assert_eq!(stand.post(&stand.messages(), &other).await.unwrap().status(), 201);
    stand.simulator.text(JOEL, LINE, "yes").await;
    assert_eq!(stand.create(JOEL, "toll-free knows no YES").await.0, 400);
    stand.simulator.text(JOEL, LINE, "START").await;
    assert_eq!(stand.create(JOEL, "Welcome back").await.0, 201);
    stand.simulator.text(JOEL, LINE, "Stop by at 5?").await;
    assert_eq!(stand.create(JOEL, "A sentence is no keyword").await.0, 201);
}

#[tokio::test]
async fn the_carriers_own_answers_to_keywords_are_off_until_asked_for() {
    for (on, expected) in [(false, 0), (true, 1)] {
        let stand = Stand::with(|settings| settings.auto_replies = on).await;
        stand.simulator.text(JOEL, LINE, "HELP").await;
        assert_eq!(stand.simulator.texts_to(JOEL).len(), expected);
    }
}

#[tokio::test]
async fn a_plain_text_answer_reaches_the_person_as_it_would_at_twilio() {
    let stand = Stand::new().await;
    stand.receiver.answers(200, "text/plain", "OK");
    stand.simulator.text(JOEL, LINE, "Hello").await;
    assert_eq!(stand.bodies_to(JOEL), ["OK"]);
}

#[tokio::test]
async fn a_phone_can_be_typed_on_over_http() {
    let stand = Stand::new().await;
    let url = format!("{}/simulator/phones/{JOEL}/texts", stand.base);
    let json = stand.client.post(&url).header("Content-Type", "application/json");
    let (status, arrival) =
        read(json.body(format!(r#"{{"to":"{LINE}","body":"By JSON","twice":true}}"#)).send().await.unwrap()).await;
    assert_eq!((status, arrival["posts"].as_array().unwrap().len()), (200, 2));
    assert_eq!(stand.receiver.values("Body"), ["By JSON", "By JSON"]);
    let foreign =
        stand.client.post(&url).header("Content-Type", "application/json").header("Sec-Fetch-Site", "cross-site");
    assert_eq!(foreign.body("{}").send().await.unwrap().status(), 403);
}
