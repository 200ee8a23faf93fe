//! Where somebody looks in a house: every address that gives a page, and pages that a query or a form leads to.

use rocket::http::{Method, Status};
use serde_json::json;
use switchboard::clock::days;
use switchboard::desk::people::{sessions, setup};
use switchboard::desk::pool::{buy, measure};
use switchboard::domain::people::person::Duty;
use switchboard::domain::programs::scope::Scope;
use switchboard::simulator::{Fault, Kind};

use super::acts::{ADA, ANA, BO, MIRIAM, Things, does};
use super::gallery::Gallery;
use crate::addresses::{examples, name, of_method};
use crate::api::pairs::wish;
use crate::api::{Program, token_of};
use crate::house::House;
use crate::web::browser::{Answer, Browser};

/// A password.
const WORDS: &str = "four cormorants on a pier";

/// Pages that are kept from their first line to their last.
const WHOLE: [&str; 2] = ["conversations", "rep-conversations"];

fn is_page(answer: &Answer) -> bool {
    answer.status == Status::Ok && answer.header("content-type").starts_with("text/html")
}

/// Opens every address that has a page for `browser`, each with an example of `house` in place of its parameters.
pub async fn walk(house: &House, browser: &Browser, gallery: &mut Gallery, before: &str) {
    let owner = if house.rows("conversations").await == 0 { ADA } else { ANA };
    let examples = examples(house, owner).await;
    for address in of_method(browser, Method::Get).into_iter().filter(|address| address != "/api/v1/reference") {
        let answer = browser.get(&examples.fill(&address)).await;
        if is_page(&answer) {
            let called = format!("{before}{}", name(&address));
            if WHOLE.contains(&called.as_str()) {
                gallery.keeps_whole(&called, &answer);
            } else {
                gallery.keeps(&called, &answer);
            }
        }
    }
}

/// The link from the console, and what it leads to; then the first admin is in, at an inbox with nothing in it.
pub async fn first_run(house: &House, gallery: &mut Gallery) -> Browser {
    let token = house.desk.chance.token::<32>();
    assert!(setup::offer(&house.desk.store, &token, house.clock.now()).await.unwrap());
    let ada = Browser::at(house).await;
    let path = format!("/setup/{token}");
    gallery.keeps("setup", &ada.get(&path).await);
    let fields = [("field[name]", "Ada"), ("field[email]", ADA), ("field[password]", WORDS), ("field[again]", WORDS)];
    gallery.keeps("setup-refused", &ada.post(&path, &[fields[0], ("field[number]", "<1>")]).await);
    does(&ada, &path, &fields).await;
    ada
}

