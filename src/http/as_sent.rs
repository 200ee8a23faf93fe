//! A request keeps the method with which it was sent.
//!
//! Rocket lets a form name another one in its first field, `_method`. Nothing here asks for that, and a POST that
//! became a HEAD was answered with a length and no body, which ends the connection.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Method;
use rocket::{Data, Request};

/// The method that a request came with.
#[derive(Clone, Copy, Debug)]
struct Sent(Method);

/// Notes the method of a request that is about to be handed to Rocket.
pub(super) fn note(req: &Request<'_>) {
    req.local_cache(|| Sent(req.method()));
}

/// Gives every request its own method back.
pub struct AsSent;

#[rocket::async_trait]
impl Fairing for AsSent {
    fn info(&self) -> Info {
        Info { name: "the method as it was sent", kind: Kind::Request }
    }

    async fn on_request(&self, req: &mut Request<'_>, _: &mut Data<'_>) {
        let sent = req.local_cache(|| Sent(req.method())).0;
        if sent != req.method() {
            req.set_method(sent);
        }
    }
}
