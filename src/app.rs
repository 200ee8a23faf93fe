//! Builds the server from its parts. The program and its tests both use this, so that the tests run what the program
//! runs.
//!
//! Nothing here starts work by itself: the caller starts the clockwork.

use rocket::figment::Figment;
use rocket::{Build, Rocket};

use crate::desk::Desk;
use crate::hooks::{self, Seal};
use crate::http::{self, Site, db};
use crate::simulator::{self, Simulator};
use crate::{api, web};

/// Where the simulator's API is mounted inside `serve`, so that its base is this under the public address.
pub const SIMULATOR_API: &str = "/simulator/api";
/// Where the simulator's page stands.
pub const SIMULATOR_PAGE: &str = "/simulator";
/// Where carriers post texts, under the public address.
pub const INBOUND_HOOK: &str = "/hooks/twilio/messages";

/// The parts of the server.
#[derive(Debug)]
pub struct Parts {
    /// Rocket's settings.
    pub figment: Figment,
    /// The published address, as far as it is known before the port is bound.
    pub public_url: String,
    /// The desk.
    pub desk: Desk,
    /// How the carrier's posts are known.
    pub seal: Seal,
    /// The simulator, when it is the carrier; never beside a real one.
    pub simulator: Option<Simulator>,
}

/// The server, ready to be launched.
#[must_use]
pub fn build(parts: Parts) -> Rocket<Build> {
    let figment = parts.figment.merge(("limits", http::limits()));
    let chance = parts.desk.chance.clone();
    let site = Site::at(&parts.public_url);
    let site = if parts.simulator.is_some() { site.with_simulator() } else { site };
    let own = parts.simulator.is_some().then_some(SIMULATOR_API);
    let rocket = http::attach(rocket::custom(figment), site, chance, own)
        .manage(db::Db::from(db::Opened(parts.desk.store.clone())))
        .manage(parts.desk)
        .manage(parts.seal)
        .manage(api::parameters())
        .manage(web::Readiness::default())
        .mount("/hooks/twilio", hooks::routes())
        .mount(api::BASE, api::routes())
        .register("/api", api::catchers())
        .mount("/", web::routes())
        .register("/", web::page::catchers::all());
    match parts.simulator {
        Some(simulator) => rocket
            .manage(simulator)
            .mount(SIMULATOR_API, simulator::api_routes())
            .mount(SIMULATOR_PAGE, simulator::page_routes()),
        None => rocket,
    }
}
