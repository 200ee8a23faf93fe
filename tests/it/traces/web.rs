//! Every route of the web and of the API that changes something, with what it leaves behind: each is used, in an order in which
//! one makes what the next one needs, and a new one without a line fails.

use std::collections::BTreeSet;

use rocket::http::Method;
use serde_json::json;
use switchboard::clock::{days, minutes};
use switchboard::desk::people::{sessions, setup};
use switchboard::domain::ids::ConversationId;
use switchboard::domain::money::Cents;
use switchboard::domain::people::person::Duty;
use switchboard::simulator::{Fault, Kind};

use super::walk::Trace::{self, Act, All, Audit, Event, Own, Row, SignIn};
use super::walk::Walk;
use crate::api::pairs::wish;
use crate::api::{Answer, Program};
use crate::both_stores;
use crate::house::plan::with_ada;
use crate::house::{House, Plan};
use crate::route_table::doors;
use crate::web::browser::{Browser, PASSWORD};

const ADA: &str = "ada@example.com";
const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const LONG: &str = "four cormorants on a pier";

const WEB: &[(&str, Trace)] = &[
    ("/canned", Audit(&["canned_reply_made"])),
    ("/canned/<id>", Audit(&["canned_reply_changed"])),
    ("/canned/<id>/removal", Audit(&["canned_reply_removed"])),
    ("/conversations", Event(&["started"])),
    ("/count", Own("what is typed")),
    ("/conversations/<id>/block", Event(&["blocked"])),
    ("/conversations/<id>/closure", Event(&["closed"])),
    ("/conversations/<id>/consent", Event(&["consent_restored", "consent_withdrawn"])),
    ("/conversations/<id>/contact", All(&[Audit(&["contact_changed"]), Event(&["renamed"])])),
    ("/conversations/<id>/draft", Own("a draft")),
    ("/conversations/<id>/exports", Audit(&["exported"])),
    ("/conversations/<id>/labels", Event(&["labelled"])),
    ("/conversations/<id>/labels/<label>/removal", Event(&["unlabelled"])),
    ("/conversations/<id>/mending", Audit(&["failures_seen"])),
    ("/conversations/<id>/merge", Event(&["merged"])),
    ("/conversations/<id>/messages/<message>/repetition", Row("messages")),
    ("/conversations/<id>/notes", Row("messages")),
    ("/conversations/<id>/number", Audit(&["number_shown"])),
    ("/conversations/<id>/pin", Event(&["claimed", "transferred"])),
    ("/conversations/<id>/planned/<planned>/departure", Row("messages")),
    ("/conversations/<id>/planned/<planned>/time", Event(&["planned_moved"])),
    ("/conversations/<id>/planned/<planned>/withdrawal", Event(&["planned_cancelled"])),
    ("/conversations/<id>/presence", Own("who looks")),
    ("/conversations/<id>/reading", Own("what one has read")),
    ("/conversations/<id>/refusal", Event(&["consent_withdrawn", "no_refusal"])),
    ("/conversations/<id>/replies", Row("messages")),
    ("/conversations/<id>/separation", Event(&["separated"])),
    ("/conversations/<id>/snooze", Event(&["snoozed"])),
    ("/conversations/<id>/unblock", Event(&["unblocked"])),
    ("/conversations/<id>/waking", Event(&["woke"])),
    ("/deliveries/<id>/decision", Event(&["delivery_decided"])),
    ("/endpoints", Audit(&["endpoint_made"])),
    ("/endpoints/<id>/enabling", Audit(&["endpoint_enabled"])),
    ("/endpoints/<id>/posts/<event>/replay", Audit(&["event_replayed"])),
    ("/endpoints/<id>/removal", Audit(&["endpoint_deleted"])),
    ("/held/<id>/dismissal", Event(&["held_dismissed"])),
    ("/held/<id>/forward", Event(&["held_forwarded", "reopened"])),
    ("/held/<id>/reopening", Event(&["reopened"])),
    ("/labels", Audit(&["label_made"])),
    ("/labels/<id>", Audit(&["label_renamed"])),
    ("/lines", Audit(&["line_added"])),
    ("/lines/<id>/<part>", Audit(&["line_changed", "line_joined", "line_left"])),
    ("/link/<token>", SignIn),
    ("/me/code", Audit(&["phone_code_sent"])),
    ("/me/name", Audit(&["person_renamed"])),
    ("/me/password", Audit(&["password_set"])),
    ("/me/phone", Audit(&["phone_changed"])),
    ("/me/phone/removal", Audit(&["phone_removed"])),
    ("/me/phone/texts", Own("the texts to one's own phone")),
    ("/people", Audit(&["person_invited"])),
    ("/people/<id>/code", Audit(&["phone_code_sent"])),
    ("/people/<id>/disabling", Audit(&["person_disabled"])),
    ("/people/<id>/duty", Audit(&["duty_set"])),
    ("/people/<id>/enabling", Audit(&["person_enabled"])),
    ("/people/<id>/lines", Audit(&["line_joined", "line_left"])),
    ("/people/<id>/link", Audit(&["link_made"])),
    ("/people/<id>/phone", Audit(&["phone_changed"])),
    ("/people/<id>/phone/removal", Audit(&["phone_removed"])),
    ("/people/<id>/phone/texts", Audit(&["phone_unmuted"])),
    ("/people/<id>/profile", Audit(&["person_renamed", "role_changed", "limit_changed"])),
    ("/people/<id>/schedule", Audit(&["schedule_changed"])),
    ("/phone/texts", Own("the texts to one's own phone")),
    ("/pool/drainings", Audit(&["mask_draining"])),
    ("/pool/masks/<id>/activation", Audit(&["mask_reactivated"])),
    ("/pool/masks/<id>/draining", Audit(&["mask_draining"])),
    ("/pool/orders", Audit(&["masks_ordered"])),
    ("/reassignments", Event(&["taken_away", "transferred"])),
    ("/searches", Own("a search that one keeps for oneself")),
    ("/searches/<id>/removal", Own("a search that one keeps for oneself")),
    ("/sign-in", SignIn),
    ("/sign-out", SignIn),
    ("/tokens", Audit(&["token_made"])),
    ("/tokens/<id>/revocation", Audit(&["token_revoked"])),
];

