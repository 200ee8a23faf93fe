//! Whatever waits for a peer ends; what is longer than anybody takes is refused.

use super::{Front, PATIENCE, SOON, is_ours, limits};
use switchboard::http::front::Limits;

#[tokio::test]
async fn half_a_head_is_answered_408_and_silence_is_ended_without_words() {
    let front = Front::new().await;
    for half in ["G", "GET /peer HTTP/1.1\r\nHost: h\r\nX-Slow: ", "GET /peer HTTP/1.1\r\nHost: h\r\n"] {
        is_ours(&front.says(half).await, 408);
    }
    assert_eq!(front.connects().await.hears_all().await, "");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_answered_408_however_little_of_it_has() {
    let front = Front::new().await;
    for kind in ["application/x-www-form-urlencoded", "application/json", "text/plain"] {
        for sent in ["", "_method", "_method=delet", "_method=delete"] {
            let head = format!("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: {kind}\r\nContent-Length: 40\r\n\r\n");
            is_ours(&front.says(&format!("{head}{sent}")).await, 408);
        }
    }
    let chunked = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    is_ours(&front.says(chunked).await, 408);
}

#[tokio::test]
async fn a_connection_without_a_request_ends_and_one_that_was_used_may_wait_longer() {
    let front = Front::with(Limits { idle: SOON, head: PATIENCE, ..limits() }).await;
    let mut peer = front.sends("GET /peer HTTP/1.1\r\nHost: h\r\n\r\n").await;
    peer.hears("127.0.0.1").await;
    assert_eq!(peer.hears_all().await, "");
    let front = Front::with(Limits { idle: PATIENCE, ..limits() }).await;
    let mut peer = front.sends("GET /peer HTTP/1.1\r\nHost: h\r\n\r\n").await;
    peer.hears("127.0.0.1").await;
    // Half a head on a connection that was used has the head's time, from its first byte.
    peer.sends("GET /peer").await;
    is_ours(&peer.hears_all().await, 408);
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_before_it_is_sent_or_when_it_is() {
    let front = Front::with(Limits { longest_body: 1000, ..limits() }).await;
    let announced = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n";
    is_ours(&front.says(announced).await, 413);
    let expects = "POST /api/v1/x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n";
    let said = front.says(expects).await;
    is_ours(&said, 413);
    assert!(said.contains("application/problem+json") && said.contains("\"status\":413"), "{said}");
    let chunked =
        format!("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n{}", "x".repeat(1001));
    is_ours(&front.says(&chunked).await, 413);
    let whole = format!(
        "POST /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n{}",
        "x".repeat(1000)
    );
    is_ours(&front.says(&whole).await, 200);
}

#[tokio::test]
async fn long_bodies_have_a_room_that_ends_and_short_ones_need_none() {
    let front = Front::with(Limits { bodies: 0, small_body: 100, ..limits() }).await;
    let post = |n: usize| {
        format!("POST /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: {n}\r\n\r\n{}", "x".repeat(n))
    };
    is_ours(&front.says(&post(100)).await, 200);
    let said = front.says(&post(101)).await;
    is_ours(&said, 503);
    assert!(said.to_lowercase().contains("retry-after: 1"), "{said}");
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let front = Front::new().await;
    for head in [
        format!("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", "x".repeat(70_000)),
        format!("GET /peer HTTP/1.1\r\nHost: h\r\nX: {}\r\n\r\n", "x".repeat(70_000)),
        format!("GET /peer HTTP/1.1\r\nHost: h\r\n{}\r\n", "X: y\r\n".repeat(200)),
    ] {
        let said = front.says(&head).await;
        assert!(said.starts_with("HTTP/1.1 431 ") || said.starts_with("HTTP/1.1 414 "), "{said}");
    }
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_given_up() {
    let front = Front::new().await;
    let peer = front.sends("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n").await;
    front.nobody_listens_after_somebody_did().await;
    drop(peer);
}

#[tokio::test]
async fn a_newcomer_takes_the_seat_of_whoever_only_waits_and_nobodys_who_is_being_answered() {
    let front = Front::with(Limits { connections: 2, head: PATIENCE, ..limits() }).await;
    let mut held = front.sends("GET /held HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await;
    front.begins(1).await;
    let mut waits = front.sends("GET /peer").await;
    let mut newcomer = front.sends("GET /held HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await;
    assert_eq!(waits.hears_all().await, "");
    front.begins(1).await;
    let said = front.says("GET /peer HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 503 "), "{said}");
    front.seen.go_on.add_permits(2);
    is_ours(&held.hears_all().await, 200);
    is_ours(&newcomer.hears_all().await, 200);
}
