//! What holds on every page for people: where the menu says one is, by which address a page is fetched again, and that
//! what others wrote is shown with what cannot be seen in it.

use switchboard::clock::{days, minutes};
use switchboard::simulator::{Fault, Kind};

use crate::both_stores;
use crate::house::{House, Plan, plan};
use crate::search::catches_up;
use crate::web::browser::Browser;

const ADA: &str = "ada@example.com";
const ANA: &str = "ana@example.com";
const MIRIAM: &str = "miriam@example.com";

fn with_ada(plan: &mut Plan) {
    plan::only_ana(plan);
    plan::with_ada(plan);
}

/// The entry of the menu that is marked as where the reader is.
fn marked(body: &str) -> Vec<&str> {
    body.split("<li>")
        .filter_map(|entry| entry.trim_start().strip_prefix("<a href=\"")?.split_once('>'))
        .filter(|(link, _)| link.contains("aria-current=\"page\""))
        .filter_map(|(_, label)| Some(label.split("</svg>").nth(1)?.split('<').next()?.trim()))
        .collect()
}

/// The page without the names that are put into notes.
fn without_names(page: &str) -> String {
    let Some((before, rest)) = page.split_once("<ul id=\"people\" hidden>") else { return page.to_owned() };
    format!("{before}{}", rest.split_once("</ul>").expect("the list ends").1)
}

/// The value of an attribute of the page's body.
fn of_body<'a>(page: &'a str, attribute: &str) -> Option<&'a str> {
    let (_, body) = page.split_once("<body")?;
    let (_, value) = body.split('>').next()?.split_once(&format!(" {attribute}=\""))?;
    value.split('"').next()
}

/// A conversation of which one text is in doubt and another one did not arrive, with names that hide something.
async fn trouble(house: &House) -> i64 {
    house.customer(34).texts("Pay\u{200b}Pal invoice\u{202e}fdp.exe").await;
    let conversation = house.conversation().await;
    house.replies_on_web(MIRIAM, conversation, "No\u{200b}thing").await;
    house.simulator.fault(Fault::new(Kind::Error).taken(false).to(&house.customer(34).number).times(1));
    house.replies_on_web(MIRIAM, conversation, "Open\u{202e}until six").await;
    house.parks_what_is_in_doubt().await;
    house.texts_to_customers_are("undelivered", "off\u{200b}line").await;
    house.names_hide_something().await;
    conversation.0
}

