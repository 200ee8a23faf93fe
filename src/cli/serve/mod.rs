//! `serve`: the inbox, the webhooks and the sending, until it is told to stop; then it finishes what it has begun.

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, mpsc};

use super::{Failed, Here, Outcome};
use crate::app;
use crate::cli::stop::Stop;
use crate::clockwork;
use crate::config::Settings;
use crate::courier::Courier;
use crate::desk::gate::Gate;
use crate::desk::outside::Outside;
use crate::desk::tallies::Tallies;
use crate::desk::{self, Desk, identity};
use crate::faults;
use crate::http::front::{Door, House, Limits, raise_file_limit};
use crate::live::Live;
use crate::secret::Ids;
use crate::store::Store;

pub(super) mod carrier;
mod first_run;
mod lock;
mod phones;

use carrier::Network;

/// How long a request to the carrier that is under way at the end may take beyond its time-out.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn run(here: &Here) -> Outcome {
    let settings = &here.settings;
    // From here on a signal to stop is heard, whenever it comes.
    let stop = Stop::listen().map_err(|error| Failed::new(format!("the system gives no signals: {error}")))?;
    let network = Network::of(here)?;
    let lock = lock::take(&settings.database_url)?;
    // Before anything is written: whoever has the port is perhaps already serving it.
    let door = Door::keep(settings.address, settings.port).map_err(|error| cannot_listen(settings, &error))?;
    let store = here.store().await?;
    let served = serve(here, &store, network, door, stop).await;
    store.close().await;
    drop(lock);
    served.map(|()| ExitCode::SUCCESS)
}

async fn serve(here: &Here, store: &Store, network: Network, door: Door, stop: Stop) -> Result<(), Failed> {
    let settings = &here.settings;
    identity::claim(store, network.identity()).await?.map_err(|other| network.refused(&other))?;
    if let Some(there) = store.now().await? {
        here.clock.agree_with(there);
    }
    let since = here.clock.now();
    let node = store.join(since).await?;
    faults::point("after_join");
    let hello = first_run::prepare(here, store, &network).await?;
    // The settings may be new: what was paused because of the old ones is tried again.
    identity::resume_sending(store).await?;

    let (outgoing, begun) = mpsc::unbounded_channel();
    let desk = Desk::new(desk::Parts {
        store: store.clone(),
        clock: here.clock.clone(),
        chance: here.chance.clone(),
        ids: Ids::of_node(node),
        node,
        policies: settings.policies.clone(),
        carrier: network.carrier(),
        live: Live::default(),
        public_url: OnceLock::new(),
        room: Arc::new(Semaphore::new(desk::ROOM)),
        outgoing,
        wake: Notify::new(),
        tallies: Tallies::default(),
        gate: Gate::new(&here.clock),
        outside: Outside::new(Courier::new(settings.events_allow_private)),
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
    let open = door.open().map_err(|error| cannot_listen(settings, &error))?;
    network.open(settings, &desk, port)?;
    faults::point("before_clockwork");
    let work = clockwork::start(&desk, begun, since);
    hello.say(&settings.public_url_at(port));
    let limits = Limits::of(house.config(), files());
    open.serve(house, limits).await;
    tracing::info!("stopping: finishing what has begun");
    work.stop(settings.policies.delivery.request_timeout + PATIENCE).await;
    Ok(())
}

/// How many files this process may open, as many as the system allows it.
fn files() -> u64 {
    raise_file_limit().unwrap_or_else(|error| {
        tracing::warn!(%error, "the limit of open files cannot be raised");
        0
    })
}

/// The port cannot be had.
fn cannot_listen(settings: &Settings, error: &io::Error) -> Failed {
    Failed::new(format!(
        "cannot listen on {}: {error}; end what listens there, or set ROCKET_ADDRESS or ROCKET_PORT",
        SocketAddr::new(settings.address, settings.port)
    ))
}

/// The published address is known: carriers' signatures are checked over it.
fn publish(desk: &Desk, settings: &Settings, port: u16) {
    // Set twice only with the same value.
    let _ = desk.public_url.set(settings.public_url_at(port));
}
