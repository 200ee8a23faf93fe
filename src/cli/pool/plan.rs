//! `pool plan`: what the traffic needs, as a table, as JSON, or as a picture.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::save;
use crate::cli::{Failed, Here, out};
use crate::desk::pool::plan::{self, Country, LOOK_BACK_DAYS, Plan};
use crate::domain::pool::life::State;
use crate::domain::pool::picture::{Peaks, peaks_of_all};
use crate::domain::pool::trend::Trend;
use crate::store::Store;
use crate::web::page::stamp::Stamp;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Draw the daily peaks and their trend into this file, SVG
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
}

pub(super) async fn run(here: &Here, store: &Store, options: Options) -> Result<(), Failed> {
    let plan = plan::plan(&here.desk(store)).await?;
    if let Some(file) = &options.plot {
        let drawn: Vec<Peaks<'_>> = plan
            .countries
            .iter()
            .filter(|one| !one.days.is_empty())
            .map(|one| Peaks {
                country: &one.need.country,
                days: &one.days,
                trend: one.trend.as_ref(),
                masks: one.need.masks,
            })
            .collect();
        save(&peaks_of_all(&drawn), file)?;
    }
    if options.json {
        out::line(json_of(&plan));
    } else {
        print(&plan);
    }
    Ok(())
}

fn print(plan: &Plan) {
    if plan.countries.is_empty() {
        out::line("No masks, and nobody who would need one.");
        return;
    }
    out::line(format_args!(
        "{:<8}{:>7}{:>9}{:>9}{:>7}{:>10}{:>8}{:>7}{:>9}{:>7}{:>8}",
        "country", "masks", "ordered", "leaving", "peak", "headroom", "spares", "needs", "lacks", "free", "price"
    ));
    for country in &plan.countries {
        let need = &country.need;
        out::line(format_args!(
            "{:<8}{:>7}{:>9}{:>9}{:>7}{:>10}{:>8}{:>7}{:>9}{:>7}{:>8}",
            need.country,
            need.masks,
            need.ordered,
            need.leaving,
            need.peak,
            need.headroom,
            need.spares,
            need.wanted(),
            need.lacks(),
            need.free(),
            country.price.to_string()
        ));
    }
    out::line(format_args!(
        "peak: the most masks that one phone had live or at rest within {LOOK_BACK_DAYS} days; free: how many its busiest \
         phone could still be given now"
    ));
    let budget =
        plan.cost.budget.map_or_else(|| "no budget is set".to_owned(), |budget| format!("the budget is {budget}"));
    out::line(format_args!("All masks cost {} this month; {budget}.", plan.cost.this_month));
    for country in &plan.countries {
        let told = country.trend.as_ref().map(|trend| heading(country, trend));
        let told = told.unwrap_or_else(|| "too few whole days of measurements for a trend".to_owned());
        out::line(format_args!("{}: {told}.", country.need.country));
    }
    for country in plan.countries.iter().filter(|one| one.need.lacks() > 0 && one.need.demand.phones > 0) {
        let (lacks, code) = (country.need.lacks(), &country.need.country);
        out::line(format_args!("switchboard pool grow {lacks} --country {code}"));
    }
}

/// Where a country is heading, in words.
fn heading(country: &Country, trend: &Trend) -> String {
    let masks = country.need.masks;
    let on = |day: i64| Stamp(crate::clock::At::of_day(day)).date();
    let outgrown = match (trend.may_outgrow(masks), trend.outgrows(masks)) {
        (_, Some(day)) => format!("{masks} masks are outgrown about {}", on(day)),
        (Some(day), None) => format!("{masks} masks may be outgrown from {}", on(day)),
        (None, None) => format!("{masks} masks last for the {} days that it reaches", trend.points.len()),
    };
    format!(
        "a straight line through {} daily peaks changes by {:+.1} a week, and by it {outgrown}",
        trend.days, trend.a_week
    )
}

fn json_of(plan: &Plan) -> serde_json::Value {
    let countries: Vec<_> = plan
        .countries
        .iter()
        .map(|one| {
            let need = &one.need;
            json!({
                "country": need.country, "masks": need.masks, "ordered": need.ordered, "leaving": need.leaving,
                "busiest": need.demand.busiest, "phones": need.demand.phones, "taken": need.demand.taken,
                "peak": need.peak, "headroom": need.headroom, "spares": need.spares, "needs": need.wanted(),
                "lacks": need.lacks(), "surplus": need.surplus(), "free": need.free(),
                "price": one.price.to_string(),
                "days": one.days.iter().map(|day| json!({ "day": day.day, "peak": day.peak })).collect::<Vec<_>>(),
                "trend": one.trend.as_ref().map(|trend| json!({
                    "days": trend.days, "a_week": trend.a_week, "outgrown_on": trend.outgrows(need.masks),
                    "may_be_outgrown_on": trend.may_outgrow(need.masks),
                    "points": trend.points.iter().map(|point| json!({
                        "day": point.day, "middle": point.middle, "low": point.low, "high": point.high,
                    })).collect::<Vec<_>>(),
                })),
            })
        })
        .collect();
    let masks: Vec<_> = plan
        .masks
        .iter()
        .filter(|mask| mask.owned.state != State::Released)
        .map(|mask| {
            json!({
                "number": mask.owned.number, "country": mask.owned.home(), "state": mask.owned.state.word(),
                "since": mask.since.to_string(), "release_refused": mask.release_why,
            })
        })
        .collect();
    json!({
        "at": plan.at.to_string(), "countries": countries, "masks": masks, "open_orders": plan.orders.len(),
        "cost_this_month": plan.cost.this_month.to_string(), "budget": plan.cost.budget.map(|budget| budget.to_string()),
    })
}
