//! Streams of events pass through as they come, and end with whoever listens.

use super::Front;

#[tokio::test]
async fn an_event_is_passed_on_when_it_happens_and_no_proxy_may_hold_it_back() {
    let front = Front::new().await;
    let mut peer = front.sends("GET /events HTTP/1.1\r\nHost: h\r\n\r\n").await;
    let first = peer.hears("data:first").await.to_lowercase();
    for header in ["content-type: text/event-stream", "x-accel-buffering: no", "cache-control: no-cache, no-transform"]
    {
        assert!(first.contains(header), "{header} is not in {first}");
    }
    for n in 1..=3 {
        front.seen.streams.send(n).unwrap();
        peer.hears("data:more").await;
    }
}

#[tokio::test]
async fn a_stream_ends_when_its_listener_leaves() {
    let front = Front::new().await;
    let mut peer = front.sends("GET /events HTTP/1.1\r\nHost: h\r\n\r\n").await;
    peer.hears("data:first").await;
    drop(peer);
    front.nobody_listens().await;
}
