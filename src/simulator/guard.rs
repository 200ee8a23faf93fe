//! Keeps pages of other sites from using the simulator through a visitor's browser: an unsafe method must come from the
//! simulator's own page or from no page at all (curl). It also refuses requests that do not name its own machine, unless
//! a setting says otherwise.

use rocket::http::Status;
use rocket::request::{self, FromRequest, Request};
use rocket::route::{Handler, Outcome};
use rocket::{Data, Route};

use super::Simulator;
use crate::domain::programs::public_address::names_this_machine;

/// The request comes from our own page, or from no page.
pub(super) struct SameSite;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for SameSite {
    type Error = &'static str;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, Self::Error> {
        let header = |name| request.headers().get_one(name);
        let host = request.host().map(ToString::to_string);
        if same_site(header("Sec-Fetch-Site"), header("Origin"), host.as_deref()) {
            request::Outcome::Success(SameSite)
        } else {
            request::Outcome::Error((Status::Forbidden, "the request comes from another site"))
        }
    }
}

fn same_site(fetch_site: Option<&str>, origin: Option<&str>, host: Option<&str>) -> bool {
    match (fetch_site, origin) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => {
            let there = origin.split_once("://").map(|(_, there)| there);
            there.is_some() && there == host
        }
        (None, None) => true,
    }
}

const NOT_HERE: &str = "The simulator has no password, so it answers only on its own machine: ask for localhost or 127.0.0.1, or \
     set SWITCHBOARD_SIMULATOR_ANYWHERE=true if everyone who can reach it may use it.\n";
/// The same routes for requests that name this machine. A page of somebody else's whose name leads here cannot use
/// them, nor can a proxy that passes its own name on.
pub(super) fn only(routes: Vec<Route>) -> Vec<Route> {
    let guarded = |mut route: Route| {
        route.handler = Box::new(Only(route.handler));
        route
    };
    routes.into_iter().map(guarded).collect()
}

#[derive(Clone)]
struct Only(Box<dyn Handler>);

#[rocket::async_trait]
impl Handler for Only {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let insists = request.rocket().state::<Simulator>().is_some_and(|simulator| simulator.0.settings.anywhere);
        let host = request.headers().get_one("host").unwrap_or_default();
        if insists || names_this_machine(host) {
            return self.0.handle(request, data).await;
        }
        Outcome::from(request, (Status::MisdirectedRequest, NOT_HERE))
    }
}

#[cfg(test)]
mod tests {
    use super::same_site;

    #[test]
    fn only_our_own_page_and_requests_without_a_page_pass() {
        let host = Some("127.0.0.1:8000");
        assert!(same_site(Some("same-origin"), None, host));
        assert!(same_site(Some("none"), None, host));
        assert!(same_site(None, Some("http://127.0.0.1:8000"), host));
        assert!(same_site(None, None, host));
        assert!(!same_site(Some("cross-site"), None, host));
        assert!(!same_site(Some("same-site"), Some("http://127.0.0.1:8000"), host));
        assert!(!same_site(None, Some("http://evil.example"), host));
        assert!(!same_site(None, Some("null"), host));
    }
}
