//! What all HTTP clients of the program share: a client follows no redirect and makes each request once. Each caller
//! says beside it how long it waits and how many connections it keeps.

use std::error::Error;
use std::iter;

use reqwest::{Client, ClientBuilder};

/// The name under which we make requests.
pub const AGENT: &str = concat!("switchboard/", env!("CARGO_PKG_VERSION"));

/// A client that follows no redirect, repeats nothing by itself, passes no proxy, and tells nobody where it came from. With
/// `secure` false it needs no certificates, and starts on a machine that has none: plain http alone.
pub fn client(agent: &'static str, secure: bool) -> ClientBuilder {
    // An earlier caller has installed one; any will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .user_agent(agent)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false);
    if secure { client } else { client.tls_certs_only([]) }
}

/// The causes of an error, from the outermost in.
pub fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    iter::successors(error.source(), |&cause| cause.source())
}
