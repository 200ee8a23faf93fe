//! The page of phones, used as a browser without scripts would: forms, and the addresses that they lead to.

use reqwest::{Client, redirect};
use switchboard::simulator::{Kind, PhoneKind};
use switchboard::wire::twilio::form::Form;

use super::{JOEL, LINE, Stand};

const ANA: &str = "+12075550110";

struct Browser {
    client: Client,
    base: String,
}

impl Browser {
    fn at(stand: &Stand) -> Self {
        stand.simulator.own_number(LINE, "Bait and Tackle", None);
        stand.simulator.own_number("+18005550111", "", None);
        stand.simulator.introduce(JOEL, "Joel", PhoneKind::Customer);
        stand.simulator.introduce(ANA, "Ana", PhoneKind::Rep);
        let client = Client::builder().no_proxy().redirect(redirect::Policy::limited(1)).build().unwrap();
        Browser { client, base: stand.base.clone() }
    }

    async fn opens(&self, path: &str) -> String {
        self.client.get(format!("{}{path}", self.base)).send().await.unwrap().text().await.unwrap()
    }

    /// Posts a form; the page that it leads to.
    async fn submits(&self, path: &str, pairs: &[(&str, &str)]) -> String {
        let form: Form = pairs.iter().copied().collect();
        let request = self.client.post(format!("{}{path}", self.base)).header("Sec-Fetch-Site", "same-origin");
        let request = request.header("Content-Type", "application/x-www-form-urlencoded").body(form.encode());
        request.send().await.unwrap().text().await.unwrap()
    }
}

/// The part of the page that is one phone's thread.
fn thread<'a>(page: &'a str, phone: &str) -> &'a str {
    let begin = page.find(&format!("data-part=\"sms-{}\"", &phone[1..])).unwrap();
    &page[begin..begin + page[begin..].find("</ol>").unwrap()]
}

#[tokio::test]
async fn what_is_typed_on_one_phone_is_shown_there_and_posted() {
    let stand = Stand::new().await;
    let browser = Browser::at(&stand);
    let path = format!("/simulator/phones/{JOEL}/texts");
    let page = browser.submits(&path, &[("to", LINE), ("body", "Is it open? <script>alert(1)</script>")]).await;
    assert!(thread(&page, JOEL).contains("Is it open? &#60;script&#62;alert(1)&#60;/script&#62;"), "{page}");
    assert!(!page.contains("<script>alert"));
    assert_eq!(stand.receiver.values("Body"), ["Is it open? <script>alert(1)</script>"]);
}

#[tokio::test]
async fn a_phone_shows_only_what_its_owner_would_see() {
    let stand = Stand::new().await;
    let browser = Browser::at(&stand);
    stand.simulator.switch(JOEL, true);
    stand.create(JOEL, "while he is off").await;
    stand.simulator.switch(JOEL, false);
    stand.create(JOEL, "when he is on").await;
    stand.create(ANA, "for Ana").await;
    let page = browser.opens("/simulator").await;
    assert!(thread(&page, JOEL).contains("when he is on"));
    assert!(!thread(&page, JOEL).contains("while he is off") && !thread(&page, JOEL).contains("for Ana"));
    assert!(thread(&page, ANA).contains("for Ana"));
}

#[tokio::test]
async fn the_address_says_which_thread_a_phone_shows() {
    let stand = Stand::new().await;
    let browser = Browser::at(&stand);
    stand.create(ANA, "from the line").await;
    let pairs = [("To", ANA), ("From", "+18005550111"), ("Body", "from a mask")];
    stand.post(&stand.messages(), &pairs).await.unwrap();
    assert!(thread(&browser.opens("/simulator").await, ANA).contains("from a mask"), "the newest by itself");
    let chosen = browser.opens("/simulator?with=12075550110.18005550100").await;
    assert!(thread(&chosen, ANA).contains("from the line"));
    let odd = browser.opens("/simulator?with=%22%3E%3Cscript%3E&with=1.2").await;
    assert!(!odd.contains("<script>") && odd.contains("value=\"1.2\""));
}

