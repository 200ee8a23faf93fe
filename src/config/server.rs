//! Rocket's own settings, with what this program insists on.

use std::net::IpAddr;
use std::path::Path;

use rocket::Config;
use rocket::config::{LogLevel, Shutdown, Sig};
use rocket::figment::providers::{Env, Format, Serialized, Toml};
use rocket::figment::{Figment, Profile};

use super::Source;

/// The file of settings, if there is one, and `ROCKET_…` over this program's own defaults.
pub(super) fn figment(file: Option<&Path>) -> Figment {
    let chosen = file.map_or_else(Figment::new, |file| Figment::from(Toml::file_exact(file).nested()));
    over_defaults(chosen.merge(Env::prefixed("ROCKET_").ignore(&["PROFILE", "CONFIG"]).global()))
}

/// What `chosen` sets, over this program's own defaults, and without Rocket's log.
pub(super) fn over_defaults(chosen: Figment) -> Figment {
    let usual = Config {
        keep_alive: 30,
        // What is being answered when the signal comes has so long to end, and then so long to be cut off. As long as
        // anybody's connection is open, idle ones too, Rocket waits for all of it.
        shutdown: Shutdown { ctrlc: true, signals: [Sig::Term].into(), grace: 3, mercy: 1, ..Shutdown::default() },
        ..Config::default()
    };
    Figment::from(usual)
        // A header that anybody can send must not name the peer unless a proxy is known to set it.
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

/// Where Rocket listens.
pub(super) fn listen(source: &mut Source) -> (IpAddr, u16) {
    let figment = source.figment();
    let usual = Config::default();
    let mut wrong = false;
    let address = figment.extract_inner("address").unwrap_or_else(|error| {
        wrong = true;
        source.mistake(format!("ROCKET_ADDRESS cannot be used ({error}): write an IP address, such as 127.0.0.1"));
        usual.address
    });
    let port = figment.extract_inner("port").unwrap_or_else(|error| {
        wrong = true;
        source.mistake(format!("ROCKET_PORT cannot be used ({error}): write a number from 0 to 65535, such as 8000"));
        usual.port
    });
    if !wrong && let Err(error) = Config::try_from(figment) {
        source.mistake(format!("Rocket's settings cannot be used: {error}"));
    }
    (address, port)
}
