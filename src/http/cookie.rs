//! The cookies: one for the session, and one for a browser in which somebody has signed in.
//!
//! Their `__Host-` names bind them to this host over TLS. On a plain LAN address they have plain names, because
//! browsers drop the others there.

use rocket::Request;
use rocket::http::{Cookie, CookieJar, Header, SameSite};
use rocket::time::Duration;

use super::site::Site;
use crate::desk::people::came::DEVICE_LIFE;

/// A cookie of ours, under the name that it has over TLS and the one without.
struct Kind {
    secure: &'static str,
    plain: &'static str,
}

const SESSION: Kind = Kind { secure: "__Host-switchboard", plain: "switchboard" };
const DEVICE: Kind = Kind { secure: "__Host-switchboard-device", plain: "switchboard-device" };

/// As long as a session can last at most.
const MAX_AGE: Duration = Duration::hours(24);
/// A token of ours is as long as this or shorter; what is longer is not looked at.
const LONGEST: usize = 100;

impl Kind {
    fn name(&self, site: &Site, req: &Request<'_>) -> &'static str {
        if site.secure(req) { self.secure } else { self.plain }
    }

    fn build(&self, site: &Site, req: &Request<'_>, token: String, age: Duration) -> Cookie<'static> {
        Cookie::build((self.name(site, req), token))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(site.secure(req))
            .max_age(age)
            .build()
    }

    fn of<'r>(&self, site: &Site, req: &'r Request<'_>) -> Option<&'r str> {
        let value = req.cookies().get(self.name(site, req)).map(Cookie::value);
        value.filter(|token| token.len() <= LONGEST)
    }
}

/// Whether the browser sent a session cookie, good or not.
#[must_use]
pub fn names_a_session(jar: &CookieJar<'_>) -> bool {
    jar.get(SESSION.secure).is_some() || jar.get(SESSION.plain).is_some()
}

/// The session token that came with the request.
#[must_use]
pub fn token<'r>(site: &Site, req: &'r Request<'_>) -> Option<&'r str> {
    SESSION.of(site, req)
}

/// The token by which the browser is known, as it came with the request.
#[must_use]
pub fn device<'r>(site: &Site, req: &'r Request<'_>) -> Option<&'r str> {
    DEVICE.of(site, req)
}

/// The header that gives the browser a session; it goes before other cookies, which simple programs do not look at.
#[must_use]
pub fn give(site: &Site, req: &Request<'_>, token: String) -> Header<'static> {
    Header::new("Set-Cookie", SESSION.build(site, req, token, MAX_AGE).encoded().to_string())
}

/// Gives the browser what it is known by. Signing out does not take it away: it opens nothing by itself.
pub fn give_device(site: &Site, req: &Request<'_>, token: String) {
    let age = Duration::try_from(DEVICE_LIFE).unwrap_or(Duration::ZERO);
    req.cookies().add(DEVICE.build(site, req, token, age));
}

/// Takes the session away again.
pub fn take(site: &Site, req: &Request<'_>) {
    req.cookies().remove(SESSION.build(site, req, String::new(), MAX_AGE));
}
