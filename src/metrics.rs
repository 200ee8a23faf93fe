//! Counts and timings for Prometheus; on the ground floor because every floor counts.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};

use prometheus::{
    Encoder, Gauge, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    TextEncoder,
};

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::new);

/// SQL statements sent to the database.
static STATEMENTS: LazyLock<IntCounter> = LazyLock::new(|| counter("switchboard_statements_total", "SQL statements"));
static GROUP_SIZE: LazyLock<Histogram> = LazyLock::new(|| {
    histogram("switchboard_group_size", "Writes in one commit", &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0])
});
/// Texts taken in, by outcome: relayed, held, refused, kept, duplicate.
static TEXTS: LazyLock<IntCounterVec> =
    LazyLock::new(|| counters("switchboard_texts_total", "Texts taken in, by outcome", &["outcome"]));
/// Deliveries that ended a request, by outcome.
static SENDS: LazyLock<IntCounterVec> =
    LazyLock::new(|| counters("switchboard_sends_total", "Requests to the carrier, by outcome", &["outcome"]));
static REJECTED: LazyLock<IntCounterVec> =
    LazyLock::new(|| counters("switchboard_webhooks_rejected_total", "Webhooks refused, by reason", &["reason"]));
static CLOSED: LazyLock<IntCounterVec> = LazyLock::new(|| {
    let name = "switchboard_connections_closed_total";
    counters(name, "Connections that were ended before their time, by reason", &["reason"])
});
static DOUBLED: LazyLock<IntCounter> =
    LazyLock::new(|| counter("switchboard_doubled_total", "Deliveries for which the carrier took two requests"));
static MISSED: LazyLock<IntCounter> = LazyLock::new(|| {
    counter("switchboard_missed_texts_total", "Texts that came by no webhook and were found at the carrier")
});
static WEBHOOK_SECONDS: LazyLock<Histogram> =
    LazyLock::new(|| histogram("switchboard_webhook_seconds", "From a webhook's body to its answer", SECONDS));
static SEND_SECONDS: LazyLock<Histogram> =
    LazyLock::new(|| histogram("switchboard_send_seconds", "A request to the carrier and its answer", SECONDS));
static QUEUE: LazyLock<IntGaugeVec> = LazyLock::new(|| {
    let gauges =
        IntGaugeVec::new(Opts::new("switchboard_deliveries", "Deliveries that are not done, by state"), &["state"])
            .expect("the name and labels above are valid");
    register(gauges)
});
static OLDEST_READY: LazyLock<IntGauge> = LazyLock::new(|| {
    let name = "switchboard_oldest_ready_seconds";
    register(IntGauge::new(name, "Age of the oldest waiting delivery").expect("names in this file are valid"))
});
static FIRST_SEND: LazyLock<Histogram> = LazyLock::new(|| {
    histogram("switchboard_first_send_delay_seconds", "From acceptance to the first request", SECONDS)
});
static UNREADABLE: LazyLock<IntGauge> = LazyLock::new(|| {
    let name = "switchboard_unreadable_rules";
    register(
        IntGauge::new(name, "Hours, policies, scopes, events and files that cannot be read")
            .expect("names in this file are valid"),
    )
});
static UNREACHABLE: LazyLock<IntGauge> = LazyLock::new(|| {
    let name = "switchboard_carrier_unreachable";
    register(
        IntGauge::new(name, "1 while the carrier cannot be reached, else 0").expect("names in this file are valid"),
    )
});
static CLOCK_OFFSET: LazyLock<Gauge> = LazyLock::new(|| {
    let name = "switchboard_clock_ahead_of_carrier_seconds";
    let help = "How far our clock is ahead of the carrier's (behind it: negative); NaN while that is not known";
    register(Gauge::new(name, help).expect("names in this file are valid"))
});
static LOG_PAGES: AtomicI64 = AtomicI64::new(0);

const SECONDS: &[f64] =
    &[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 600.0, 3600.0];

fn register<C: prometheus::core::Collector + Clone + 'static>(collector: C) -> C {
    REGISTRY.register(Box::new(collector.clone())).expect("each name stands in one place in this file");
    collector
}

