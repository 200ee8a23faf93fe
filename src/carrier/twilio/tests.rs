//! The client against a listener that gives chosen answers: what the client asks, and what each kind of answer proves.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::carrier::RefusalClass;
use crate::wire::twilio::form::Form;

mod lists;

const SID: &str = "SM0123456789abcdef0123456789abcdef";

/// What the listener does with the requests of one connection after the other.
enum Act {
    Answer(String),
    Reset,
    Silence,
}

/// A listener on this machine that plays `acts` in order, and the requests that it read.
async fn carrier(acts: Vec<Act>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let read = requests.clone();
    tokio::spawn(async move {
        let mut quiet = Vec::new();
        for act in acts {
            let (mut socket, _) = listener.accept().await.unwrap();
            let request = request(&mut socket).await;
            read.lock().unwrap().push(request);
            match act {
                Act::Answer(text) => socket.write_all(text.as_bytes()).await.unwrap(),
                Act::Reset => drop(socket),
                Act::Silence => quiet.push(socket),
            }
        }
        std::future::pending::<()>().await;
    });
    (base, requests)
}

async fn request(socket: &mut TcpStream) -> String {
    let mut text = String::new();
    loop {
        let mut piece = [0; 4096];
        let count = socket.read(&mut piece).await.unwrap();
        text.push_str(std::str::from_utf8(&piece[..count]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.parse().unwrap());
        if count == 0 || body.len() >= length {
            return text;
        }
    }
}

fn http(status: &str, headers: &str, body: &str) -> Act {
    let length = body.len();
    Act::Answer(format!("HTTP/1.1 {status}\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n{body}"))
}

fn client(base: &str) -> Twilio {
    client_at(base, Clock::system())
}

fn client_at(base: &str, clock: Clock) -> Twilio {
    Twilio::new(TwilioAccount {
        api_base: base.to_owned(),
        account_sid: "AC00000000000000000000000000000001".to_owned(),
        auth_token: "secret".to_owned(),
        request_timeout: Duration::from_millis(400),
        clock,
    })
    .unwrap()
}

fn text() -> Outgoing {
    Outgoing {
        from: "+18005550100".into(),
        to: "+15055550121".into(),
        body: "Fresh & cold\n".into(),
        status_url: "https://line.example/hooks/twilio/receipts/abc".into(),
        validity: Duration::from_hours(4),
        idempotency_key: "1".into(),
    }
}

async fn answered(act: Act) -> Sent {
    let (base, _) = carrier(vec![act]).await;
    client(&base).send(&text()).await
}

#[tokio::test]
async fn a_text_is_taken_and_named() {
    let (base, requests) = carrier(vec![http("201 Created", "", &format!(r#"{{"sid":"{SID}"}}"#))]).await;
    let base = format!("{base}/simulator/api");
    assert_eq!(client(&base).send(&text()).await, Sent::Accepted { id: SID.to_owned() });
    let request = requests.lock().unwrap().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let path = "/simulator/api/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json";
    assert!(head.starts_with(&format!("POST {path} HTTP/1.1")), "{head}");
    let credentials = STANDARD.encode("AC00000000000000000000000000000001:secret");
    assert!(head.contains(&format!("authorization: Basic {credentials}")), "{head}");
    let form = Form::parse(body.as_bytes());
    let pairs: Vec<_> = form.pairs().collect();
    let expected = [
        ("To", "+15055550121"),
        ("From", "+18005550100"),
        ("Body", "Fresh & cold\n"),
        ("StatusCallback", "https://line.example/hooks/twilio/receipts/abc"),
        ("ValidityPeriod", "14400"),
    ];
    assert_eq!(pairs, expected);
}

#[tokio::test]
async fn what_never_reached_the_carrier_was_surely_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    // A name longer than DNS allows fails without leaving the machine.
    let unresolvable = format!("http://{}.invalid", "x".repeat(64));
    for (base, reason) in [(format!("http://127.0.0.1:{port}"), "refused"), (unresolvable, "resolved")] {
        let sent = client(&base).send(&text()).await;
        assert!(matches!(&sent, Sent::Unreached { why } if why.contains(reason)), "{base}: {sent:?}");
    }
}

#[tokio::test]
async fn a_connection_that_never_speaks_tls_was_surely_not_used() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let sent = client(&base).send(&text()).await;
    assert!(matches!(&sent, Sent::Unreached { .. }), "black hole: {sent:?}");
    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = plain.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut socket, _) = plain.accept().await.unwrap();
        socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        std::future::pending::<()>().await;
    });
    let sent = client(&format!("https://{address}")).send(&text()).await;
    assert!(matches!(&sent, Sent::Unreached { .. }), "no TLS: {sent:?}");
}