/// In a house with nobody in it.
const FIRST: &[(&str, Trace)] = &[("/setup/<token>", Audit(&["first_admin", "line_added"]))];

const API: &[(&str, Trace)] = &[
    ("/endpoints", Act(&["endpoint_made"])),
    ("/endpoints/{id}", Act(&["endpoint_deleted"])),
    ("/pairs", Row("pairs")),
    ("/pairs/{id}/closure", Act(&["pair_closed"])),
    ("/pairs/{id}/completion", Act(&["pair_completed"])),
    ("/pairs/{id}/extension", Act(&["pair_extended"])),
    ("/pairs/{id}/messages", Row("messages")),
    ("/pairs/{id}/parties/{alias}", Act(&["party_changed"])),
];

/// Ada is the admin and may buy masks; new phones and lines are hers to add.
fn open_house(plan: &mut Plan) {
    with_ada(plan);
    plan.policies.pool.monthly_budget = Some(Cents(10_000));
}

fn nobody(plan: &mut Plan) {
    plan.setup = String::new();
}

/// Somebody with a browser, who walks.
struct Walker {
    browser: Browser,
    id: i64,
}

impl Walker {
    async fn called(house: &House, email: &str) -> Walker {
        Walker { browser: Browser::of(house, email).await, id: house.person(email).await.0 }
    }

