//! Where a request comes from, as far as that is known: for counts by address and by browser.

use rocket::Request;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};

use super::cookie;
use super::site::Site;
use crate::desk::Desk;
use crate::desk::people::came;
use crate::domain::people::peer::Client;

/// Headers by which a proxy says that it is one.
const TELL_TALE: [&str; 5] = ["x-forwarded-for", "forwarded", "x-real-ip", "x-forwarded-proto", "via"];

/// The client's address and the browser's token; never logged.
pub struct Came(pub came::Came);

/// Who asks.
fn client(req: &Request<'_>, site: &Site, desk: &Desk) -> Client {
    let headers = req.headers();
    let told = TELL_TALE.iter().any(|name| headers.contains(name));
    let proxies = &desk.policies.proxies;
    Client::of(req.client_ip(), headers.get("x-forwarded-for"), told, site.is_published(), proxies)
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Came {
    type Error = ();
    async fn from_request(req: &'r Request<'_>) -> Outcome<Self, ()> {
        let (Some(desk), Some(site)) = (req.rocket().state::<Desk>(), req.rocket().state::<Site>()) else {
            return Outcome::Error((Status::InternalServerError, ()));
        };
        Outcome::Success(Came(came::Came {
            address: client(req, site, desk).key(),
            device: cookie::device(site, req).map(str::to_owned),
        }))
    }
}
