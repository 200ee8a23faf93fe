//! The doors of a house in a test: on a free port of this machine, closed at once when the test ends.

use rocket::{Rocket, Shutdown};
use switchboard::http::front::{Door, House, Limits};

pub(super) fn figment() -> rocket::figment::Figment {
    rocket::Config::figment()
        .merge(("address", "127.0.0.1"))
        .merge(("port", 0))
        .merge(("log_level", "off"))
        .merge(("workers", 2))
        .merge(("keep_alive", 130))
        .merge(("shutdown.ctrlc", false))
        .merge(("shutdown.grace", 0))
        .merge(("shutdown.mercy", 0))
}

/// Opens doors on a port of this machine, as the program does: their address, and what closes them.
pub(super) async fn open_doors(doors: Rocket<rocket::Build>) -> (String, Shutdown) {
    let config: rocket::Config = doors.figment().extract().unwrap();
    let door = Door::keep(config.address, config.port).unwrap();
    let address = format!("http://127.0.0.1:{}", door.port());
    let house = House::of(doors).await.unwrap();
    let (shutdown, limits) = (house.shutdown(), Limits::of(house.config(), 1024));
    tokio::spawn(door.open().unwrap().serve(house, limits));
    (address, shutdown)
}
