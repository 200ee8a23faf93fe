//! The pages from outside: how long views, threads and searches take over a big database, how soon an open inbox gets
//! the news of a text, and what open inboxes cost.

use std::io::{Error, Result};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::database;
use crate::house::{House, MANAGER, MASKS};
use crate::options::Options;
use crate::process::{Process, free_port};
use crate::report::{machine, row};

mod live;
mod pages;
mod seed;
mod visitor;

use visitor::Visitor;

/// How long the server may take to index what it finds.
const INDEXING: Duration = Duration::from_mins(30);

pub async fn run(options: &Options, folder: &Path) -> Result<()> {
    machine();
    let database = match &options.postgres {
        Some(server) => Some(database::fresh(server).await?),
        None => None,
    };
    let house = House::build(folder, database.as_deref(), MASKS)?;
    let begun = Instant::now();
    seed::fill(&house.database, options.conversations).await?;
    row(
        &format!("{} conversations, {} texts", options.conversations, options.conversations * seed::TEXTS),
        &format!("written in {} s", begun.elapsed().as_secs()),
    );
    let simulator = house.simulate().await?;
    let (server, ready) = house.serve().await?;
    row("start to ready", &format!("{} ms", ready.as_millis()));
    let measured = measure(options, &house, &server).await;
    server.end()?;
    simulator.end()?;
    if let (Some(server), Some(database)) = (&options.postgres, &database) {
        database::drop(server, database).await?;
    }
    measured
}

async fn measure(options: &Options, house: &House, server: &Process) -> Result<()> {
    let mut manager = Visitor::sign_in(house.port, &house.link(MANAGER)?).await?;
    let mut rep = Visitor::sign_in(house.port, &house.link("rep7@example.com")?).await?;
    indexed(&mut manager).await?;
    pages::measure(options, &mut manager, &mut rep).await?;
    live::latency(house, &manager, house.port, "a text on an open inbox").await?;
    if options.postgres.is_some() {
        let other = free_port()?;
        let (node, _) = house.serve_at(other, "serve-2").await?;
        live::latency(house, &manager, other, "the same at another node").await?;
        node.end()?;
    }
    live::memory(house, server, options.inboxes).await
}

/// Waits until the texts that the database came with can be found.
async fn indexed(manager: &mut Visitor) -> Result<()> {
    let begun = Instant::now();
    while manager.get("/history?q=hello").await?.body.contains(pages::LAGS) {
        if begun.elapsed() > INDEXING {
            return Err(Error::other("the index of texts was not complete in time"));
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    row("index of texts complete after", &format!("{:.0} s", begun.elapsed().as_secs_f64()));
    Ok(())
}
