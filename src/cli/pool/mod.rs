//! `pool`: says how many masks are needed, orders and drains them, and simulates a town.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};

use super::serve::carrier::{name, twilio};
use super::{Failed, Here, Outcome};
use crate::carrier::Carrier;
use crate::carrier::late::Late;
use crate::config::CarrierSettings;
use crate::config::address::WebAddress;
use crate::desk::upkeep::identity;
use crate::desk::{self, Desk};
use crate::store::Store;

mod grow;
mod plan;
mod shrink;
mod simulate;

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Say how many masks the traffic needs, country by country, and why
    Plan(plan::Options),
    /// Order masks; the program buys them and sets them up
    Grow(grow::Options),
    /// Drain masks; the program gives them back when no phone rests on them
    Shrink(shrink::Options),
    /// Say how many masks a town would need
    Simulate(simulate::Options),
}

pub(super) async fn run(here: &Here, options: Options) -> Outcome {
    let what = match options.what {
        // A town needs no database.
        What::Simulate(options) => return simulate::run(here, &options),
        what => what,
    };
    let store = here.store().await?;
    let done = match what {
        What::Plan(options) => plan::run(here, &store, options).await,
        What::Grow(options) => grow::run(here, &store, options).await,
        What::Shrink(options) => shrink::run(here, &store, options).await,
        What::Simulate(_) => Ok(()),
    };
    store.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

impl From<desk::Failure> for Failed {
    fn from(failure: desk::Failure) -> Self {
        match failure {
            desk::Failure::Store(error) => error.into(),
            other => Failed::new(other),
        }
    }
}

/// Whether this process can ask the carrier itself; else `serve` does.
fn asks_itself(here: &Here) -> bool {
    matches!(here.settings.carrier, CarrierSettings::Twilio(_))
}

/// A desk with the carrier of the settings, where this process can reach it.
async fn desk(here: &Here, store: &Store) -> Result<Desk, Failed> {
    let CarrierSettings::Twilio(settings) = &here.settings.carrier else {
        return Ok(here.desk(store));
    };
    if let Some(theirs) = identity::claimed(store).await?.filter(|account| *account != settings.account) {
        let (ours, theirs) = (name(&settings.account), name(&theirs));
        return Err(Failed::new(format!("this database belongs to {theirs}, and the settings name {ours}")));
    }
    let local = here.settings.public_url.as_ref().is_none_or(WebAddress::is_local);
    if local && !settings.api_base.is_local() {
        return Err(Failed::new(
            "SWITCHBOARD_PUBLIC_URL is not set, so no carrier could post texts of a new mask here: set it to the https \
             address that leads here",
        ));
    }
    let carrier: Arc<dyn Carrier> =
        Arc::new(twilio(settings, here.settings.policies.delivery.request_timeout, &here.clock)?);
    let desk = here.desk_with(store, carrier);
    // Nobody else has this desk yet.
    let _ = desk.public_url.set(here.settings.public_url_at(here.settings.port));
    Ok(desk)
}

/// A carrier that is never asked.
pub(super) fn none() -> Arc<dyn Carrier> {
    Arc::new(Late::new("none"))
}

/// Writes a picture.
fn save(picture: &str, file: &Path) -> Result<(), Failed> {
    std::fs::write(file, picture).map_err(|error| Failed::new(format!("{} cannot be written: {error}", file.display())))
}
