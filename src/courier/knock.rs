//! Asks an address once which service answers there, and says what is wrong if none does. Follows no redirect.

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::LOCATION;

use crate::outgoing::{AGENT, causes, client};

/// So much of an answer is read; a service that answers with more is not ours.
const LONGEST_ANSWER: usize = 1024;

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Knock {
    /// Somebody answered with this status and body; of a long body the beginning.
    Answer(u16, String),
    /// Somebody sends us on to this address.
    Redirect(u16, String),
    /// The host has no address: its name is not known, or nobody could be asked.
    NoAddress(String),
    /// The host is there, and nothing listens.
    Refused,
    /// No agreement on TLS: a certificate that is not trusted, or no TLS at all.
    Tls(String),
    /// Nothing came back in time.
    Silent,
    /// Something else.
    Broken(String),
}

/// Asks `url`, and waits no longer than `timeout` for all of it.
pub async fn knock(url: &str, timeout: Duration) -> Knock {
    let Ok(parsed) = Url::parse(url) else { return Knock::Broken("it is no web address".to_owned()) };
    tokio::time::timeout(timeout, ask(parsed, timeout)).await.unwrap_or(Knock::Silent)
}

async fn ask(url: Url, timeout: Duration) -> Knock {
    let Some(host) = url.host_str() else { return Knock::Broken("it names no host".to_owned()) };
    let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    match tokio::net::lookup_host((bare.as_str(), port)).await.map(|mut found| found.next()) {
        Ok(Some(_)) => {}
        Ok(None) => return Knock::NoAddress("the name has no address".to_owned()),
        Err(error) => return Knock::NoAddress(error.to_string()),
    }
    let client = match client(AGENT, url.scheme() == "https").timeout(timeout).build() {
        Ok(client) => client,
        Err(error) => return Knock::Broken(format!("no client could be made for it: {}", last(&error))),
    };
    let mut response = match client.get(url).send().await {
        Ok(response) => response,
        Err(error) => return failed(&error),
    };
    let status = response.status();
    if let Some(to) = response.headers().get(LOCATION).filter(|_| status.is_redirection()) {
        return Knock::Redirect(status.as_u16(), String::from_utf8_lossy(to.as_bytes()).chars().take(200).collect());
    }
    let mut body = Vec::new();
    while body.len() < LONGEST_ANSWER {
        match response.chunk().await {
            Ok(Some(piece)) => body.extend_from_slice(&piece),
            Ok(None) => break,
            Err(error) => return failed(&error),
        }
    }
    body.truncate(LONGEST_ANSWER);
    Knock::Answer(status.as_u16(), String::from_utf8_lossy(&body).into_owned())
}

fn failed(error: &reqwest::Error) -> Knock {
    if error.is_timeout() {
        return Knock::Silent;
    }
    for cause in causes(error) {
        if let Some(tls) = tls(cause) {
            return Knock::Tls(tls);
        }
        if cause.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::ConnectionRefused) {
            return Knock::Refused;
        }
    }
    Knock::Broken(last(error))
}

/// What TLS says, however often it is wrapped: an error of input or output does not name what it wraps as its source.
fn tls(cause: &(dyn Error + 'static)) -> Option<String> {
    if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
        return Some(tls.to_string());
    }
    tls(cause.downcast_ref::<io::Error>()?.get_ref()?)
}

/// The innermost cause: the outer ones repeat the address.
fn last(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| error.to_string(), ToString::to_string)
}
