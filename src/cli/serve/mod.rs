//! `serve`: the inbox, the webhooks and the sending, until it is told to stop; then it finishes what it has begun.

use std::process::ExitCode;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;
use tokio::sync::{Notify, Semaphore, mpsc};

use super::{Failed, Here, Outcome};
use crate::app;
use crate::cli::stop::Stop;
use crate::clockwork::{self, Running};
use crate::config::{CarrierSettings, Settings};
use crate::courier::Courier;
use crate::desk::gate::Gate;
use crate::desk::outside::Outside;
use crate::desk::tallies::Tallies;
use crate::desk::{self, Desk, identity};
use crate::faults;
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
    if let Some((found, fix)) = settings.missing_proxies() {
        tracing::warn!("{found}: {fix}");
    }
    if let CarrierSettings::Twilio(twilio) = &settings.carrier {
        twilio.oddities().iter().for_each(|odd| tracing::warn!("{odd}"));
    }
    let lock = lock::take(&settings.database_url)?;
    let store = here.store().await?;
    let served = serve(here, &store, network, stop).await;
    store.close().await;
    drop(lock);
    served.map(|()| ExitCode::SUCCESS)
}

async fn serve(here: &Here, store: &Store, network: Network, stop: Stop) -> Result<(), Failed> {
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
    if settings.port != 0 {
        publish(&desk, settings, settings.port);
    }
    let house = app::build(app::Parts {
        figment: settings.figment.clone(),
        public_url: settings.public_url_at(settings.port),
        desk: desk.clone(),
        seal: network.seal(),
        simulator: network.simulator(),
    });

    let running: Arc<Mutex<Option<Running>>> = Arc::default();
    let opening = Opening { desk: desk.clone(), network, settings: settings.clone(), hello };
    let (started, begun) = (Arc::clone(&running), Mutex::new(Some(begun)));
    let house = house.attach(AdHoc::on_liftoff("opening", move |rocket| {
        Box::pin(async move {
            let port = rocket.config().port;
            publish(&opening.desk, &opening.settings, port);
            if let Err(error) = opening.network.open(&opening.settings, &opening.desk, port) {
                tracing::error!(%error, "the simulator cannot be reached; stopping");
                rocket.shutdown().notify();
            }
            if let Some(begun) = begun.lock().unwrap_or_else(PoisonError::into_inner).take() {
                faults::point("before_clockwork");
                let work = clockwork::start(&opening.desk, begun, since);
                *started.lock().unwrap_or_else(PoisonError::into_inner) = Some(work);
            }
            opening.hello.say(&opening.settings.public_url_at(port));
        })
    }));
    let refused = |error: rocket::Error| Failed::new(format!("cannot serve: {error}"));
    let house = house.ignite().await.map_err(refused)?;
    let shutdown = house.shutdown();
    tokio::spawn(async move {
        stop.asked().await;
        shutdown.notify();
    });
    let ended = house.launch().await;
    tracing::info!("stopping: finishing what has begun");
    let work = running.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(work) = work {
        work.stop(settings.policies.delivery.request_timeout + PATIENCE).await;
    }
    match ended {
        Ok(_) => Ok(()),
        // Somebody kept a connection open for longer than anything takes to be answered.
        Err(error) if matches!(error.kind(), ErrorKind::Shutdown(..)) => Ok(()),
        Err(error) => Err(refused(error)),
    }
}

/// What is needed once the port is bound.
struct Opening {
    desk: Desk,
    network: Network,
    settings: Settings,
    hello: first_run::Hello,
}

/// The published address is known: carriers' signatures are checked over it.
fn publish(desk: &Desk, settings: &Settings, port: u16) {
    // Set twice only with the same value.
    let _ = desk.public_url.set(settings.public_url_at(port));
}
