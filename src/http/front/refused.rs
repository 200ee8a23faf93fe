//! What the front answers by itself when it cannot pass the request on; with the headers that every answer has.

use std::fmt::Write as _;
use std::sync::Arc;

use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};

use super::reply::Reply;
use super::seat::Seat;
use crate::http::{Site, headers};

/// Why a request is not handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It is no request that anybody could mean.
    Unreadable,
    /// The head or the body did not come in time.
    TooSlow,
    /// The body is longer than any door takes.
    TooLong,
    /// A method that nobody knows.
    UnknownMethod,
    /// Too much is coming in at once.
    NoRoom,
    /// The fault is ours.
    Broken,
}

impl Refused {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Refused::Unreadable => StatusCode::BAD_REQUEST,
            Refused::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Refused::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Refused::UnknownMethod => StatusCode::NOT_IMPLEMENTED,
            Refused::NoRoom => StatusCode::SERVICE_UNAVAILABLE,
            Refused::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Refused::Unreadable => "The request cannot be read.",
            Refused::TooSlow => "The request did not arrive in time. Send it again.",
            Refused::TooLong => "That was more than can be taken at once. Send less.",
            Refused::UnknownMethod => "There is no such method.",
            Refused::NoRoom => "Too much is coming in at once. Send it again in a second.",
            Refused::Broken => "The fault is ours and has been logged. Send it again.",
        }
    }

    /// The kind of the body and the body: problem details for programs, words for everybody else.
    fn body(self, path: &str) -> (&'static str, String) {
        if !path.starts_with("/api/") {
            return ("text/plain; charset=utf-8", format!("{}\n", self.words()));
        }
        let title = self.status().canonical_reason().unwrap_or_default();
        let body = serde_json::json!({
            "type": "about:blank", "title": title, "status": self.status().as_u16(), "detail": self.words(),
        });
        ("application/problem+json", body.to_string())
    }

    /// The answer to a request for `path`; the connection ends with it, because the rest of the request is not read.
    pub(super) fn answer(self, path: &str, site: Option<&Site>, seat: &Arc<Seat>) -> Response<Reply> {
        let (kind, body) = self.body(path);
        let mut response = Response::new(Reply::whole(body.into_bytes(), Arc::clone(seat)));
        *response.status_mut() = self.status();
        let all = response.headers_mut();
        for (name, value) in headers::always(site.is_some_and(Site::https)) {
            if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
                all.insert(name, HeaderValue::from_static(value));
            }
        }
        all.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        all.insert(CONNECTION, HeaderValue::from_static("close"));
        if self == Refused::NoRoom {
            all.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }

    /// The same as bytes, for where no request has been read.
    pub(super) fn bytes(self, site: Option<&Site>) -> Vec<u8> {
        let (kind, body) = self.body("");
        let mut out = format!("HTTP/1.1 {}\r\n", self.status());
        for (name, value) in headers::always(site.is_some_and(Site::https)) {
            // Writing to memory does not fail.
            let _ = write!(out, "{name}: {value}\r\n");
        }
        let wait = if self == Refused::NoRoom { "Retry-After: 1\r\n" } else { "" };
        let length = body.len();
        let _ =
            write!(out, "{wait}Content-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
        out.into_bytes()
    }
}
