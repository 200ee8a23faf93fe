//! The simulator as a process of its own: its port, and whom it waits for.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{ACCOUNT, JOEL};
use crate::operators::program::carrier;
use crate::processes::PATIENCE;

#[tokio::test]
async fn the_process_closes_its_port_for_a_while_and_keeps_its_book() {
    let (process, base) = carrier(ACCOUNT);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let count = async || client.get(format!("{base}/simulator/count")).send().await;
    let phone = client.put(format!("{base}/simulator/phones/{JOEL}")).header("Content-Type", "application/json");
    assert!(
        phone
            .body(r#"{"label": "Joel", "kind": "customer", "off": false}"#)
            .send()
            .await
            .unwrap()
            .status()
            .is_success()
    );
    for _ in 0..2 {
        let asked = client.post(format!("{base}/simulator/outage/300")).send().await;
        assert_eq!(asked.expect("whoever asks for it hears the answer").status(), 204);
        let mut refused = 0;
        loop {
            match count().await {
                Err(error) if error.is_connect() => refused += 1,
                Ok(_) if refused > 0 => break,
                _ => tokio::task::yield_now().await,
            }
        }
    }
    let page = client.get(format!("{base}/simulator")).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Joel"), "it has forgotten a phone: {page}");
    assert_eq!(process.stops().code, Some(0));
}

/// What comes back to these bytes until the connection ends.
async fn says(base: &str, bytes: &str) -> String {
    let mut stream = TcpStream::connect(base.trim_start_matches("http://")).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut heard)).await.expect("the connection does not end").unwrap();
    String::from_utf8(heard).unwrap()
}

#[tokio::test]
async fn the_process_waits_without_an_end_for_no_head_and_no_body() {
    let (process, base) = carrier(ACCOUNT);
    let post =
        "POST /simulator/faults HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length:";
    let (head, body, long) = (
        "GET /simulator/count HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ".to_owned(),
        format!("{post} 5000\r\n\r\n[{{"),
        format!("{post} 2000000\r\n\r\n"),
    );
    let (head, body, long) = tokio::join!(says(&base, &head), says(&base, &body), says(&base, &long));
    for (said, status) in [(head, 408), (body, 408), (long, 413)] {
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {said}");
    }
    assert_eq!(process.stops().code, Some(0));
}
