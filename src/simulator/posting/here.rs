//! Keeps the simulator on its machine: it has no password, texts as anybody, and posts where it is told.
//!
//! So it listens there, and posts only there, unless a setting says otherwise.

use std::net::IpAddr;

use reqwest::Url;

use crate::domain::programs::public_address::names_this_machine;

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
pub(in crate::simulator) struct Here {
    anywhere: bool,
    /// The host that was named at the start, which may be another machine.
    own: Option<String>,
}

impl Here {
    /// To its own machine and to the host of `webhook`, or anywhere.
    pub(in crate::simulator) fn of(anywhere: bool, webhook: Option<&str>) -> Self {
        Here { anywhere, own: webhook.and_then(|url| Some(host(&Url::parse(url).ok()?)?.to_owned())) }
    }

    /// Whether it may post to `url`. A name that is not `localhost` could lead anywhere by the time of the post.
    pub(in crate::simulator) fn may_call(&self, url: &str) -> Result<(), &'static str> {
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
