//! Rocket's own settings, with what this program insists on.

use std::net::IpAddr;
use std::path::Path;

use rocket::Config;
use rocket::config::{LogLevel, Shutdown, Sig};
use rocket::figment::providers::{Env, Format, Serialized, Toml};
use rocket::figment::{Figment, Profile};

use super::keys;

/// The file of settings, if there is one, and `ROCKET_…` over this program's own defaults.
pub(super) fn figment(file: Option<&Path>) -> Figment {
    let chosen = file.map_or_else(Figment::new, |file| Figment::from(Toml::file_exact(file).nested()));
    over_defaults(chosen.merge(Env::prefixed("ROCKET_").ignore(&["PROFILE", "CONFIG"]).global()))
}

/// What `chosen` sets, over this program's own defaults, and without Rocket's log.
pub(super) fn over_defaults(chosen: Figment) -> Figment {
    let usual = Config {
        address: keys::ROCKET_ADDRESS.usual(),
        port: keys::ROCKET_PORT.usual(),
        // Longer than usual proxies and clients keep a connection to us (60, 90 and 120 s), so that they end it and not we,
        // who might meet a request. An idle connection is closed when a new one needs the place.
        keep_alive: 130,
        // What is being answered when the signal comes has so long to end, and then so long to be cut off. Connections
        // on which nothing is being answered end at once.
        shutdown: Shutdown { ctrlc: true, signals: [Sig::Term].into(), grace: 3, mercy: 1, ..Shutdown::default() },
        ..Config::default()
    };
    Figment::from(usual)
        // The peer is the connected address; `domain::peer` reads what proxies say. A setting of a header is refused.
        .merge(Serialized::default("ip_header", false))
        .merge(chosen)
        // Rocket's log prints query strings; ours names the route.
        .merge(Serialized::global("log_level", LogLevel::Off))
        .merge(Serialized::global("cli_colors", false))
        .select(Profile::from_env_or("ROCKET_PROFILE", Config::DEFAULT_PROFILE))
}

/// This program's own defaults for Rocket, listening there; for servers that no settings apply to.
#[must_use]
pub fn bare_figment(address: IpAddr, port: u16) -> Figment {
    over_defaults(Figment::new()).merge(("address", address)).merge(("port", port))
}