/// Pages of a full house that a query or a form leads to.
pub async fn further(house: &House, ada: &Browser, gallery: &mut Gallery, things: &Things) {
    let conversations = [
        ("blocked", things.blocked),
        ("opted-out", things.opted_out),
        ("flagged", things.flagged),
        ("snoozed", things.snoozed),
        ("closed", things.closed),
        ("unassigned", things.unassigned),
        ("pair", things.pair),
        ("ended-pair", things.ended_pair),
        ("joel", things.joel),
    ];
    for (name, id) in conversations {
        gallery.keeps(&format!("conversation-{name}"), &ada.get(&format!("/conversations/{id}")).await);
    }
    let joel = things.joel;
    let text =
        house.number(&format!("SELECT MAX(id) FROM messages WHERE conversation_id = {joel} AND way = 'web'")).await;
    let (bo, fay) = (house.person("bo@example.com").await, house.person("fay@example.com").await);
    let (eve, dee) = (house.person("eve@example.com").await, house.person("dee@example.com").await);
    let line = house.number("SELECT MIN(id) FROM lines").await;
    let token = house.number("SELECT MIN(id) FROM api_tokens").await;
    for (name, path) in [
        ("conversation-at-a-text", format!("/conversations/{joel}?at={text}&travel={text}")),
        ("conversation-before", format!("/conversations/{joel}?before={text}")),
        ("list-snoozed", "/conversations?view=snoozed".to_owned()),
        ("list-closed", "/conversations?view=closed".to_owned()),
        ("list-narrowed", format!("/conversations?view=all&q=joel&line={line}&is=waiting")),
        ("list-all", "/conversations?view=all".to_owned()),
        ("list-nothing", "/conversations?view=all&q=zzz".to_owned()),
        ("board-of-a-line", format!("/board?line={line}")),
        ("board-paused", format!("/board?line={line}&paused=yes")),
        ("history-found", "/history?q=ramp".to_owned()),
        ("history-nothing", "/history?q=zzz&kind=notes&state=open".to_owned()),
        ("history-held", "/history?fate=held".to_owned()),
        ("history-failed", "/history?fate=failed".to_owned()),
        ("history-wrong", "/history?q=ramp&from=x&to=y&zone=Mars".to_owned()),
        ("audit-of-a-conversation", format!("/audit?conversation={joel}")),
        ("reassignments", format!("/reassignments/new?c={joel}&c={}&query=q%3Dramp", things.closed)),
        ("export-of-a-pair", format!("/conversations/{}/exports/new", things.pair)),
        ("person-away", format!("/people/{bo}")),
        ("person-disabled", format!("/people/{fay}")),
        ("person-invited", format!("/people/{eve}")),
        ("person-by-schedule", format!("/people/{dee}")),
        ("person-saved", format!("/people/{bo}?saved=phone")),
        ("line-saved", format!("/lines/{line}?saved=name")),
        ("me-saved", "/me?saved=password".to_owned()),
        ("revocation", format!("/tokens/{token}/revocation")),
        ("doubt", format!("/deliveries/{}", things.doubt)),
        ("pool-grow", "/pool?ask=grow&count=2&country=US".to_owned()),
        ("pool-grow-too-much", "/pool?ask=grow&count=99&country=US".to_owned()),
        ("pool-shrink", "/pool?ask=shrink&count=2&country=".to_owned()),
        ("api-reference", "/api/v1/reference".to_owned()),
        ("audit-of-nothing", "/audit?conversation=1".to_owned()),
        ("conversation-ended", format!("/conversations/{}", things.ended)),
        ("conversation-refused-by-the-carrier", format!("/conversations/{}", things.refused_by_carrier)),
        ("conversation-opted-out-by-staff", format!("/conversations/{}", things.out_by_staff)),
        ("nowhere", "/nowhere".to_owned()),
    ] {
        gallery.keeps(name, &ada.get(&path).await);
    }
    for (name, path, fields) in [
        ("number-shown", format!("/conversations/{joel}/number"), vec![]),
        (
            "exported-conversation",
            format!("/conversations/{joel}/exports"),
            vec![("what", "conversation"), ("as", "html")],
        ),
        (
            "exported-customer",
            format!("/conversations/{joel}/exports"),
            vec![("what", "customer"), ("as", "html"), ("numbers", "yes")],
        ),
        ("line-preview", format!("/lines/{line}/preview"), vec![("field[customer]", "+15055552034")]),
        (
            "token-shown",
            "/tokens".to_owned(),
            vec![("field[name]", "<b>crm</b> & \"more\""), ("field[expires]", "90d"), ("field[scope-3]", "on")],
        ),
        (
            "endpoint-shown",
            "/endpoints".to_owned(),
            vec![("field[url]", "http://127.0.0.1:9/?x=1&y=2"), ("field[all]", "on")],
        ),
        ("link-for-another-password", format!("/people/{bo}/link"), vec![]),
        ("link-for-the-invited", format!("/people/{eve}/link"), vec![]),
        ("reassigned", "/reassignments".to_owned(), vec![("c", ""), ("to", "anew"), ("query", "q=ramp")]),
    ] {
        let (one, two) = (joel.to_string(), things.closed.to_string());
        let mut fields = fields;
        if fields.first() == Some(&("c", "")) {
            fields[0] = ("c", one.as_str());
            fields.push(("c", two.as_str()));
        }
        gallery.keeps(name, &ada.post(&path, &fields).await);
    }
    gallery.keeps_whole("list-of-a-line", &ada.get(&format!("/conversations?view=all&line={line}")).await);
    asks_for_a_code(ada, gallery).await;
    alone(house, gallery).await;
}

async fn asks_for_a_code(ada: &Browser, gallery: &mut Gallery) {
    does(ada, "/me/code", &[("field[phone]", "+15055550192")]).await;
    gallery.keeps("me-with-a-code", &ada.get("/me").await);
}

/// Pages for whoever is not signed in.
async fn alone(house: &House, gallery: &mut Gallery) {
    let nobody = Browser::at(house).await;
    gallery.keeps_whole("sign-in-after-a-page", &nobody.get("/sign-in?next=%2Fboard").await);
    gallery.keeps("link-used", &nobody.get("/link/none").await);
    let token = house.desk.chance.token::<32>();
    sessions::make_link(&house.desk.store, &token, ANA, house.clock.now()).await.unwrap();
    gallery.keeps("link-sign-in", &nobody.get(&format!("/link/{token}")).await);
    let (ada, miriam) = (house.person(ADA).await, house.person(MIRIAM).await);
    let reset = switchboard::desk::people::reset(&house.desk, ada, miriam).await.unwrap();
    gallery.keeps("link-another-password", &nobody.get(&format!("/link/{reset}")).await);
}