#[tokio::test]
async fn too_many_requests_are_tried_again_after_the_wish() {
    let sent = answered(http("429 Too Many Requests", "retry-after: 3\r\n", "")).await;
    assert!(matches!(sent, Sent::NotSent { after: Some(wait), .. } if wait == Duration::from_secs(3)));
}

#[tokio::test]
async fn whatever_breaks_after_the_request_is_in_doubt() {
    for (what, act) in [
        ("reset", Act::Reset),
        ("time-out", Act::Silence),
        ("truncated", Act::Answer(format!("HTTP/1.1 201 Created\r\ncontent-length: 99\r\n\r\n{{\"sid\":\"{SID}\""))),
        ("no HTTP", Act::Answer("what?\r\n\r\n".into())),
        ("junk", http("200 OK", "", "<html>hello</html>")),
        ("another id", http("201 Created", "", r#"{"sid":"SM1"}"#)),
        ("endless", http("201 Created", "", &format!(r#"{{"sid":"{SID}","x":"{}"}}"#, "x".repeat(LONGEST_ANSWER)))),
        ("500", http("500 Internal Server Error", "", r#"{"code":20500,"status":500}"#)),
        ("503", http("503 Service Unavailable", "retry-after: 1\r\n", "")),
    ] {
        let sent = answered(act).await;
        assert!(matches!(sent, Sent::InDoubt { .. }), "{what}: {sent:?}");
    }
}

#[tokio::test]
async fn settings_that_are_wrong_stop_the_sender() {
    for act in [
        http("401 Unauthorized", "", r#"{"code":20003,"message":"Authenticate","status":401}"#),
        http("403 Forbidden", "", "<html>"),
        http("302 Found", "location: http://127.0.0.1:1/elsewhere\r\n", ""),
        http("404 Not Found", "", "<html>"),
    ] {
        let sent = answered(act).await;
        assert!(matches!(&sent, Sent::Refused(refusal) if refusal.class == RefusalClass::AccountSettings), "{sent:?}");
    }
    let sent = answered(http("400 Bad Request", "", r#"{"code":21610,"message":"+15055550121 opted out"}"#)).await;
    let Sent::Refused(refusal) = sent else { panic!("{sent:?}") };
    assert_eq!((refusal.class, refusal.code), (RefusalClass::OptedOut, Some(21610)));
    assert!(!refusal.why.contains("505"), "{}", refusal.why);
}

fn item(n: u32, direction: &str) -> String {
    format!(
        r#"{{"sid":"SM{n:032}","from":"+18005550100","to":"+15055550121","body":"b{n}","status":"queued",
        "direction":"{direction}","date_created":"Thu, 24 Aug 2023 05:01:45 +0000","date_sent":null}}"#
    )
}

#[tokio::test]
async fn the_list_is_read_to_its_end() {
    let next = "/simulator/api/2010-04-01/Accounts/AC1/Messages.json?PageToken=PASM2";
    let first =
        format!(r#"{{"messages":[{},{}],"next_page_uri":"{next}"}}"#, item(1, "outbound-api"), item(2, "inbound"));
    let last = format!(r#"{{"messages":[{}],"next_page_uri":null}}"#, item(3, "outbound-reply"));
    let (base, requests) = carrier(vec![http("200 OK", "", &first), http("200 OK", "", &last)]).await;
    let listed = client(&format!("{base}/simulator/api/")).list("+18005550100", "+15055550121").await.unwrap();
    assert_eq!(listed.iter().map(|text| text.body.as_str()).collect::<Vec<_>>(), ["b1", "b3"]);
    assert_eq!(listed[0].created_at.micros(), 1_692_853_305_000_000);
    let requests = requests.lock().unwrap();
    let query = "Messages.json?From=%2B18005550100&To=%2B15055550121&PageSize=1000 HTTP/1.1";
    assert!(requests[0].contains(query), "{}", requests[0]);
    assert!(requests[1].starts_with(&format!("GET {next} HTTP/1.1")), "{}", requests[1]);
}

/// The carrier's clock is a minute and a half behind ours: what it says is brought to ours, what it is asked about to its own.
#[tokio::test]
async fn instants_go_from_one_clock_to_the_other_by_the_date_of_the_answer() {
    let ours = At(1_692_853_305_000_000 + 90_000_000);
    let page = format!(r#"{{"messages":[{},{}],"next_page_uri":null}}"#, item(1, "outbound-api"), item(2, "inbound"));
    let dated = || http("200 OK", "date: Thu, 24 Aug 2023 05:01:45 GMT\r\n", &page);
    let (base, requests) = carrier(vec![dated(), dated(), dated(), http("500 Internal Server Error", "", "")]).await;
    let carrier = client_at(&base, Clock::test(ours));
    assert_eq!(carrier.ahead(), None);
    let listed = carrier.list("+18005550100", "+15055550121").await.unwrap();
    assert!(carrier.ahead().is_some_and(|ahead| (ahead + 90_000_000).abs() <= 500_000), "{:?}", carrier.ahead());
    assert!(listed[0].sure && (listed[0].created_at.0 - ours.0).abs() <= 500_000, "{:?}", listed[0]);
    // A minute after midnight by our clock, it is still yesterday there.
    let midnight = At::of_day(ours.day() + 1) + Duration::from_mins(1);
    assert_eq!(carrier.outbound("+18005550100", midnight).await.unwrap().len(), 1);
    let arrived = carrier.inbound(Inbox::To("+18005550100"), midnight, None).await.unwrap().texts;
    assert!((arrived[0].sent_at.0 - ours.0).abs() <= 500_000, "{:?}", arrived[0]);
    for request in &requests.lock().unwrap()[1..3] {
        assert!(request.contains("DateSent%3E=2023-08-24&"), "{request}");
    }
    drop(carrier.list("+18005550100", "+15055550121").await);
    assert!(carrier.ahead().is_some(), "an answer without a date changes nothing");
}

/// Within a second the place in the list tells the order: no clock that runs meanwhile may tell another.
#[tokio::test]
async fn what_came_in_one_second_stays_in_one_second() {
    let items: Vec<_> = (1..=20).map(|n| item(n, "inbound")).collect();
    let page = format!(r#"{{"messages":[{}],"next_page_uri":null}}"#, items.join(","));
    let (base, _) = carrier(vec![http("200 OK", "date: Thu, 24 Aug 2023 05:01:45 GMT\r\n", &page)]).await;
    let carrier = client(&base);
    let arrived = carrier.inbound(Inbox::To("+18005550100"), At::EPOCH, None).await.unwrap().texts;
    assert!(carrier.ahead().is_some_and(|ahead| ahead < -1_000_000), "this machine's clock is years ahead");
    assert_eq!(arrived.len(), 20);
    assert!(arrived.iter().all(|text| text.sent_at == arrived[0].sent_at), "{arrived:?}");
}

#[tokio::test]
async fn without_a_date_nothing_is_sure_and_a_day_more_is_asked_about() {
    let page = format!(r#"{{"messages":[{}],"next_page_uri":null}}"#, item(1, "outbound-api"));
    for date in ["", "date: unknown\r\n"] {
        let (base, requests) = carrier(vec![http("200 OK", date, &page)]).await;
        let carrier = client(&base);
        let listed = carrier.outbound("+18005550100", At(1_692_853_305_000_000)).await.unwrap();
        assert_eq!((carrier.ahead(), listed[0].sure, listed[0].created_at.0), (None, false, 1_692_853_305_000_000));
        assert!(requests.lock().unwrap()[0].contains("DateSent%3E=2023-08-23&"));
    }
}

#[tokio::test]
async fn half_a_list_is_no_list() {
    let page = |next: &str| http("200 OK", "", &format!(r#"{{"messages":[],"next_page_uri":"{next}"}}"#));
    let undated = format!(r#"{{"messages":[{}]}}"#, item(1, "outbound-api").replace("Thu, 24", "x"));
    for (what, acts) in [
        ("second page fails", vec![page("/2"), http("500 Internal Server Error", "", "")]),
        ("second page is reset", vec![page("/2"), Act::Reset]),
        ("circle", vec![page("/2"), page("/2")]),
        ("another host", vec![page("http://127.0.0.1:1/2")]),
        ("junk", vec![http("200 OK", "", "<html>")]),
        ("no date", vec![http("200 OK", "", &undated)]),
    ] {
        let (base, _) = carrier(acts).await;
        let answer = client(&base).list("+1", "+2").await;
        assert!(matches!(answer, Err(Unanswered::Unavailable(_))), "{what}: {answer:?}");
    }
    let (base, _) = carrier(vec![http("401 Unauthorized", "", "")]).await;
    assert!(matches!(client(&base).list("+1", "+2").await, Err(Unanswered::Credentials(_))));
}

#[tokio::test]
async fn numbers_tell_where_their_texts_go() {
    let page = r#"{"incoming_phone_numbers":[{"phone_number":"+18005550100","sms_url":"https://a","sms_fallback_url":"",
        "sms_application_sid":"AP1","capabilities":{"SMS":true}}],"next_page_uri":null}"#;
    let (base, _) = carrier(vec![http("200 OK", "", page)]).await;
    let numbers = client(&base).numbers().await.unwrap();
    assert_eq!(numbers.len(), 1);
    let number = &numbers[0];
    assert_eq!(
        (number.number.as_str(), number.inbound_url.as_str(), number.texts),
        ("+18005550100", "https://a", true)
    );
    assert_eq!((number.fallback_url.as_str(), number.overridden_by.as_deref()), ("", Some("AP1")));
}

#[tokio::test]
async fn a_number_is_bought_with_its_webhooks_in_one_request() {
    let (base, requests) = carrier(vec![http("201 Created", "", r#"{"sid":"PN1"}"#)]).await;
    let url = "https://line.example/hooks/twilio/messages#rc=3&rp=all&rt=4000";
    let setting = Setting { name: "Switchboard mask".into(), inbound_url: url.into() };
    assert_eq!(client(&base).rent("+12055550100", &setting).await, Changed::Done);
    let request = requests.lock().unwrap().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /2010-04-01/Accounts/AC00000000000000000000000000000001/IncomingPhoneNumbers.json"));
    let form = Form::parse(body.as_bytes());
    let expected = [
        ("FriendlyName", "Switchboard mask"),
        ("SmsUrl", url),
        ("SmsMethod", "POST"),
        ("SmsFallbackUrl", url),
        ("SmsFallbackMethod", "POST"),
        ("PhoneNumber", "+12055550100"),
    ];
    assert_eq!(form.pairs().collect::<Vec<_>>(), expected);
}

/// The carrier's own description of its API takes no parameter that is empty, and says of no other way to take an application
/// off a number.
#[tokio::test]
async fn a_number_is_set_up_without_empty_parameters_and_not_under_an_application() {
    let page = |application: &str| {
        let number = format!(r#"{{"sid":"PN1","phone_number":"+12055550100","sms_application_sid":"{application}"}}"#);
        format!(r#"{{"incoming_phone_numbers":[{number}],"next_page_uri":null}}"#)
    };
    let answers = vec![http("200 OK", "", &page("")), http("200 OK", "", r#"{"sid":"PN1"}"#)];
    let (base, requests) = carrier(answers).await;
    let setting = Setting { name: String::new(), inbound_url: "https://line.example/hooks".into() };
    assert_eq!(client(&base).set_up("+12055550100", &setting).await, Changed::Done);
    let request = requests.lock().unwrap().remove(1);
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    let form = Form::parse(body.as_bytes());
    assert!(form.pairs().all(|(_, value)| !value.is_empty()), "{body}");
    assert!(form.get("SmsApplicationSid").is_none() && form.get("SmsUrl").is_some(), "{body}");

    let (base, requests) = carrier(vec![http("200 OK", "", &page("AP00000000000000000000000000000001"))]).await;
    let refused = client(&base).set_up("+12055550100", &setting).await;
    assert!(matches!(&refused, Changed::Refused(why) if why.contains("application")), "{refused:?}");
    assert_eq!(requests.lock().unwrap().len(), 1, "nothing was changed");
}

#[tokio::test]
async fn offers_are_numbers_that_can_text_and_need_no_address() {
    let offers = r#"{"available_phone_numbers":[
        {"phone_number":"+12055550100","capabilities":{"SMS":true},"address_requirements":"none"},
        {"phone_number":"+12055550101","capabilities":{"SMS":false},"address_requirements":"none"},
        {"phone_number":"+12055550102","capabilities":{"SMS":true},"address_requirements":"local"}]}"#;
    let (base, requests) = carrier(vec![http("200 OK", "", offers)]).await;
    let found = client(&base).offers("US", 7).await.unwrap();
    assert_eq!(found, [Offer { number: "+12055550100".into(), country: "US".into() }]);
    let request = requests.lock().unwrap().remove(0);
    let path = "/AvailablePhoneNumbers/US/Local.json?SmsEnabled=true&ExcludeAllAddressRequired=true&PageSize=7 HTTP";
    assert!(request.contains(path), "{request}");
    // A country without local numbers may have mobile ones, or none.
    let (base, _) = carrier(vec![http("404 Not Found", "", "{}"), http("404 Not Found", "", "{}")]).await;
    assert_eq!(client(&base).offers("XX", 7).await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_number_is_given_back_by_its_id_and_one_that_is_not_rented_has_been() {
    let page = r#"{"incoming_phone_numbers":[{"sid":"PN7","phone_number":"+12055550100"}],"next_page_uri":null}"#;
    let (base, requests) = carrier(vec![http("200 OK", "", page), http("204 No Content", "", "")]).await;
    assert_eq!(client(&base).release("+12055550100").await, Changed::Done);
    let requests = requests.lock().unwrap().clone();
    assert!(requests[0].contains("IncomingPhoneNumbers.json?PhoneNumber=%2B12055550100"), "{}", requests[0]);
    assert!(requests[1].starts_with("DELETE ") && requests[1].contains("/IncomingPhoneNumbers/PN7.json HTTP"));
    let (base, _) = carrier(vec![http("200 OK", "", page)]).await;
    assert_eq!(client(&base).release("+1205555010").await, Changed::Done, "a part of a number is not the number");
    let (base, _) = carrier(vec![Act::Reset]).await;
    assert!(matches!(client(&base).release("+12055550100").await, Changed::NotDone(_)), "it was not even found out");
}

#[test]
fn a_wrong_api_base_is_named_and_secrets_do_not_show() {
    let account = |base: &str| TwilioAccount {
        api_base: base.into(),
        account_sid: "ACx".into(),
        auth_token: "hush".into(),
        request_timeout: Duration::from_secs(10),
        clock: Clock::system(),
    };
    for bad in ["", "api.twilio.com", "ftp://x", "unix:/x"] {
        let said = Twilio::new(account(bad)).unwrap_err().to_string();
        assert!(said.contains("TWILIO_API_BASE"), "{bad}: {said}");
    }
    let shown = format!("{:?}", Twilio::new(account("http://127.0.0.1:1/api")).unwrap());
    assert!(!shown.contains("hush") && !shown.contains("ACx"), "{shown}");
}
