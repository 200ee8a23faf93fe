//! The state of a token's rate limit: recorded where requests are counted, and sent with the answer.

use rocket::Request;
use rocket::http::Header;
use rocket::response::Builder;

use crate::domain::programs::quota::Quota;

/// Notes it for this request.
pub(super) fn note(req: &Request<'_>, quota: Quota) {
    req.local_cache(|| Some(quota));
}

/// Tells it, where a limit is set.
pub(super) fn tell(req: &Request<'_>, response: &mut Builder<'_>) {
    if let Some(Quota { limit, remaining, reset, .. }) = req.local_cache(|| None::<Quota>) {
        response.header(Header::new("RateLimit-Limit", limit.to_string()));
        response.header(Header::new("RateLimit-Remaining", remaining.to_string()));
        response.header(Header::new("RateLimit-Reset", reset.to_string()));
    }
}
