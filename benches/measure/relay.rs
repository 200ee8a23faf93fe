//! The relay from outside: the parts of a run, in their order, and what is printed of each.

use std::io::{Error, Result};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::database;
use crate::drive::{self, Driven, Steady};
use crate::house::{House, MASKS};
use crate::options::Options;
use crate::process::{Process, Used, free_port, used_here};
use crate::report::{machine, row};
use crate::seed;
use crate::texts::{CUSTOMERS, Texts};

/// Receipts are not posted.
pub const QUIET: &str = r#"[{"kind":"receipts-lost"}]"#;
/// Nor are they here, and every answer takes a second.
const SLOW: &str = r#"[{"kind":"receipts-lost"},{"kind":"slow","millis":1000}]"#;
const RATE: u32 = 100;
/// How long the backlog of a stretch may take to leave.
pub const DRAIN: Duration = Duration::from_mins(5);

/// A house in operation.
struct Open<'a> {
    house: &'a House,
    texts: &'a Texts,
    server: &'a Process,
    simulator: &'a Process,
    long: Duration,
}

/// What a stretch of steady relaying cost.
struct Cost {
    cpu_micros: f64,
    relays: f64,
}

pub async fn run(options: &Options, folder: &Path) -> Result<()> {
    let long = Duration::from_secs(options.seconds);
    machine();
    let database = match &options.postgres {
        Some(server) => Some(database::fresh(server).await?),
        None => None,
    };
    let house = House::build(folder, database.as_deref(), MASKS)?;
    let texts = Texts::to(house.port);
    let simulator = house.simulate().await?;
    house.faults(QUIET).await?;
    let (server, ready) = house.serve().await?;
    row("start to ready, empty database", &format!("{} ms", ready.as_millis()));

    let open = Open { house: &house, texts: &texts, server: &server, simulator: &simulator, long };
    open.first_texts().await?;
    let small = open.steady("relays, receipts off").await?;
    open.answers("answers").await?;
    open.paced("carrier in 0 ms").await?;
    house.faults("[]").await?;
    open.steady("relays, receipts on").await?;
    house.faults(QUIET).await?;
    open.memory("peak memory of the server so far");
    house.faults(SLOW).await?;
    open.paced("carrier in 1 s").await?;
    open.slow_answers().await?;
    open.memory("with 1,024 requests under way at once");
    bare(&texts, long, folder).await?;

    row("SIGTERM to exit", &format!("{} ms", server.end()?.as_millis()));
    if options.stored > 0 && database.is_none() {
        let begun = Instant::now();
        seed::fill(&house.file(), options.stored).await?;
        let size = std::fs::metadata(house.file())?.len() / 1_000_000;
        println!("\n{} texts stored ({size} MB; written in {} s)", options.stored, begun.elapsed().as_secs());
        let (server, ready) = house.serve().await?;
        row("start to ready", &format!("{} ms", ready.as_millis()));
        let open = Open { house: &house, texts: &texts, server: &server, simulator: &simulator, long };
        let big = open.steady("relays, receipts off").await?;
        open.answers("answers").await?;
        row("CPU a text against a small database", &format!("× {:.2}", big.cpu_micros / small.cpu_micros));
        row("time a text against a small database", &format!("× {:.2}", small.relays / big.relays));
        open.memory("peak memory of the server");
        server.end()?;
    }
    if options.soak > 0 {
        let (server, _) = house.serve().await?;
        let open = Open { house: &house, texts: &texts, server: &server, simulator: &simulator, long };
        open.soak(options.soak).await?;
        server.end()?;
    }
    simulator.end()?;
    if let (Some(server), Some(database)) = (&options.postgres, &database) {
        database::drop(server, database).await?;
    }
    Ok(())
}

