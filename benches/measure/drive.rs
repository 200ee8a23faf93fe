//! Sends texts to the server: as fast as it answers, as fast as it relays, or at a fixed rate.

use std::cell::{Cell, RefCell};
use std::io::{Error, Result};
use std::time::{Duration, Instant};

use futures_util::future::{join_all, try_join};
use switchboard::clock::Clock;

use crate::http::{Connection, once};
use crate::texts::Texts;

/// Connections to each server that texts come in by.
pub const CONNECTIONS: usize = 64;
/// In steady state, texts that may be answered and not yet relayed.
const MOST_BEHIND: u64 = 512;

/// How long each answer took.
#[derive(Default)]
pub struct Times(Vec<u32>);

impl Times {
    pub fn add(&mut self, took: Duration) {
        self.0.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that `hundredths` of all stay within, in milliseconds.
    pub fn percentile(&self, hundredths: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = (sorted.len() * hundredths / 100).min(sorted.len().saturating_sub(1));
        sorted.get(at).map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    }
}

/// What a stretch of driving came to.
pub struct Driven {
    pub times: Times,
    pub seconds: f64,
}

impl Driven {
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    pub fn rate(&self) -> f64 {
        self.times.count() as f64 / self.seconds
    }
}

/// Asks on all connections, as many to each of the `doors`, as fast as answers come, `until` that says so (or `most` texts
/// are answered).
pub async fn saturate(doors: &[u16], texts: &Texts, until: Instant, most: usize) -> Result<Driven> {
    let readiness = Cell::new(true);
    flood(doors, texts, until, most, &readiness, &Cell::new(0)).await
}

async fn flood(
    doors: &[u16],
    texts: &Texts,
    until: Instant,
    most: usize,
    open: &Cell<bool>,
    answered: &Cell<u64>,
) -> Result<Driven> {
    let times = RefCell::new(Times::default());
    let left = Cell::new(most);
    let begun = Instant::now();
    let one = async |door: u16| -> Result<()> {
        let mut connection = Connection::open(door).await?;
        while Instant::now() < until && left.get() > 0 {
            if !open.get() {
                tokio::time::sleep(Duration::from_millis(1)).await;
                continue;
            }
            left.set(left.get() - 1);
            let text = texts.next();
            let asked = Instant::now();
            let (status, _) = connection.ask(&text.request).await?;
            if status != 200 {
                return Err(Error::other(format!("a text was answered with {status}")));
            }
            times.borrow_mut().add(asked.elapsed());
            answered.set(answered.get() + 1);
        }
        Ok(())
    };
    let doors = doors.iter().copied().cycle().take(CONNECTIONS * doors.len());
    join_all(doors.map(one)).await.into_iter().collect::<Result<()>>()?;
    Ok(Driven { times: times.into_inner(), seconds: begun.elapsed().as_secs_f64() })
}

/// Texts that the carrier has been asked to send so far.
pub async fn relayed(simulator: u16) -> Result<u64> {
    let (_, body) = once(simulator, "GET", "/simulator/count", "").await?;
    outbound(&body)
}

fn outbound(body: &[u8]) -> Result<u64> {
    let count: serde_json::Value = serde_json::from_slice(body)?;
    count["outbound"].as_u64().ok_or_else(|| Error::other("the simulator's count has no outbound"))
}

/// What steady relaying came to.
pub struct Steady {
    pub driven: Driven,
    /// Texts that reached the carrier a second.
    pub relays: f64,
    /// Texts that reached the carrier in the measured time.
    pub reached: u64,
}

/// Drives so that no more than a few hundred texts wait to be relayed; measures after `settle`, for `long`.
/// `measured` is called when the measured time begins.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
pub async fn steady(
    (doors, simulator): (&[u16], u16),
    texts: &Texts,
    (settle, long): (Duration, Duration),
    measured: impl FnOnce(),
) -> Result<Steady> {
    let (open, answered) = (Cell::new(true), Cell::new(0_u64));
    let base = relayed(simulator).await?;
    let until = Instant::now() + settle + long;
    let watch = async {
        let begin = Instant::now() + settle;
        let mut first = None;
        let mut measured = Some(measured);
        let mut connection = Connection::open(simulator).await?;
        loop {
            tokio::time::sleep(Duration::from_millis(5)).await;
            let (_, body) = connection.ask(b"GET /simulator/count HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await?;
            let count = outbound(body)?;
            let now = Instant::now();
            open.set(answered.get().saturating_sub(count - base) < MOST_BEHIND);
            if first.is_none() && now >= begin {
                first = Some((now, count));
                if let Some(measured) = measured.take() {
                    measured();
                }
            }
            if let Some((since, before)) = first
                && now >= until
            {
                let reached = count - before;
                return Ok((reached as f64 / (now - since).as_secs_f64(), reached));
            }
        }
    };
    let (driven, (relays, reached)) = try_join(flood(doors, texts, until, usize::MAX, &open, &answered), watch).await?;
    Ok(Steady { driven, relays, reached })
}

/// A text that was sent at a fixed rate: what it says and when it was sent, in microseconds since 1970.
pub struct Sent {
    pub body: String,
    pub at: i64,
}

/// Asks `rate` times a second, whatever the answers take.
pub async fn paced(port: u16, texts: &Texts, rate: u32, long: Duration) -> Result<(Driven, Vec<Sent>)> {
    let (times, sent) = (RefCell::new(Times::default()), RefCell::new(Vec::new()));
    let clock = Clock::system();
    let begun = Instant::now();
    let step = Duration::from_secs(1) / rate;
    let connections = u32::try_from(CONNECTIONS).unwrap_or(64);
    let one = async |first: u32| -> Result<()> {
        let mut connection = Connection::open(port).await?;
        for turn in (first..).step_by(CONNECTIONS) {
            let due = begun + step * turn;
            if due > begun + long {
                break;
            }
            tokio::time::sleep_until(due.into()).await;
            let text = texts.next();
            // A request that is late because the connection was busy has waited as its sender would have.
            let now = Instant::now();
            let asked = if now - due > Duration::from_millis(3) { due } else { now };
            sent.borrow_mut().push(Sent { body: text.body, at: clock.now().0 });
            let (status, _) = connection.ask(&text.request).await?;
            if status != 200 {
                return Err(Error::other(format!("a text was answered with {status}")));
            }
            times.borrow_mut().add(asked.elapsed());
        }
        Ok(())
    };
    join_all((0..connections).map(one)).await.into_iter().collect::<Result<()>>()?;
    Ok((Driven { times: times.into_inner(), seconds: begun.elapsed().as_secs_f64() }, sent.into_inner()))
}

/// From sending a text until the carrier was asked to pass it on, for each that the carrier still has.
pub async fn to_carrier(simulator: u16, after: u64, sent: &[Sent]) -> Result<Times> {
    let (_, body) = once(simulator, "GET", &format!("/simulator/texts?after={after}"), "").await?;
    let texts: Vec<serde_json::Value> = serde_json::from_slice(&body)?;
    let sent: std::collections::HashMap<&str, i64> = sent.iter().map(|one| (one.body.as_str(), one.at)).collect();
    let mut times = Times::default();
    for text in &texts {
        if let (Some(body), Some(there)) = (text["body"].as_str(), text["created_at"].as_i64())
            && let Some(at) = sent.get(body)
        {
            times.add(Duration::from_micros(u64::try_from(there - at).unwrap_or(0)));
        }
    }
    Ok(times)
}

/// The place of the newest text in the carrier's order.
pub async fn newest(simulator: u16) -> Result<u64> {
    let (_, body) = once(simulator, "GET", "/simulator/count", "").await?;
    let count: serde_json::Value = serde_json::from_slice(&body)?;
    count["texts"].as_u64().ok_or_else(|| Error::other("the simulator's count has no texts"))
}

/// Waits until the carrier has `wanted` outbound texts more than `base`; how long that took.
pub async fn drained(simulator: u16, base: u64, wanted: u64, patience: Duration) -> Result<Duration> {
    let begun = Instant::now();
    loop {
        let have = relayed(simulator).await?.saturating_sub(base);
        if have >= wanted {
            return Ok(begun.elapsed());
        }
        if begun.elapsed() > patience {
            return Err(Error::other(format!("{} of {wanted} texts are not relayed yet", wanted - have)));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
