//! Pages and files as browsers keep them, and the way back after signing in.

use rocket::http::{Header, Status};

use crate::both_stores;
use crate::web::browser::{Browser, PASSWORD, give_passwords};

both_stores! {
    async fn pages_are_kept_by_no_cache_and_files_with_their_hash_for_good(house) {
        let browser = Browser::of(house, "ana@example.com").await;
        let page = browser.get("/conversations").await;
        assert_eq!(page.header("cache-control"), "no-store");
        let address = page.body.split('"').find(|part| part.starts_with("/static/app.css?v=")).unwrap().to_owned();
        let file = browser.get(&address).await;
        assert!(file.header("cache-control").contains("immutable") && file.header("content-type").starts_with("text/css"));
        assert_eq!(browser.get("/static/app.css").await.header("cache-control"), "no-cache");
        assert_eq!(browser.get("/static/../Cargo.toml").await.status, Status::NotFound);
        let packed = browser.client.get(address).header(Header::new("Accept-Encoding", "br, gzip")).dispatch().await;
        assert_eq!(packed.headers().get_one("content-encoding"), Some("gzip"));
        assert!(packed.into_bytes().await.unwrap().len() < 15_000, "small enough for a slow line");
    }

    async fn who_is_not_signed_in_is_sent_to_sign_in_and_back(house) {
        give_passwords(house).await;
        let browser = Browser::at(house).await;
        let answer = browser.get("/conversations/1001?view=mine").await;
        assert_eq!(answer.status, Status::SeeOther);
        assert_eq!(answer.header("location"), "/sign-in?next=%2Fconversations%2F1001%3Fview%3Dmine");
        let page = browser.get(answer.header("location")).await;
        let fields = [("email", "ana@example.com"), ("password", PASSWORD), ("next", &page.field("next"))];
        assert_eq!(browser.post("/sign-in", &fields).await.header("location"), "/conversations/1001?view=mine");
        let elsewhere = [("email", "ana@example.com"), ("password", PASSWORD), ("next", "//evil.example")];
        assert_eq!(browser.post("/sign-in", &elsewhere).await.header("location"), "/conversations");
        assert_eq!(Browser::at(house).await.refreshes("/conversations/list").await.status, Status::Unauthorized);
    }
}
