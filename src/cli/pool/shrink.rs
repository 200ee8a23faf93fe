//! `pool shrink`: drains masks: those with the fewest live legs, or one by its number.

use clap::Args;

use crate::cli::{Failed, Here, out};
use crate::desk::pool::{By, drain, plan};
use crate::domain::ids::NumberId;
use crate::domain::money::Cents;
use crate::domain::pool::fewest::Candidate;
use crate::store::Store;
use crate::store::pool::masks;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// How many masks: those with the fewest live legs go
    #[arg(required_unless_present = "number", conflicts_with = "number")]
    count: Option<i64>,
    /// This mask, such as +12055550100
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
    /// Only masks of this country, such as US
    #[arg(long, conflicts_with = "number")]
    country: Option<String>,
    /// Print which masks would go, and drain none
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(here: &Here, store: &Store, options: Options) -> Result<(), Failed> {
    let desk = here.desk(store);
    let chosen: Vec<NumberId> = if let Some(number) = &options.number {
        vec![drain::by_number(&desk, number).await?]
    } else {
        let chosen = drain::choose(&desk, options.country.as_deref(), options.count.unwrap_or(0)).await?;
        chosen.iter().for_each(tell);
        chosen.iter().map(|one| one.id).collect()
    };
    let plan = plan::plan(&desk).await?;
    let policy = &here.settings.policies.pool;
    let going = plan.masks.iter().filter(|mask| chosen.contains(&mask.id));
    let price = |mask: &masks::Mask| mask.price.unwrap_or_else(|| policy.prices.of(&mask.owned.home()));
    let saved = going.clone().fold(Cents(0), |sum, mask| sum + price(mask));
    for country in &plan.countries {
        let need = &country.need;
        let fewer = going.clone().filter(|mask| mask.owned.covers(&need.country)).count();
        let left = need.masks - i64::try_from(fewer).unwrap_or(0);
        if fewer > 0 && left < need.wanted() {
            out::line(format_args!("{} needs {} and would have {left}", need.country, need.wanted()));
        }
    }
    if options.dry_run {
        out::line(format_args!("nothing was changed; it would save {saved} a month"));
        return Ok(());
    }
    let count = drain::drain(&desk, By::Operator, &chosen).await?;
    let verb = if count == 1 { "drains" } else { "drain" };
    out::line(format_args!(
        "{count} {verb}: no new legs; given back once the last leg has ended and rested, which saves {saved} a month"
    ));
    Ok(())
}

fn tell(one: &Candidate) {
    out::line(format_args!("- mask {}: {} live, {} at rest", one.mask.number, one.live, one.resting));
}
