//! `pool grow N`: orders masks. With a real carrier this process buys them; the simulator's numbers are bought by the
//! `serve` in which it runs.

use std::time::Duration;

use clap::Args;

use super::{asks_itself, desk};
use crate::cli::{Failed, Here, out};
use crate::desk::Desk;
use crate::desk::pool::{By, buy, order, plan};
use crate::domain::ids::PoolOrderId;
use crate::domain::pool::order::State;
use crate::store::Store;
use crate::store::pool::orders;

/// How long the orders are waited for, and how often they are looked at.
const PATIENCE: Duration = Duration::from_secs(8);
const LOOK_EVERY: Duration = Duration::from_millis(250);

#[derive(Debug, Args)]
pub(super) struct Options {
    /// How many masks, 1 to 100
    count: i64,
    /// Of which country, such as US; the one that lacks most if left out
    #[arg(long)]
    country: Option<String>,
    /// Print what it would cost and order nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(here: &Here, store: &Store, options: Options) -> Result<(), Failed> {
    let desk = desk(here, store).await?;
    let country = match options.country {
        Some(country) => country,
        None => neediest(&desk).await?,
    };
    let quote = order::quote(&desk, &country, options.count).await?;
    let budget = quote.cost.budget.map_or_else(String::new, |budget| format!(" of {budget}"));
    out::line(format_args!(
        "{} of {} at {} a month each: {}; all masks then cost {}{budget} this month",
        masks(quote.count),
        quote.country,
        quote.each,
        quote.total(),
        quote.month()
    ));
    if options.dry_run {
        let obstacle = quote.obstacle().map(|why| format!(", and would be refused: {why}")).unwrap_or_default();
        out::line(format_args!("nothing was ordered{obstacle}"));
        return Ok(());
    }
    let ids = order::grow(&desk, By::Operator, &country, options.count).await?;
    for _ in 0..PATIENCE.as_millis() / LOOK_EVERY.as_millis() {
        if asks_itself(here) {
            while buy::buy(&desk).await? > 0 {}
        }
        if !buy::is_open(&desk, &ids).await? {
            break;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    tell(&desk, &ids).await
}

fn masks(count: i64) -> String {
    if count == 1 { "1 mask".to_owned() } else { format!("{count} masks") }
}

/// The country that lacks most masks, else the one that has most.
async fn neediest(desk: &Desk) -> Result<String, Failed> {
    let plan = plan::plan(desk).await?;
    let most = plan.countries.iter().max_by_key(|one| (one.need.lacks(), one.need.masks));
    Ok(most.map_or_else(|| "US".to_owned(), |one| one.need.country.clone()))
}

async fn tell(desk: &Desk, ids: &[PoolOrderId]) -> Result<(), Failed> {
    let mut tx = desk.store.read().await?;
    let ended = orders::of(&mut tx, ids).await?;
    drop(tx);
    let mut failed = None;
    for order in &ended {
        let why = order.why.as_deref().unwrap_or("no reason was written");
        match (order.state, order.number.as_deref()) {
            (State::Bought, number) => {
                out::line(format_args!("+ mask {} ({})", number.unwrap_or_default(), order.country));
            }
            (State::Failed, _) => failed = Some(why.to_owned()),
            (State::Open, _) => {}
        }
    }
    let open = ended.iter().filter(|order| order.state == State::Open).count();
    if open > 0 {
        out::line(format_args!(
            "{open} not bought yet: `serve` goes on with them, and `pool plan` shows how it stands"
        ));
    }
    failed.map_or(Ok(()), |why| Err(Failed::new(format!("not all could be bought: {why}"))))
}
