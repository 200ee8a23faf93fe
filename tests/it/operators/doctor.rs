//! `doctor` beside a carrier in a process of its own.

use super::program::{Desk, carrier};
use crate::processes::free_port;

pub(super) const SETUP: &str = r#"
[[line]]
number = "+18005550100"
name = "Bait and Tackle"
members = ["ana@example.com"]

[[mask]]
number = "+18005550111"

[[person]]
email = "ana@example.com"
name = "Ana"
role = "admin"
phone = "+15055550121"
"#;

pub(super) async fn rents(base: &str, number: &str, sms_url: &str) {
    sets_up(base, number, ("SmsUrl", sms_url)).await;
}

pub(super) async fn falls_back(base: &str, number: &str, url: &str) {
    sets_up(base, number, ("SmsFallbackUrl", url)).await;
}

pub(super) async fn overridden(base: &str, number: &str) {
    sets_up(base, number, ("SmsApplicationSid", "AP1")).await;
}

fn client() -> reqwest::Client {
    // Another test may have chosen it already; all choose the same.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap()
}

/// Rents a number, or changes one that is rented.
pub(super) async fn sets_up(base: &str, number: &str, change: (&str, &str)) {
    let form: switchboard::wire::twilio::form::Form = [("PhoneNumber", number), change].into_iter().collect();
    let rented = client()
        .post(format!("{base}/2010-04-01/Accounts/AC1/IncomingPhoneNumbers.json"))
        .basic_auth("AC1", Some("secret"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.encode())
        .send()
        .await
        .unwrap();
    assert_eq!(rented.status().as_u16(), 201, "{}", rented.text().await.unwrap());
}

#[tokio::test]
async fn what_is_missing_is_told_in_order_until_nothing_is() {
    let (carrier, base) = carrier("AC1");
    let port = free_port();
    let public = format!("http://127.0.0.1:{port}");
    let desk =
        Desk::new().with("ROCKET_PORT", &port.to_string()).at("AC1", &base).with("SWITCHBOARD_PUBLIC_URL", &public);

    let nothing = desk.runs(&["doctor"]);
    assert!(
        nothing.code == Some(1) && nothing.out.contains("missing  database: there is no database"),
        "{}",
        nothing.out
    );
    assert_eq!(desk.runs(&["migrate"]).code, Some(0));
    let empty = desk.runs(&["doctor"]);
    assert_eq!(empty.code, Some(1));
    let (people, lines) = (empty.out.find("missing  people").unwrap(), empty.out.find("missing  lines").unwrap());
    assert!(people < lines, "{}", empty.out);

    desk.file("setup.toml", SETUP);
    assert_eq!(desk.runs(&["apply", "setup.toml"]).code, Some(0));
    let unrented = desk.runs(&["doctor"]);
    assert!(unrented.out.contains("missing  line +18005550100: the account does not rent it"), "{}", unrented.out);

    rents(&base, "+18005550100", "https://elsewhere.example/sms").await;
    let hook = format!("{public}/hooks/twilio/messages");
    rents(&base, "+18005550111", &hook).await;
    rents(&base, "+18005550112", "").await;
    falls_back(&base, "+18005550111", "https://elsewhere.example/spare").await;
    let astray = desk.runs(&["doctor"]);
    assert_eq!(astray.code, Some(1));
    for told in [
        "missing  line +18005550100: it posts inbound texts to https://elsewhere.example/sms",
        &format!("exactly {hook}#rc=3&rp=all&rt=4000"),
        "note     mask +18005550111: its webhook is right, but tried only once",
        "note     mask +18005550111, fallback: it leads to https://elsewhere.example/spare",
        &format!("note     line +18005550100, fallback: it has none; with {hook}#rc=3"),
        "note     number +18005550112: rented, but neither line nor mask here",
        &format!(
            "ok       webhook: set on every number, by HTTP POST, as the webhook and as its fallback, exactly \
             {hook}#rc=3&rp=all&rt=4000"
        ),
        &format!("missing  public address: {public}: nothing listens there"),
        "2 things are missing",
    ] {
        assert!(astray.out.contains(told), "{told}\n{}", astray.out);
    }

    rents(&base, "+18005550100", &format!("{hook}#rc=1&rt=4000")).await;
    let hasty = desk.runs(&["doctor"]);
    assert!(
        hasty.out.contains(
            "note     line +18005550100: its webhook is right, but rc=1 tries again too seldom: 3 is right; rp is missing"
        ),
        "{}",
        hasty.out
    );

    let exact = &format!("{hook}#rc=3&rp=all&rt=4000");
    rents(&base, "+18005550100", exact).await;
    falls_back(&base, "+18005550100", exact).await;
    let mut house = desk.starts(&["serve"]);
    house.says("Switchboard");
    let well = desk.runs(&["doctor"]);
    assert_eq!(well.code, Some(0), "{}", well.out);
    for told in [
        "ok       line +18005550100: rented, and its webhook leads here",
        "ok       line +18005550100, fallback: leads here",
        "ok       database: it answers, is sound, can be written",
        &format!("ok       public address: {public}: whoever serves this database answers there"),
    ] {
        assert!(well.out.contains(told), "{told}\n{}", well.out);
    }

    overridden(&base, "+18005550100").await;
    let overridden = desk.runs(&["doctor"]);
    assert_eq!(overridden.code, Some(1));
    assert!(
        overridden.out.contains("missing  line +18005550100: the application AP1 overrides its webhook"),
        "{}",
        overridden.out
    );

    let desk = desk.with("TWILIO_AUTH_TOKEN", "wrong");
    let locked_out = desk.runs(&["doctor"]);
    assert!(locked_out.code == Some(1) && locked_out.out.contains("it refuses the credentials"), "{}", locked_out.out);
    assert_eq!(house.stops().code, Some(0));
    assert_eq!(carrier.stops().code, Some(0));
}

/// The simulated carrier signs as it is told, `serve` takes in what it signs, and `doctor` says what counts.
#[tokio::test]
async fn a_carrier_that_signs_with_a_shared_key_is_believed_and_doctor_says_what_counts() {
    let key = "SK1:a-secret-of-twenty-chars";
    let arguments = ["simulator", "--port", "0", "--account", "AC1", "--token", "secret", "--shared-key", key];
    let mut carrier = Desk::new().starts(&arguments);
    let base = carrier.says("Virtual phones:").trim_end_matches("/simulator").to_owned();
    let asked = [carrier.says("  TWILIO_SHARED_KEYS="), carrier.says("  TWILIO_SIGNATURES=")];
    assert_eq!(asked, [key, "sha256"]);
    let desk = Desk::new().at("AC1", &base).with("TWILIO_SHARED_KEYS", key);
    desk.file("setup.toml", SETUP);
    assert_eq!(desk.runs(&["apply", "setup.toml"]).code, Some(0));
    let both = desk.runs(&["doctor"]).out;
    assert!(
        both.contains("note     signatures: webhooks are accepted with a shared key (SK1), and still with"),
        "{both}"
    );
    let port = free_port();
    let desk = desk.with("TWILIO_SIGNATURES", "sha256").with("ROCKET_PORT", &port.to_string());
    rents(&base, "+18005550100", &format!("http://127.0.0.1:{port}/hooks/twilio/messages")).await;
    let mut house = desk.starts(&["serve"]);
    house.says("Switchboard");
    let texts = format!("{base}/simulator/phones/%2B15055552001/texts");
    let sent = client().post(texts).header("content-type", "application/json");
    let sent = sent.body(r#"{"to": "+18005550100", "body": "Hello"}"#).send().await;
    let sent = sent.unwrap().text().await.unwrap();
    assert!(sent.contains(r#""answer":200"#), "{sent}");
    let strict = desk.runs(&["doctor"]).out;
    assert!(
        strict.contains("ok       signatures: webhooks are accepted with a shared key and SHA-256 only (SK1)"),
        "{strict}"
    );
    assert!(!strict.contains("a-secret-of") && !strict.contains("turned away"), "{strict}");
    assert_eq!(house.stops().code, Some(0));
    assert_eq!(carrier.stops().code, Some(0));
}

/// A number that the account does not rent stays paused; the others go on, and each says how it stands.
#[tokio::test]
async fn doctor_judges_each_paused_number_by_itself() {
    let (carrier, base) = carrier("AC1");
    let desk = Desk::new().at("AC1", &base).with("SWITCHBOARD_PUBLIC_URL", "https://texts.example.com");
    desk.file("setup.toml", SETUP);
    assert_eq!(desk.runs(&["apply", "setup.toml"]).code, Some(0));
    rents(&base, "+18005550100", "https://texts.example.com/hooks/twilio/messages#rc=3&rp=all&rt=4000").await;
    let database =
        sqlx::SqlitePool::connect(&format!("sqlite:{}", desk.folder.path().join("switchboard.db").display()))
            .await
            .unwrap();
    sqlx::query(
        "UPDATE numbers SET paused_at = 1, paused_why = 'the carrier refused the account', pause_scope = 'account'",
    )
    .execute(&database)
    .await
    .unwrap();
    sqlx::query("INSERT INTO account_pause (id, since, why, probes, probe_at) VALUES (1, 1, 'refused', 3, 2)")
        .execute(&database)
        .await
        .unwrap();
    let told = desk.runs(&["doctor"]);
    assert_eq!(told.code, Some(1));
    assert!(told.out.contains("sending from +18005550100: was paused since 1970-01-01"), "{}", told.out);
    assert!(told.out.contains("goes on from now"), "{}", told.out);
    assert!(told.out.contains("sending from +18005550111: is paused since 1970-01-01"), "{}", told.out);
    assert!(told.out.contains("; it is tried at "), "{}", told.out);
    let paused: Vec<(String, String)> =
        sqlx::query_as("SELECT number, pause_scope FROM numbers WHERE paused_at IS NOT NULL")
            .fetch_all(&database)
            .await
            .unwrap();
    assert_eq!(paused, [("+18005550111".to_owned(), "number".to_owned())]);
    database.close().await;
    assert_eq!(carrier.stops().code, Some(0));
}

/// Sets the carrier's clock.
async fn shows(base: &str, shown: &str) {
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let url = format!("{base}/simulator/clock");
    let put = client.put(url).header("content-type", "application/json").body(shown.to_owned()).send().await.unwrap();
    assert_eq!(put.status().as_u16(), 204);
}

#[tokio::test]
async fn doctor_says_how_far_the_clock_is_from_the_carriers() {
    let (carrier, base) = carrier("AC1");
    let desk = Desk::new().at("AC1", &base).with("SWITCHBOARD_PUBLIC_URL", "https://texts.example.com");
    desk.file("setup.toml", SETUP);
    assert_eq!(desk.runs(&["apply", "setup.toml"]).code, Some(0));
    for (shown, told) in [
        ("{}", "ok       carrier's clock: ours agrees with it"),
        // The date of an answer is cut to the second.
        (r#"{"ahead_millis": 90000}"#, "missing  carrier's clock: ours is * s behind it"),
        (r#"{"ahead_millis": -7200000}"#, "missing  carrier's clock: ours is * s ahead of it"),
        (r#"{"undated": true}"#, "note     carrier's clock: its answers have no date"),
    ] {
        shows(&base, shown).await;
        let said = desk.runs(&["doctor"]);
        let (before, after) = told.split_once('*').unwrap_or((told, ""));
        let line = said.out.lines().find(|line| line.starts_with(before));
        assert!(line.is_some_and(|line| line.contains(after)), "{told}\n{}", said.out);
    }
    assert_eq!(carrier.stops().code, Some(0));
}

#[test]
fn a_proxy_that_is_not_named_is_missed() {
    let desk = Desk::new().with("SWITCHBOARD_PUBLIC_URL", "https://texts.example.com");
    assert_eq!(desk.runs(&["migrate"]).code, Some(0));
    let empty = desk.runs(&["doctor"]);
    assert!(
        empty.out.contains("missing  proxies: people reach https://texts.example.com through a proxy that")
            && empty.out.contains("fix: set SWITCHBOARD_TRUSTED_PROXIES=127.0.0.1 (the proxy on this machine)"),
        "{}",
        empty.out
    );
    let named = desk.with("SWITCHBOARD_TRUSTED_PROXIES", "127.0.0.1").runs(&["doctor"]);
    assert!(named.out.contains("ok       proxies: X-Forwarded-For counts from 127.0.0.1"), "{}", named.out);
}

#[test]
fn serve_says_that_proxies_are_not_named() {
    let (told, plain) = (("SWITCHBOARD_TRUSTED_PROXIES", "127.0.0.1"), ("SWITCHBOARD_LOG", "info"));
    for (setting, missed) in [(plain, true), (told, false)] {
        let desk = Desk::new()
            .at("AC1", "http://127.0.0.1:9")
            .with("ROCKET_PORT", &free_port().to_string())
            .with("SWITCHBOARD_PUBLIC_URL", "https://texts.example.com")
            .with(setting.0, setting.1);
        let mut house = desk.starts(&["serve"]);
        house.says("Switchboard");
        let said = house.stops();
        let log = format!("{}{}", said.out, said.err);
        assert_eq!(log.contains("SWITCHBOARD_TRUSTED_PROXIES does not name"), missed, "{log}");
    }
}
