//! Where Rocket listens, and what it may not be told.

use std::net::IpAddr;

use rocket::Config;

use super::{Source, keys};

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
