//! What is handed on, and that it arrives as it was sent.

use super::{Front, is_ours};

const CLOSE: &str = "Connection: close\r\n\r\n";

#[tokio::test]
async fn requests_one_behind_the_other_are_answered_in_their_order() {
    let front = Front::new().await;
    let said = front
        .says(&format!(
            "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\noneGET /plain?n=4 HTTP/1.1\r\nHost: h\r\n\r\n\
             POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nthr\r\n2\r\nee\r\n0\r\n\r\n\
             GET /peer HTTP/1.1\r\nHost: h\r\n{CLOSE}"
        ))
        .await;
    let bodies: Vec<&str> = said.split("\r\n\r\n").skip(1).map(|body| body.split("HTTP/").next().unwrap()).collect();
    assert_eq!(bodies, ["one", "xxxx", "three", "127.0.0.1"], "{said}");
}

#[tokio::test]
async fn a_peer_who_asks_before_sending_is_told_to_go_on() {
    let front = Front::new().await;
    let head =
        "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n";
    let mut peer = front.sends(head).await;
    peer.hears("HTTP/1.1 100 Continue\r\n\r\n").await;
    peer.sends("hello").await;
    let said = peer.hears_all().await;
    is_ours(&said, 200);
    assert!(said.ends_with("hello"), "{said}");
}

#[tokio::test]
async fn what_no_request_is_or_names_no_one_host_is_refused() {
    let front = Front::new().await;
    for request in [
        "nonsense\r\n\r\n".to_owned(),
        format!("GET /peer HTTP/1.1\r\n{CLOSE}"),
        format!("GET /peer HTTP/1.1\r\nHost: a\r\nHost: b\r\n{CLOSE}"),
        format!("GET /peer HTTP/1.1\r\nHost: a/b c\r\n{CLOSE}"),
        format!("GET /peer HTTP/1.1\r\nHost : a\r\n{CLOSE}"),
        format!("OPTIONS * HTTP/1.1\r\nHost: h\r\n{CLOSE}"),
        format!("CONNECT h:80 HTTP/1.1\r\nHost: h\r\n{CLOSE}"),
        format!("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n{CLOSE}abcd"),
        format!("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n{CLOSE}"),
        format!("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n{CLOSE}abc"),
        format!("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n{CLOSE}"),
        format!("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n{CLOSE}zz\r\n"),
    ] {
        let said = front.says(&request).await;
        assert!(said.starts_with("HTTP/1.1 400 "), "{request} was answered {said}");
        assert_eq!(said.matches("HTTP/1.1").count(), 1, "{said}");
    }
    is_ours(&front.says(&format!("GET /peer HTTP/1.1\r\nHost: a\r\nHost: b\r\n{CLOSE}")).await, 400);
    is_ours(&front.says(&format!("BREW /peer HTTP/1.1\r\nHost: h\r\n{CLOSE}")).await, 501);
    let old = front.says("GET /peer HTTP/1.0\r\n\r\n").await;
    assert!(old.starts_with("HTTP/1.0 200 ") && old.ends_with("127.0.0.1"), "{old}");
}

#[tokio::test]
async fn a_length_beside_chunks_does_not_count_and_nothing_is_read_twice() {
    let front = Front::new().await;
    let said = front
        .says(&format!(
            "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 50\r\nTransfer-Encoding: chunked\r\n{CLOSE}0\r\n\r\n\
             GET /peer HTTP/1.1\r\nHost: h\r\n\r\n"
        ))
        .await;
    assert_eq!(said.matches("HTTP/1.1").count(), 1, "{said}");
    assert!(!said.contains("127.0.0.1"), "{said}");
}

#[tokio::test]
async fn the_peer_is_who_is_connected_whatever_headers_say() {
    let front = Front::new().await;
    let said = front
        .says(&format!(
            "GET /peer HTTP/1.1\r\nHost: h\r\nX-Real-IP: 192.0.2.1\r\nX-Forwarded-For: 192.0.2.2\r\n\
             Forwarded: for=192.0.2.3\r\n{CLOSE}"
        ))
        .await;
    assert!(said.ends_with("\r\n\r\n127.0.0.1"), "{said}");
}

#[tokio::test]
async fn a_form_does_not_change_its_method_and_is_always_answered() {
    let front = Front::new().await;
    for method in ["HEAD", "head", "GET", "DELETE", "OPTIONS", "CONNECT", "nonsense"] {
        let body = format!("_method={method}");
        let said = front
            .says(&format!(
                "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                 Content-Length: {}\r\n{CLOSE}{body}",
                body.len()
            ))
            .await;
        is_ours(&said, 200);
        assert!(said.ends_with(&body), "{said}");
    }
}

#[tokio::test]
async fn answers_without_a_body_say_how_long_it_would_be_or_nothing() {
    let front = Front::new().await;
    let head = front.says(&format!("HEAD /plain?n=7 HTTP/1.1\r\nHost: h\r\n{CLOSE}")).await;
    is_ours(&head, 200);
    assert!(head.contains("content-length: 7") && head.ends_with("\r\n\r\n"), "{head}");
    let same = front.says(&format!("GET /not-modified HTTP/1.1\r\nHost: h\r\n{CLOSE}")).await;
    assert!(same.starts_with("HTTP/1.1 304 ") && same.ends_with("\r\n\r\n"), "{same}");
}

#[tokio::test]
async fn long_answers_arrive_whole_and_impossible_ones_not_at_all() {
    let front = Front::new().await;
    let said = front.says(&format!("GET /plain?n=300000 HTTP/1.1\r\nHost: h\r\n{CLOSE}")).await;
    let (head, body) = said.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-length: 300000"), "{head}");
    assert_eq!(body.len(), 300_000);
    assert_eq!(front.says("GET /broken HTTP/1.1\r\nHost: h\r\n\r\n").await, "");
}
