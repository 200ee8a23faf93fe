//! The public origin: the address of the program as people see it.
//!
//! Cookies, the cross-site check and links depend on it, and it comes from the configuration only.

use rocket::Request;
use rocket::http::uri::Absolute;

use crate::domain::programs::public_address;

/// The public address, as configured.
#[derive(Clone, Debug)]
pub struct Site {
    origin: String,
    https: bool,
    simulated: bool,
}

impl Site {
    /// The site at `public_url`, such as `https://texts.example.com`; a path after the host is left out.
    #[must_use]
    pub fn at(public_url: &str) -> Self {
        let origin = Absolute::parse(public_url).ok().and_then(|url| {
            let host = url.authority()?;
            let port = host.port().map(|port| format!(":{port}")).unwrap_or_default();
            Some(format!("{}://{}{port}", url.scheme(), host.host()).to_ascii_lowercase())
        });
        let origin = origin.unwrap_or_else(|| public_url.trim_end_matches('/').to_ascii_lowercase());
        Site { https: origin.starts_with("https:"), simulated: false, origin }
    }

    /// The same site with the simulator as its carrier, so that pages show the way to it.
    #[must_use]
    pub fn with_simulator(mut self) -> Self {
        self.simulated = true;
        self
    }

    /// Whether the simulator's page is mounted here.
    #[must_use]
    pub fn simulated(&self) -> bool {
        self.simulated
    }

    /// Scheme, host and port, without a slash at the end.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether people reach it over TLS.
    #[must_use]
    pub fn https(&self) -> bool {
        self.https
    }

    /// Whether people reach it over TLS from elsewhere, which only a proxy before this program gives them.
    #[must_use]
    pub fn is_published(&self) -> bool {
        let host = self.origin.split_once("://").map_or("", |(_, host)| host);
        self.https && !public_address::names_this_machine(host)
    }

    /// Whether cookies may be `Secure` here: over https, and on loopback, where browsers keep them as well.
    #[must_use]
    pub fn secure(&self, req: &Request<'_>) -> bool {
        self.https || loopback_host(req).is_some()
    }

    /// Whether an `Origin` header names this site: the public origin, or on loopback the host that was asked.
    #[must_use]
    pub fn is_own(&self, origin: &str, req: &Request<'_>) -> bool {
        let origin = origin.to_ascii_lowercase();
        origin == self.origin
            || loopback_host(req).is_some_and(|host| origin == format!("http://{}", host.to_ascii_lowercase()))
    }
}

/// The `Host` header if it names this machine itself.
fn loopback_host<'r>(req: &'r Request<'_>) -> Option<&'r str> {
    let host = req.headers().get_one("host")?;
    public_address::names_this_machine(host).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::Site;

    #[test]
    fn only_scheme_host_and_port_of_the_public_address_count() {
        assert_eq!(Site::at("https://Texts.Example.com/").origin(), "https://texts.example.com");
        assert_eq!(Site::at("http://127.0.0.1:8000/path").origin(), "http://127.0.0.1:8000");
        assert!(Site::at("https://texts.example.com").https() && !Site::at("http://10.0.0.1").https());
        assert!(Site::at("https://texts.example.com:8443").is_published());
        for home in ["http://127.0.0.1:8000", "https://localhost", "https://[::1]:8443", "https://127.0.0.1"] {
            assert!(!Site::at(home).is_published(), "{home}");
        }
    }
}