    /// Uses the route of `address` at `path`.
    async fn posts(&self, walk: &mut Walk<'_>, address: &'static str, path: &str, fields: &[(&str, &str)]) {
        let answer = self.browser.post(path, fields).await;
        let out = answer.header("location").starts_with("/sign-in?");
        if out || ![200, 204, 303].contains(&answer.status.code) {
            walk.refused(address, &format!("{fields:?}: {answer:?}"));
        }
        walk.used(address, self.id).await;
    }

    /// As [`Walker::posts`], where `address` has no parameter.
    async fn goes(&self, walk: &mut Walk<'_>, address: &'static str, fields: &[(&str, &str)]) {
        self.posts(walk, address, address, fields).await;
    }

    /// As [`Walker::posts`], for a part of the address of a conversation or of a person.
    async fn at(&self, walk: &mut Walk<'_>, (address, id): (&'static str, i64), fields: &[(&str, &str)]) {
        self.posts(walk, address, &address.replace("<id>", &id.to_string()), fields).await;
    }

    /// A key of a form that the page of a conversation has.
    async fn key(&self, conversation: i64) -> String {
        self.browser.get(&format!("/conversations/{conversation}")).await.field("form_key")
    }
}

/// The newest code that was texted to a phone.
fn code_on(house: &House, phone: &str) -> String {
    let body = house.phone(phone).bodies().pop().expect("a text came");
    body.split(' ').next().unwrap().to_owned()
}

/// Canned replies, labels, lines, the pool, tokens and endpoints, searches.
async fn the_house(house: &House, walk: &mut Walk<'_>, ada: &Walker) {
    let newest = async |table: &str| house.number(&format!("SELECT MAX(id) FROM {table}")).await;
    let canned = |body| [("owner", "mine"), ("shortcut", "hours"), ("body", body)];
    ada.goes(walk, "/canned", &canned("Until six.")).await;
    let id = newest("canned_replies").await;
    ada.at(walk, ("/canned/<id>", id), &canned("Until seven.")).await;
    ada.at(walk, ("/canned/<id>/removal", id), &[]).await;
    ada.goes(walk, "/count", &[("body", "Until six.")]).await;
    ada.goes(walk, "/labels", &[("name", "Deposit")]).await;
    ada.at(walk, ("/labels/<id>", newest("labels").await), &[("name", "Deposits")]).await;
    ada.goes(walk, "/searches", &[("name", "Boats"), ("query", "q=boat")]).await;
    ada.at(walk, ("/searches/<id>/removal", newest("saved_searches").await), &[]).await;

    ada.goes(walk, "/lines", &[("field[number]", "+12075550100"), ("field[name]", "Moorings")]).await;
    let line = house.number("SELECT MAX(id) FROM lines WHERE name = 'Moorings'").await;
    let part = async |walk: &mut Walk<'_>, part: &str, fields: &[(&str, &str)]| {
        ada.posts(walk, "/lines/<id>/<part>", &format!("/lines/{line}/{part}"), fields).await;
    };
    part(walk, "name", &[("field[name]", "Berths")]).await;
    let ana = house.person(ANA).await.to_string();
    let her = format!("field[person-{ana}]");
    part(walk, "members", &[("field[was]", ""), (&her, "on")]).await;
    part(walk, "members", &[("field[was]", &ana)]).await;

    ada.goes(walk, "/pool/orders", &[("count", "1"), ("country", "US")]).await;
    ada.goes(walk, "/pool/drainings", &[("count", "1"), ("country", "")]).await;
    let free = house
        .number("SELECT MAX(id) FROM numbers WHERE state = 'active' AND role = 'mask' AND id NOT IN (SELECT number_id FROM legs)")
        .await;
    ada.at(walk, ("/pool/masks/<id>/draining", free), &[]).await;
    ada.at(walk, ("/pool/masks/<id>/activation", free), &[]).await;

    ada.goes(walk, "/tokens", &[("field[name]", "crm"), ("field[expires]", "90d"), ("field[scope-3]", "on")]).await;
    ada.at(walk, ("/tokens/<id>/revocation", newest("api_tokens").await), &[]).await;
    ada.goes(walk, "/endpoints", &[("field[url]", "http://127.0.0.1:9/"), ("field[all]", "on")]).await;
    let endpoint = newest("endpoints").await;
    house.was_told_event_5(endpoint).await;
    house.endpoint_has_failed(endpoint).await;
    ada.at(walk, ("/endpoints/<id>/enabling", endpoint), &[]).await;
    let replay = "/endpoints/<id>/posts/<event>/replay";
    ada.posts(walk, replay, &format!("/endpoints/{endpoint}/posts/5/replay"), &[]).await;
    ada.at(walk, ("/endpoints/<id>/removal", endpoint), &[]).await;
}

