//! What the client leaves out of the carrier's lists, and what it says about that.

use super::*;

/// What is logged while a test runs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_listed_text_without_sender_or_time_is_left_out_with_a_word_in_the_log_and_the_others_are_had() {
    let broken = [
        item(1, "inbound").replace("+18005550100", ""),
        item(2, "inbound").replace("Thu, 24 Aug 2023 05:01:45 +0000", "yesterday"),
    ];
    let page = format!(r#"{{"messages":[{},{},{}],"next_page_uri":null}}"#, broken[0], broken[1], item(3, "inbound"));
    let (base, _) = carrier(vec![http("200 OK", "", &page)]).await;
    let log = Log::default();
    let pen = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || pen.clone()).with_ansi(false).finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let found = client(&base).inbound(Inbox::To("+15055550121"), At::EPOCH, None).await.unwrap();
    drop(guard);
    assert_eq!(found.texts.iter().map(|text| text.body.as_str()).collect::<Vec<_>>(), ["b3"]);
    let said = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for n in 1..=2 {
        let line = said.lines().find(|line| line.contains(&format!("SM{n:032}")));
        assert!(line.is_some_and(|line| line.contains("WARN") && line.contains("no sender or no time")), "{said}");
    }
    assert!(!said.contains(&format!("SM{:032}", 3)) && !said.contains("+1505"), "{said}");
}
