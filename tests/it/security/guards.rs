//! What no page can forget: cross-site refusal, security headers, the cookie, and that looking changes nothing.

use rocket::http::{Method, Status};

use crate::addresses;
use crate::both_stores;
use crate::house::plan::with_ada;
use crate::web::browser::{Browser, PASSWORD, give_passwords};

async fn sign_out_with(browser: &Browser, headers: &[(&str, &str)]) -> Status {
    browser.send(Method::Post, "/sign-out", &[], headers).await.status
}

both_stores! {
    async fn case_20_another_site_cannot_make_a_signed_in_browser_do_anything(house) {
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

    async fn case_20_a_program_without_a_session_needs_no_origin(house) {
        let answer = Browser::at(house).await.send(Method::Post, "/sign-out", &[], &[]).await;
        assert_eq!(answer.status, Status::SeeOther);
    }

    async fn case_20_a_published_house_believes_its_public_address_and_not_the_host(house) {
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

    async fn case_17_the_cookie_is_bound_to_the_host_where_browsers_allow_it(house) {
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

    async fn case_21_every_answer_carries_the_security_headers(house: with_ada) {
        let examples = addresses::furnish(house, "ana@example.com").await;
        let ada = Browser::of(house, "ada@example.com").await;
        let mut answers = Vec::new();
        for (method, address) in addresses::routes(&ada) {
            if address == "/live" {
                let headers = ada.opens("/live").await;
                assert!(headers.header("content-type").starts_with("text/event-stream"), "{headers:?}");
                answers.push(headers);
            } else if address != "/sign-out" {
                answers.push(ada.send(method, &examples.fill(&address), &[], &[("Sec-Fetch-Site", "same-origin")]).await);
            }
        }
        for path in ["/nowhere", "/conversations/999999", "/link/none", "/setup/none", "/static/nothing.css"] {
            answers.push(ada.get(path).await);
        }
        answers.push(ada.send(Method::Post, "/sign-out", &[], &[]).await);
        answers.push(Browser::at(house).await.signs_in("ana@example.com", "wrong").await);
        answers.push(Browser::at(house).await.get("/conversations").await);
        house.runs_due_work().await;
        let of = |code: u16| answers.iter().filter(|answer| answer.status.code == code).count();
        for (code, least) in [(200, 25), (303, 5), (401, 1), (403, 1), (404, 3), (410, 1), (422, 25)] {
            assert!(of(code) >= least, "only {} answers of {code}", of(code));
        }
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

    /// Every unsafe route of the house refuses another site, whatever it does.
    async fn case_20_every_unsafe_route_refuses_another_site(house: with_ada) {
        let ada = Browser::of(house, "ada@example.com").await;
        let examples = addresses::furnish(house, "ana@example.com").await;
        let safe = [Method::Get, Method::Head, Method::Options];
        let routes: Vec<(Method, String)> = addresses::routes(&ada)
            .into_iter()
            .filter(|(method, address)| !safe.contains(method) && !address.starts_with("/hooks/"))
            .map(|(method, address)| (method, examples.fill(&address)))
            .collect();
        assert!(routes.len() > 60, "only {} routes", routes.len());
        let refused: [&[(&str, &str)]; 3] = [&[("Sec-Fetch-Site", "cross-site")], &[("Origin", "https://evil.example")], &[]];
        let before = house.contents().await;
        for (method, path) in &routes {
            for headers in refused {
                let answer = ada.send(*method, path, &[], headers).await;
                // To the API a browser is nobody, whoever is signed in there.
                let refused = if path.starts_with("/api/") { Status::Unauthorized } else { Status::Forbidden };
                assert_eq!(answer.status, refused, "{method} {path} {headers:?}");
            }
        }
        house.is_unchanged_since(&before).await;
        assert_eq!(ada.get("/conversations").await.status, Status::Ok);
    }

    /// GET never writes: an admin, and the rep whose things they are, open every page there is, and everything is as before.
    async fn case_20_looking_at_every_page_writes_nothing(house: with_ada) {
        let examples = addresses::furnish(house, "ana@example.com").await;
        for email in ["ada@example.com", "ana@example.com"] {
            let browser = Browser::of(house, email).await;
            let before = house.contents().await;
            let opened = addresses::pages(&browser, &examples).await.len();
            assert!(opened >= if email == "ada@example.com" { 25 } else { 15 }, "only {opened} pages could be opened");
            house.is_unchanged_since(&before).await;
        }
    }

    /// No page has a script or a style of its own, in an element or in an attribute.
    async fn case_21_no_page_has_inline_script_or_style(house: with_ada) {
        let examples = addresses::furnish(house, "ana@example.com").await;
        let ada = Browser::of(house, "ada@example.com").await;
        let mut pages = addresses::pages(&ada, &examples).await;
        assert!(pages.len() >= 25, "only {} pages could be opened", pages.len());
        // Forms again with what is wrong in them, and pages that say no.
        for (method, address) in addresses::routes(&ada) {
            if method == Method::Post && address != "/sign-out" {
                let path = examples.fill(&address);
                pages.push((path.clone(), ada.post(&path, &[]).await));
            }
        }
        for path in ["/nowhere", "/link/none", "/setup/none"] {
            pages.push((path.to_owned(), ada.get(path).await));
        }
        pages.push(("/sign-in".to_owned(), Browser::at(house).await.signs_in("ana@example.com", "wrong").await));
        house.runs_due_work().await;
        for (page, answer) in pages.iter().filter(|(_, answer)| answer.header("content-type").starts_with("text/html")) {
            let body = &answer.body;
            assert!(!body.contains(" style=") && !body.contains("<style"), "{page}");
            for script in body.split("<script").skip(1) {
                let (tag, rest) = script.split_once('>').unwrap();
                assert!(tag.contains("src=\"/static/") && rest.starts_with("</script>"), "{page}: <script{tag}>");
            }
            for tag in body.split('<').skip(1) {
                let tag = tag.split('>').next().unwrap();
                assert!(!tag.split_whitespace().skip(1).any(|part| part.starts_with("on") && part.contains('=')), "{page}: {tag}");
                assert!(!tag.contains("javascript:"), "{page}: {tag}");
            }
        }
    }
}
