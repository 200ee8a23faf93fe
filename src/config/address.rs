//! Web addresses that an operator sets: where others reach us, and where the carrier's API is.
//!
//! Passwords and texts travel there, so plain http is allowed only on this machine.

use std::fmt;

use rocket::http::uri::Absolute;

/// Twilio's own API.
pub(super) const TWILIO: &str = "https://api.twilio.com";

/// An address that begins with https, or with http on this machine; never ends in a slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebAddress(String);

impl WebAddress {
    /// Reads scheme, host, and perhaps port and path.
    ///
    /// # Errors
    /// The remedy, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let trimmed = text.trim_end_matches('/');
        let address = Absolute::parse(trimmed)
            .map_err(|_| "write scheme, host and perhaps port, such as https://texts.example.com".to_owned())?;
        let Some(authority) = address.authority().filter(|authority| !authority.host().is_empty()) else {
            return Err("a host is missing: write it such as https://texts.example.com".to_owned());
        };
        if authority.user_info().is_some() {
            return Err("leave out the user and password before the host".to_owned());
        }
        if address.query().is_some() || text.contains('#') {
            return Err("leave out everything from `?` or `#` on".to_owned());
        }
        let plain = match address.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err("begin it with https:// (or http:// on this machine)".to_owned()),
        };
        if plain && !is_loopback(authority.host()) {
            return Err(
                "use https: plain http is taken only for localhost, 127.0.0.1 and [::1], because what travels \
                        there would be open to everybody on the way"
                    .to_owned(),
            );
        }
        Ok(WebAddress(trimmed.to_owned()))
    }

    /// As [`WebAddress::parse`], without a path.
    ///
    /// # Errors
    /// The remedy, in words.
    pub fn origin(text: &str) -> Result<Self, String> {
        let address = Self::parse(text)?;
        let after_scheme = address.0.split_once("://").map_or("", |(_, rest)| rest);
        if after_scheme.contains('/') {
            return Err("leave out the path: pages and webhooks stand at the root of the host".to_owned());
        }
        Ok(address)
    }

    /// Twilio's own API.
    #[must_use]
    pub fn twilio() -> Self {
        WebAddress(TWILIO.to_owned())
    }

    /// The address, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is reached over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"))
    }

    /// Whether it leads to this machine, where no carrier can reach it.
    #[must_use]
    pub fn is_local(&self) -> bool {
        Absolute::parse(&self.0)
            .ok()
            .and_then(|address| address.authority().map(|authority| is_loopback(authority.host())))
            .unwrap_or(false)
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    // Every name below `localhost` is this machine (RFC 6761).
    let name = bare.to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || bare.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_taken_anywhere_and_http_on_this_machine() {
        for (text, kept) in [
            ("https://texts.example.com", "https://texts.example.com"),
            ("https://texts.example.com:8443/", "https://texts.example.com:8443"),
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
            ("http://localhost", "http://localhost"),
            ("http://[::1]:8000", "http://[::1]:8000"),
        ] {
            assert_eq!(WebAddress::origin(text).unwrap().as_str(), kept);
        }
        assert!(WebAddress::parse("http://127.0.0.1:9/simulator/api").unwrap().is_local());
        assert!(!WebAddress::twilio().is_local());
    }

    #[test]
    fn what_would_travel_openly_or_nowhere_is_refused_with_the_remedy() {
        for (text, remedy) in [
            ("http://texts.example.com", "use https"),
            ("http://127.0.0.1.example.com", "use https"),
            ("http://192.168.1.4:8000", "use https"),
            ("texts.example.com", "such as https://"),
            ("ftp://texts.example.com", "begin it with https://"),
            ("https://", "such as https://"),
            ("https://a:b@texts.example.com", "user and password"),
            ("https://texts.example.com?x=1", "from `?`"),
            ("https://texts.example.com/switchboard", "leave out the path"),
        ] {
            let said = WebAddress::origin(text).unwrap_err();
            assert!(said.contains(remedy), "{text}: {said}");
        }
    }
}
