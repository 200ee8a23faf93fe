//! The simulator stays on its machine: who may ask it, and where it posts.

use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Method;
use rocket::http::{Header, Status};
use rocket::local::asynchronous::Client;
use rocket::response::Redirect;
use rocket::{State, get, post, routes};
use switchboard::http::{self, Site};
use switchboard::secret::Chance;
use switchboard::simulator::{self, Inbound, Settings, Simulator};

use super::{ACCOUNT, JOEL, LINE, Stand, TOKEN, figment, launch};

const HERE: [&str; 5] = ["localhost", "LOCALHOST:9100", "127.0.0.1:80", "127.1.2.3", "[::1]:9100"];
const ELSEWHERE: [&str; 8] = [
    "texts.example.com",
    "evil.example:9100",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "192.168.1.4:9100",
    "0.0.0.0",
    "[::2]",
    "127.0.0.1:80@evil.example",
];
const PLACES: [(Method, &str); 7] = [
    (Method::GET, "/simulator"),
    (Method::GET, "/simulator/texts"),
    (Method::GET, "/simulator/phones"),
    (Method::GET, "/simulator/live"),
    (Method::PUT, "/simulator/webhook"),
    (Method::POST, "/simulator/outage/1"),
    (Method::GET, "/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json"),
];

#[tokio::test]
async fn only_who_asks_for_this_machine_is_answered() {
    let stand = Stand::new().await;
    for (method, place) in PLACES {
        for host in ELSEWHERE {
            let asked = stand.client.request(method.clone(), format!("{}{place}", stand.base)).header("Host", host);
            let answer = asked.send().await.unwrap();
            assert_eq!(answer.status(), 421, "{method} {place} of {host}");
            assert!(answer.text().await.unwrap().contains("SWITCHBOARD_SIMULATOR_ANYWHERE"));
        }
    }
    for host in HERE {
        let asked = stand.client.get(format!("{}/simulator/phones", stand.base)).header("Host", host);
        assert_eq!(asked.send().await.unwrap().status(), 200, "{host}");
    }
}

#[tokio::test]
async fn whoever_insists_lets_everybody_in() {
    let stand = Stand::with(|settings| settings.anywhere = true).await;
    for host in ELSEWHERE {
        let asked = stand.client.get(format!("{}/simulator/phones", stand.base)).header("Host", host);
        assert_eq!(asked.send().await.unwrap().status(), 200, "{host}");
    }
}

#[tokio::test]
async fn the_simulator_inside_a_house_is_as_shy_as_one_alone_and_the_house_is_not() {
    let simulator = Simulator::new(Settings::new(ACCOUNT, TOKEN)).unwrap();
    let rocket = http::attach(rocket::custom(figment()), Site::at("http://127.0.0.1"), Chance::seeded(1), None)
        .manage(simulator)
        .mount("/simulator/api", simulator::api_routes())
        .mount("/simulator", simulator::page_routes());
    let client = Client::untracked(rocket).await.unwrap();
    for (path, host, status) in [
        ("/simulator", "127.0.0.1:8000", Status::Ok),
        ("/simulator", "texts.example.com", Status::MisdirectedRequest),
        ("/simulator/count", "texts.example.com", Status::MisdirectedRequest),
        ("/simulator/api/2010-04-01/Accounts/AC1/Messages.json", "texts.example.com", Status::MisdirectedRequest),
        ("/static/app.css", "texts.example.com", Status::Ok),
    ] {
        let answer = client.get(path).header(Header::new("Host", host)).dispatch().await;
        assert_eq!(answer.status(), status, "{path} of {host}");
    }
    assert_eq!(client.get("/simulator").dispatch().await.status(), Status::MisdirectedRequest, "of nobody");
}

/// Counts what it gets, and leads posts on to itself.
#[post("/first")]
fn first(heard: &State<AtomicUsize>) -> Redirect {
    heard.fetch_add(1, Ordering::SeqCst);
    Redirect::temporary("/second")
}

#[post("/second")]
fn second(heard: &State<AtomicUsize>) {
    heard.fetch_add(100, Ordering::SeqCst);
}

#[get("/heard")]
fn heard(heard: &State<AtomicUsize>) -> String {
    heard.load(Ordering::SeqCst).to_string()
}

#[tokio::test]
async fn it_posts_nowhere_else_and_follows_nobody() {
    let stand = Stand::new().await;
    let routes = routes![first, second, heard];
    let (there, stop) = launch(rocket::custom(figment()).manage(AtomicUsize::new(0)).mount("/", routes)).await;
    let port = there.rsplit_once(':').unwrap().1.to_owned();
    let said = async || stand.client.get(format!("{there}/heard")).send().await.unwrap().text().await.unwrap();
    let texts = async || {
        let inbound =
            Inbound { from: JOEL.to_owned(), to: LINE.to_owned(), body: "Hi".to_owned(), ..Inbound::default() };
        stand.simulator.send(inbound).await
    };

    // An address of this machine that is not its name for itself stands for any other machine.
    let elsewhere = format!("http://0.0.0.0:{port}/second");
    for url in
        [elsewhere.as_str(), "http://169.254.169.254/latest", "http://relay.example.org/", "ftp://localhost/", "x"]
    {
        let put = stand.client.put(format!("{}/simulator/webhook", stand.base)).body(url.to_owned());
        assert_eq!(put.send().await.unwrap().status(), 422, "{url}");
        let put = stand.client.put(format!("{}/simulator/numbers/{LINE}", stand.base));
        let put =
            put.header("Content-Type", "application/json").body(serde_json::json!({ "webhook": url }).to_string());
        assert_eq!(put.send().await.unwrap().status(), 422, "{url}");
    }
    // However the address got there.
    stand.simulator.own_number(LINE, "Bait", Some(&elsewhere));
    assert!(!texts().await.taken());
    let callback = [("To", JOEL), ("From", LINE), ("Body", "Hi"), ("StatusCallback", elsewhere.as_str())];
    assert_eq!(stand.post(&stand.messages(), &callback).await.unwrap().status(), 201);
    stand.simulator.settle().await;
    assert_eq!(said().await, "0");

    stand.simulator.own_number(LINE, "Bait", Some(&format!("{there}/first")));
    assert!(!texts().await.taken());
    assert_eq!(said().await, "1", "it followed");
    stop.notify();
}

#[tokio::test]
async fn so_many_pages_may_listen_and_no_more() {
    let stand = Stand::new().await;
    let opens = async || stand.client.get(format!("{}/simulator/live", stand.base)).send().await.unwrap();
    let mut streams = Vec::new();
    for n in 0..64 {
        let mut stream = opens().await;
        assert_eq!(
            (stream.status().as_u16(), stream.headers()["x-accel-buffering"].as_bytes()),
            (200, &b"no"[..]),
            "{n}"
        );
        assert!(stream.chunk().await.unwrap().is_some());
        streams.push(stream);
    }
    assert_eq!(opens().await.status(), 429);
}