/// What is done in and to the conversations of two customers, of whom Ana has both.
async fn conversations(house: &House, walk: &mut Walk<'_>, ada: &Walker, (one, two): (i64, i64)) {
    let label = house.number("SELECT MAX(id) FROM labels").await;
    ada.at(walk, ("/conversations/<id>/labels", one), &[("label", &label.to_string())]).await;
    let removal = "/conversations/<id>/labels/<label>/removal";
    ada.posts(walk, removal, &format!("/conversations/{one}/labels/{label}/removal"), &[]).await;
    ada.at(walk, ("/conversations/<id>/block", one), &[("reason", "spam")]).await;
    ada.at(walk, ("/conversations/<id>/unblock", one), &[]).await;
    for (given, why) in [("no", "rang us"), ("yes", "rang again")] {
        ada.at(walk, ("/conversations/<id>/consent", one), &[("given", given), ("evidence", why)]).await;
    }
    for (phone, refused) in [(40, "no"), (41, "yes")] {
        house.customer(phone).texts("please stop texting me").await;
        let flagged = house.conversation().await.0;
        walk.begins_anew().await;
        ada.at(walk, ("/conversations/<id>/refusal", flagged), &[("refused", refused)]).await;
    }
    let seen = ada.browser.get(&format!("/conversations/{one}")).await.card_seen();
    ada.at(walk, ("/conversations/<id>/contact", one), &[("seen", &seen), ("name", "Joel")]).await;
    ada.at(walk, ("/conversations/<id>/merge", one), &[("with", &format!("#{two}"))]).await;
    let other = house.number("SELECT MAX(merged_into) FROM customers").await.to_string();
    ada.at(walk, ("/conversations/<id>/separation", two), &[("contact", &other)]).await;
    ada.at(walk, ("/conversations/<id>/exports", one), &[("what", "conversation"), ("as", "html")]).await;
    ada.at(walk, ("/conversations/<id>/number", one), &[]).await;
    house.answers_in_vain(ConversationId(one)).await;
    walk.begins_anew().await;
    ada.at(walk, ("/conversations/<id>/mending", one), &[]).await;
    ada.at(walk, ("/conversations/<id>/presence", one), &[("sign", "looking")]).await;
    ada.at(walk, ("/conversations/<id>/reading", one), &[]).await;
    ada.at(walk, ("/conversations/<id>/draft", one), &[("body", "Until")]).await;
    ada.at(walk, ("/conversations/<id>/snooze", one), &[("until", "1h")]).await;
    ada.at(walk, ("/conversations/<id>/waking", one), &[]).await;

    // Whoever begins a conversation is a member of the line.
    let ana = Walker::called(house, ANA).await;
    walk.begins_anew().await;
    let line = house.number("SELECT MIN(line_id) FROM conversations").await.to_string();
    let key = ana.browser.get("/conversations/new").await.field("form_key");
    let first =
        [("line", line.as_str()), ("phone", "+15055552099"), ("name", "Dee"), ("body", "Hello"), ("form_key", &key)];
    ana.goes(walk, "/conversations", &first).await;

    let note = [("body", "A regular."), ("form_key", "a-note")];
    ada.at(walk, ("/conversations/<id>/notes", one), &note).await;
    let key = ada.key(one).await;
    ada.at(walk, ("/conversations/<id>/replies", one), &[("body", "Until six."), ("form_key", &key)]).await;
    let message = house.number("SELECT MAX(id) FROM messages WHERE kind = 'text'").await;
    house.texts_to_customers_are("undelivered", "switched off").await;
    let again = "/conversations/<id>/messages/<message>/repetition";
    ada.posts(walk, again, &format!("/conversations/{one}/messages/{message}/repetition"), &[]).await;
    for (what, fields) in [("time", &[("time.later", "3h")][..]), ("withdrawal", &[]), ("departure", &[])] {
        if what != "withdrawal" {
            // One's own is one's own to move; Ada moves and takes back what Ana has planned.
            let author = if what == "time" { &ana } else { ada };
            let key = author.key(one).await;
            let later = [("body", "Until six."), ("form_key", key.as_str()), ("time.later", "1h")];
            author.browser.post(&format!("/conversations/{one}/replies"), &later).await;
            walk.begins_anew().await;
        }
        let planned = house.number("SELECT MAX(id) FROM planned_replies").await;
        let address = match what {
            "time" => "/conversations/<id>/planned/<planned>/time",
            "withdrawal" => "/conversations/<id>/planned/<planned>/withdrawal",
            _ => "/conversations/<id>/planned/<planned>/departure",
        };
        ada.posts(walk, address, &format!("/conversations/{one}/planned/{planned}/{what}"), fields).await;
    }
    house.simulator.fault(Fault::new(Kind::Error).taken(false).to(&house.customer(34).number).times(1));
    let key = ada.key(one).await;
    let body = [("body", "Until seven."), ("form_key", key.as_str())];
    ada.browser.post(&format!("/conversations/{one}/replies"), &body).await;
    walk.begins_anew().await;
    house.parks_what_is_in_doubt().await;
    let parked = house.number("SELECT MAX(id) FROM deliveries WHERE state = 'parked'").await;
    let gives_up = [("decision", "give_up"), ("reason", "rang them")];
    ada.at(walk, ("/deliveries/<id>/decision", parked), &gives_up).await;

    let bo = house.person(BO).await.to_string();
    ada.at(walk, ("/conversations/<id>/pin", one), &[("to", &bo), ("note", "knows him")]).await;
    for to in [bo.as_str(), "anew"] {
        ada.goes(walk, "/reassignments", &[("c", &two.to_string()), ("to", to), ("query", "")]).await;
    }
    house.is_left_to_nobody(two).await;
    ana.at(walk, ("/conversations/<id>/pin", two), &[]).await;
    ada.at(walk, ("/conversations/<id>/closure", two), &[]).await;
}

