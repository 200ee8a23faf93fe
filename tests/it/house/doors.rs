//! The doors of a house in a test: on a free port of this machine, closed at once when the test ends.

use std::sync::Mutex;

use rocket::{Rocket, Shutdown};

pub(super) fn figment() -> rocket::figment::Figment {
    rocket::Config::figment()
        .merge(("address", "127.0.0.1"))
        .merge(("port", 0))
        .merge(("log_level", "off"))
        .merge(("workers", 2))
        .merge(("shutdown.ctrlc", false))
        .merge(("shutdown.grace", 0))
        .merge(("shutdown.mercy", 0))
}

/// Opens doors on a free port of this machine: their address, and what closes them.
pub(super) async fn open_doors(doors: Rocket<rocket::Build>) -> (String, Shutdown) {
    let (open, opened) = tokio::sync::oneshot::channel();
    let open = Mutex::new(Some(open));
    let doors = doors.attach(rocket::fairing::AdHoc::on_liftoff("open", move |rocket| {
        Box::pin(async move {
            if let Some(open) = open.lock().unwrap().take() {
                open.send(rocket.config().port).unwrap();
            }
        })
    }));
    let doors = doors.ignite().await.unwrap();
    let shutdown = doors.shutdown();
    tokio::spawn(doors.launch());
    (format!("http://127.0.0.1:{}", opened.await.unwrap()), shutdown)
}
