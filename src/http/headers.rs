//! Security headers on every response, errors and streams included.
//!
//! A page loads nothing from elsewhere, runs no inline script, and cannot be framed.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::{ContentType, Header, Status};
use rocket::{Request, Response};

use super::site::Site;

/// What pages may load: themselves, from this origin.
pub const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; media-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Seconds after which a client that was refused because something is too busy may ask again.
const BUSY: &str = "2";

const EVERYWHERE: [(&str, &str); 7] = [
    ("Content-Security-Policy", CONTENT_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    // `no-referrer` would make a browser send `Origin: null` with our own forms.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

const OVER_TLS: (&str, &str) = ("Strict-Transport-Security", "max-age=31536000");

/// The headers of an answer that nobody here has made, where people come over TLS if `https`.
pub(super) fn always(https: bool) -> impl Iterator<Item = (&'static str, &'static str)> {
    EVERYWHERE.into_iter().chain(https.then_some(OVER_TLS)).chain([("Cache-Control", "no-store")])
}

/// Sets the headers.
pub struct SecurityHeaders(pub Site);

#[rocket::async_trait]
impl Fairing for SecurityHeaders {
    fn info(&self) -> Info {
        Info { name: "security headers", kind: Kind::Response }
    }

    async fn on_response<'r>(&self, _: &'r Request<'_>, response: &mut Response<'r>) {
        for (name, value) in EVERYWHERE {
            response.set_header(Header::new(name, value));
        }
        response.remove_header("Server");
        if self.0.https() {
            response.set_header(Header::new(OVER_TLS.0, OVER_TLS.1));
        }
        if response.status() == Status::ServiceUnavailable && !response.headers().contains("Retry-After") {
            response.set_header(Header::new("Retry-After", BUSY));
        }
        let_streams_flow(response);
        if !response.headers().contains("Cache-Control") {
            response.set_header(Header::new("Cache-Control", "no-store"));
        }
    }
}

/// Keeps proxies from collecting a stream of events before they pass it on, or from packing it: each would hold back what
/// is news now.
fn let_streams_flow(response: &mut Response<'_>) {
    if response.content_type() == Some(ContentType::EventStream) {
        response.set_header(Header::new("X-Accel-Buffering", "no"));
        response.set_header(Header::new("Cache-Control", "no-cache, no-transform"));
    }
}
