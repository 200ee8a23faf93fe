//! What no page can forget: cross-site refusal, security headers, the cookie.

use rocket::http::{Header, Method, Status};

use crate::both_stores;
use crate::web_browser::{Browser, PASSWORD, give_passwords};

async fn sign_out_with(browser: &Browser, headers: &[(&str, &str)]) -> Status {
    browser.send(Method::Post, "/sign-out", &[], headers).await.status
}

both_stores! {
    async fn another_site_cannot_make_a_signed_in_browser_do_anything(house) {
        let browser = Browser::of(house, "ana@example.com").await;
        let own = ("Origin", "http://127.0.0.1:8000");
        let refused: [&[(&str, &str)]; 8] = [
            &[("Sec-Fetch-Site", "cross-site")],
            &[("Sec-Fetch-Site", "same-site")],
            &[("Sec-Fetch-Site", "cross-site"), own],
            &[("Origin", "https://elsewhere.example")],
            &[("Origin", "http://127.0.0.1:9000")],
            &[("Origin", "https://127.0.0.1:8000")],
            &[("Origin", "null")],
            &[],
        ];
        for headers in refused {
            assert_eq!(sign_out_with(&browser, headers).await, Status::Forbidden, "{headers:?}");
        }
        for method in [Method::Put, Method::Delete, Method::Patch] {
            let answer = browser.send(method, "/sign-out", &[], &[("Sec-Fetch-Site", "cross-site")]).await;
            assert_eq!(answer.status, Status::Forbidden, "{method}");
        }
        assert_eq!(browser.get("/conversations").await.status, Status::Ok, "nothing of it signed her out");
        let passes: [&[(&str, &str)]; 3] =
            [&[own], &[("Sec-Fetch-Site", "none")], &[("Sec-Fetch-Site", "same-origin"), ("Origin", "https://x.example")]];
        for headers in passes {
            assert_eq!(sign_out_with(&browser, headers).await, Status::SeeOther, "{headers:?}");
            assert_eq!(browser.signs_in("ana@example.com", PASSWORD).await.status, Status::SeeOther);
        }
    }

    async fn a_program_without_a_session_needs_no_origin(house) {
        let answer = Browser::at(house).await.send(Method::Post, "/sign-out", &[], &[]).await;
        assert_eq!(answer.status, Status::SeeOther);
    }

    async fn a_published_house_believes_its_public_address_and_not_the_host(house) {
        give_passwords(house).await;
        let browser = Browser::on(house, "https://texts.example.com", "texts.example.com").await;
        assert_eq!(browser.signs_in("ana@example.com", PASSWORD).await.status, Status::SeeOther);
        for (origin, status) in [
            ("https://evil.example", Status::Forbidden),
            ("http://texts.example.com", Status::Forbidden),
            ("https://texts.example.com", Status::SeeOther),
        ] {
            assert_eq!(sign_out_with(&browser, &[("Origin", origin)]).await, status, "{origin}");
        }
        let fooled = Browser::on(house, "https://texts.example.com", "evil.example").await;
        assert_eq!(sign_out_with(&fooled, &[("Origin", "https://evil.example")]).await, Status::Forbidden);
    }

    async fn the_cookie_is_bound_to_the_host_where_browsers_allow_it(house) {
        give_passwords(house).await;
        let cookie = async |public_url: &str, host: &str| {
            let answer = Browser::on(house, public_url, host).await.signs_in("ana@example.com", PASSWORD).await;
            answer.header("set-cookie").to_owned()
        };
        for (public_url, host) in
            [("https://texts.example.com", "texts.example.com"), ("http://127.0.0.1:8000", "localhost:8000")]
        {
            let cookie = cookie(public_url, host).await;
            assert!(cookie.starts_with("__Host-switchboard=") && cookie.contains("; Secure"), "{cookie}");
            assert!(cookie.contains("; HttpOnly; SameSite=Lax") && cookie.contains("; Path=/"), "{cookie}");
            assert!(!cookie.contains("Domain"), "{cookie}");
        }
        let plain = cookie("http://192.168.1.5:8000", "192.168.1.5:8000").await;
        assert!(plain.starts_with("switchboard=") && !plain.contains("Secure"), "{plain}");
        assert!(plain.contains("; HttpOnly; SameSite=Lax"), "{plain}");
    }

    async fn every_answer_carries_the_security_headers(house) {
        let browser = Browser::of(house, "ana@example.com").await;
        let pages = ["/sign-in", "/conversations", "/conversations/1", "/static/app.css", "/nowhere", "/health/live", "/metrics"];
        let mut answers = Vec::new();
        for page in pages {
            answers.push(browser.get(page).await);
        }
        answers.push(browser.send(Method::Post, "/sign-out", &[], &[]).await);
        for answer in &answers {
            let policy = answer.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{answer:?}");
            assert!(policy.contains("frame-ancestors 'none'; base-uri 'none'") && !policy.contains("unsafe"), "{policy}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert_eq!(answer.header("referrer-policy"), "same-origin");
            assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
            assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
            assert_eq!(answer.header("strict-transport-security"), "", "not without TLS");
            assert_eq!(answer.header("x-request-id").len(), 16);
        }
        let published = Browser::on(house, "https://texts.example.com", "texts.example.com").await;
        assert!(published.get("/sign-in").await.header("strict-transport-security").starts_with("max-age="));
    }

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
        assert!(packed.into_bytes().await.unwrap().len() < 10_000, "small enough for a slow line");
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
