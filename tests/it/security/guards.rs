//! What no page can forget: cross-site refusal, security headers, the cookie, and that looking changes nothing.

use rocket::http::{Method, Status};

use crate::both_stores;
use crate::house::House;
use crate::house::plan::with_ada;
use crate::web_browser::{Browser, PASSWORD, give_passwords};

async fn sign_out_with(browser: &Browser, headers: &[(&str, &str)]) -> Status {
    browser.send(Method::Post, "/sign-out", &[], headers).await.status
}

/// How many rows every table has that a page could write to.
async fn rows(house: &House) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in [
        "people",
        "links",
        "numbers",
        "lines",
        "line_members",
        "customers",
        "conversations",
        "legs",
        "messages",
        "events",
        "deliveries",
        "attempts",
        "consents",
        "blocks",
        "changes",
        "audit",
        "labels",
        "conversation_labels",
        "drafts",
        "canned_replies",
        "planned_replies",
        "mentions",
        "customer_tags",
        "saved_searches",
        "phone_codes",
        "settings",
    ] {
        counts.push(house.rows(table).await);
    }
    counts
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

    async fn case_21_every_answer_carries_the_security_headers(house) {
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

    /// Every unsafe route of the house refuses another site, whatever it does.
    async fn case_20_every_unsafe_route_refuses_another_site(house: with_ada) {
        let ada = Browser::of(house, "ada@example.com").await;
        let routes: Vec<(Method, String)> = ada
            .client
            .rocket()
            .routes()
            .filter(|route| !matches!(route.method, Method::Get | Method::Head | Method::Options))
            .map(|route| (route.method, route.uri.path().replace(['<', '>'], "")))
            .filter(|(_, path)| !path.starts_with("/hooks/"))
            .collect();
        assert!(routes.len() > 25, "only {} routes", routes.len());
        let refused: [&[(&str, &str)]; 3] = [&[("Sec-Fetch-Site", "cross-site")], &[("Origin", "https://evil.example")], &[]];
        let before = rows(house).await;
        for (method, path) in &routes {
            for headers in refused {
                let answer = ada.send(*method, path, &[], headers).await;
                assert_eq!(answer.status, Status::Forbidden, "{method} {path} {headers:?}");
            }
        }
        assert_eq!(rows(house).await, before);
        assert_eq!(ada.get("/conversations").await.status, Status::Ok);
    }

    /// GET never writes: an admin opens every page there is, and no row comes or goes.
    async fn case_20_looking_at_every_page_writes_nothing(house: with_ada) {
        house.customer(34).texts("Is the ramp open?").await;
        let ada = Browser::of(house, "ada@example.com").await;
        let ids = [
            ("/conversations/", house.conversation().await.0),
            ("/lines/", house.number("SELECT id FROM lines").await),
            ("/people/", house.person("ana@example.com").await.0),
        ];
        let before = rows(house).await;
        let mut opened = 0;
        let paths: Vec<String> = ada
            .client
            .rocket()
            .routes()
            .filter(|route| route.method == Method::Get)
            .map(|route| {
                let path = route.uri.path().to_owned();
                let id = ids.iter().find(|(start, _)| path.starts_with(start)).map_or(1, |(_, id)| *id);
                path.replace("<id>", &id.to_string()).replace("<name>", "app.css").replace("<token>", "none")
            })
            .collect();
        for path in paths.iter().filter(|path| *path != "/live") {
            opened += usize::from(ada.get(path).await.status == Status::Ok);
        }
        assert!(opened > 10, "only {opened} pages could be opened");
        assert_eq!(rows(house).await, before);
    }

    /// No page has a script or a style of its own, in an element or in an attribute.
    async fn case_21_no_page_has_inline_script_or_style(house: with_ada) {
        house.customer(34).texts("Is the ramp open?").await;
        let ada = Browser::of(house, "ada@example.com").await;
        let (conversation, ana) = (house.conversation().await, house.person("ana@example.com").await);
        let line = house.number("SELECT id FROM lines").await;
        let pages = [
            "/sign-in".to_owned(), "/conversations".to_owned(), format!("/conversations/{conversation}"), "/held".to_owned(),
            "/lines".to_owned(), format!("/lines/{line}"), "/people".to_owned(), format!("/people/{ana}"), "/me".to_owned(),
            "/nowhere".to_owned(), "/link/none".to_owned(),
        ];
        for page in pages {
            let body = ada.get(&page).await.body;
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
