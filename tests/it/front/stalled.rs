//! Security case 33: thousands of connections that stall, and a webhook that comes after them. With the real program.

use std::time::Duration;

use rocket::futures::future::join_all;
use rocket::tokio::io::AsyncWriteExt;
use rocket::tokio::net::TcpStream;
use rocket::tokio::time::timeout;
use switchboard::http::front::raise_file_limit;
use switchboard::wire::twilio::signature;

use crate::databases;
use crate::house::neighbours::webhook;
use crate::processes::witness::TOKEN;
use crate::processes::{World, until};

const STALLED: usize = 3000;

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

/// The next webhook is answered within a second while 3,000 connections stall, under the file limits that `first` sets.
async fn next_webhook_is_answered(first: &str) {
    assert!(raise_file_limit().unwrap() > 4000, "this test needs 4,000 open files");
    let mut world = World::new(databases::sqlite()).await;
    world.serves_after(first).await;
    let stalled = stall(world.port).await;
    assert!(stalled.len() > STALLED / 2, "only {} connections came about", stalled.len());
    let base = format!("http://127.0.0.1:{}", world.port);
    until("the flood has been seen", async || {
        world.witness.says_ok(&format!("{base}/health/live")).await.then_some(())
    })
    .await;
    let url = format!("{base}/hooks/twilio/messages");
    let form = webhook("SM00000000000000000000000000000001", "+15055550142", "Is the ramp open?");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = client
        .post(&url)
        .header("content-type", "application/x-www-form-urlencoded")
        .header(signature::HEADER, signature::sign(TOKEN, &url, &form))
        .body(form.encode());
    let answer = timeout(Duration::from_secs(1), post.send()).await.expect("the webhook waited for a second").unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    drop(stalled);
}

#[tokio::test]
async fn case_33_three_thousand_stalled_connections_do_not_hold_up_the_next_webhook() {
    next_webhook_is_answered("ulimit -Sn 1024").await;
}

#[tokio::test]
async fn case_33_nor_where_the_system_allows_no_more_than_a_thousand_files() {
    next_webhook_is_answered("ulimit -Sn 1024; ulimit -Hn 1024").await;
}
