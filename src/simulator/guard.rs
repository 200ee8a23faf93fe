//! Keeps pages of other sites from using the simulator through a visitor's browser: an unsafe method must come from the
//! simulator's own page or from no page at all (curl).

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

/// The request comes from our own page, or from no page.
pub(super) struct SameSite;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for SameSite {
    type Error = &'static str;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let header = |name| request.headers().get_one(name);
        let host = request.host().map(ToString::to_string);
        if same_site(header("Sec-Fetch-Site"), header("Origin"), host.as_deref()) {
            Outcome::Success(SameSite)
        } else {
            Outcome::Error((Status::Forbidden, "the request comes from another site"))
        }
    }
}

fn same_site(fetch_site: Option<&str>, origin: Option<&str>, host: Option<&str>) -> bool {
    match (fetch_site, origin) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => {
            let there = origin.split_once("://").map(|(_, there)| there);
            there.is_some() && there == host
        }
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::same_site;

    #[test]
    fn only_our_own_page_and_requests_without_a_page_pass() {
        let host = Some("127.0.0.1:8000");
        assert!(same_site(Some("same-origin"), None, host));
        assert!(same_site(Some("none"), None, host));
        assert!(same_site(None, Some("http://127.0.0.1:8000"), host));
        assert!(same_site(None, None, host));
        assert!(!same_site(Some("cross-site"), None, host));
        assert!(!same_site(Some("same-site"), Some("http://127.0.0.1:8000"), host));
        assert!(!same_site(None, Some("http://evil.example"), host));
        assert!(!same_site(None, Some("null"), host));
    }
}