/// Three answers of a rep that came too late are held.
async fn held(house: &House, walk: &mut Walk<'_>) {
    for (phone, address) in [(50, "/held/<id>/dismissal"), (51, "/held/<id>/forward"), (52, "/held/<id>/reopening")] {
        house.customer(phone).texts("Is the ramp open?").await;
        let conversation = house.conversation().await;
        let rep = if house.pinned().await == ANA { ANA } else { BO };
        let phone = if rep == ANA { house.ana() } else { house.bo() };
        let thread = phone.threads().last().unwrap().clone();
        house.closes_one(rep, conversation.0).await;
        house.pass(days(8)).await;
        phone.texts_to(&thread, "Yes, until six.").await;
        let text = house.number("SELECT MAX(id) FROM messages WHERE outcome = 'held'").await;
        // Her session of a week ago has ended.
        let ada = Walker::called(house, ADA).await;
        walk.begins_anew().await;
        ada.at(walk, (address, text), &[("reason", "too late")]).await;
    }
}

/// What an admin does about people, and everybody about themselves.
async fn people(house: &House, walk: &mut Walk<'_>, ada: &Walker) {
    let eve = [("field[email]", "eve@example.com"), ("field[name]", "Eve"), ("field[role]", "rep")];
    ada.goes(walk, "/people", &eve).await;
    let id = house.number("SELECT MAX(id) FROM people WHERE email = 'eve@example.com'").await;
    let person = async |walk: &mut Walk<'_>, address: &'static str, fields: &[(&str, &str)]| {
        ada.at(walk, (address, id), fields).await;
    };
    let was = [("field[was_name]", "Eve"), ("field[was_role]", "rep"), ("field[was_limit]", "")];
    let now = [("field[name]", "Eva"), ("field[role]", "manager"), ("field[limit]", "5")];
    person(walk, "/people/<id>/profile", &[was, now].concat()).await;
    let line = house.number("SELECT MAX(id) FROM lines").await.to_string();
    let joins = format!("field[line-{line}]");
    person(walk, "/people/<id>/lines", &[("field[was]", ""), (&joins, "on")]).await;
    person(walk, "/people/<id>/lines", &[("field[was]", &line)]).await;
    let week =
        [("field[was]", ""), ("field[when]", "week"), ("field[zone]", "Europe/Berlin"), ("field[mon]", "8:00-16:00")];
    person(walk, "/people/<id>/schedule", &week).await;
    person(walk, "/people/<id>/duty", &[("duty", "away")]).await;
    let phone = "+15055550191";
    person(walk, "/people/<id>/code", &[("field[phone]", phone)]).await;
    person(walk, "/people/<id>/phone", &[("field[code]", &code_on(house, phone))]).await;
    house.phone(phone).texts("STOP").await;
    walk.begins_anew().await;
    person(walk, "/people/<id>/phone/texts", &[]).await;
    person(walk, "/people/<id>/phone/removal", &[]).await;
    person(walk, "/people/<id>/link", &[]).await;
    person(walk, "/people/<id>/disabling", &[]).await;
    person(walk, "/people/<id>/enabling", &[]).await;

    let phone = "+15055550192";
    ada.goes(walk, "/me/code", &[("field[phone]", phone)]).await;
    ada.goes(walk, "/me/phone", &[("field[code]", &code_on(house, phone))]).await;
    for address in ["/me/phone/texts", "/phone/texts"] {
        house.phone(phone).texts("STOP").await;
        walk.begins_anew().await;
        ada.goes(walk, address, &[]).await;
    }
    ada.goes(walk, "/me/phone/removal", &[]).await;
    ada.goes(walk, "/me/name", &[("field[name]", "Ada L.")]).await;
    let password = [("field[current]", PASSWORD), ("field[password]", LONG), ("field[again]", LONG)];
    ada.goes(walk, "/me/password", &password).await;
    ada.goes(walk, "/sign-out", &[]).await;
    ada.goes(walk, "/sign-in", &[("email", ADA), ("password", LONG)]).await;

    let token = house.desk.chance.token::<32>();
    sessions::make_link(&house.desk.store, &token, BO, house.clock.now()).await.unwrap();
    let bo = Walker { browser: Browser::at(house).await, id: house.person(BO).await.0 };
    bo.posts(walk, "/link/<token>", &format!("/link/{token}"), &[]).await;
}

