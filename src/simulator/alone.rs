//! The simulator as a process of its own, so that its record survives whatever a test does to the server.
//!
//! Only here can a connection truly be refused: the process closes its port for a while, and opens it again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rocket::fairing::AdHoc;
use rocket::figment::Figment;
use rocket::http::{ContentType, Header, Status};
use rocket::request::{FromRequest, Outcome};
use rocket::{Build, Request, Rocket, Shutdown, State, post};

use super::guard::SameSite;
use super::{Simulator, api_routes, guard, page_routes};

/// Whether the port is to be closed for a while, and for how long; asked by the code that has the port.
#[derive(Clone, Debug, Default)]
pub struct Outage(Arc<AtomicU64>);

impl Outage {
    /// For how long the port is to be closed, if the process was asked to.
    #[must_use]
    pub fn asked(&self) -> Option<Duration> {
        Some(self.0.load(Ordering::SeqCst)).filter(|millis| *millis > 0).map(Duration::from_millis)
    }
}

/// Whether the process is only the simulator. Asking with `Option<&State<…>>` would keep any other from starting.
pub(super) struct Alone(pub(super) bool);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Alone {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Alone(request.rocket().state::<Outage>().is_some()))
    }
}

/// The API at `/`, the page and the control API at `/simulator`, with their own security headers.
#[must_use]
pub fn rocket(simulator: Simulator, figment: Figment) -> Rocket<Build> {
    alone(simulator, figment, Outage::default())
}

/// As [`rocket()`], for the code that has the port: when this Rocket shuts down, `outage` says whether it was for a while.
#[must_use]
pub fn alone(simulator: Simulator, figment: Figment, outage: Outage) -> Rocket<Build> {
    rocket::custom(figment)
        .manage(simulator)
        .manage(outage)
        .mount("/", api_routes())
        .mount("/simulator", page_routes())
        .mount("/simulator", guard::only(rocket::routes![close_port]))
        .attach(headers())
}

/// Closes the port for so many milliseconds: connections are refused until it opens again, open ones are ended.
#[post("/outage/<millis>")]
fn close_port(_guard: SameSite, outage: &State<Outage>, shutdown: Shutdown, millis: u64) -> Status {
    outage.0.store(millis.max(1), Ordering::SeqCst);
    shutdown.notify();
    Status::NoContent
}

/// The headers that the whole program sends, for a process that is only the simulator.
fn headers() -> AdHoc {
    AdHoc::on_response("security headers", |_, response| {
        Box::pin(async move {
            for (name, value) in [
                (
                    "Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                     form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
                ),
                ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "same-origin"),
                ("Cross-Origin-Opener-Policy", "same-origin"),
                ("Cross-Origin-Resource-Policy", "same-origin"),
            ] {
                response.set_header(Header::new(name, value));
            }
            // A proxy that collected the stream before passing it on would hold back what is news now.
            if response.content_type() == Some(ContentType::EventStream) {
                response.set_header(Header::new("X-Accel-Buffering", "no"));
                response.set_header(Header::new("Cache-Control", "no-cache, no-transform"));
            }
        })
    })
}
