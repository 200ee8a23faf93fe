//! The end: what has begun is finished, whoever only waits is not waited for.

use std::time::Instant;

use rocket::tokio::time::timeout;

use super::{Front, PATIENCE, SOON, is_ours, limits};
use switchboard::http::front::Limits;

#[tokio::test]
async fn what_is_being_answered_is_answered_and_all_others_are_let_go_at_once() {
    let front = Front::with(Limits { head: PATIENCE, body: PATIENCE, ..limits() }).await;
    let mut held = front.sends("GET /held HTTP/1.1\r\nHost: h\r\n\r\n").await;
    front.begins(1).await;
    let mut idle = front.sends("GET /peer HTTP/1.1\r\nHost: h\r\n\r\n").await;
    idle.hears("127.0.0.1").await;
    let mut listens = front.sends("GET /events HTTP/1.1\r\nHost: h\r\n\r\n").await;
    listens.hears("data:first").await;
    let mut half = front.sends("GET /peer").await;
    let mut silent = front.connects().await;
    front.stop.clone().notify();
    let began = Instant::now();
    for waits in [&mut idle, &mut listens, &mut half, &mut silent] {
        waits.hears_all().await;
    }
    assert!(began.elapsed() < limits().grace, "they were waited for");
    front.seen.go_on.add_permits(1);
    let said = held.hears_all().await;
    is_ours(&said, 200);
    assert!(said.ends_with("held"), "{said}");
    timeout(PATIENCE, front.ended).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_does_not_end_in_time_is_cut_off() {
    let front = Front::with(Limits { grace: SOON, ..limits() }).await;
    let mut held = front.sends("GET /held HTTP/1.1\r\nHost: h\r\n\r\n").await;
    front.begins(1).await;
    front.stop.clone().notify();
    assert_eq!(held.hears_all().await, "");
    timeout(PATIENCE, front.ended).await.unwrap().unwrap();
}