#[tokio::test]
async fn phones_are_added_and_switched_off() {
    let stand = Stand::new().await;
    let browser = Browser::at(&stand);
    let page = browser.submits("/simulator/phones", &[("kind", "customer")]).await;
    let phones = stand.simulator.virtual_phones();
    assert_eq!(phones.len(), 3);
    assert!(page.contains(&format!("Phone of {}", phones[2].label)));
    let page = browser.submits("/simulator/phones", &[("kind", "rep"), ("number", "12")]).await;
    assert!(page.contains("The phone was not added") && stand.simulator.virtual_phones().len() == 3);
    browser.submits(&format!("/simulator/phones/{JOEL}/power"), &[("off", "true")]).await;
    assert!(stand.simulator.virtual_phones()[0].off);
    let path = format!("/simulator/phones/{JOEL}/texts");
    browser.submits(&path, &[("to", LINE), ("body", "from a phone that is off")]).await;
    assert_eq!(stand.simulator.count().inbound, 0);
}

#[tokio::test]
async fn faults_are_switched_on_and_all_off_again() {
    let stand = Stand::new().await;
    let browser = Browser::at(&stand);
    let page = browser.submits("/simulator/faults/switches", &[("on", "junk"), ("on", "receipts-lost")]).await;
    assert!(page.contains("2 on"));
    let kinds: Vec<Kind> = stand.simulator.faults().iter().map(|fault| fault.kind).collect();
    assert_eq!(kinds, [Kind::Junk, Kind::ReceiptsLost]);
    stand.create(JOEL, "spoiled").await;
    assert!(browser.opens("/simulator").await.contains("(800) 555-0100") && !stand.simulator.faults().is_empty());
    assert!(browser.submits("/simulator/faults/none", &[]).await.contains("0 on"));
}

#[tokio::test]
async fn another_site_cannot_use_the_page_through_a_visitors_browser() {
    let stand = Stand::new().await;
    let browser = Browser::at(&stand);
    for path in ["/simulator/phones", "/simulator/faults/none", "/simulator/reset", "/simulator/outage/1"] {
        for (header, value) in [("Sec-Fetch-Site", "cross-site"), ("Origin", "http://evil.example")] {
            let request = browser.client.post(format!("{}{path}", stand.base)).header(header, value);
            let request = request.header("Content-Type", "application/x-www-form-urlencoded").body("kind=customer");
            assert_eq!(request.send().await.unwrap().status(), 403, "{path}");
        }
    }
}

#[tokio::test]
async fn the_page_lives_under_a_strict_policy_and_brings_its_own_files() {
    let stand = Stand::new().await;
    let browser = Browser::at(&stand);
    let answer = browser.client.get(format!("{}/simulator", stand.base)).send().await.unwrap();
    let policy = answer.headers()["Content-Security-Policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"));
    let page = answer.text().await.unwrap();
    assert!(!page.contains("style=") && !page.contains(" onclick") && !page.contains("//cdn"));
    for (file, kind) in [("simulator.css", "text/css"), ("simulator.js", "text/javascript"), ("icon.svg", "image/svg")]
    {
        assert!(page.contains(&format!("/simulator/static/{file}")));
        let answer = browser.client.get(format!("{}/simulator/static/{file}", stand.base)).send().await.unwrap();
        assert!(answer.headers()["Content-Type"].to_str().unwrap().starts_with(kind));
    }
    assert_eq!(browser.client.get(format!("{}/simulator/static/x", stand.base)).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn an_open_page_hears_of_every_change() {
    let stand = Stand::new().await;
    let mut stream = stand.client.get(format!("{}/simulator/live", stand.base)).send().await.unwrap();
    let mut heard = String::new();
    let mut sent = false;
    while heard.matches("event:changed").count() < 2 {
        heard.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
        if !sent && heard.contains("event:changed") {
            sent = true;
            stand.create(JOEL, "news").await;
        }
    }
}

#[tokio::test]
async fn inside_a_larger_program_the_page_leads_to_the_inbox() {
    let stand = Stand::new().await;
    let rocket = rocket::custom(super::figment())
        .manage(stand.simulator.clone())
        .mount("/simulator", switchboard::simulator::page_routes());
    let (inside, shutdown) = super::launch(rocket).await;
    let page =
        async |base: &str| stand.client.get(format!("{base}/simulator")).send().await.unwrap().text().await.unwrap();
    assert!(page(&inside).await.contains("<a href=\"/\">Open the inbox</a>"));
    assert!(!page(&stand.base).await.contains("Open the inbox"));
    shutdown.notify();
}