both_stores! {
    async fn a_page_that_fetches_the_menu_again_stays_where_it_is(house: with_ada) {
        house.customer(34).texts("hello").await;
        let ada = Browser::of(house, ADA).await;
        for (path, entry) in [
            ("/held", "Held"), ("/board", "Live board"), ("/board?paused=yes", "Live board"), ("/history", "History"),
            ("/deliveries", "In doubt"), ("/labels", "Labels"), ("/audit", "Audit"), ("/lines", "Lines"), ("/people", "People"),
            ("/pool", "Pool"),
            ("/canned", "Canned replies"), ("/conversations?view=unread", "Unread"),
        ] {
            let page = ada.get(path).await.body;
            assert_eq!(marked(&page), [entry], "{path}");
            let again = ada.refreshes(of_body(&page, "data-views").unwrap()).await.body;
            assert_eq!(marked(&again), [entry], "{path}");
            // Nothing else comes with it, and so nothing else of the page can be lost.
            assert_eq!(again.matches("data-part").count(), 1, "{path}");
            // Every page has the bell, and says when it is old.
            assert!(page.contains("bell.js") && page.contains("live.js") && page.contains("id=\"stopped\""), "{path}");
        }
        for path in ["/me", "/conversations/new"] {
            let page = ada.get(path).await.body;
            let again = ada.refreshes(of_body(&page, "data-views").unwrap()).await.body;
            assert!(marked(&again).is_empty(), "{path}: {:?}", marked(&again));
        }
        let unread = ada.get("/conversations?view=unread").await.body;
        assert!(unread.contains("data-count=\"1\"") && !unread.contains("data-newest=\"0\""));
        house.closes(ANA).await;
        ada.get("/conversations").await.shows(&["data-count=\"0\" data-newest=\"0\""]);
    }

    async fn an_older_page_is_fetched_again_as_it_is(house: with_ada) {
        let ada = Browser::of(house, ADA).await;
        for path in ["/held?before=77", "/held", "/deliveries?after=5", "/deliveries"] {
            let page = ada.get(path).await.body;
            assert_eq!(of_body(&page, "data-list"), Some(path));
        }
        // A board that is paused, and pages that stand still, fetch the menu alone.
        for path in ["/board?paused=yes", "/labels", "/audit", "/history"] {
            assert_eq!(of_body(&ada.get(path).await.body, "data-list"), None, "{path}");
        }
    }

    async fn case_23_what_cannot_be_seen_is_marked_on_every_page(house: with_ada) {
        let ada = Browser::of(house, ADA).await;
        for (path, field) in [("/labels", "name"), ("/searches", "name")] {
            ada.post(path, &[(field, "urgent"), ("query", "q=paypal")]).await;
        }
        let id = trouble(house).await;
        catches_up(house).await;
        ada.post(&format!("/conversations/{id}/number"), &[]).await;
        let (ana, line) = (house.person(ANA).await, house.number("SELECT MAX(id) FROM lines").await);
        let doubt = house.number("SELECT MAX(id) FROM deliveries WHERE state = 'parked'").await;
        let override_ = "title=\"U+202E\">direction override</i>";
        let blank = "title=\"U+200B\">zero-width character</i>";
        let mut seen = Vec::new();
        for (path, marks) in [
            ("/board".to_owned(), 3), ("/deliveries".to_owned(), 2), (format!("/deliveries/{doubt}"), 1),
            ("/history?q=invoice".to_owned(), 3), (format!("/history?who=%23{id}"), 3),
            (format!("/conversations/{id}/exports/new"), 1), (format!("/reassignments/new?c={id}"), 3), ("/audit".to_owned(), 1),
            ("/conversations?view=all".to_owned(), 3), (format!("/conversations/{id}"), 5), ("/people".to_owned(), 3),
            (format!("/people/{ana}"), 2), ("/lines".to_owned(), 1), (format!("/lines/{line}"), 2), ("/me".to_owned(), 1),
            ("/canned".to_owned(), 1), ("/views?here=audit".to_owned(), 1), ("/held".to_owned(), 0),
        ] {
            let page = ada.get(&path).await.body;
            seen.push((path, marks, page));
        }
        let export = ada.post(&format!("/conversations/{id}/exports"), &[("what", "conversation"), ("as", "html")]).await;
        seen.push(("a page to print".to_owned(), 4, export.body));
        for (path, marks, page) in seen {
            let found = page.matches(override_).count() + page.matches(blank).count();
            assert!(found >= marks, "{path}: {found}\n{page}");
            // Only fields in which somebody mends something have it as it is, and names that are put into notes.
            for tag in without_names(&page).split('<').filter(|tag| tag.contains(['\u{202e}', '\u{200b}'])) {
                assert!(tag.contains(" value=\"") || tag.starts_with("textarea"), "{path}: <{tag}");
            }
        }
        let found = ada.get("/palette?q=jo").await.body;
        assert!(found.contains("Jo[direction override]el") && !found.contains('\u{202e}'), "{found}");
        assert!(ada.get("/palette?q=an").await.body.contains("Ana[zero-width character]x"));
    }

    async fn what_did_not_arrive_is_on_the_board_for_a_day(house: with_ada) {
        let id = trouble(house).await;
        let ada = Browser::of(house, ADA).await;
        ada.get("/board").await
            .shows(&["<dt>Not delivered in 24 hours</dt><dd><b>2</b>", &format!("/conversations/{id}?at="), "red past what the line allows"])
            .hides(&["15 minutes", "today"]);
        house.clock.pass(days(1) + minutes(1));
        let ada = Browser::of(house, ADA).await;
        ada.get("/board").await.shows(&["<dt>Not delivered in 24 hours</dt><dd><b>0</b>", "Everything arrived"]);
        house.works(ANA, r#"{ zone = "UTC", sat = "07:00-17:00" }"#).await;
        ada.get("/board").await.shows(&["on until <time datetime=\"2027-01-16T17:00:00Z\">17:00 UTC</time>"]);
    }
}
