//! `serve`: the inbox, the webhooks and the sending, until it is stopped; then it finishes what it has begun.

use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, mpsc};

use super::database::New;
use super::stop::Stop;
use super::{Failed, Here, Outcome, port};
use crate::clock::At;
use crate::config::{CarrierSettings, Settings};
use crate::courier::Courier;
use crate::desk::programs::activity::Activity;
use crate::desk::upkeep::identity;
use crate::desk::upkeep::readiness::Readiness;
use crate::desk::upkeep::tallies::Tallies;
use crate::desk::{self, Desk};
use crate::domain::words::redaction;
use crate::http::front::{Door, House, Limits, raise_file_limit};
use crate::live::Live;
use crate::store::Store;
use crate::store::upkeep::checkup;
use crate::{app, clockwork, faults};

mod account;
pub(super) mod carrier;
mod first_run;
pub(super) mod lock;
mod phones;

use account::{Asking, Claim};
use carrier::Network;

/// How long a request to the carrier that is under way at the end may take beyond its time-out.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn run(here: &Here, new: New) -> Outcome {
    let settings = &here.settings;
    // A pattern that cannot be read would let through what it is there to take out.
    redaction::ready().map_err(Failed::new)?;
    // From here on a signal to stop is heard, whenever it comes.
    let mut stop = Stop::listen().map_err(|error| Failed::new(format!("the system gives no signals: {error}")))?;
    let network = Network::of(here)?;
    if let Some((found, fix)) = settings.missing_proxies() {
        tracing::warn!("{found}: {fix}");
    }
    if let CarrierSettings::Twilio(twilio) = &settings.carrier {
        twilio.oddities().iter().for_each(|odd| tracing::warn!("{odd}"));
    }
    account::reachable(settings)?;
    let lock = lock::take(&settings.database_url)?;
    // Before anything is written: the process that has the port perhaps already serves the database.
    let door = Door::keep(settings.address, settings.port).map_err(|error| cannot_listen(settings, &error))?;
    let begun = tokio::select! {
        biased;
        () = stop.asked() => {
            tracing::info!("stopped before it served");
            return Ok(ExitCode::SUCCESS);
        }
        begun = begin(here, &network, new) => begun?,
    };
    let store = begun.store.clone();
    let served = serve(here, begun, network, door, stop).await;
    store.close().await;
    drop(lock);
    served.map(|()| ExitCode::SUCCESS)
}

/// What is there once the database can be served.
struct Begun {
    store: Store,
    since: At,
    node: i64,
    claim: Claim,
    hello: first_run::Hello,
}

async fn begin(here: &Here, network: &Network, new: New) -> Result<Begun, Failed> {
    here.sound().await?;
    let store = here.store_brought_up_to_date(new).await?;
    store.end_without_file();
    let begun = prepare(here, &store, network).await;
    if begun.is_err() {
        store.close().await;
    }
    begun
}

async fn prepare(here: &Here, store: &Store, network: &Network) -> Result<Begun, Failed> {
    let claim = account::claim(store, network).await?;
    let unreadable = checkup::unreadable(&mut store.read().await?).await?;
    if let Some((what, why)) = unreadable.first() {
        let count = unreadable.len();
        let fix = "set it again in a set-up file and run `switchboard apply FILE`; `doctor` names all";
        return Err(Failed::new(format!("the {what} cannot be read: {why}\n{fix} ({count})")));
    }
    identity::name(store, &here.chance).await?;
    if let Some(there) = store.now().await? {
        here.clock.agree_with(there);
    }
    let since = here.clock.now();
    let node = store.join(since).await?;
    faults::point("after_join");
    let hello = first_run::prepare(here, store, network).await?;
    Ok(Begun { store: store.clone(), since, node, claim, hello })
}

async fn serve(here: &Here, begun: Begun, network: Network, door: Door, mut stop: Stop) -> Result<(), Failed> {
    let settings = &here.settings;
    let Begun { store, since, node, claim, hello } = begun;
    let store = &store;
    // The settings may be new: what was paused because of the old ones is tried at once.
    identity::try_paused(store, here.clock.now()).await?;

    let ids = identity::ids(store, node, here.clock.now()).await?;
    let (outgoing, begun) = mpsc::unbounded_channel();
    let readiness = Readiness::new(&here.clock, store.timeline());
    let desk = Desk::new(desk::Parts {
        store: store.clone(),
        clock: here.clock.clone(),
        chance: here.chance.clone(),
        ids,
        node,
        policies: settings.policies.clone(),
        carrier: network.carrier(),
        live: Live::default(),
        public_url: OnceLock::new(),
        room: Arc::new(Semaphore::new(desk::ROOM)),
        outgoing,
        wake: Notify::new(),
        tallies: Tallies::default(),
        readiness,
        activity: Activity::new(Courier::new(settings.events_allow_private)),
    });
    let port = door.port();
    publish(&desk, settings, port);
    let house = app::build(app::Parts {
        figment: settings.figment.clone(),
        public_url: settings.public_url_at(port),
        desk: desk.clone(),
        seal: network.seal(),
        simulator: network.simulator(),
    });
    let house = House::of(house).await.map_err(|error| Failed::new(format!("cannot serve: {error}")))?;
    let shutdown = house.shutdown();
    tokio::spawn(async move {
        stop.asked().await;
        shutdown.notify();
    });
    let asking = matches!(claim, Claim::Open).then(|| Asking::begin(store.clone(), network.clone(), house.shutdown()));
    let open = door.open().map_err(|error| cannot_listen(settings, &error))?;
    network.open(settings, &desk, port)?;
    faults::point("before_clockwork");
    let work = clockwork::start(&desk, begun, since);
    hello.say(&settings.public_url_at(port));
    let limits = Limits::of(house.config(), files());
    open.serve(house, limits).await;
    tracing::info!("stopping: finishing what has begun");
    work.stop(settings.policies.delivery.request_timeout + PATIENCE).await;
    match asking.and_then(Asking::end) {
        Some(other) => Err(network.refused(&other)),
        None => Ok(()),
    }
}

/// How many files this process may open, as many as the system allows it.
pub(super) fn files() -> u64 {
    raise_file_limit().unwrap_or_else(|error| {
        tracing::warn!(%error, "the limit of open files cannot be raised");
        0
    })
}

/// The port cannot be had.
fn cannot_listen(settings: &Settings, error: &std::io::Error) -> Failed {
    Failed::new(port::trouble(settings.address, settings.port, error, port::KEYS))
}

/// The published address is known: carriers' signatures are checked over it.
fn publish(desk: &Desk, settings: &Settings, port: u16) {
    // Set twice only with the same value.
    let _ = desk.public_url.set(settings.public_url_at(port));
}
