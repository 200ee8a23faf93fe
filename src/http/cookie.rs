//! The session cookie.
//! Its `__Host-` name binds it to this host over TLS; a plain LAN address gets a plain name, since browsers drop the other there.

use rocket::http::{Cookie, CookieJar, SameSite};
use rocket::{Request, time::Duration};

use super::site::Site;

const SECURE: &str = "__Host-switchboard";
const PLAIN: &str = "switchboard";
/// As long as a session can last at most.
const MAX_AGE: Duration = Duration::hours(24);

fn name(site: &Site, req: &Request<'_>) -> &'static str {
    if site.secure(req) { SECURE } else { PLAIN }
}

fn build(site: &Site, req: &Request<'_>, token: String) -> Cookie<'static> {
    Cookie::build((name(site, req), token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(site.secure(req))
        .max_age(MAX_AGE)
        .build()
}

/// Whether the browser sent a session cookie, good or not.
#[must_use]
pub fn names_a_session(jar: &CookieJar<'_>) -> bool {
    jar.get(SECURE).is_some() || jar.get(PLAIN).is_some()
}

/// The session token that came with the request.
#[must_use]
pub fn token<'r>(site: &Site, req: &'r Request<'_>) -> Option<&'r str> {
    req.cookies().get(name(site, req)).map(Cookie::value)
}

/// Gives the browser a session.
pub fn give(site: &Site, req: &Request<'_>, token: String) {
    req.cookies().add(build(site, req, token));
}

/// Takes it away again.
pub fn take(site: &Site, req: &Request<'_>) {
    req.cookies().remove(build(site, req, String::new()));
}
