//! Pairs from outside: how many are opened a second through the API, with few legs in the database and with a million,
//! and how long others wait while a million ended pairs are marked.

use std::cell::{Cell, RefCell};
use std::io::{Error, Result};
use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use switchboard::clock::Clock;
use switchboard::secret::Chance;

use crate::database;
use crate::drive::{CONNECTIONS, Driven, Times};
use crate::house::House;
use crate::http::Connection as Wire;
use crate::options::Options;
use crate::process::Process;
use crate::report::{machine, row, said};
use crate::texts::Texts;

mod seed;

use seed::{MASKS, PEOPLE, Wanted};

/// Live legs of the small database.
const FEW: u64 = 1_000;
/// Most requests a second of each kind while pairs are written down as over.
const PACE: u32 = 50;
/// Nobody is to wait longer than this meanwhile.
const AIM: Duration = Duration::from_millis(50);
/// Until the pairs are over: what it takes to write them into the database and to start, with time besides in which nothing
/// else happens: a disk is busy with a big new database for two minutes, and then shows what one waits for it anyway.
const FILLING: Duration = Duration::from_mins(3);
const FILLING_A_PAIR: Duration = Duration::from_micros(35);
/// How long tidying may take.
const PATIENCE: Duration = Duration::from_mins(45);

/// What opening came to.
struct Cost {
    p50: f64,
    cpu_micros: f64,
}

pub async fn run(options: &Options, folder: &Path) -> Result<()> {
    machine();
    if options.expiry {
        return tidying(options, folder).await;
    }
    let few = opening(options, folder, "small", Wanted { live: FEW, resting: false, over: None }).await?;
    let many = opening(options, folder, "big", Wanted { live: options.legs, resting: true, over: None }).await?;
    row("CPU a pair against few legs", &format!("× {:.2}", many.cpu_micros / few.cpu_micros));
    row("time a pair against few legs (p50, one at a time)", &format!("× {:.2}", many.p50 / few.p50));
    tidying(options, folder).await
}

/// A house of its own with so many legs.
async fn begin(options: &Options, folder: &Path, name: &str, wanted: Wanted) -> Result<(House, Option<String>)> {
    let folder = folder.join(name);
    std::fs::create_dir_all(&folder)?;
    let database = match &options.postgres {
        Some(server) => Some(database::fresh(server).await?),
        None => None,
    };
    let house = House::build(&folder, database.as_deref(), usize::try_from(MASKS).unwrap_or(20))?;
    let begun = Instant::now();
    let resting = seed::fill(&house.database, wanted).await?;
    println!(
        "\n{} live legs and {resting} at rest, of {PEOPLE} people on {MASKS} masks (written in {} s)",
        wanted.live,
        begun.elapsed().as_secs()
    );
    Ok((house, database))
}

async fn end(options: &Options, database: Option<String>, processes: [Process; 2]) -> Result<()> {
    for process in processes {
        process.end()?;
    }
    if let (Some(server), Some(database)) = (&options.postgres, &database) {
        database::drop(server, database).await?;
    }
    Ok(())
}

/// Opens pairs, first one at a time, then over all connections.
async fn opening(options: &Options, folder: &Path, name: &str, wanted: Wanted) -> Result<Cost> {
    let (house, database) = begin(options, folder, name, wanted).await?;
    let simulator = house.simulate().await?;
    let token = house.token("pairs:read,pairs:write")?;
    let (server, ready) = house.serve().await?;
    row("start to ready", &format!("{} ms", ready.as_millis()));
    let long = Duration::from_secs(options.seconds);
    let asked = Asked::new(house.port, &token);
    // Statements are prepared, and the part of the database that is always needed is read.
    asked.flood(1, Duration::from_secs(2)).await?;
    let single = asked.flood(1, long).await?;
    row("pairs opened, one at a time", &format!("{:.0}/s; {}", single.rate(), said(&single.times)));
    let statements = house.metric("switchboard_statements_total").await?;
    let before = server.used();
    let driven = asked.flood(CONNECTIONS, long).await?;
    let cpu = (server.used() - before).cpu;
    let count = f64::from(u32::try_from(driven.times.count()).unwrap_or(u32::MAX));
    let statements = (house.metric("switchboard_statements_total").await? - statements) / count;
    let cpu_micros = cpu.as_secs_f64() * 1e6 / count;
    row("pairs opened, durable", &format!("{:.0}/s; {}", driven.rate(), said(&driven.times)));
    row(
        "",
        &format!(
            "{cpu_micros:.0} µs of CPU a pair; {statements:.2} statements a pair; {} refused because no mask was free",
            asked.exhausted.get()
        ),
    );
    end(options, database, [server, simulator]).await?;
    Ok(Cost { p50: single.times.percentile(50), cpu_micros })
}

