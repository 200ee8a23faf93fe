//! Rocket's own settings, with what this program insists on.

use std::net::IpAddr;
use std::path::Path;

use rocket::Config;
use rocket::config::{LogLevel, Shutdown, Sig};
use rocket::figment::providers::{Env, Format, Serialized, Toml};
use rocket::figment::{Figment, Profile};

use super::{Source, keys};

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

/// Where Rocket listens.
pub(super) fn listen(source: &mut Source) -> (IpAddr, u16) {
    let figment = source.figment();
    let mut wrong = false;
    let address = figment.extract_inner("address").unwrap_or_else(|error| {
        wrong = true;
        source.mistake(refusal(&keys::ROCKET_ADDRESS.key, &error));
        keys::ROCKET_ADDRESS.usual()
    });
    let port = figment.extract_inner("port").unwrap_or_else(|error| {
        wrong = true;
        source.mistake(refusal(&keys::ROCKET_PORT.key, &error));
        keys::ROCKET_PORT.usual()
    });
    if figment.find_value("ip_header").is_ok_and(|header| header.to_bool() != Some(false)) {
        source.mistake(
            "ROCKET_IP_HEADER lets anybody who sends that header be whoever they like: leave it out, and name your \
             proxies in SWITCHBOARD_TRUSTED_PROXIES"
                .to_owned(),
        );
    }
    if !wrong && let Err(error) = Config::try_from(figment) {
        source.mistake(format!("Rocket's settings cannot be used: {error}"));
    }
    (address, port)
}

fn refusal(key: &keys::Key, error: &rocket::figment::Error) -> String {
    format!("{} cannot be used ({error}): {}", key.name, key.remedy())
}