impl Open<'_> {
    /// Every customer's first text, which pins them.
    async fn first_texts(&self) -> Result<()> {
        let base = drive::relayed(self.house.carrier).await?;
        let far = Instant::now() + DRAIN;
        let driven = drive::saturate(&[self.house.port], self.texts, far, CUSTOMERS).await?;
        let count = driven.times.count() as u64;
        drive::drained(self.house.carrier, base, count, DRAIN).await?;
        row(&format!("first texts of {count} customers"), &times(&driven));
        Ok(())
    }

    /// Answers as fast as they come, whatever waits to be relayed.
    async fn answers(&self, name: &str) -> Result<()> {
        self.texts.prepare(usize::try_from(self.long.as_secs()).unwrap_or(1) * 6_000);
        let base = drive::relayed(self.house.carrier).await?;
        let before = self.used();
        let driven = drive::saturate(&[self.house.port], self.texts, Instant::now() + self.long, usize::MAX).await?;
        let used = self.since(before, driven.seconds);
        let so_far = drive::relayed(self.house.carrier).await? - base;
        let count = driven.times.count() as u64;
        let drain = drive::drained(self.house.carrier, base, count, DRAIN).await?;
        row(name, &times(&driven));
        row(
            "",
            &format!(
                "{used}; {} behind at the end, gone after {:.1} s",
                count - so_far.min(count),
                drain.as_secs_f64()
            ),
        );
        Ok(())
    }

    /// As [`Open::answers`], while every request to the carrier takes a second.
    async fn slow_answers(&self) -> Result<()> {
        let base = drive::relayed(self.house.carrier).await?;
        let long = self.long.min(Duration::from_secs(5));
        let driven = drive::saturate(&[self.house.port], self.texts, Instant::now() + long, usize::MAX).await?;
        row("answers, carrier in 1 s", &times(&driven));
        self.house.faults(QUIET).await?;
        drive::drained(self.house.carrier, base, driven.times.count() as u64, DRAIN).await?;
        Ok(())
    }

    /// Relays as fast as they keep up with answers.
    async fn steady(&self, name: &str) -> Result<Cost> {
        self.texts.prepare(usize::try_from(self.long.as_secs()).unwrap_or(1) * 4_000);
        let base = drive::relayed(self.house.carrier).await?;
        let statements = self.house.metric("switchboard_statements_total").await?;
        let (jobs, groups) = self.groups().await?;
        let before = std::cell::Cell::new(self.used());
        let ports = (&[self.house.port][..], self.house.carrier);
        let settle = Duration::from_secs(2);
        let steady = drive::steady(ports, self.texts, (settle, self.long), || before.set(self.used())).await?;
        let used = self.since(before.get(), self.long.as_secs_f64());
        let count = steady.driven.times.count();
        drive::drained(self.house.carrier, base, count as u64, DRAIN).await?;
        let texts = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        let statements = (self.house.metric("switchboard_statements_total").await? - statements) / texts;
        let (jobs, groups) = {
            let now = self.groups().await?;
            (now.0 - jobs, now.1 - groups)
        };
        let cpu_micros = used.server.as_secs_f64() * 1e6 / f64::from(u32::try_from(steady.reached).unwrap_or(u32::MAX));
        row(name, &rates(&steady));
        row(
            "",
            &format!(
                "{used}; {cpu_micros:.0} µs of CPU a text; {statements:.2} statements a text; \
            {:.0} writes a commit",
                jobs / groups
            ),
        );
        Ok(Cost { cpu_micros, relays: steady.relays })
    }

    /// A fixed rate far below what it can do: how long one text takes.
    async fn paced(&self, name: &str) -> Result<()> {
        let after = drive::newest(self.house.carrier).await?;
        let base = drive::relayed(self.house.carrier).await?;
        let (driven, sent) = drive::paced(self.house.port, self.texts, RATE, self.long).await?;
        drive::drained(self.house.carrier, base, driven.times.count() as u64, DRAIN).await?;
        row(&format!("answers at {RATE}/s, {name}"), &times(&driven));
        if name.ends_with("0 ms") {
            let there = drive::to_carrier(self.house.carrier, after, &sent).await?;
            row(
                &format!("webhook to carrier at {RATE}/s"),
                &format!(
                    "p50 {:.1} ms, p99 {:.1} ms ({} texts)",
                    there.percentile(50),
                    there.percentile(99),
                    there.count()
                ),
            );
        }
        Ok(())
    }

    /// Sends so many texts through and looks at the memory.
    async fn soak(&self, count: u64) -> Result<()> {
        let base = drive::relayed(self.house.carrier).await?;
        let begun = Instant::now();
        let mut sent = 0;
        while sent < count {
            let ports = (&[self.house.port][..], self.house.carrier);
            let steady = drive::steady(ports, self.texts, (Duration::ZERO, Duration::from_secs(10)), || {}).await?;
            sent += steady.driven.times.count() as u64;
            eprintln!("{sent} texts, {} MB now", self.server.memory_kb("VmRSS") / 1000);
        }
        drive::drained(self.house.carrier, base, sent, DRAIN).await?;
        self.memory(&format!("peak memory after {sent} texts in {} s", begun.elapsed().as_secs()));
        Ok(())
    }

    fn memory(&self, name: &str) {
        let mb = |line| f64::from(u32::try_from(self.server.memory_kb(line)).unwrap_or(u32::MAX)) / 1024.0;
        row(name, &format!("{:.1} MB ({:.1} MB now)", mb("VmHWM"), mb("VmRSS")));
    }

    async fn groups(&self) -> Result<(f64, f64)> {
        Ok((
            self.house.metric("switchboard_group_size_sum").await?,
            self.house.metric("switchboard_group_size_count").await?,
        ))
    }

    fn used(&self) -> [Used; 3] {
        [self.server.used(), self.simulator.used(), used_here()]
    }

    fn since(&self, before: [Used; 3], seconds: f64) -> Spent {
        let now = self.used();
        let spent = |i: usize| (now[i] - before[i]).cpu;
        Spent { server: spent(0), simulator: spent(1), generator: spent(2), seconds }
    }
}

