//! Refuses cross-site requests: another site cannot make a signed-in browser do anything here.
//!
//! It checks every unsafe request before a route is chosen, so that no handler can forget it.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::uri::Origin;
use rocket::http::{Method, Status};
use rocket::{Data, Request, Route, routes};

use super::HOOKS;
use super::cookie;
use super::refusal::Refusal;
use super::site::Site;

/// Doors that prove who asks in each request (a signature, a token) and take no cookie.
const PROVEN_OTHERWISE: [&str; 3] = [HOOKS, "/api/", "/simulator/api/"];

/// Turns unsafe requests of other sites away.
pub struct SameSite(pub Site);

#[rocket::async_trait]
impl Fairing for SameSite {
    fn info(&self) -> Info {
        Info { name: "cross-site refusal", kind: Kind::Request }
    }

    async fn on_request(&self, req: &mut Request<'_>, _: &mut Data<'_>) {
        if !safe(req.method()) && !exempt(req) && !self.same_site(req) {
            Refusal("This came from another site, so nothing was done. Open the page here and try again.").leave(req);
            req.set_method(Method::Post);
            req.set_uri(Origin::const_new("/-/cross-site", None));
        }
    }
}

impl SameSite {
    fn same_site(&self, req: &Request<'_>) -> bool {
        if let Some(site) = req.headers().get_one("sec-fetch-site") {
            return site == "same-origin" || site == "none";
        }
        match req.headers().get_one("origin") {
            Some(origin) => self.0.is_own(origin, req),
            None => !cookie::names_a_session(req.cookies()),
        }
    }
}

fn safe(method: Method) -> bool {
    matches!(method, Method::Get | Method::Head | Method::Options)
}

fn exempt(req: &Request<'_>) -> bool {
    let path = req.uri().path();
    PROVEN_OTHERWISE.iter().any(|door| path.starts_with(door))
}

#[rocket::post("/-/cross-site")]
fn cross_site() -> Status {
    Status::Forbidden
}

/// Where refused requests end.
pub(super) fn routes() -> Vec<Route> {
    routes![cross_site]
}
