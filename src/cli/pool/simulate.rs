//! `pool simulate`: how many masks a town would need.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::save;
use crate::cli::{Failed, Here, Outcome, out};
use crate::domain::pool::picture;
use crate::domain::pool::simulation::{Forecast, People, Town, forecast};
use crate::domain::time::duration;
use crate::secret::Chance;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// How many people, of whom a job joins any two
    #[arg(long, value_name = "N", required_unless_present = "workers", conflicts_with_all = ["workers", "customers"])]
    people: Option<u32>,
    /// How many people do the jobs; a job joins one of them and a customer
    #[arg(long, value_name = "W", requires = "customers")]
    workers: Option<u32>,
    /// How many customers there are
    #[arg(long, value_name = "C", requires = "workers")]
    customers: Option<u32>,
    /// For how many hours of a day jobs begin
    #[arg(long, value_name = "D", default_value_t = 24.0)]
    work_hours: f64,
    /// How long masks rest at least when they are short; as the settings say if left out
    #[arg(long, value_name = "F", value_parser = rest)]
    floor: Option<Duration>,
    /// How many jobs begin in an hour of work, in the whole town
    #[arg(long, value_name = "J")]
    jobs_per_hour: f64,
    /// How many hours a job lasts
    #[arg(long, value_name = "H")]
    hours: f64,
    /// How long masks rest afterwards, in hours or such as 3d; as the settings say if left out
    #[arg(long, value_name = "Q", value_parser = rest)]
    quarantine: Option<Duration>,
    /// The same seed gives the same answer
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Draw the share of jobs without a mask into this file, SVG
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
}

/// A bare number is hours, as beside it.
fn rest(text: &str) -> Result<Duration, String> {
    let bare = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if bare { duration::parse(&format!("{text}h")) } else { duration::parse(text) }
}

pub(super) fn run(here: &Here, options: &Options) -> Outcome {
    let pool = &here.settings.policies.pool;
    let quarantine = options.quarantine.unwrap_or(pool.quarantine);
    let floor = options.floor.unwrap_or(pool.quarantine_floor);
    let people = match (options.people, options.workers, options.customers) {
        (_, Some(workers), Some(customers)) => People::Apart { workers, customers },
        (people, ..) => People::Alike(people.unwrap_or(0)),
    };
    let times = (options.hours, options.work_hours);
    let town = Town::of(people, options.jobs_per_hour, times, quarantine, floor);
    let chance = Chance::seeded(options.seed);
    let forecast = forecast(&town, |n| chance.below(n)).map_err(Failed::new)?;
    if let Some(file) = &options.plot {
        save(&picture::town(&forecast), file)?;
    }
    print(&town, &forecast, options);
    Ok(ExitCode::SUCCESS)
}

fn print(town: &Town, forecast: &Forecast, options: &Options) {
    let people = match town.people {
        People::Alike(people) => format!("{people} people"),
        People::Apart { workers, customers } => format!("{workers} workers and {customers} customers"),
    };
    let work =
        if options.work_hours < 24.0 { format!(" in {} hours a day", options.work_hours) } else { String::new() };
    out::line(format_args!(
        "{people}, {} jobs an hour{work} of {} h each, then {} of quarantine ({} when masks are short)",
        options.jobs_per_hour,
        options.hours,
        duration::spoken(town.quarantine),
        duration::spoken(town.floor)
    ));
    let (people, jobs) = forecast.played;
    out::line(format_args!("played through with {people} people, {jobs} jobs counted, seed {}", options.seed));
    out::line("");
    out::line("masks that the busier of the two has when a job begins, its own included, if there are always enough:");
    let told: Vec<String> =
        forecast.percentiles.iter().map(|(share, masks)| format!("{share} at most {masks}")).collect();
    out::line(format_args!("  {}", told.join(", ")));
    out::line("");
    out::line(format_args!("{:>6}{:>14}{:>18}", "masks", "jobs without", "rest shortened"));
    for row in &forecast.rows {
        out::line(format_args!(
            "{:>6}{:>13}%{:>17}%",
            row.masks,
            share(row.none, row.jobs),
            share(row.early, row.jobs)
        ));
    }
    out::line("");
    out::line(format_args!(
        "{} masks: no more than one job in a thousand finds none.\n{} masks: no more than one in a thousand has a rest \
         shortened, either.",
        forecast.enough, forecast.at_ease
    ));
}

#[expect(clippy::cast_precision_loss, reason = "jobs are counted in ten thousands")]
fn share(count: usize, of: usize) -> String {
    format!("{:.2}", 100.0 * count as f64 / of.max(1) as f64)
}