fn counter(name: &str, help: &str) -> IntCounter {
    register(IntCounter::new(name, help).expect("names in this file are valid"))
}

fn counters(name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
    register(IntCounterVec::new(Opts::new(name, help), labels).expect("names in this file are valid"))
}

fn histogram(name: &str, help: &str, buckets: &[f64]) -> Histogram {
    let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
    register(Histogram::with_opts(options).expect("names and buckets in this file are valid"))
}

/// One statement was sent to the database.
pub fn statement() {
    STATEMENTS.inc();
    #[cfg(feature = "faults")]
    HERE.set(HERE.get() + 1);
}

#[cfg(feature = "faults")]
thread_local! {
    static HERE: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// How many statements this thread has sent: what a test on one thread has cost.
#[cfg(feature = "faults")]
#[must_use]
pub fn statements_here() -> u64 {
    HERE.get()
}

/// One commit held `jobs` writes.
#[expect(clippy::cast_precision_loss, reason = "a group has at most some hundred jobs")]
pub fn group(jobs: usize) {
    GROUP_SIZE.observe(jobs as f64);
}

/// A text was taken in with `outcome`.
pub fn text(outcome: &str) {
    TEXTS.with_label_values(&[outcome]).inc();
}

/// A request to the carrier ended with `outcome` after `seconds`.
pub fn send(outcome: &str, seconds: f64) {
    SENDS.with_label_values(&[outcome]).inc();
    SEND_SECONDS.observe(seconds);
}

/// A webhook was refused for `reason`.
pub fn rejected(reason: &str) {
    REJECTED.with_label_values(&[reason]).inc();
}

/// A connection was ended for `reason`: `late_head`, `late_body`, `unread`, `address`, `full`.
pub fn connection_closed(reason: &str) {
    CLOSED.with_label_values(&[reason]).inc();
}

/// The carrier turned out to have taken two requests for one delivery.
pub fn doubled() {
    DOUBLED.inc();
}

/// `texts` had been missed and were found at the carrier.
pub fn missed(texts: usize) {
    MISSED.inc_by(u64::try_from(texts).unwrap_or(u64::MAX));
}

/// A webhook was answered after `seconds`.
pub fn webhook(seconds: f64) {
    WEBHOOK_SECONDS.observe(seconds);
}

/// The first request of a delivery was made `seconds` after its acceptance.
pub fn first_send(seconds: f64) {
    FIRST_SEND.observe(seconds);
}

/// The oldest waiting delivery was accepted `seconds` ago; 0 if none waits.
pub fn oldest(seconds: i64) {
    OLDEST_READY.set(seconds);
}

/// How many deliveries are in `state`.
pub fn queue(state: &str, count: i64) {
    QUEUE.with_label_values(&[state]).set(count);
}

/// So much in the database cannot be read. True if they are more than before.
pub fn unreadable(count: usize) -> bool {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let more = count > UNREADABLE.get();
    UNREADABLE.set(count);
    more
}

/// Our clock is ahead of the carrier's by so many microseconds, as far as that is known.
#[expect(clippy::cast_precision_loss, reason = "microseconds of three hundred years fit")]
pub fn clock_offset(ahead: Option<i64>) {
    CLOCK_OFFSET.set(ahead.map_or(f64::NAN, |micros| micros as f64 / 1e6));
}

/// Whether texts wait because the carrier cannot be reached.
pub fn carrier_unreachable(out: bool) {
    UNREACHABLE.set(i64::from(out));
}

/// Pages in the write-ahead log at the last checkpoint.
pub fn log_pages() -> i64 {
    LOG_PAGES.load(Ordering::Relaxed)
}

/// Remembers the pages in the write-ahead log.
pub fn set_log_pages(pages: i64) {
    LOG_PAGES.store(pages, Ordering::Relaxed);
}

/// Everything in Prometheus' text format.
#[must_use]
pub fn text_format() -> String {
    let mut out = Vec::new();
    if let Err(error) = TextEncoder::new().encode(&REGISTRY.gather(), &mut out) {
        tracing::error!(%error, "not every metric could be written");
    }
    String::from_utf8_lossy(&out).into_owned()
}
