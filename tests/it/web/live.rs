//! Announcements to open pages: who hears of what, that nothing is missed, and that nothing is told.

use std::time::Duration;

use rocket::http::{Header, Status};
use rocket::tokio::io::AsyncReadExt;
use rocket::tokio::time::timeout;

use switchboard::store::conversations::changes;

use crate::both_stores;
use crate::house::House;
use crate::web::browser::Browser;

const PATIENCE: Duration = Duration::from_secs(10);

/// Listens from `after` on until `enough` has been heard or the stream ends; what was heard.
pub async fn listen(
    browser: &Browser,
    after: &str,
    headers: &[(&'static str, &str)],
    enough: impl Fn(&str) -> bool,
) -> String {
    let mut request = browser.client.get(format!("/live{after}")).header(Header::new("Host", browser.host.clone()));
    for (name, value) in headers {
        request.add_header(Header::new(*name, (*value).to_owned()));
    }
    let mut response = request.dispatch().await;
    assert_eq!(response.status(), Status::Ok);
    let (mut heard, mut buffer) = (String::new(), [0; 4096]);
    let listening = async {
        while !enough(&heard) {
            let read = response.read(&mut buffer).await.unwrap();
            if read == 0 {
                break;
            }
            heard.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
    };
    timeout(PATIENCE, listening).await.expect("nothing more was heard");
    heard
}

/// Waits until every change can be read: on PostgreSQL the feed stays behind the oldest transaction of the server.
pub async fn all_can_be_heard(house: &House) {
    let newest = house.number("SELECT MAX(id) FROM changes").await;
    let heard = async {
        loop {
            let read = changes::after(&mut house.desk.store.read().await.unwrap(), newest - 1).await.unwrap();
            if !read.is_empty() {
                break;
            }
        }
    };
    timeout(PATIENCE, heard).await.expect("the changes can never be read");
}

both_stores! {
    async fn a_page_that_knows_more_than_the_database_is_loaded_anew(house) {
        house.customer(34).texts("Is the ramp open?").await;
        all_can_be_heard(house).await;
        let newest = house.number("SELECT MAX(id) FROM changes").await;
        let miriam = Browser::of(house, "miriam@example.com").await;
        let told = |heard: &str| heard.contains("event:change") && heard.ends_with("\n\n");
        let ahead = listen(&miriam, &format!("?after={}", newest + 7), &[], told).await;
        assert!(ahead.contains("\"all\"") && ahead.contains(&format!("id:{newest}")), "{ahead}");
        let behind = listen(&miriam, "?after=0", &[], told).await;
        assert!(!behind.contains("\"all\""), "{behind}");
    }

    async fn a_rep_hears_of_own_conversations_and_never_what_was_said(house) {
        let bos = house.brings(56, "Do you rent kayaks?", "bo@example.com").await;
        let anas = house.brings(34, "Is the ramp open?", "ana@example.com").await;
        all_can_be_heard(house).await;
        let ana = Browser::of(house, "ana@example.com").await;
        let heard = listen(&ana, "?after=0", &[], |heard| heard.contains(&format!("\"{anas}\""))).await;
        assert!(!heard.contains(&format!("\"{bos}\"")), "{heard}");
        assert!(heard.contains("event:change") && heard.contains("id:"), "{heard}");
        for said in ["ramp", "kayaks", "••", "+1"] {
            assert!(!heard.contains(said), "{heard}");
        }
        let miriam = Browser::of(house, "miriam@example.com").await;
        let both = |heard: &str| heard.contains(&format!("\"{anas}\"")) && heard.contains(&format!("\"{bos}\""));
        listen(&miriam, "?after=0", &[], both).await;
    }

    async fn a_browser_that_comes_back_hears_only_what_it_missed(house) {
        house.customer(34).texts("one").await;
        let first = house.conversation().await;
        let miriam = Browser::of(house, "miriam@example.com").await;
        let cursor = house.number("SELECT MAX(id) FROM changes").await.to_string();
        house.customer(56).texts("two").await;
        let second = house.conversation().await;
        all_can_be_heard(house).await;
        let heard = listen(&miriam, "?after=0", &[("Last-Event-ID", &cursor)], |heard| heard.contains("\"conversation\"")).await;
        assert!(heard.contains(&format!("\"{second}\"")) && !heard.contains(&format!("\"{first}\"")), "{heard}");
    }

    async fn nobody_listens_without_signing_in(house) {
        let answer = Browser::at(house).await.refreshes("/live").await;
        assert_eq!(answer.status, Status::Unauthorized);
    }

    async fn one_session_has_twenty_streams_and_every_one_that_ends_makes_room(house) {
        let browser = Browser::of(house, "ana@example.com").await;
        let opens = async || {
            browser.client.get("/live").header(Header::new("Host", browser.host.clone())).dispatch().await
        };
        let mut streams = Vec::new();
        for n in 0..20 {
            let stream = opens().await;
            assert_eq!(stream.status(), Status::Ok, "{n}");
            streams.push(stream);
        }
        let refused = opens().await;
        assert_eq!(refused.status(), Status::TooManyRequests);
        assert!(refused.into_string().await.unwrap().contains("Close some tabs."));
        streams.pop();
        streams.push(opens().await);
        assert_eq!(streams.last().unwrap().status(), Status::Ok);
        let another = Browser::of(house, "ana@example.com").await;
        assert_eq!(another.opens("/live").await.status, Status::Ok, "another session has its own");
    }

    async fn a_stream_tells_proxies_to_let_it_through_and_begins_with_words(house) {
        let browser = Browser::of(house, "ana@example.com").await;
        let answer = browser.opens("/live").await;
        assert_eq!(answer.header("x-accel-buffering"), "no");
        assert_eq!(answer.header("cache-control"), "no-cache, no-transform");
        listen(&browser, "", &[], |heard| heard.contains("event:listening\n") && heard.contains("data:listening\n")).await;
    }
}
