//! Keeps the simulator on its machine: it has no password, texts as anybody, and posts where it is told.
//!
//! So it listens there, answers only requests that name that machine, and posts only there, unless a setting says
//! otherwise.

use std::net::IpAddr;

use reqwest::Url;
use rocket::http::Status;
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request, Route};

use super::Simulator;
use crate::domain::programs::public_address::names_this_machine;

const NOT_HERE: &str = "The simulator has no password, so it answers only on its own machine: ask for localhost or 127.0.0.1, or \
     set SWITCHBOARD_SIMULATOR_ANYWHERE=true if everyone who can reach it may use it.\n";
const NO_URL: &str = "the webhook is a URL that begins with http:// or https://";
const ELSEWHERE: &str = "the simulator posts to its own machine only: name localhost or 127.0.0.1, or set \
     SWITCHBOARD_SIMULATOR_ANYWHERE=true if everyone who can reach it may have it post anywhere";

/// Whether the simulator may listen on `address`: it texts nobody, but it has no password either.
///
/// # Errors
/// Says so, and how to insist, if the address is not loopback and nobody insists.
pub fn safe_address(address: IpAddr, insists: bool) -> Result<(), String> {
    if address.is_loopback() || insists {
        return Ok(());
    }
    Err(format!(
        "the simulator has no password, so it listens on loopback only, not on {address}; \
         set SWITCHBOARD_SIMULATOR_ANYWHERE=true if everyone who can reach it may use it"
    ))
}

/// Whether the simulator may stand behind the published address `public_url`, which leads to this machine if `is_local`.
///
/// # Errors
/// Says why not, and how to insist, if it leads elsewhere and nobody insists.
pub fn safe_public_address(public_url: &str, is_local: bool, insists: bool) -> Result<(), String> {
    if is_local || insists {
        return Ok(());
    }
    Err(format!(
        "the simulator has no password and would stand open at {public_url}: set SWITCHBOARD_CARRIER to a real carrier, \
         leave SWITCHBOARD_PUBLIC_URL out, or set SWITCHBOARD_SIMULATOR_ANYWHERE=true if everyone who can reach it may use it"
    ))
}

/// Where the simulator may post.
#[derive(Clone, Debug)]
pub(super) struct Here {
    anywhere: bool,
    /// The host that was named at the start, which may be another machine.
    own: Option<String>,
}

impl Here {
    /// To its own machine and to the host of `webhook`, or anywhere.
    pub(super) fn of(anywhere: bool, webhook: Option<&str>) -> Self {
        Here { anywhere, own: webhook.and_then(|url| Some(host(&Url::parse(url).ok()?)?.to_owned())) }
    }

    /// Whether it may post to `url`. A name that is not `localhost` could lead anywhere by the time of the post.
    pub(super) fn may_call(&self, url: &str) -> Result<(), &'static str> {
        let url = Url::parse(url).map_err(|_| NO_URL)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NO_URL);
        }
        let host = host(&url).ok_or(NO_URL)?;
        if self.anywhere || names_this_machine(host) || self.own.as_deref() == Some(host) {
            return Ok(());
        }
        Err(ELSEWHERE)
    }
}

/// The host as a client reads it: an address in any notation is an address here.
fn host(url: &Url) -> Option<&str> {
    url.host_str().filter(|host| !host.is_empty())
}

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
    use super::*;

    #[test]
    fn it_posts_to_its_own_machine_however_that_is_written_and_nowhere_else() {
        let here = Here::of(false, None);
        for url in [
            "http://127.0.0.1:8000/hooks",
            "http://localhost/",
            "https://[::1]:1/x#rc=2",
            "http://2130706433/",
            "http://127.1/",
        ] {
            assert_eq!(here.may_call(url), Ok(()), "{url}");
        }
        for url in [
            "http://169.254.169.254/latest/meta-data",
            "http://10.0.0.1/",
            "http://relay.example.org/",
            "http://127.0.0.1.evil.example/",
            "http://127.0.0.1:8000@evil.example/",
            "http://localhost@10.0.0.1/",
            "http://[::ffff:10.0.0.1]/",
            "http://0.0.0.0/",
        ] {
            assert_eq!(here.may_call(url), Err(ELSEWHERE), "{url}");
        }
        for url in ["", "127.0.0.1:8000", "file:///etc/passwd", "ftp://localhost/"] {
            assert_eq!(here.may_call(url), Err(NO_URL), "{url}");
        }
    }

    #[test]
    fn the_host_that_it_was_started_with_is_allowed_and_whoever_insists_allows_all() {
        let app = Here::of(false, Some("http://app:8000/hooks/twilio/messages"));
        assert_eq!(app.may_call("http://app:9000/other"), Ok(()));
        assert_eq!(app.may_call("http://app.evil.example/"), Err(ELSEWHERE));
        assert_eq!(Here::of(true, None).may_call("http://10.0.0.1/"), Ok(()));
    }

    #[test]
    fn a_public_address_elsewhere_is_refused_unless_somebody_insists() {
        assert!(safe_public_address("http://127.0.0.1:8000", true, false).is_ok());
        assert!(safe_public_address("https://texts.example.com", false, true).is_ok());
        let said = safe_public_address("https://texts.example.com", false, false).unwrap_err();
        assert!(
            said.contains("https://texts.example.com") && said.contains("SWITCHBOARD_SIMULATOR_ANYWHERE"),
            "{said}"
        );
    }
}
