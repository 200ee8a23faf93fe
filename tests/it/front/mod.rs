//! The front: what it waits for, and for how long; what it hands on; what it answers by itself.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rocket::http::{ContentType, Header, Status};
use rocket::response::Response;
use rocket::response::content::RawText;
use rocket::response::status::Custom;
use rocket::response::stream::{ByteStream, Event, EventStream};
use rocket::tokio::io::{AsyncReadExt, AsyncWriteExt};
use rocket::tokio::net::TcpStream;
use rocket::tokio::sync::{Semaphore, watch};
use rocket::tokio::time::timeout;
use rocket::{Request, Shutdown, State};
use switchboard::config;
use switchboard::http::front::{Door, House, Limits};
use switchboard::http::{self, Site};
use switchboard::secret::Chance;

mod bounds;
mod ends;
mod requests;
mod stalled;
mod streams;

/// Nothing here takes so long, on however busy a machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// A deadline that a test waits for.
const SOON: Duration = Duration::from_millis(300);

/// What the routes below share with a test.
struct Seen {
    /// Requests that have begun to be answered.
    begun: Semaphore,
    /// One permit lets one held request go on.
    go_on: Semaphore,
    /// Counts what is written to `/endless` and `/events`; its receivers are those streams.
    streams: watch::Sender<u64>,
}

#[rocket::get("/peer")]
fn peer(address: std::net::IpAddr) -> String {
    address.to_string()
}

#[rocket::post("/echo", data = "<body>")]
fn echo(body: Vec<u8>) -> Vec<u8> {
    body
}

#[rocket::get("/held")]
async fn held(seen: &State<Arc<Seen>>) -> &'static str {
    seen.begun.add_permits(1);
    seen.go_on.acquire().await.unwrap().forget();
    "held"
}

#[rocket::get("/plain?<n>")]
fn plain(n: usize) -> RawText<String> {
    RawText("x".repeat(n))
}

#[rocket::get("/not-modified")]
fn not_modified() -> Custom<()> {
    Custom(Status::NotModified, ())
}

#[rocket::get("/events")]
fn events(seen: &State<Arc<Seen>>, mut end: Shutdown) -> EventStream![] {
    let mut news = seen.streams.subscribe();
    EventStream! {
        yield Event::data("first");
        loop {
            rocket::tokio::select! {
                changed = news.changed() => if changed.is_err() { break },
                () = &mut end => break,
            }
            yield Event::data("more");
        }
    }
}

#[rocket::get("/endless")]
fn endless(seen: &State<Arc<Seen>>) -> ByteStream![Vec<u8>] {
    let held = seen.streams.subscribe();
    ByteStream! {
        loop {
            yield vec![b'x'; if held.has_changed().is_ok() { 65_536 } else { 0 }];
        }
    }
}

/// An answer that HTTP does not allow.
struct Broken;

impl<'r> rocket::response::Responder<'r, 'static> for Broken {
    fn respond_to(self, _: &'r Request<'_>) -> rocket::response::Result<'static> {
        Response::build().header(Header::new("X-Broken", "\n")).header(ContentType::Plain).ok()
    }
}

#[rocket::get("/broken")]
fn broken() -> Broken {
    Broken
}

/// A front of its own with a few routes.
struct Front {
    address: SocketAddr,
    seen: Arc<Seen>,
    stop: Shutdown,
    ended: rocket::tokio::task::JoinHandle<()>,
}

/// The usual bounds, with short waits.
fn limits() -> Limits {
    let usual = Limits::of(&rocket::Config::default(), 1024);
    Limits { head: SOON, body: SOON, idle: PATIENCE, unread: SOON, grace: PATIENCE, mercy: SOON, ..usual }
}

impl Front {
    async fn with(limits: Limits) -> Front {
        let (begun, go_on, streams) = (Semaphore::new(0), Semaphore::new(0), watch::Sender::new(0));
        let seen = Arc::new(Seen { begun, go_on, streams });
        let figment = config::bare_figment([127, 0, 0, 1].into(), 0);
        let rocket = http::attach(rocket::custom(figment), Site::at("http://127.0.0.1"), Chance::seeded(1), None)
            .manage(Arc::clone(&seen))
            .mount("/", rocket::routes![peer, echo, held, plain, not_modified, events, endless, broken]);
        let door = Door::keep([127, 0, 0, 1].into(), 0).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], door.port()));
        let house = House::of(rocket).await.unwrap();
        let stop = house.shutdown();
        let ended = rocket::tokio::spawn(door.open().unwrap().serve(house, limits));
        Front { address, seen, stop, ended }
    }

    async fn new() -> Front {
        Front::with(limits()).await
    }

    async fn connects(&self) -> Peer {
        Peer(TcpStream::connect(self.address).await.unwrap())
    }

    /// A new connection that has sent these bytes.
    async fn sends(&self, bytes: &str) -> Peer {
        let mut peer = self.connects().await;
        peer.sends(bytes).await;
        peer
    }

    /// What comes back to these bytes until the connection ends.
    async fn says(&self, bytes: &str) -> String {
        self.sends(bytes).await.hears_all().await
    }

    /// Waits until so many more requests to `/held` have begun.
    async fn begins(&self, requests: u32) {
        timeout(PATIENCE, self.seen.begun.acquire_many(requests)).await.unwrap().unwrap().forget();
    }

    /// Waits until nobody listens to a stream any more.
    async fn nobody_listens(&self) {
        timeout(PATIENCE, self.seen.streams.closed()).await.expect("somebody still listens");
    }
}

impl Front {
    /// As [`Front::nobody_listens`], once somebody has.
    async fn nobody_listens_after_somebody_did(&self) {
        let began = async {
            while self.seen.streams.receiver_count() == 0 {
                rocket::tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, began).await.expect("nobody ever listened");
        self.nobody_listens().await;
    }
}

/// Somebody at the other end.
struct Peer(TcpStream);

impl Peer {
    async fn sends(&mut self, bytes: &str) {
        timeout(PATIENCE, self.0.write_all(bytes.as_bytes())).await.unwrap().unwrap();
    }

    /// Everything until the connection ends.
    async fn hears_all(&mut self) -> String {
        let mut heard = Vec::new();
        // A connection that is cut may end with a reset.
        let _ = timeout(PATIENCE, self.0.read_to_end(&mut heard)).await.expect("the connection does not end");
        String::from_utf8_lossy(&heard).into_owned()
    }

    /// Reads until `words` have come.
    async fn hears(&mut self, words: &str) -> String {
        let mut heard = Vec::new();
        while !String::from_utf8_lossy(&heard).contains(words) {
            let read = timeout(PATIENCE, self.0.read_buf(&mut heard)).await.expect("nothing more comes").unwrap();
            assert!(read > 0, "it ended before `{words}`: {}", String::from_utf8_lossy(&heard));
        }
        String::from_utf8_lossy(&heard).into_owned()
    }
}

/// Fails unless `answer` has this status and the headers that every answer has.
fn is_ours(answer: &str, status: u16) {
    let head = answer.split("\r\n\r\n").next().unwrap_or_default().to_lowercase();
    assert!(head.starts_with(&format!("http/1.1 {status} ")), "{answer}");
    for header in
        ["content-security-policy: default-src 'none'", "x-content-type-options: nosniff", "cache-control: no-store"]
    {
        assert!(head.contains(header), "{header} is not in {answer}");
    }
}
