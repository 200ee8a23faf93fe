//! The commands, a file for each; this file reads the command line and reports errors.
//!
//! `serve` and `migrate` bring the schema up to date, `apply` makes a database where there is none, and every other
//! command uses the database as it is.

use std::fmt;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use clap::{Parser, Subcommand};
use tokio::sync::{Notify, Semaphore, mpsc};

use crate::carrier::Carrier;
use crate::clock::Clock;
use crate::config::{Refused, Settings};
use crate::courier::Courier;
use crate::desk::lines::apply::{Apply, Change, Unchanged};
use crate::desk::programs::activity::Activity;
use crate::desk::upkeep::readiness::Readiness;
use crate::desk::upkeep::tallies::Tallies;
use crate::desk::{self, Desk, commands};
use crate::domain::setup::Setup;
use crate::live::Live;
use crate::secret::{Chance, Ids};
use crate::store::Store;

mod account;
mod apply;
mod backup;
mod database;
mod doctor;
mod help;
mod link;
mod log;
mod migrate;
mod out;
mod person;
mod pool;
mod port;
mod restore;
mod serve;
mod simulator;
mod stop;
mod token;

/// A support line that you can text.
#[derive(Debug, Parser)]
#[command(name = "switchboard", version, about, long_about = help::ABOUT, after_help = help::after())]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the inbox, the webhooks and the sending (also without a command)
    Serve(database::New),
    /// Run the simulated carrier alone
    Simulator(simulator::Options),
    /// Bring the database up to date and end
    Migrate(database::New),
    /// Make or change lines, masks and people as a file says
    Apply(apply::Options),
    /// Set a person's password
    Person(person::Options),
    /// Print a link that signs a person in, once
    Link(link::Options),
    /// Plan, order and drain masks; simulate a town
    Pool(pool::Options),
    /// Print a token by which a program uses the API
    Token(token::Options),
    /// Say what is missing, in order, with the fix
    Doctor,
    /// Copy the database while it is served
    Backup(backup::Options),
    /// Replace the database by a copy
    Restore(restore::Options),
    /// Assign the database to another account at the carrier
    Account(account::Options),
}

/// Why a command ended without doing what was asked.
#[derive(Debug)]
pub(crate) struct Failed {
    message: String,
    code: u8,
}

/// What a command came to.
pub(crate) type Outcome = Result<ExitCode, Failed>;

impl Failed {
    /// Something is wrong with what was asked, not with how it was set up.
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        Failed { message: message.to_string(), code: 1 }
    }

    /// Something is wrong with how it was set up.
    pub(crate) fn settings(message: impl fmt::Display) -> Self {
        Failed { message: message.to_string(), code: 2 }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<Refused> for Failed {
    fn from(refused: Refused) -> Self {
        Failed { message: refused.to_string(), code: 2 }
    }
}

/// What a command works with.
pub(crate) struct Here {
    pub settings: Settings,
    pub clock: Clock,
    pub chance: Chance,
    /// Ids that no serving node makes: those count from 0.
    pub ids: Ids,
}

impl Here {
    /// A desk that decides and writes but sends nothing: there is no room for requests, and the texts that it accepts
    /// wait in the outbox for a node that serves.
    pub(crate) fn desk(&self, store: &Store) -> Desk {
        self.desk_with(store, pool::none())
    }

    /// As [`Here::desk`], with a carrier that can be asked about numbers.
    pub(crate) fn desk_with(&self, store: &Store, carrier: Arc<dyn Carrier>) -> Desk {
        let (outgoing, _) = mpsc::unbounded_channel();
        let readiness = Readiness::new(&self.clock, store.timeline());
        Desk::new(desk::Parts {
            store: store.clone(),
            clock: self.clock.clone(),
            chance: self.chance.clone(),
            ids: self.ids.clone(),
            node: commands::NODE,
            policies: self.settings.policies.clone(),
            carrier,
            live: Live::default(),
            public_url: OnceLock::new(),
            room: Arc::new(Semaphore::new(0)),
            outgoing,
            wake: Notify::new(),
            tallies: Tallies::default(),
            readiness,
            activity: Activity::new(Courier::new(self.settings.events_allow_private)),
        })
    }

    /// Makes `setup` so, or only rehearses it.
    pub(crate) async fn apply(&self, setup: Setup, store: &Store, rehearse: bool) -> Result<Vec<Change>, Unchanged> {
        Apply { setup }.on(&self.desk(store), rehearse).await
    }
}

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> ExitCode {
    let command = CommandLine::parse().command;
    match run(command) {
        Ok(code) => code,
        Err(failed) => {
            out::remark(format_args!("switchboard: {}", failed.message));
            ExitCode::from(failed.code)
        }
    }
}

fn run(command: Option<Command>) -> Outcome {
    let settings = Settings::from_process()?;
    log::start(&settings.log);
    for warning in &settings.warnings {
        tracing::warn!("{warning}");
    }
    let here = Here { settings, clock: Clock::system(), chance: Chance::System, ids: commands::ids().clone() };
    let threads: rocket::Config = here.settings.figment.extract().unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads.workers.max(1))
        .max_blocking_threads(threads.max_blocking.max(1))
        .enable_all()
        .build()
        .map_err(|error| Failed::new(format!("the system gives no threads: {error}")))?;
    runtime.block_on(async {
        match command {
            None => serve::run(&here, database::New::default()).await,
            Some(Command::Serve(new)) => serve::run(&here, new).await,
            Some(Command::Simulator(options)) => simulator::run(&here, options).await,
            Some(Command::Migrate(new)) => migrate::run(&here, new).await,
            Some(Command::Apply(options)) => apply::run(&here, options).await,
            Some(Command::Person(options)) => person::run(&here, options).await,
            Some(Command::Link(options)) => link::run(&here, options).await,
            Some(Command::Pool(options)) => pool::run(&here, options).await,
            Some(Command::Token(options)) => token::run(&here, options).await,
            Some(Command::Doctor) => doctor::run(&here).await,
            Some(Command::Backup(options)) => backup::run(&here, options).await,
            Some(Command::Restore(options)) => restore::run(&here, options).await,
            Some(Command::Account(options)) => account::run(&here, options).await,
        }
    })
}