/// A million pairs are over at once: what texts, openings and lists wait while that is written down, and afterwards.
async fn tidying(options: &Options, folder: &Path) -> Result<()> {
    let clock = Clock::system();
    let over = clock.now() + FILLING + FILLING_A_PAIR * u32::try_from(options.legs).map_err(Error::other)?;
    let wanted = Wanted { live: 2 * options.legs, resting: false, over: Some(over) };
    let (house, database) = begin(options, folder, "over", wanted).await?;
    let simulator = house.simulate().await?;
    house.faults(r#"[{"kind":"receipts-lost"}]"#).await?;
    let token = house.token("pairs:read,pairs:write")?;
    let (server, _) = house.serve().await?;
    let asked = Asked::new(house.port, &token);
    let texts = Texts::to(house.port);
    say("before", &asked.mixed_for(over.since(clock.now()), &texts).await?);
    let done = Cell::new(false);
    let begun = Instant::now();
    let watch = async {
        while begun.elapsed() < PATIENCE && some_are_left(&house.database).await.map_err(Error::other)? {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        done.set(true);
        Ok::<Duration, Error>(begun.elapsed())
    };
    let (took, busy) = join(watch, asked.mixed(&texts, &done)).await;
    let (took, busy) = (took?, busy?);
    if some_are_left(&house.database).await.map_err(Error::other)? {
        return Err(Error::other("not all pairs that were over were written down as over in time"));
    }
    row(&format!("{} pairs that were over", options.legs), &format!("written down in {:.0} s", took.as_secs_f64()));
    say("meanwhile", &busy);
    say("afterwards", &asked.mixed_for(Duration::from_secs(options.seconds), &texts).await?);
    end(options, database, [server, simulator]).await
}

async fn some_are_left(url: &str) -> std::result::Result<bool, sqlx::Error> {
    let now = Clock::system().now().0;
    let sql = format!("SELECT conversation_id FROM pairs WHERE ended_at IS NULL AND ends_at <= {now} LIMIT 1");
    let sql = AssertSqlSafe(sql);
    let found: Option<i64> = if url.starts_with("sqlite:") {
        let mut c = SqliteConnection::connect(url).await?;
        let found = sqlx::query_scalar(sql).fetch_optional(&mut c).await?;
        c.close().await?;
        found
    } else {
        let mut c = PgConnection::connect(url).await?;
        sqlx::query_scalar(sql).fetch_optional(&mut c).await?
    };
    Ok(found.is_some())
}

/// What requests of one kind waited.
struct Waits {
    what: &'static str,
    times: Times,
    /// When those began that waited longer than they are to.
    long: Vec<Duration>,
}

fn say(when: &str, all: &[Waits]) {
    for Waits { what, times, long } in all {
        row(&format!("{when}, {what}"), &said(times));
        if !long.is_empty() {
            let began: Vec<String> = long.iter().map(|at| format!("{:.1}", at.as_secs_f64())).collect();
            let (many, count, limit) = (began.len(), times.count(), AIM.as_millis());
            row("", &format!("{many} of {count} longer than {limit} ms, begun after {} s", began.join(", ")));
        }
    }
}

/// Whoever asks for pairs.
struct Asked {
    port: u16,
    token: String,
    chance: Chance,
    count: Cell<u64>,
    exhausted: Cell<u64>,
}

impl Asked {
    fn new(port: u16, token: &str) -> Self {
        Asked { port, token: token.to_owned(), chance: Chance::seeded(7), count: Cell::new(0), exhausted: Cell::new(0) }
    }

    /// A request for a pair of two people whom chance picks.
    fn pair(&self) -> Vec<u8> {
        let n = self.count.replace(self.count.get() + 1);
        let people = usize::try_from(PEOPLE).unwrap_or(1);
        let one = self.chance.below(people);
        let other = (one + 1 + self.chance.below(people - 1)) % people;
        let phone = |n: usize| seed::phone(u64::try_from(n).unwrap_or(0));
        let body = format!(
            r#"{{"reference":"bench-{n}","parties":[{{"phone":"{}","alias":"Fisher"}},{{"phone":"{}","alias":"Helper"}}],"expiry":{{"kind":"fixed","after":"24h"}}}}"#,
            phone(one),
            phone(other)
        );
        self.request("POST", "/api/v1/pairs", &body)
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Vec<u8> {
        format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.port,
            self.token,
            body.len()
        )
        .into_bytes()
    }

    /// Opens pairs as fast as answers come, over so many connections.
    async fn flood(&self, connections: usize, long: Duration) -> Result<Driven> {
        let times = RefCell::new(Times::default());
        let begun = Instant::now();
        let one = async || -> Result<()> {
            let mut wire = Wire::open(self.port).await?;
            while begun.elapsed() < long {
                let request = self.pair();
                let asked = Instant::now();
                let (status, body) = wire.ask(&request).await?;
                match status {
                    201 => times.borrow_mut().add(asked.elapsed()),
                    503 => self.exhausted.set(self.exhausted.get() + 1),
                    _ => return Err(refused("a pair", status, body)),
                }
            }
            Ok(())
        };
        join_all((0..connections).map(|_| one())).await.into_iter().collect::<Result<()>>()?;
        Ok(Driven { times: times.into_inner(), seconds: begun.elapsed().as_secs_f64() })
    }

    async fn mixed_for(&self, long: Duration, texts: &Texts) -> Result<Vec<Waits>> {
        let done = Cell::new(false);
        let pause = async {
            tokio::time::sleep(long).await;
            done.set(true);
        };
        join(pause, self.mixed(texts, &done)).await.1
    }

    /// Texts to the line, openings of pairs and lists of pairs, each at a fixed pace until `done`.
    async fn mixed(&self, texts: &Texts, done: &Cell<bool>) -> Result<Vec<Waits>> {
        let text = || texts.next().request;
        let pair = || self.pair();
        let list = || self.request("GET", "/api/v1/pairs?limit=20", "");
        let kinds: [(&str, &dyn Fn() -> Vec<u8>); 3] = [("texts", &text), ("pairs opened", &pair), ("lists", &list)];
        let all = kinds.into_iter().map(async |(what, make)| self.paced(what, make, done).await);
        join_all(all).await.into_iter().collect()
    }

    async fn paced(&self, what: &'static str, make: &dyn Fn() -> Vec<u8>, done: &Cell<bool>) -> Result<Waits> {
        // Several, so that one that waits does not hold back those that come after it.
        const WIRES: u32 = 8;
        let waits = RefCell::new(Waits { what, times: Times::default(), long: Vec::new() });
        let begun = Instant::now();
        let step = Duration::from_secs(1) / PACE;
        let one = async |first: u32| -> Result<()> {
            let mut wire = Wire::open(self.port).await?;
            for turn in (first..).step_by(WIRES as usize) {
                tokio::time::sleep_until((begun + step * turn).into()).await;
                if done.get() {
                    break;
                }
                let request = make();
                let asked = Instant::now();
                let (status, body) = wire.ask(&request).await?;
                if !matches!(status, 200 | 201) {
                    return Err(refused("a request", status, body));
                }
                let (took, mut waits) = (asked.elapsed(), waits.borrow_mut());
                waits.times.add(took);
                if took > AIM {
                    waits.long.push(asked - begun);
                }
            }
            Ok(())
        };
        join_all((0..WIRES).map(one)).await.into_iter().collect::<Result<()>>()?;
        Ok(waits.into_inner())
    }
}

fn refused(what: &str, status: u16, body: &[u8]) -> Error {
    Error::other(format!("{what} was answered with {status}: {}", String::from_utf8_lossy(body)))
}
