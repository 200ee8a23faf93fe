//! Open inboxes: how soon they get the news of a text, and what they cost.

use std::io::{Error, ErrorKind, Result};
use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::visitor::Visitor;
use crate::drive::Times;
use crate::house::{House, REPS};
use crate::http::Connection;
use crate::process::Process;
use crate::report::{row, said};
use crate::texts::{customer, post};

/// Texts whose way is timed, and the pause between them: each finds the stream at rest.
const TEXTS: usize = 50;
const PAUSE: Duration = Duration::from_millis(700);
/// How long an announcement may take before the run is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// From the answer to the carrier, which follows the commit, to the announcement in an open page at node `port`.
pub async fn latency(house: &House, reader: &Visitor, port: u16, name: &str) -> Result<()> {
    let mut stream = reader.listens(port).await?;
    let mut carrier = Connection::open(house.port).await?;
    let mut times = Times::default();
    for n in 0..TEXTS {
        quiet(&mut stream).await?;
        let (status, _) = carrier.ask(&post(house.port, &customer(n), &format!("{name}: {n}"))).await?;
        let stored = Instant::now();
        if status != 200 {
            return Err(Error::other(format!("a text was answered with {status}")));
        }
        timeout(PATIENCE, heard(&mut stream)).await.map_err(|_| ErrorKind::TimedOut)??;
        times.add(stored.elapsed());
    }
    row(name, &said(&times));
    Ok(())
}

/// Reads until an announcement has come.
async fn heard(stream: &mut TcpStream) -> Result<()> {
    let mut bytes = Vec::with_capacity(4096);
    while !bytes.windows(6).any(|six| six == b"change") {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

/// Reads what comes until nothing has come for a while.
async fn quiet(stream: &mut TcpStream) -> Result<()> {
    let mut bytes = [0; 4096];
    while let Ok(read) = timeout(PAUSE, stream.read(&mut bytes)).await {
        if read? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

/// What `count` open inboxes cost, of as many reps as there are.
pub async fn memory(house: &House, server: &Process, count: u64) -> Result<()> {
    let count = usize::try_from(count).unwrap_or(0);
    let mut reps = Vec::new();
    for n in 0..REPS.min(count) {
        reps.push(Visitor::sign_in(house.port, &house.link(&format!("rep{n}@example.com"))?).await?);
    }
    let before = server.memory_kb("VmRSS");
    let mut streams = Vec::new();
    for n in 0..count {
        let rep = n % REPS;
        reps[rep].get("/conversations?view=mine").await?;
        streams.push(reps[rep].listens(house.port).await?);
    }
    tokio::time::sleep(Duration::from_secs(5)).await;
    let after = server.memory_kb("VmRSS");
    let mb = |kb: u64| f64::from(u32::try_from(kb).unwrap_or(u32::MAX)) / 1024.0;
    row(
        &format!("{count} open inboxes"),
        &format!("{:.1} MB more ({:.1} MB in all)", mb(after.saturating_sub(before)), mb(after)),
    );
    drop(streams);
    Ok(())
}
