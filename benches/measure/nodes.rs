//! One, two and three nodes on one PostgreSQL server: how many texts they receive and relay together, and how long they
//! wait for each other.

use std::cell::Cell;
use std::io::{Error, Result};
use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::future::try_join;
use sqlx::{Connection, PgConnection};

use crate::database;
use crate::drive;
use crate::house::{House, MASKS};
use crate::options::Options;
use crate::relay::{DRAIN, QUIET, rates, times};
use crate::report::{machine, row};
use crate::texts::{CUSTOMERS, Texts};

const MOST: usize = 3;
/// Between two looks at what the server's sessions wait for.
const LOOK: Duration = Duration::from_millis(10);

pub async fn run(options: &Options, folder: &Path) -> Result<()> {
    machine();
    let server = options.postgres.as_ref();
    let server = server.ok_or_else(|| Error::other("nodes share a PostgreSQL server: name it with --postgres"))?;
    for count in 1..=MOST {
        let folder = folder.join(count.to_string());
        std::fs::create_dir_all(&folder)?;
        let database = database::fresh(server).await?;
        println!("\n{count} on one server");
        let measured = together(options, &folder, &database, count).await;
        database::drop(server, &database).await?;
        measured?;
    }
    Ok(())
}

async fn together(options: &Options, folder: &Path, database: &str, count: usize) -> Result<()> {
    let house = House::build(folder, Some(database), MASKS)?;
    let texts = Texts::to(house.port);
    let simulator = house.simulate().await?;
    house.faults(QUIET).await?;
    let (first, _) = house.serve().await?;
    let (mut nodes, mut doors) = (vec![first], vec![house.port]);
    for n in 2..=count {
        let (node, door) = house.another(&format!("serve-{n}")).await?;
        nodes.push(node);
        doors.push(door);
    }

    let base = drive::relayed(house.carrier).await?;
    let newcomers = drive::saturate(&doors, &texts, Instant::now() + DRAIN, CUSTOMERS);
    let (driven, waits) = watched(database, newcomers).await?;
    drive::drained(house.carrier, base, driven.times.count() as u64, DRAIN).await?;
    row(&format!("first texts of {CUSTOMERS} customers"), &times(&driven));
    row("", &waits.to_string());

    let long = Duration::from_secs(options.seconds);
    texts.prepare(usize::try_from(options.seconds).unwrap_or(1) * 3_000);
    let base = drive::relayed(house.carrier).await?;
    let steady = drive::steady((&doors, house.carrier), &texts, (Duration::from_secs(2), long), || {});
    let (steady, waits) = watched(database, steady).await?;
    drive::drained(house.carrier, base, steady.driven.times.count() as u64, DRAIN).await?;
    row("relays, receipts off", &rates(&steady));
    row("", &waits.to_string());
    for node in nodes {
        node.end()?;
    }
    simulator.end()?;
    Ok(())
}

/// What the sessions of a database did while something was measured.
#[derive(Default)]
struct Waits {
    /// Sessions in a transaction, summed over all looks.
    busy: i64,
    /// Those of them that waited for a lock.
    waiting: i64,
    deadlocks: i64,
}

impl std::fmt::Display for Waits {
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let share = 100.0 * self.waiting as f64 / self.busy.max(1) as f64;
        write!(f, "transactions waited for locks for {share:.1} % of their time; {} deadlocks", self.deadlocks)
    }
}

/// Does `work`, and looks at the sessions of `database` meanwhile.
async fn watched<T>(database: &str, work: impl Future<Output = Result<T>>) -> Result<(T, Waits)> {
    let done = Cell::new(false);
    let work = async {
        let worked = work.await;
        done.set(true);
        worked
    };
    let looks = async {
        let mut server = PgConnection::connect(database).await.map_err(Error::other)?;
        let mut waits = Waits::default();
        let before = deadlocks(&mut server).await?;
        while !done.get() {
            let (waiting, busy): (i64, i64) = sqlx::query_as(
                "SELECT COUNT(*) FILTER (WHERE wait_event_type = 'Lock'), COUNT(*) FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL",
            )
            .fetch_one(&mut server)
            .await
            .map_err(Error::other)?;
            (waits.waiting, waits.busy) = (waits.waiting + waiting, waits.busy + busy);
            tokio::time::sleep(LOOK).await;
        }
        waits.deadlocks = deadlocks(&mut server).await? - before;
        Ok(waits)
    };
    try_join(work, looks).await
}

async fn deadlocks(server: &mut PgConnection) -> Result<i64> {
    let count = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    sqlx::query_scalar(count).fetch_one(server).await.map_err(Error::other)
}