/// The link from the console, in a house with nobody in it.
async fn first(house: &House, walk: &mut Walk<'_>) {
    let token = house.desk.chance.token::<32>();
    assert!(setup::offer(&house.desk.store, &token, house.clock.now()).await.unwrap());
    let browser = Browser::at(house).await;
    let fields = [
        ("field[name]", "Miriam Holt"),
        ("field[email]", "miriam@saltmarsh.example"),
        ("field[password]", LONG),
        ("field[again]", LONG),
        ("field[number]", "+12075550101"),
        ("field[line]", "Saltmarsh Boats"),
    ];
    let done = browser.post(&format!("/setup/{token}"), &fields).await;
    assert_eq!(done.status.code, 303, "{done:?}");
    walk.used("/setup/<token>", house.person("miriam@saltmarsh.example").await.0).await;
}

/// The addresses of `mounted` and of `table`, in order.
fn compare(mounted: BTreeSet<String>, table: &[(&str, Trace)]) {
    let told: BTreeSet<String> = table.iter().map(|(address, _)| (*address).to_owned()).collect();
    let (silent, gone): (Vec<_>, Vec<_>) = (mounted.difference(&told).collect(), told.difference(&mounted).collect());
    assert!(silent.is_empty() && gone.is_empty(), "without a line here: {silent:?}; not there any more: {gone:?}");
}