/// CPU that a stretch took.
struct Spent {
    server: Duration,
    simulator: Duration,
    generator: Duration,
    seconds: f64,
}

impl std::fmt::Display for Spent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let share = |spent: Duration| 100.0 * spent.as_secs_f64() / self.seconds;
        write!(
            f,
            "CPU: server {:.0} %, simulator {:.0} %, generator {:.0} %",
            share(self.server),
            share(self.simulator),
            share(self.generator)
        )
    }
}

/// The same form read by a handler that does nothing, behind Rocket's own listener and behind ours, by turns.
pub async fn fronts(options: &Options, folder: &Path) -> Result<()> {
    machine();
    let (texts, long) = (Texts::to(free_port()?), Duration::from_secs(options.seconds));
    for _ in 0..4 {
        bare(&texts, long, folder).await?;
        idle_handler(&texts, long, folder, "the same behind our listener", "--serve-fronted").await?;
    }
    Ok(())
}

/// The same form read by a handler that does nothing.
async fn bare(texts: &Texts, long: Duration, folder: &Path) -> Result<()> {
    idle_handler(texts, long, folder, "a bare Rocket handler", "--serve-bare").await
}

async fn idle_handler(texts: &Texts, long: Duration, folder: &Path, name: &str, serve: &str) -> Result<()> {
    let port = free_port()?;
    let me = std::env::current_exe()?;
    let server = Process::start(Command::new(me).args([serve, &port.to_string()]), folder, "bare")?;
    let begun = Instant::now();
    while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        if begun.elapsed() > Duration::from_secs(10) {
            return Err(Error::other("the bare handler did not start"));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let long = long.min(Duration::from_secs(5));
    texts.prepare(usize::try_from(long.as_secs()).unwrap_or(1) * 30_000);
    let driven = drive::saturate(&[port], texts, Instant::now() + long, usize::MAX).await?;
    row(name, &times(&driven));
    drop(server);
    Ok(())
}

pub fn times(driven: &Driven) -> String {
    let times = &driven.times;
    format!("{:.0}/s; p50 {:.1} ms, p99 {:.1} ms", driven.rate(), times.percentile(50), times.percentile(99))
}

/// How fast texts were relayed, and how soon they were answered meanwhile.
pub fn rates(steady: &Steady) -> String {
    let times = &steady.driven.times;
    let (p50, p99) = (times.percentile(50), times.percentile(99));
    format!("{:.0}/s; answers p50 {p50:.1} ms, p99 {p99:.1} ms", steady.relays)
}