/// What a rep sees otherwise than an admin does.
pub async fn of_a_rep(ana: &Browser, gallery: &mut Gallery, things: &Things) {
    for (name, path) in [
        ("rep-conversation", format!("/conversations/{}", things.joel)),
        ("rep-conversation-of-nobody", format!("/conversations/{}", things.unassigned)),
        ("rep-conversation-blocked-by-another", format!("/conversations/{}", things.blocked_by_manager)),
        ("rep-conversation-blocked", format!("/conversations/{}", things.blocked)),
        ("rep-conversation-started-by-staff", format!("/conversations/{}", things.started)),
        ("rep-list-mine", "/conversations?view=mine".to_owned()),
    ] {
        gallery.keeps(name, &ana.get(&path).await);
    }
}

/// A line after two of its members have come back.
pub async fn of_a_line_that_two_can_answer(house: &House, ada: &Browser, gallery: &mut Gallery) {
    for rep in [ANA, BO] {
        house.takes_duty(ADA, rep, Duty::On).await;
    }
    let line = house.number("SELECT MIN(id) FROM lines").await;
    gallery.keeps("line-that-two-can-answer", &ada.get(&format!("/lines/{line}")).await);
}

/// What is told where something goes wrong.
pub async fn of_trouble(house: &House, gallery: &mut Gallery) {
    let ada = Browser::of(house, ADA).await;
    gallery.keeps_whole("admin", &ada.get("/conversations").await);
    gallery.keeps("board", &ada.get("/board").await);
    gallery.keeps("history", &ada.get("/history?q=ramp").await);
    gallery.keeps("deliveries", &ada.get("/deliveries").await);
    gallery.keeps("conversation", &ada.get(&format!("/conversations/{}", house.conversation().await)).await);
    let ana = Browser::of(house, ANA).await;
    gallery.keeps_whole("rep", &ana.get("/conversations").await);
    gallery.keeps("me", &ana.get("/me").await);
}

/// Somebody opens a page, and something is said before they send what they have written on it.
async fn is_overtaken(house: &House, ada: &Browser, gallery: &mut Gallery) {
    house.customer(34).texts("Is the ramp open?").await;
    let path = format!("/conversations/{}", house.conversation().await);
    let page = ada.get(&path).await;
    let (key, seen) = (page.field("form_key"), page.field("seen"));
    let fields = [("body", "Until six."), ("form_key", key.as_str()), ("seen", seen.as_str())];
    house.customer(34).texts("And <b>tomorrow</b>?").await;
    gallery.keeps("overtaken-by-one-text", &ada.post(&format!("{path}/replies"), &fields).await);
    house.customer(34).texts("And \"on Sunday\" & Monday?").await;
    gallery.keeps("overtaken-by-two-texts", &ada.post(&format!("{path}/replies"), &fields).await);
    does(ada, &format!("{path}/replies"), &[("body", "Until six."), ("form_key", key.as_str())]).await;
    gallery.keeps("conversation-with-a-reply-to-take-back", &ada.get(&path).await);
}

