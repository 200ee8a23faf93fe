//! One line for each request in the log, and an id that the answer has as well.
//!
//! The line names the route, not the path or the query, so that no token and no number gets into a log. What the program
//! asks of itself again and again stands there only at `debug`, so that people see their own requests.

use std::time::Instant;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Header;
use rocket::{Data, Request, Response};

use crate::secret::Chance;

/// When a request came and what it is called.
struct Mark {
    id: String,
    came: Instant,
}

/// Writes the log and the `X-Request-Id` header.
pub struct RequestLog {
    /// Makes the ids.
    pub chance: Chance,
    /// Where the program's own requests go, if it sends any to itself.
    pub own: Option<&'static str>,
}

impl RequestLog {
    fn mark<'r>(&self, req: &'r Request<'_>) -> &'r Mark {
        req.local_cache(|| Mark { id: self.chance.hex::<8>(), came: Instant::now() })
    }
}

#[rocket::async_trait]
impl Fairing for RequestLog {
    fn info(&self) -> Info {
        Info { name: "request log", kind: Kind::Request | Kind::Response }
    }

    async fn on_request(&self, req: &mut Request<'_>, _: &mut Data<'_>) {
        self.mark(req);
    }

    async fn on_response<'r>(&self, req: &'r Request<'_>, response: &mut Response<'r>) {
        let mark = self.mark(req);
        let route = req.route().map_or("none", |route| route.uri.unmounted_origin.path().as_str());
        let base = req.route().map_or("", |route| route.uri.base());
        let status = response.status().code;
        let millis = u64::try_from(mark.came.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (method, id) = (req.method(), mark.id.as_str());
        if status >= 500 {
            tracing::warn!(request = id, %method, base, route, status, millis, "answered");
        } else if self.own.is_some_and(|own| base == own) {
            tracing::debug!(request = id, %method, base, route, status, millis, "answered");
        } else {
            tracing::info!(request = id, %method, base, route, status, millis, "answered");
        }
        response.set_header(Header::new("X-Request-Id", mark.id.clone()));
    }
}

/// The id of this request, for log lines written while it is handled.
#[must_use]
pub fn id<'r>(req: &'r Request<'_>) -> &'r str {
    &req.local_cache(|| Mark { id: String::new(), came: Instant::now() }).id
}