both_stores! {
    async fn every_route_that_changes_something_leaves_what_it_says(house: open_house) {
        // Programs, carriers and the simulator have doors of their own, and other tests.
        let apart = ["/api/", "/hooks/", "/simulator", "/-/"];
        let mounted = doors(house).await.rocket().routes()
            .filter(|route| !matches!(route.method, Method::Get | Method::Head))
            .map(|route| route.uri.path().to_owned())
            .filter(|address| !apart.iter().any(|start| address.starts_with(start)))
            .collect();
        compare(mounted, &[WEB, FIRST].concat());

        house.takes_duty(ADA, BO, Duty::Away).await;
        house.customer(34).texts("Is the ramp open?").await;
        let one = house.conversation().await.0;
        house.customer(35).texts("Is the ramp open?").await;
        let two = house.conversation().await.0;
        house.takes_duty(ADA, BO, Duty::On).await;
        let ada = Walker::called(house, ADA).await;
        let mut walk = Walk::through(house).await;
        people(house, &mut walk, &ada).await;
        the_house(house, &mut walk, &ada).await;
        conversations(house, &mut walk, &ada, (one, two)).await;
        held(house, &mut walk).await;
        walk.kept(WEB);
    }

    async fn whoever_is_first_leaves_what_the_page_says(house: nobody) {
        let mut walk = Walk::through(house).await;
        first(house, &mut walk).await;
        walk.kept(FIRST);
    }

    async fn every_route_by_which_a_program_changes_something_leaves_what_it_says(house: open_house) {
        let shop = Program::of(house).await;
        let mounted = shop.routes().into_iter().filter(|(method, _)| *method != Method::Get);
        compare(mounted.map(|(_, address)| address).collect(), API);
        let app = house.number("SELECT MAX(id) FROM apps").await;
        let mut walk = Walk::through(house).await;
        let did = async |walk: &mut Walk<'_>, address: &'static str, answer: &Answer| {
            if !(200..300).contains(&answer.status) {
                walk.refused(address, &format!("{answer:?}"));
            }
            walk.used(address, app).await;
        };
        let made = shop.post("endpoints", &json!({"url": "http://127.0.0.1:9/", "events": ["*"]})).await;
        did(&mut walk, "/endpoints", &made).await;
        let gone = shop.delete(&format!("endpoints/{}", made.json()["id"].as_str().unwrap())).await;
        did(&mut walk, "/endpoints/{id}", &gone).await;
        let opened = shop.post("pairs", &wish("a-1")).await;
        did(&mut walk, "/pairs", &opened).await;
        let pair = format!("pairs/{}", opened.json()["id"].as_str().unwrap());
        let said = shop.post(&format!("{pair}/messages"), &json!({"body": "Hello"})).await;
        did(&mut walk, "/pairs/{id}/messages", &said).await;
        let changed = shop.patch(&format!("{pair}/parties/Fisher"), &json!({"phone": "+15055550139"})).await;
        did(&mut walk, "/pairs/{id}/parties/{alias}", &changed).await;
        did(&mut walk, "/pairs/{id}/completion", &shop.does(&format!("{pair}/completion")).await).await;
        house.clock.pass(minutes(10));
        did(&mut walk, "/pairs/{id}/extension", &shop.does(&format!("{pair}/extension")).await).await;
        did(&mut walk, "/pairs/{id}/closure", &shop.does(&format!("{pair}/closure")).await).await;
        walk.kept(API);
    }
}
