//! Builds the house from its parts; used alike by the program and by its tests, so that what is tested is what runs.
//! Nothing here starts work by itself: the clockwork is started by whoever runs the house.

use rocket::figment::Figment;
use rocket::{Build, Rocket};

use crate::desk::Desk;
use crate::hooks::{self, Seal};
use crate::simulator::{self, Simulator};

/// Where the simulator's API stands inside the house: its base is this under the house's address.
pub const SIMULATOR_API: &str = "/simulator/api";
/// Where the simulator's page stands.
pub const SIMULATOR_PAGE: &str = "/simulator";
/// Where carriers post texts, under the public address.
pub const INBOUND_HOOK: &str = "/hooks/twilio/messages";

/// What the house is built from.
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

/// The house, ready to be launched.
#[must_use]
pub fn build(parts: Parts) -> Rocket<Build> {
    let rocket =
        rocket::custom(parts.figment).manage(parts.desk).manage(parts.seal).mount("/hooks/twilio", hooks::routes());
    match parts.simulator {
        Some(simulator) => rocket
            .manage(simulator)
            .mount(SIMULATOR_API, simulator::api_routes())
            .mount(SIMULATOR_PAGE, simulator::page_routes()),
        None => rocket,
    }
}
