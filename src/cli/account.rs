//! `account move OLD NEW`: assigns a database to another account, after its numbers have moved there.
//!
//! The operator names both accounts, so that no forgotten variable moves anything.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::serve::carrier::{SIMULATED, name, twilio};
use super::serve::lock;
use super::{Failed, Here, Outcome, out};
use crate::carrier::{Carrier, OwnedNumber};
use crate::config::{CarrierSettings, TwilioSettings};
use crate::desk::upkeep::identity::{self, Stays};
use crate::domain::pool::life;
use crate::store::routing::numbers::{self, Number};
use crate::store::{Store, lines};

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Move the database from one account to another, to which its numbers have moved
    Move {
        /// The account that it belongs to, AC…
        old: String,
        /// The account that rents its numbers now, AC…; the settings must name it, too
        new: String,
    },
}

pub(super) async fn run(here: &Here, options: Options) -> Outcome {
    let What::Move { old, new } = options.what;
    let settings = wanted(here, &old, &new)?;
    let store = here.store().await?;
    let moved = match lock::take(&here.settings.database_url) {
        // Held until all is written: nobody can begin to serve meanwhile.
        Ok(_lock) => go(here, &store, &settings, &old).await,
        Err(served) => Err(served),
    };
    store.close().await;
    moved.map(|()| ExitCode::SUCCESS)
}

/// The settings of the new account.
fn wanted(here: &Here, old: &str, new: &str) -> Result<TwilioSettings, Failed> {
    let CarrierSettings::Twilio(settings) = &here.settings.carrier else {
        return Err(Failed::settings(
            "set SWITCHBOARD_CARRIER=twilio, and TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN of the new account",
        ));
    };
    if settings.account != new {
        return Err(Failed::settings(format!(
            "the settings name {}, and the database is to go to {new}: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN of {new}",
            name(&settings.account)
        )));
    }
    if old == new {
        return Err(Failed::new("the old account and the new one are the same: there is nothing to move"));
    }
    if old == SIMULATED {
        return Err(Failed::new(
            "a database of the simulator holds made-up people: set DATABASE_URL to a new database for a real carrier",
        ));
    }
    Ok(settings.clone())
}

async fn go(here: &Here, store: &Store, settings: &TwilioSettings, old: &str) -> Result<(), Failed> {
    if let Some(held) = identity::claimed(store).await?
        && held != old
    {
        return Err(belongs(Some(&held), old));
    }
    // As a node of its own, it sees other nodes that serve meanwhile.
    let node = store.join(here.clock.now()).await?;
    alone(store, node).await?;
    let owned = twilio(settings, here.settings.policies.delivery.request_timeout, &here.clock)?
        .numbers()
        .await
        .map_err(Failed::new)?;
    let absent = absent(store, &owned).await?;
    let missing: Vec<&str> = absent.iter().filter(|number| number.is_line).map(|line| line.number.as_str()).collect();
    if !missing.is_empty() {
        return Err(Failed::new(format!(
            "{} does not rent {}, so customers' answers would never come here: move these numbers at the carrier first. Nothing \
             was changed",
            name(&settings.account),
            missing.join(", ")
        )));
    }
    alone(store, node).await?;
    match identity::give(&here.desk(store), old, &settings.account).await {
        Ok(()) => {}
        Err(Stays::Belongs(held)) => return Err(belongs(held.as_deref(), old)),
        Err(Stays::Store(error)) => return Err(error.into()),
        Err(Stays::Undecided(count)) => {
            return Err(Failed::new(format!(
                "{count} texts are under way or in doubt, and only {} can tell what became of them: run `switchboard serve` with \
                 the old account until `switchboard doctor` says that no text is in doubt (at most some 20 minutes), then move",
                name(old)
            )));
        }
    }
    out::line(format_args!("The database belongs to {} now, and no more to {}.", name(&settings.account), name(old)));
    for mask in absent.iter().filter(|number| !number.is_line) {
        out::line(format_args!(
            "The mask {} is not rented there: rent it, or give it up by `switchboard pool shrink --number {}`.",
            mask.number, mask.number
        ));
    }
    out::line("Next: `switchboard serve`, and `switchboard doctor`, which says where the numbers' webhooks must lead.");
    Ok(())
}

/// The lines, and the masks in use, that the account does not rent.
async fn absent(store: &Store, owned: &[OwnedNumber]) -> Result<Vec<Number>, Failed> {
    let mut tx = store.read().await?;
    let lines: Vec<String> = lines::all(&mut tx).await?.into_iter().map(|line| line.number).collect();
    let mut absent = numbers::all(&mut tx).await?;
    absent.retain(|ours| ours.state != life::State::Released && owned.iter().all(|there| there.number != ours.number));
    absent.retain(|ours| !ours.is_line || lines.contains(&ours.number));
    Ok(absent)
}

/// Refuses while anybody serves the database. (On SQLite the lock has done so.)
async fn alone(store: &Store, node: i64) -> Result<(), Failed> {
    let others = store.living().await?.into_iter().filter(|living| *living != node).count();
    if others > 0 {
        return Err(Failed::new(format!(
            "{others} `switchboard serve` run on this database: stop them first. Nothing was changed"
        )));
    }
    Ok(())
}

fn belongs(held: Option<&str>, old: &str) -> Failed {
    let whose = held.map_or_else(
        || "nobody yet: the first `switchboard serve` gives it to the account of the settings".to_owned(),
        name,
    );
    Failed::new(format!("the database does not belong to {}; it belongs to {whose}. Nothing was changed", name(old)))
}
