//! A null character in every field of every form and every parameter of every address: it is a value like another one, or
//! it is refused, and never a fault.

use std::collections::BTreeSet;

use rocket::http::{ContentType, Cookie, Header, Method, Status};
use rocket::local::asynchronous::Client;

use switchboard::secret::hash_token;

use crate::house::House;
use crate::house::plan::with_ada;
use crate::route_table::doors;
use crate::web::browser::{Browser, PASSWORD, give_passwords};
use crate::{addresses, both_stores, floors};

/// What a field is given where a plausible value leads further: the handler must get past its first look.
const PLAUSIBLE: [(&str, &str); 14] = [
    ("email", "ana@example.com"),
    ("phone", "+12125550142"),
    ("number", "+12125550143"),
    ("to", "+12125550142"),
    ("line", "1"),
    ("rep", "1"),
    ("role", "rep"),
    ("duty", "on"),
    ("country", "US"),
    ("count", "1"),
    ("until", "1h"),
    ("url", "https://example.com/"),
    ("password", "four cormorants on a pier"),
    ("again", "four cormorants on a pier"),
];

/// Every name that a form of ours gives a field, as the templates, the handlers and the types of forms have them.
fn names() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let word = |text: &str| -> String {
        text.chars().take_while(|c| c.is_ascii_alphanumeric() || "_-[].".contains(*c)).collect()
    };
    let sources = floors::files("templates", &[".html"]).into_iter().chain(floors::files("src/web", &[".rs"]));
    for (_, text) in sources {
        for (start, wrapped) in [("name=\"", false), (".value(\"", true), ("take(\"", true), ("remove(\"", true)] {
            for rest in text.split(start).skip(1) {
                let name = word(rest);
                if !name.is_empty() {
                    names.insert(if wrapped { format!("field[{name}]") } else { name });
                }
            }
        }
        // The fields of what is derived from a form.
        for rest in text.split("FromForm)]").skip(1) {
            let body = rest.split('}').next().unwrap();
            for line in body.lines().filter_map(|line| line.trim().split_once(": ")) {
                names.insert(word(line.0.trim_start_matches("pub(super) ").trim_start_matches("pub ")));
            }
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn plausible(name: &str) -> &'static str {
    let bare = name.trim_start_matches("field[").trim_end_matches(']');
    PLAUSIBLE.iter().find(|(known, _)| *known == bare).map_or("x", |(_, value)| value)
}

async fn signs_in(house: &House, email: &str) -> String {
    let token = house.desk.chance.token::<32>();
    house.has_a_session(email, &hash_token(&token)).await;
    token
}

async fn asks(house: &House, client: &Client, method: Method, path: &str, body: Option<String>) -> Status {
    let session = signs_in(house, "ada@example.com").await;
    let mut request = client.req(method, path.to_owned()).header(Header::new("Host", "127.0.0.1:8000"));
    request = request.cookie(Cookie::new("__Host-switchboard", session));
    request.add_header(Header::new("Cookie", "__Host-switchboard-device=a%00b"));
    request.add_header(Header::new("Origin", "http://127.0.0.1:8000"));
    request.add_header(ContentType::Form);
    request.body(body.unwrap_or_default()).dispatch().await.status()
}

fn encode(pairs: impl IntoIterator<Item = (String, String)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

both_stores! {
    async fn a_null_character_in_any_field_or_parameter_of_any_route_is_no_fault(house: with_ada) {
        give_passwords(house).await;
        let examples = addresses::furnish(house, "ana@example.com").await;
        let client = doors(house).await;
        let names = names();
        assert!(names.len() > 60 && names.contains("email") && names.contains("field[name]") && names.contains("form_key"), "{names:?}");
        let all_nul = encode(names.iter().map(|name| (name.clone(), "a\0b".to_owned())));
        let ending = encode(names.iter().map(|name| (name.clone(), format!("{}\0", plausible(name)))));
        let keys = encode(names.iter().map(|name| (format!("{name}\0"), plausible(name).to_owned())).chain([("field[\0]".to_owned(), "\0".to_owned())]));
        let routes: Vec<_> = client.rocket().routes().map(|route| (route.method, route.uri.to_string())).collect();
        assert!(routes.len() > 100);
        let mut looked = 0;
        for (method, address) in routes {
            // What never ends is no page, and what a carrier posts is signed: it has a test of its own.
            if address.starts_with("/live") || address.starts_with("/simulator/api") || address.starts_with("/hooks") {
                continue;
            }
            let (bare, query) = address.split_once('?').unwrap_or((&address, ""));
            let path = examples.fill(bare);
            let asked: Vec<String> = query.split('&').filter(|name| !name.is_empty())
                .map(|name| name.trim_matches(['<', '>']).trim_end_matches("..").to_owned()).collect();
            let mut tried = vec![
                (format!("{path}?{}", asked.iter().map(|name| format!("{name}=a%00b")).collect::<Vec<_>>().join("&")), None),
                (format!("{path}?error=%00&%00=x&saved=%00&q=%00&who=%00&cursor=%00&before=%00&next=/%00"), None),
            ];
            tried.extend(asked.iter().map(|name| (format!("{path}?{name}=%00"), None)));
            if bare.contains('<') {
                let at = bare.split('/').map(|part| if part.starts_with('<') { "a%00b" } else { part });
                tried.push((at.collect::<Vec<_>>().join("/"), None));
            }
            if !matches!(method, Method::Get | Method::Head) {
                tried.extend([&all_nul, &ending, &keys].map(|body| (path.clone(), Some(body.clone()))));
            }
            for (path, body) in tried {
                let status = asks(house, &client, method, &path, body).await;
                assert!(status.code < 500, "{method} {path}: {status}");
                looked += 1;
            }
            house.everybody_is_enabled_by_hand().await;
        }
        assert!(looked > 300, "{looked}");
        house.runs_due_work().await;
    }

    async fn where_a_null_character_stood_a_mark_stands_and_the_rest_is_kept(house) {
        let ana = Browser::of(house, "ana@example.com").await;
        for path in ["/history?who=%00", "/history?q=a%00b", "/conversations?q=%00", "/palette?q=%00", "/sign-in?next=/%00"] {
            assert!(ana.get(path).await.status.code < 500, "{path}");
        }
        let answer = ana.post("/me/name", &[("field[name]", "An\0a")]).await;
        assert_eq!(answer.status, Status::SeeOther);
        assert_eq!(house.words("SELECT name FROM people WHERE email = 'ana@example.com'").await, ["An\u{FFFD}a"]);
        let nobody = Browser::at(house).await;
        assert_eq!(nobody.signs_in("ana\0@example.com", PASSWORD).await.status, Status::Unauthorized);
        assert_eq!(nobody.signs_in("ana@example.com", "tide\0table").await.status, Status::Unauthorized);
        // What is no UTF-8 is none either.
        for body in ["email=%FF%FE&password=%C0%80", "email=%ED%A0%80&password=x"] {
            let request = nobody.client.post("/sign-in").header(ContentType::Form).header(Header::new("Sec-Fetch-Site", "same-origin"));
            assert_eq!(request.body(body).dispatch().await.status(), Status::Unauthorized, "{body}");
        }
    }

    async fn the_api_names_the_member_that_has_a_null_character(house) {
        let client = doors(house).await;
        let scopes = switchboard::domain::programs::scope::Scopes::read("pairs:read,pairs:write,messages:write,endpoints:write").unwrap();
        let asked = switchboard::desk::programs::tokens::Asked { name: "crm".to_owned(), app: None, scopes, expires: None };
        let token = switchboard::desk::programs::tokens::make(&house.desk, None, asked).await.unwrap().token;
        let bearer = || Header::new("Authorization", format!("Bearer {token}"));
        for (method, path, body) in [
            (Method::Post, "/api/v1/pairs", r#"{"reference":"a\u0000b","parties":[]}"#),
            (Method::Post, "/api/v1/pairs", r#"{"\u0000":1}"#),
            (Method::Post, "/api/v1/pairs", r#"{"reference":"\ud800"}"#),
            (Method::Post, "/api/v1/endpoints", r#"{"url":"https://example.com/\u0000","events":["*"]}"#),
            (Method::Post, "/api/v1/pairs/1/messages", r#"{"to":"\u0000","body":"\u0000"}"#),
            (Method::Get, "/api/v1/pairs?reference=%00", ""),
            (Method::Get, "/api/v1/pairs/%00", ""),
            (Method::Get, "/api/v1/pairs?cursor=%00&limit=%00", ""),
            (Method::Get, "/api/v1/endpoints/%00", ""),
        ] {
            let request = client.req(method, path.to_owned()).header(bearer()).header(ContentType::JSON);
            let request = request.header(Header::new("Idempotency-Key", "a%00b"));
            let status = request.body(body).dispatch().await.status();
            assert!(status.code < 500, "{method} {path} {body}: {status}");
        }
    }
}