/// A house that has little of everything, beside the simulator: from its first run on.
pub async fn of_little(house: &House, gallery: &mut Gallery) {
    let simulator = Browser::beside_the_simulator(house).await.get("/simulator").await;
    gallery.keeps_whole("simulator", &simulator);
    let shop = Program::called(house, "shop").await;
    let ada = first_run(house, gallery).await;
    let made = shop.post("endpoints", &json!({"url": "http://127.0.0.1:9/", "events": ["*"]})).await.json();
    gallery.keeps("endpoint-without-a-post", &ada.get(&format!("/endpoints/{}", made["id"].as_str().unwrap())).await);
    let mut wish = wish("a-1");
    wish["redact"] = json!(true);
    let pair = shop.opens(&wish).await;
    measure::measure(&house.desk).await.unwrap();
    gallery.keeps("board-with-a-pair", &ada.get("/board").await);
    gallery.keeps("pair", &ada.get(&format!("/conversations/{pair}")).await);
    for _ in 0..9 {
        house.pass(days(1)).await;
        measure::measure(&house.desk).await.unwrap();
    }
    // Her session of a week ago has ended.
    let ada = Browser::beside_the_simulator(house).await;
    ada.signs_in(ADA, WORDS).await;
    gallery.keeps("pool", &ada.get("/pool").await);
    house.applies("[[mask]]\nnumber = \"+18005551099\"").await;
    gallery.keeps("pool-with-enough", &ada.get("/pool").await);
    gallery.keeps("endpoints-disabled", &ada.get("/endpoints").await);
    let endpoint = format!("/endpoints/{}", made["id"].as_str().unwrap());
    gallery.keeps("endpoint-disabled", &ada.get(&endpoint).await);
    does(&ada, &format!("{endpoint}/enabling"), &[]).await;
    gallery.keeps("endpoint-enabled-again", &ada.get(&endpoint).await);
    is_overtaken(house, &ada, gallery).await;
    for (name, path) in [("conversations", "/conversations"), ("board", "/board")] {
        gallery.keeps_whole(name, &ada.get(path).await);
    }
    let line = house.number("SELECT MIN(id) FROM lines").await;
    gallery.keeps("line", &ada.get(&format!("/lines/{line}")).await);
    let token = [("field[name]", "crm"), ("field[expires]", "90d"), ("field[scope-3]", "on")];
    ada.post("/tokens", &token).await;
    let of_nothing = house.number("SELECT MAX(id) FROM api_tokens").await;
    gallery.keeps("revocation-of-nothing", &ada.get(&format!("/tokens/{of_nothing}/revocation")).await);
    token_of(house, "shop", &Scope::ALL).await;
    let one_of_two = house.number("SELECT MAX(id) FROM api_tokens").await;
    gallery.keeps("revocation-of-one-of-two", &ada.get(&format!("/tokens/{one_of_two}/revocation")).await);
    house.has_words_of_a_later_version().await;
    gallery.keeps("tokens-of-a-later-version", &ada.get("/tokens").await);
    gallery.keeps("endpoints-of-a-later-version", &ada.get("/endpoints").await);
    let eve = [("field[email]", "eve@example.com"), ("field[name]", "Eve <i>\"&\"</i>"), ("field[role]", "rep")];
    let invited = ada.post("/people", &eve).await;
    gallery.keeps("invitation", &invited);
    let (_, shown) = invited.body.split_once("id=\"link\" readonly value=\"").expect("an invitation has a link");
    let address = shown.split('"').next().unwrap();
    let invitation = Browser::at(house).await.get(&address[address.find("/link/").unwrap()..]).await;
    gallery.keeps("link-invitation", &invitation);
    let eve = house.person("eve@example.com").await;
    gallery.keeps("person-invited", &ada.get(&format!("/people/{eve}")).await);
    house.simulator.fault(Fault::new(Kind::Refusal).of_numbers());
    does(&ada, "/pool/orders", &[("count", "1"), ("country", "US")]).await;
    while buy::buy(&house.desk).await.unwrap() > 0 {}
    gallery.keeps("pool-orders", &ada.get("/pool/orders").await);
}

/// More of everything than a page has room for.
pub async fn of_many(house: &House, gallery: &mut Gallery) {
    let miriam = Browser::of(house, MIRIAM).await;
    for (name, path) in [("held", "/held"), ("deliveries", "/deliveries"), ("board", "/board")] {
        gallery.keeps(name, &miriam.get(path).await);
    }
    let long = house.number("SELECT MIN(id) FROM conversations").await;
    gallery.keeps("thread", &miriam.get(&format!("/conversations/{long}")).await);
    let doubt = house.number("SELECT MAX(id) FROM deliveries WHERE state IN ('unknown', 'parked')").await;
    gallery.keeps("doubt-that-the-carrier-lists", &miriam.get(&format!("/deliveries/{doubt}")).await);
    house.simulator.fault(Fault::new(Kind::ListUnavailable));
    gallery.keeps("doubt-without-the-list", &miriam.get(&format!("/deliveries/{doubt}")).await);
}

/// Pages of a house in which years of work are.
pub async fn of_years(house: &House, gallery: &mut Gallery) {
    let miriam = Browser::of(house, MIRIAM).await;
    let next = |page: &Answer, rel: &str| {
        let (_, link) = page.body.split_once(rel).unwrap_or_else(|| panic!("no {rel} in {}", page.body));
        link.split_once("href=\"").unwrap().1.split('"').next().unwrap().replace("&amp;", "&")
    };
    let first = miriam.get("/conversations?view=closed").await;
    gallery.keeps("list", &first);
    gallery.keeps("list-next", &miriam.get(&next(&first, "rel=\"next\"")).await);
    let found = miriam.get("/history?q=the").await;
    gallery.keeps("history", &found);
    gallery.keeps("history-older", &miriam.get(&next(&found, "aria-label=\"Pages\"")).await);
    gallery.keeps("reassign-more", &miriam.get("/reassignments/new?all=yes&query=q%3Dthe").await);
}
