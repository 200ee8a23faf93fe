//! What the HTTP doors share: the database, guards, headers, request ids, pages, static files.
//!
//! Rocket is prepared by [`attach`], so that no door can forget one of the general rules.

use rocket::data::{ByteUnit, Limits};
use rocket::{Build, Rocket};

use crate::secret::Chance;

mod as_sent;
pub mod came;
pub mod clean;
pub mod cookie;
pub mod db;
pub mod files;
pub mod form;
pub mod front;
pub mod guards;
pub mod headers;
pub mod page;
pub mod refusal;
pub mod request_log;
pub mod same_site;
pub mod site;

pub use site::Site;

/// Where carriers post.
const HOOKS: &str = "/hooks/";

/// How much of a body is read: webhooks may have 1 MB. The longest form of people is an answer of 16,000 characters, of
/// which a form makes up to 12 bytes each.
#[must_use]
pub fn limits() -> Limits {
    Limits::new()
        .limit("form", ByteUnit::Kibibyte(256))
        .limit("data-form", ByteUnit::Kibibyte(64))
        .limit("string", ByteUnit::Kibibyte(64))
        .limit("bytes", ByteUnit::Kibibyte(64))
        .limit("json", ByteUnit::Mebibyte(1))
}

/// Gives a Rocket what every door needs: request log, security headers, clean addresses, cross-site refusal and static
/// files. `own` is where the program sends requests to itself, if it does.
#[must_use]
pub fn attach(rocket: Rocket<Build>, site: Site, chance: Chance, own: Option<&'static str>) -> Rocket<Build> {
    rocket
        .attach(as_sent::AsSent)
        .attach(request_log::RequestLog { chance, own })
        .attach(headers::SecurityHeaders(site.clone()))
        .attach(clean::Clean)
        .attach(same_site::SameSite(site.clone()))
        .manage(site)
        .mount("/", same_site::routes())
        .mount("/", files::routes())
}
