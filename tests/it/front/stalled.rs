//! Security case 33: thousands of connections that stall, and a webhook that comes after them. With the real program.

use std::io::{self, Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rocket::futures::future::join_all;
use rocket::tokio::io::{AsyncReadExt, AsyncWriteExt};
use rocket::tokio::net::TcpStream;
use rocket::tokio::task::spawn_blocking;
use rocket::tokio::time::timeout;
use switchboard::http::front::raise_file_limit;
use switchboard::wire::twilio::signature;

use super::PATIENCE;
use crate::databases;
use crate::house::neighbours::webhook;
use crate::processes::World;
use crate::processes::witness::TOKEN;

const STALLED: usize = 3000;
/// A busy machine needs a second or two to look at all of them. A house without seats answers when those that stall have had their
/// time, after 10 s.
const ALIVE: Duration = Duration::from_secs(5);

/// What each of them sends, and no more: nothing, parts of a head, bodies that get no further.
fn half(n: usize) -> String {
    let post = |path: &str, body: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: 5000\r\n\r\n{body}"
        )
    };
    match n % 6 {
        0 => String::new(),
        1 => "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ".to_owned(),
        2 => post("/hooks/twilio/messages", "Body=se"),
        3 => post("/hooks/twilio/messages", "Body=thirteen"),
        4 => post("/sign-in", "email=fourteen"),
        _ => post("/api/v1/pairs", "{\"a\":"),
    }
}

async fn stall(port: u16) -> Vec<TcpStream> {
    let one = async |n: usize| {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
        // It may have been ended already in favour of others.
        let _ = stream.write_all(half(n).as_bytes()).await;
        Some(stream)
    };
    let mut all = Vec::new();
    for first in (0..STALLED).step_by(100) {
        all.extend(join_all((first..first + 100).map(one)).await.into_iter().flatten());
    }
    all
}

/// How long it takes until `/health/live` says that all is well, on connections of its own: one that is cut is made again, as
/// whoever watches a house does.
fn health(port: u16) -> Duration {
    let asks = || -> io::Result<String> {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        let mut said = String::new();
        stream.read_to_string(&mut said)?;
        Ok(said)
    };
    let begun = Instant::now();
    while !asks().is_ok_and(|said| said.starts_with("HTTP/1.1 200 ")) {
        assert!(begun.elapsed() < PATIENCE, "nobody says that the house lives");
    }
    begun.elapsed()
}

/// While 3,000 connections stall the house says within [`ALIVE`] that it lives, and answers the next webhook within a second;
/// those that stall are ended. All of it under the file limits that `first` sets.
async fn next_webhook_is_answered(first: &str) {
    assert!(raise_file_limit().unwrap() > 4000, "this test needs 4,000 open files");
    let mut world = World::new(databases::sqlite()).await;
    world.serves_after(first).await;
    let port = world.port;
    let flooded = Arc::new(AtomicBool::new(false));
    // On a thread of its own, so that it is no slower for what the test itself does meanwhile.
    let over = Arc::clone(&flooded);
    let watched = std::thread::spawn(move || {
        let mut longest = Duration::ZERO;
        loop {
            let last = over.load(Ordering::SeqCst);
            longest = longest.max(health(port));
            if last {
                return longest;
            }
        }
    });
    let stalled = stall(port).await;
    flooded.store(true, Ordering::SeqCst);
    let longest = spawn_blocking(|| watched.join().unwrap()).await.unwrap();
    assert!(longest < ALIVE, "the house said for {longest:?} of the flood nothing of whether it lives");
    assert!(stalled.len() > STALLED / 2, "only {} connections came about", stalled.len());
    let url = format!("http://127.0.0.1:{port}/hooks/twilio/messages");
    let form = webhook("SM00000000000000000000000000000001", "+15055550142", "Is the ramp open?");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client
        .post(&url)
        .header("content-type", "application/x-www-form-urlencoded")
        .header(signature::HEADER, signature::sign(TOKEN, &url, &form))
        .body(form.encode());
    let answer =
        timeout(Duration::from_secs(1), request.send()).await.expect("the webhook waited for a second").unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    let ended = join_all(stalled.into_iter().map(async |mut stream| stream.read_to_end(&mut Vec::new()).await));
    let ended = timeout(PATIENCE, ended).await.expect("somebody stalls without an end");
    assert!(ended.len() > STALLED / 2);
}

#[tokio::test]
async fn case_33_three_thousand_stalled_connections_do_not_hold_up_the_next_webhook() {
    next_webhook_is_answered("ulimit -Sn 1024").await;
}

#[tokio::test]
async fn case_33_nor_where_the_system_allows_no_more_than_a_thousand_files() {
    next_webhook_is_answered("ulimit -Sn 1024; ulimit -Hn 1024").await;
}
